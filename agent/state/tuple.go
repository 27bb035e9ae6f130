package state

import (
	"encoding/binary"
	"net/netip"
	"strconv"
)

// Address families as events number them, which are Linux's.
const (
	familyUnix    = 1
	familyInet    = 2
	familyInet6   = 10
	familyNetlink = 16
)

// Tuple are the two ends of an IPv4 or IPv6 socket. In a table the source is the
// client, as far as that is known.
type Tuple struct {
	source, destination [16]byte // IPv4 addresses take the first four bytes
	SourcePort          uint16
	DestinationPort     uint16
	v6                  bool
}

// Source returns the address of the source.
func (t *Tuple) Source() netip.Addr { return t.addr(&t.source) }

// Destination returns the address of the destination.
func (t *Tuple) Destination() netip.Addr { return t.addr(&t.destination) }

func (t *Tuple) addr(a *[16]byte) netip.Addr {
	if t.v6 {
		return netip.AddrFrom16(*a)
	}
	return netip.AddrFrom4([4]byte(a[:4]))
}

// Kind returns the kind of socket that has such a tuple.
func (t *Tuple) Kind() Kind {
	if t.v6 {
		return KindIPv6
	}
	return KindIPv4
}

// swap exchanges the ends.
func (t *Tuple) swap() {
	t.source, t.destination = t.destination, t.source
	t.SourcePort, t.DestinationPort = t.DestinationPort, t.SourcePort
}

// parseTuple reads a socket tuple parameter of IPv4 or IPv6: the family, the
// source's address and port, the destination's; addresses in network order, ports
// little endian. Two IPv4 addresses in IPv6 form become IPv4.
func parseTuple(b []byte) (t Tuple, ok bool) {
	switch {
	case len(b) >= 13 && b[0] == familyInet:
		copy(t.source[:], b[1:5])
		t.SourcePort = binary.LittleEndian.Uint16(b[5:])
		copy(t.destination[:], b[7:11])
		t.DestinationPort = binary.LittleEndian.Uint16(b[11:])
	case len(b) >= 37 && b[0] == familyInet6:
		t.v6 = true
		copy(t.source[:], b[1:17])
		t.SourcePort = binary.LittleEndian.Uint16(b[17:])
		copy(t.destination[:], b[19:35])
		t.DestinationPort = binary.LittleEndian.Uint16(b[35:])
		t.unmap()
	default:
		return Tuple{}, false
	}
	return t, true
}

// unmap turns the tuple into IPv4 if both its addresses are IPv4 in IPv6 form.
func (t *Tuple) unmap() {
	source, destination := t.Source(), t.Destination()
	if source.Is4In6() && destination.Is4In6() {
		copy(t.source[:], t.source[12:])
		copy(t.destination[:], t.destination[12:])
		clear(t.source[4:])
		clear(t.destination[4:])
		t.v6 = false
	}
}

// parseDestination reads a socket address parameter of IPv4 or IPv6 as the
// destination of a tuple without a source.
func parseDestination(b []byte) (t Tuple, ok bool) {
	switch {
	case len(b) >= 7 && b[0] == familyInet:
		copy(t.destination[:], b[1:5])
		t.DestinationPort = binary.LittleEndian.Uint16(b[5:])
	case len(b) >= 19 && b[0] == familyInet6:
		t.v6 = true
		copy(t.destination[:], b[1:17])
		t.DestinationPort = binary.LittleEndian.Uint16(b[17:])
	default:
		return Tuple{}, false
	}
	return t, true
}

// append appends the tuple as fd.name shows it: "1.2.3.4:5->6.7.8.9:80", IPv6
// addresses without brackets, and no ports for protocols that have none.
func (t *Tuple) append(dst []byte, l4 L4Proto) []byte {
	ports := l4 != L4ICMP && l4 != L4Raw
	dst = appendEnd(dst, t.Source(), t.SourcePort, ports)
	dst = append(dst, "->"...)
	return appendEnd(dst, t.Destination(), t.DestinationPort, ports)
}

func appendEnd(dst []byte, addr netip.Addr, port uint16, withPort bool) []byte {
	dst = addr.AppendTo(dst)
	if withPort {
		dst = append(dst, ':')
		dst = strconv.AppendUint(dst, uint64(port), 10)
	}
	return dst
}

// appendUnix appends a Unix socket tuple parameter as fd.name shows it: the
// kernel's addresses of both ends in hexadecimal, a blank and the path.
func appendUnix(dst, b []byte) []byte {
	if len(b) < 17 {
		return dst
	}
	dst = strconv.AppendUint(dst, binary.LittleEndian.Uint64(b[1:]), 16)
	dst = append(dst, "->"...)
	dst = strconv.AppendUint(dst, binary.LittleEndian.Uint64(b[9:]), 16)
	dst = append(dst, ' ')
	return append(dst, Text(b[17:])...)
}

// AppendTuple appends a socket tuple parameter as fd.name shows it and returns
// dst. It appends nothing for what is not a tuple of IPv4, IPv6 or Unix sockets.
func AppendTuple(dst, b []byte) []byte {
	if len(b) > 0 && b[0] == familyUnix {
		return appendUnix(dst, b)
	}
	if t, ok := parseTuple(b); ok {
		return t.append(dst, L4Unknown)
	}
	return dst
}

// AppendAddress appends a socket address parameter, "1.2.3.4:80" or a path, and
// returns dst. It appends nothing for other families.
func AppendAddress(dst, b []byte) []byte {
	if len(b) > 0 && b[0] == familyUnix {
		return append(dst, Text(b[1:])...)
	}
	if t, ok := parseDestination(b); ok {
		return appendEnd(dst, t.Destination(), t.DestinationPort, true)
	}
	return dst
}
