package field

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/agent/state"
)

// fdFields are those of the descriptor that the event is about.
var fdFields = fields{
	"fd.num":                ofInt(func(c *Context) (int64, bool) { return c.machine.FD() }),
	"fd.type":               ofString(ofDescriptor(func(d *state.Descriptor) string { return d.Kind.String() })),
	"fd.typechar":           ofString(typeChar),
	"fd.name":               ofString(fdName),
	"fd.nameraw":            ofString(fdRawName),
	"fd.directory":          ofString(directory),
	"fd.filename":           ofString(filename),
	"fd.containername":      ofString(inContainer(fdName)),
	"fd.containerdirectory": ofString(inContainer(directory)),
	"fd.uid":                ofString(fdUID),

	"fd.l4proto":      ofString(ofDescriptor(func(d *state.Descriptor) string { return d.L4.String() })),
	"fd.sockfamily":   ofString(socketFamily),
	"fd.is_server":    ofBool(isServer),
	"fd.connected":    ofBool(ofDescriptor(func(d *state.Descriptor) bool { return d.Connected })),
	"fd.name_changed": ofBool(nameChanged),

	"fd.cip":   plain(getter{addr: addressOf(client)}),
	"fd.sip":   plain(getter{addr: addressOf(server)}),
	"fd.lip":   plain(getter{addr: addressOf(local)}),
	"fd.rip":   plain(getter{addr: addressOf(remote)}),
	"fd.cnet":  plain(getter{addr: addressOf(client)}),
	"fd.snet":  plain(getter{addr: addressOf(server)}),
	"fd.lnet":  plain(getter{addr: addressOf(local)}),
	"fd.rnet":  plain(getter{addr: addressOf(remote)}),
	"fd.cport": ofUint(portOf(client)),
	"fd.sport": ofUint(portOf(server)),
	"fd.lport": ofUint(portOf(local)),
	"fd.rport": ofUint(portOf(remote)),
	"fd.ip":    plain(getter{all: bothAddresses(schema.KindAddr)}),
	"fd.net":   plain(getter{all: bothAddresses(schema.KindNet)}),
	"fd.port":  plain(getter{all: bothPorts}),

	"fd.dev":       ofInt(ofDescriptor(func(d *state.Descriptor) int64 { return int64(int32(d.Dev)) })),
	"fd.dev.major": ofInt(ofDescriptor(func(d *state.Descriptor) int64 { return int64(d.Dev & 0xfff00 >> 8) })),
	"fd.dev.minor": ofInt(ofDescriptor(func(d *state.Descriptor) int64 { return int64(d.Dev&0xff | d.Dev>>12&0xfff00) })),
	"fd.ino":       ofInt(ofDescriptor(func(d *state.Descriptor) int64 { return int64(d.Inode) })),

	"fd.is_upper_layer": ofBool(ofDescriptor((*state.Descriptor).InUpperLayer)),
	"fd.is_lower_layer": ofBool(ofDescriptor((*state.Descriptor).InLowerLayer)),
}

// ofDescriptor reads an attribute of the descriptor; it is absent without one.
func ofDescriptor[T any](attribute func(*state.Descriptor) T) func(*Context) (T, bool) {
	return func(c *Context) (value T, ok bool) {
		if d := c.machine.Descriptor(); d != nil {
			return attribute(d), true
		}
		return value, false
	}
}

// typeChar returns the letter of the descriptor's kind. Where a call that should
// have made one failed, it is the kind it would have been, except for open and
// open_by_handle_at, as in Falco.
func typeChar(c *Context) (string, bool) {
	if d := c.machine.Descriptor(); d != nil {
		return d.Kind.Char(), true
	}
	_, ok := c.machine.FD()
	switch c.event.Type {
	case schema.PPME_SYSCALL_OPENAT_2_X, schema.PPME_SYSCALL_OPENAT2_X, schema.PPME_SYSCALL_CREAT_X:
		return state.KindFile.Char(), ok
	case schema.PPME_SOCKET_SOCKET_X, schema.PPME_SOCKET_ACCEPT_5_X, schema.PPME_SOCKET_ACCEPT4_6_X:
		return state.KindIPv4.Char(), ok
	case schema.PPME_SYSCALL_PIPE_X, schema.PPME_SYSCALL_PIPE2_X:
		return state.KindPipe.Char(), ok
	}
	return state.KindUnknown.Char(), ok
}

// fdName returns the name of the descriptor. Where a call that should have made
// one failed, it is the path or the tuple that the event itself has.
func fdName(c *Context) (string, bool) {
	if d := c.machine.Descriptor(); d != nil {
		return d.Name, true
	}
	if _, ok := c.machine.FD(); !ok {
		return "", false
	}
	return c.once(memoFDName, appendEventName), true
}

// appendEventName appends the path or the tuple that an event has.
func appendEventName(c *Context, dst []byte) []byte {
	switch c.event.Type {
	case schema.PPME_SOCKET_CONNECT_X, schema.PPME_SOCKET_ACCEPT_5_X, schema.PPME_SOCKET_ACCEPT4_6_X:
		const tuple = 1
		return state.AppendTuple(dst, c.event.Param(tuple))
	}
	return c.machine.AppendOpenPath(dst, c.event)
}

func fdRawName(c *Context) (string, bool) {
	if d := c.machine.Descriptor(); d != nil {
		return d.RawName, true
	}
	_, ok := c.machine.FD()
	return state.OpenName(c.event), ok
}

// directory returns the directory of a file, and a directory itself.
func directory(c *Context) (string, bool) {
	if d := c.machine.Descriptor(); d != nil {
		switch d.Kind {
		case state.KindDirectory:
			return d.Name, true
		case state.KindFile:
			return parentDirectory(d.Name), true
		}
		return "", false
	}
	name, ok := fdName(c)
	return parentDirectory(name), ok
}

// parentDirectory returns path without its last component, or "/" if nothing
// would be left.
func parentDirectory(path string) string {
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		return path[:i]
	}
	return "/"
}

func filename(c *Context) (string, bool) {
	d := c.machine.Descriptor()
	if d == nil || d.Kind != state.KindFile {
		return "", false
	}
	return d.Name[strings.LastIndexByte(d.Name, '/')+1:], true
}

// inContainer puts the container's id and a colon before a text; the id is empty
// for the host.
func inContainer(text func(*Context) (string, bool)) func(*Context) (string, bool) {
	return func(c *Context) (string, bool) {
		name, ok := text(c)
		if !ok || c.thread == nil {
			return "", false
		}
		start := len(c.text)
		if container := &c.thread.Cgroups.Container; *container != state.Host {
			c.text = append(c.text, container.ID...)
		}
		c.text = append(c.text, ':')
		c.text = append(c.text, name...)
		return c.keep(start), true
	}
}

func fdUID(c *Context) (string, bool) {
	fd, ok := c.machine.FD()
	if !ok {
		return "", false
	}
	start := len(c.text)
	c.text = strconv.AppendInt(c.text, c.event.TID, 10)
	c.text = strconv.AppendInt(c.text, fd, 10)
	return c.keep(start), true
}

func socketFamily(c *Context) (string, bool) {
	d := c.machine.Descriptor()
	switch {
	case d == nil:
		return "", false
	case d.Kind.IsInet():
		return "ip", true
	case d.Kind == state.KindUnix:
		return "unix", true
	}
	return "", false
}

// isServer reports whether the descriptor is a server's: bound to a port, or with
// a destination that is local. The second is what Falco goes by, so both ends of
// a connection within the machine are servers.
func isServer(c *Context) (bool, bool) {
	d := c.machine.Descriptor()
	switch {
	case d == nil:
		return false, false
	case d.Kind.IsServer():
		return true, true
	case d.Kind.IsInet():
		return c.machine.IsLocal(d.Tuple.Destination()), true
	}
	return false, true
}

func nameChanged(c *Context) (bool, bool) {
	return c.machine.NameChanged(), c.machine.Descriptor() != nil
}

// end is one end of a socket.
type end struct {
	addr netip.Addr
	port uint16
}

// side finds an end of the socket that the event is about; ok is false where
// there is none or where it is not known which it is.
type side func(*Context) (e end, ok bool)

func source(d *state.Descriptor) end { return end{d.Tuple.Source(), d.Tuple.SourcePort} }

func destination(d *state.Descriptor) end { return end{d.Tuple.Destination(), d.Tuple.DestinationPort} }

// socket returns the descriptor if it is an IPv4 or IPv6 socket whose role is
// known.
func (c *Context) socket() *state.Descriptor {
	if d := c.machine.Descriptor(); d != nil && d.Kind.IsInet() && d.Role != state.RoleUnknown {
		return d
	}
	return nil
}

func client(c *Context) (end, bool) {
	if d := c.socket(); d != nil && !d.Kind.IsServer() {
		return source(d), true
	}
	return end{}, false
}

// server returns the server's end, the only one of a socket that is bound.
func server(c *Context) (end, bool) {
	if d := c.socket(); d != nil {
		return destination(d), true
	}
	return end{}, false
}

// local returns the source if it is local, and otherwise the destination,
// whatever that is, as in Falco.
func local(c *Context) (end, bool) {
	d := c.socket()
	if d == nil || d.Kind.IsServer() {
		return end{}, false
	}
	if c.machine.IsLocal(d.Tuple.Source()) {
		return source(d), true
	}
	return destination(d), true
}

// remote returns the end that local does not.
func remote(c *Context) (end, bool) {
	d := c.socket()
	if d == nil || d.Kind.IsServer() {
		return end{}, false
	}
	if c.machine.IsLocal(d.Tuple.Source()) {
		return destination(d), true
	}
	return source(d), true
}

func addressOf(which side) func(*Context) (netip.Addr, bool) {
	return func(c *Context) (netip.Addr, bool) {
		e, ok := which(c)
		return e.addr, ok
	}
}

func portOf(which side) func(*Context) (uint64, bool) {
	return func(c *Context) (uint64, bool) {
		e, ok := which(c)
		return uint64(e.port), ok
	}
}

// bothEnds yields the ends of a socket, whatever its role. A descriptor of
// another kind has none but exists.
func bothEnds(c *Context, each func(end)) bool {
	d := c.machine.Descriptor()
	if d == nil {
		return false
	}
	if d.Kind.IsInet() {
		if !d.Kind.IsServer() {
			each(source(d))
		}
		each(destination(d))
	}
	return true
}

func bothAddresses(kind schema.Kind) func(*Context, []Value) ([]Value, bool) {
	return func(c *Context, dst []Value) ([]Value, bool) {
		ok := bothEnds(c, func(e end) { dst = append(dst, Value{Kind: kind, Addr: e.addr}) })
		return dst, ok
	}
}

func bothPorts(c *Context, dst []Value) ([]Value, bool) {
	ok := bothEnds(c, func(e end) { dst = append(dst, uintValue(uint64(e.port))) })
	return dst, ok
}
