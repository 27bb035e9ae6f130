package filter

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// parseAddr reads an address. A dot makes it IPv4; there are no zones and no
// dotted IPv6 addresses.
func parseAddr(text string) (netip.Addr, error) {
	if strings.Contains(text, ".") {
		if addr, ok := addrOf(text, netip.Addr.Is4); ok {
			return addr, nil
		}
		return netip.Addr{}, fmt.Errorf("unrecognized IPv4 address %s", text)
	}
	if addr, ok := addrOf(text, netip.Addr.Is6); ok {
		return addr, nil
	}
	return netip.Addr{}, fmt.Errorf("unrecognized IPv6 address %s", text)
}

func addrOf(text string, family func(netip.Addr) bool) (netip.Addr, bool) {
	addr, err := netip.ParseAddr(text)
	return addr, err == nil && family(addr) && addr.Zone() == ""
}

// parseNet reads a network. The prefix length is required; the one of IPv6 is
// not 0.
func parseNet(text string) (netip.Prefix, error) {
	host, length, ok := strings.Cut(text, "/")
	if !ok {
		return netip.Prefix{}, fmt.Errorf("unrecognized IP network %s", text)
	}
	if strings.Contains(text, ".") {
		addr, ok := addrOf(host, netip.Addr.Is4)
		if !ok {
			return netip.Prefix{}, fmt.Errorf("unrecognized IP address %s", text)
		}
		return prefixOf(addr, length, 0, "invalid netmask %s")
	}
	addr, ok := addrOf(host, netip.Addr.Is6)
	if !ok {
		return netip.Prefix{}, fmt.Errorf("unrecognized IPv6 address %s", text)
	}
	return prefixOf(addr, length, 1, "invalid v6 netmask %s")
}

func prefixOf(addr netip.Addr, length string, least uint64, message string) (netip.Prefix, error) {
	if _, _, ok := decimal(length); !ok {
		return netip.Prefix{}, notANumber(length)
	}
	bits, err := strconv.ParseUint(length, 10, 8)
	if err != nil || bits < least || bits > uint64(addr.BitLen()) {
		return netip.Prefix{}, fmt.Errorf(message, length)
	}
	return netip.PrefixFrom(addr, int(bits)), nil
}
