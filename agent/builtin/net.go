package builtin

import "net/netip"

// InNet reports whether network, in CIDR notation, holds address. Bits of network
// beyond its length do not count. An address of the other family is never inside,
// not even an IPv4 address written as IPv6.
func InNet(address, network string) bool {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	n, err := netip.ParsePrefix(network)
	return err == nil && n.Contains(a)
}
