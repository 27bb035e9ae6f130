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
	notSocket  = -88  // the descriptor is something else (ENOTSOCK)
)

// connect follows a connect that succeeded or is under way. Any other leaves the
// socket as it was.
//
// The descriptor is a socket. If the table has something else, it is out of date:
// the events that closed and made descriptors may not be captured.
func (m *Machine) connect(ev *capture.Event) {
	res, ok := Int(ev.Param(connectRes))
	if old := m.descriptor; old != nil && !old.Kind.isSocket() && res != notSocket {
		m.descriptor = nil
	}
	if !ok || (res < 0 && res != inProgress) || m.fd < 0 {
		return
	}
	var desc Descriptor
	if old := m.descriptor; old != nil {
		desc = *old
	}
	if l4 := transport(ev.Ext(0)); l4 != L4Unknown {
		desc.L4 = l4
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
	m.nameChanged = string(m.buf) != desc.Name
	if m.nameChanged {
		desc.Name = string(m.buf)
	}
	m.setDescriptor(m.fd, &desc)
}

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

// transport reads the extension of live connect events: the family, type and
// protocol of the socket, 16 bits each.
func transport(ext []byte) L4Proto {
	if len(ext) < 6 {
		return L4Unknown
	}
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
