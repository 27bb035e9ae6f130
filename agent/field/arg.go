package field

import (
	"strconv"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/agent/state"
)

// argFields are those of the event's parameters.
var argFields = fields{
	"evt.args":   ofString(allArgs),
	"evt.info":   ofString(allArgs),
	"evt.arg":    oneArg,
	"evt.rawarg": rawArg,
}

// allArgs returns all parameters as text. It is empty for generic events.
func allArgs(c *Context) (string, bool) {
	if c.info == nil || c.info.Generic {
		return "", true
	}
	return c.once(memoArgs, func(c *Context, dst []byte) []byte {
		for i := range c.info.Params {
			if i > 0 {
				dst = append(dst, ' ')
			}
			dst = append(dst, c.info.Params[i].Name...)
			dst = append(dst, '=')
			dst = c.appendRaw(dst, i)
			dst = append(dst, '(')
			before := len(dst)
			if dst = c.appendResolved(dst, i); len(dst) == before {
				dst = dst[:before-1]
				continue
			}
			dst = append(dst, ')')
		}
		return dst
	}), true
}

// oneArg compiles evt.arg[n] and evt.arg.<name>: the resolved text of a parameter,
// or its raw text where nothing needs resolving.
func oneArg(ref schema.FieldRef) getter {
	find := paramFinder(ref)
	return getter{str: func(c *Context) (string, bool) {
		i, ok := find(c)
		if !ok {
			return "", false
		}
		return c.once(memoParam+i, func(c *Context, dst []byte) []byte {
			before := len(dst)
			if dst = c.appendResolved(dst, i); len(dst) == before {
				dst = c.appendRaw(dst, i)
			}
			return dst
		}), true
	}}
}

// paramFinder returns what finds the parameter that ref names in an event.
func paramFinder(ref schema.FieldRef) func(*Context) (int, bool) {
	if n, indexed := ref.Index(); indexed {
		return func(c *Context) (int, bool) {
			return n, c.info != nil && n < len(c.info.Params)
		}
	}
	// One more than the index, by type of event.
	places := make([]uint8, len(schema.Events()))
	for t := range places {
		for i, p := range schema.Events()[t].Params {
			if p.Name == ref.Arg {
				places[t] = uint8(i + 1)
				break
			}
		}
	}
	return func(c *Context) (int, bool) {
		if c.info == nil || places[c.event.Type] == 0 {
			return 0, false
		}
		return int(places[c.event.Type]) - 1, true
	}
}

// rawArg compiles evt.rawarg.<name>: a parameter with its own type. An empty one
// is absent.
func rawArg(ref schema.FieldRef) getter {
	find := paramFinder(ref)
	param := func(c *Context) []byte {
		i, ok := find(c)
		if !ok {
			return nil
		}
		return c.event.Param(i)
	}
	switch ref.Kind() {
	case schema.KindInt:
		return getter{int: func(c *Context) (int64, bool) { return state.Int(param(c)) }}
	case schema.KindUint:
		return getter{uint: func(c *Context) (uint64, bool) { return state.Uint(param(c)) }}
	case schema.KindBool:
		return getter{bool: func(c *Context) (bool, bool) {
			v, ok := state.Uint(param(c))
			return v != 0, ok
		}}
	case schema.KindString:
		return getter{str: func(c *Context) (string, bool) {
			b := param(c)
			return state.Text(b), b != nil
		}}
	case schema.KindBytes:
		return getter{str: func(c *Context) (string, bool) {
			b := param(c)
			return bytesAsString(b), b != nil
		}}
	}
	return getter{other: func(c *Context) bool { return param(c) != nil }}
}

// appendRaw appends the raw text of parameter i.
func (c *Context) appendRaw(dst []byte, i int) []byte {
	p := &c.info.Params[i]
	return c.appendRawAs(dst, p.Type, p.Format, p, c.event.Param(i))
}

// appendRawAs appends the raw text of a parameter of type t.
func (c *Context) appendRawAs(dst []byte, t schema.ParamType, format schema.PrintFormat, p *schema.Param, b []byte) []byte {
	if len(b) == 0 || string(b) == oldNull {
		return append(dst, emptyText(t)...)
	}
	switch t {
	case schema.PT_CHARBUF, schema.PT_FSPATH, schema.PT_FSRELPATH:
		return append(dst, state.Text(b)...)
	case schema.PT_BYTEBUF, schema.PT_CHARBUFARRAY, schema.PT_CHARBUF_PAIR_ARRAY:
		return appendPrintable(dst, b)
	case schema.PT_SOCKADDR:
		return state.AppendAddress(dst, b)
	case schema.PT_SOCKTUPLE:
		return state.AppendTuple(dst, b)
	case schema.PT_FDLIST:
		return c.appendFDList(dst, b)
	case schema.PT_DYN:
		if variant := dynamicVariant(p, b); variant != nil {
			return c.appendRawAs(dst, variant.Type, variant.Format, p, b[1:])
		}
		return dst
	case schema.PT_UID, schema.PT_GID:
		if v, ok := state.Uint(b); ok && uint32(v) == unsetID {
			return append(dst, "-1"...)
		}
	case schema.PT_RELTIME:
		if v, ok := state.Uint(b); ok && v == 1<<64-1 {
			return append(dst, "none"...)
		}
	case schema.PT_BOOL:
		v, _ := state.Uint(b)
		return strconv.AppendBool(dst, v != 0)
	case schema.PT_FLAGS8, schema.PT_FLAGS16, schema.PT_FLAGS32,
		schema.PT_ENUMFLAGS8, schema.PT_ENUMFLAGS16, schema.PT_ENUMFLAGS32:
		format = schema.PF_DEC // whatever the table says, as in Falco
	}
	return appendInteger(dst, t, format, b)
}

// appendResolved appends what parameter i means in words; it appends nothing where
// the raw text says all.
func (c *Context) appendResolved(dst []byte, i int) []byte {
	p := &c.info.Params[i]
	return c.appendResolvedAs(dst, p.Type, i, c.event.Param(i))
}

func (c *Context) appendResolvedAs(dst []byte, t schema.ParamType, i int, b []byte) []byte {
	p := &c.info.Params[i]
	switch t {
	case schema.PT_FSPATH, schema.PT_FSRELPATH:
		if name := state.Text(b); name == "" || name[0] == '/' || c.thread == nil {
			return dst
		}
		return c.appendPath(dst, i, max(p.Dirfd, 0))
	case schema.PT_DYN:
		if variant := dynamicVariant(p, b); variant != nil {
			return c.appendResolvedAs(dst, variant.Type, i, b[1:])
		}
		return dst
	case schema.PT_ERRNO, schema.PT_FD, schema.PT_FD32, schema.PT_PID, schema.PT_PID32:
		if v, ok := state.Int(b); ok {
			return c.appendSigned(dst, t, v)
		}
		return dst
	}
	v, ok := state.Uint(b)
	if !ok {
		return dst
	}
	switch t {
	case schema.PT_UID, schema.PT_GID:
		return c.appendOwner(dst, t, uint32(v))
	case schema.PT_FLAGS8, schema.PT_FLAGS16, schema.PT_FLAGS32, schema.PT_MODE:
		return appendFlags(dst, p.Flags, uint32(v))
	case schema.PT_ENUMFLAGS8, schema.PT_ENUMFLAGS16, schema.PT_ENUMFLAGS32:
		return appendEnum(dst, p.Flags, uint32(v))
	case schema.PT_SIGTYPE:
		return append(dst, signalName(v)...)
	case schema.PT_SYSCALLID:
		if call := schema.SyscallBySC(uint16(v)); call != nil {
			return append(dst, call.Name...)
		}
		return append(dst, "unknown"...)
	case schema.PT_RELTIME:
		return appendSeconds(dst, v)
	case schema.PT_ABSTIME:
		return appendTime(dst, v)
	}
	return dst
}

// appendSigned appends what an error number, a descriptor or a process id stands
// for.
func (c *Context) appendSigned(dst []byte, t schema.ParamType, v int64) []byte {
	switch t {
	case schema.PT_FD, schema.PT_FD32:
		return c.appendDescriptor(dst, v)
	case schema.PT_PID, schema.PT_PID32:
		if t := c.machine.Find(v); v >= 0 && t != nil {
			return append(dst, t.Program.Comm...)
		}
		return dst
	}
	if v < 0 {
		return append(dst, errnoName(-v)...)
	}
	return dst
}

// appendDescriptor appends the letters of a descriptor's kind and transport, and
// its name: "<4t>1.2.3.4:5->6.7.8.9:80".
func (c *Context) appendDescriptor(dst []byte, fd int64) []byte {
	if fd == state.AtFDCWD {
		return append(dst, "AT_FDCWD"...)
	}
	if fd < 0 {
		return append(dst, errnoName(-fd)...)
	}
	if c.thread == nil {
		return dst
	}
	d := c.thread.Descriptor(fd)
	if number, ok := c.machine.FD(); ok && number == fd && c.machine.Descriptor() != nil {
		d = c.machine.Descriptor() // it may have found no room in the table
	}
	if d == nil {
		return dst
	}
	dst = append(dst, '<')
	dst = append(dst, d.Kind.Char()...)
	if d.Kind.IsInet() && d.L4 != state.L4Unknown {
		dst = append(dst, d.L4.String()[0])
	}
	dst = append(dst, '>')
	return append(dst, d.Name...)
}

// appendOwner appends the name of a user or a group.
func (c *Context) appendOwner(dst []byte, t schema.ParamType, id uint32) []byte {
	switch {
	case id == unsetID:
		return append(dst, "<NONE>"...)
	case c.thread == nil:
	case t == schema.PT_UID:
		if user, listed := c.machine.User(c.thread, id); listed {
			return append(dst, user.Name...)
		}
	default:
		if name, listed := c.machine.Group(c.thread, id); listed {
			return append(dst, name...)
		}
	}
	return append(dst, notAvailable...)
}
