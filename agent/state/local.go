package state

import (
	"net"
	"net/netip"
)

// InterfaceAddresses returns the addresses of this machine's interfaces with the
// length of their networks; nil if they cannot be read.
func InterfaceAddresses() []netip.Prefix {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	prefixes := make([]netip.Prefix, 0, len(addrs))
	for _, addr := range addrs {
		if p, err := netip.ParsePrefix(addr.String()); err == nil {
			prefixes = append(prefixes, p)
		}
	}
	return prefixes
}

// localAge is how long the list of interfaces is believed, in ns.
const localAge = 10e9

// localAddresses remembers the addresses of the machine.
type localAddresses struct {
	list    func() []netip.Prefix
	known   []netip.Prefix
	expires uint64
}

// has reports whether addr is the machine's: an IPv4 address of an interface, or
// any in the /64 network of one of its IPv6 addresses, as in Falco.
func (l *localAddresses) has(addr netip.Addr, now uint64) bool {
	if l.list == nil {
		return false
	}
	if now >= l.expires || now+localAge < l.expires { // or the clock was set back
		l.known, l.expires = l.list(), now+localAge
	}
	for _, p := range l.known {
		own := p.Addr()
		if own == addr {
			return true
		}
		if own.Is6() && addr.Is6() {
			if network, err := own.Prefix(64); err == nil && network.Contains(addr) {
				return true
			}
		}
	}
	return false
}

// IsLocal reports whether addr belongs to where the current thread runs. The
// addresses of containers are not known yet, and Falco then calls nothing local
// in them.
func (m *Machine) IsLocal(addr netip.Addr) bool {
	return m.thread.Cgroups.Container == Host && m.local.has(addr, m.now)
}
