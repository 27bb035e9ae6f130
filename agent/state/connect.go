package state

import (
	"encoding/binary"

	"github.com/saker-project/saker/agent/capture"
)

// Parameters of the exit of connect.
const (
	connectRes = iota
	connectTuple
	connectFD
	connectAddr
)

// Results of connect.
const (
	inProgress = -115 // it goes on in the background (EINPROGRESS)
	connected  = -106 // the socket has a peer already (EISCONN)
)

// connect follows a connect that succeeded or is under way. Any other leaves the
// socket as it was.
func (m *Machine) connect(ev *capture.Event) {
	res, ok := Int(ev.Param(connectRes))
	if !ok || m.fd < 0 {
		return
	}
	desc, fresh := m.socket(ev, res == connected)
	if res < 0 && res != inProgress {
		if fresh {
			m.setDescriptor(m.fd, &desc)
		}
		return
	}
	if param := ev.Param(connectTuple); len(param) > 0 && param[0] == familyUnix {
		desc.Kind = KindUnix
		m.buf = appendUnix(m.buf[:0], param)
	} else {
		tuple, ok := parseTuple(param)
		if !ok {
			tuple, ok = parseDestination(ev.Param(connectAddr))
		}
		if !ok {
			return
		}
		if desc.Role == RoleServer && desc.L4 == L4UDP {
			tuple.swap()
		}
		desc.Tuple, desc.Kind = tuple, tuple.Kind()
		m.buf = tuple.append(m.buf[:0], desc.L4)
	}
	if desc.Role == RoleUnknown {
		desc.Role = RoleClient
	}
	desc.Connected = true
	if old := m.descriptor; old != nil && string(m.buf) == old.Name {
		desc.Name = old.Name
	} else {
		desc.Name, m.nameChanged = string(m.buf), true
	}
	m.setDescriptor(m.fd, &desc)
}

// socket returns the socket that a connect is about, before it connects. Live
// events say what the kernel knows of it, and then fresh is true: the table may
// have something that was at its number before, since the calls that close and
// make descriptors need not be captured. But where the socket has a peer, the
// table is right.
func (m *Machine) socket(ev *capture.Event, hasPeer bool) (desc Descriptor, fresh bool) {
	ext := ev.Ext(0)
	if old := m.descriptor; old != nil && (hasPeer || len(ext) < socketExt) {
		desc = *old
		desc.text, desc.shared = nil, false
		return desc, false
	}
	if len(ext) < socketExt {
		return Descriptor{}, false
	}
	desc = Descriptor{L4: transport(ext)}
	switch binary.LittleEndian.Uint16(ext) {
	case familyInet:
		desc.Kind = KindIPv4
	case familyInet6:
		desc.Kind = KindIPv6
	case familyUnix:
		desc.Kind = KindUnix
	case familyNetlink:
		desc.Kind = KindNetlink
	}
	return desc, true
}

// socketExt is the size of the extension of live connect events: the family, type
// and protocol of the socket, 16 bits each.
const socketExt = 6

// Socket types and protocols as Linux numbers them.
const (
	sockStream   = 1
	sockDgram    = 2
	sockRaw      = 3
	protoICMP    = 1
	protoTCP     = 6
	protoUDP     = 17
	protoICMPv6  = 58
	protoRaw     = 255
	sockTypeMask = 0xf // above it are flags
)

// transport reads the extension of live connect events, which has socketExt bytes.
func transport(ext []byte) L4Proto {
	family := binary.LittleEndian.Uint16(ext)
	if family != familyInet && family != familyInet6 {
		return L4Unknown
	}
	switch binary.LittleEndian.Uint16(ext[4:]) {
	case protoTCP:
		return L4TCP
	case protoUDP:
		return L4UDP
	case protoICMP, protoICMPv6:
		return L4ICMP
	case protoRaw:
		return L4Raw
	}
	switch binary.LittleEndian.Uint16(ext[2:]) & sockTypeMask {
	case sockStream:
		return L4TCP
	case sockDgram:
		return L4UDP
	case sockRaw:
		return L4Raw
	}
	return L4Unknown
}
