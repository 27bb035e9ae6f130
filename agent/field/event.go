package field

import (
	"strconv"
	"strings"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/agent/state"
)

// eventFields are those of events of the kernel.
var eventFields = fields{
	"evt.cpu":            ofInt(func(c *Context) (int64, bool) { return int64(c.event.CPU), true }),
	"evt.dir":            ofString(direction),
	"evt.type":           ofString(func(c *Context) (string, bool) { return c.typeName(), true }),
	"evt.type.is":        typeIs,
	"syscall.type":       ofString(syscallType),
	"evt.category":       ofString(category),
	"evt.res":            ofString(result),
	"evt.rawres":         ofInt(func(c *Context) (int64, bool) { return c.returned() }),
	"evt.failed":         ofBool(failed),
	"evt.count":          ofUint(func(*Context) (uint64, bool) { return 1, true }),
	"evt.count.error":    ofUint(countError),
	"evt.count.exit":     ofUint(countExit),
	"evt.latency":        ofUint(zero),
	"evt.latency.s":      ofUint(zero),
	"evt.latency.ns":     ofUint(zero),
	"evt.wait_latency":   ofUint(zero),
	"evt.is_wait":        ofBool(hasFlags(schema.EF_WAITS)),
	"evt.is_io":          ofBool(hasFlags(schema.EF_READS_FROM_FD | schema.EF_WRITES_TO_FD)),
	"evt.is_io_read":     ofBool(hasFlags(schema.EF_READS_FROM_FD)),
	"evt.is_io_write":    ofBool(hasFlags(schema.EF_WRITES_TO_FD)),
	"evt.io_dir":         ofString(ioDirection),
	"evt.buflen":         ofUint(bufferLength),
	"evt.buffer":         ofString(buffer),
	"evt.is_syslog":      ofBool(isSyslog),
	"evt.is_open_read":   ofBool(func(c *Context) (bool, bool) { return c.opens().Read, true }),
	"evt.is_open_write":  ofBool(func(c *Context) (bool, bool) { return c.opens().Write, true }),
	"evt.is_open_exec":   ofBool(func(c *Context) (bool, bool) { return c.opens().Execute, true }),
	"evt.is_open_create": ofBool(func(c *Context) (bool, bool) { return c.opens().Created, true }),
}

// zero is the value of fields that lost their meaning when events for the entry
// of system calls went out of use.
func zero(*Context) (uint64, bool) { return 0, true }

// typeName returns evt.type: for a generic event the name of its system call.
func (c *Context) typeName() string {
	if c.info == nil {
		return c.event.Type.String()
	}
	if c.info.Generic {
		if sc, ok := state.Uint(c.event.Param(0)); ok {
			if call := schema.SyscallBySC(uint16(sc)); call != nil {
				return call.Name
			}
		}
		return "unknown"
	}
	return c.info.Name
}

func (c *Context) flags() schema.EventFlags {
	if c.info == nil {
		return 0
	}
	return c.info.Flags
}

func (c *Context) isSyscall() bool {
	return c.info != nil && c.info.Category&schema.EC_SYSCALL != 0
}

// typeIs compiles evt.type.is.<name>: 1 for an event of that type, else 0.
func typeIs(ref schema.FieldRef) getter {
	return getter{uint: func(c *Context) (uint64, bool) {
		if c.typeName() == ref.Arg {
			return 1, true
		}
		return 0, true
	}}
}

func isAsync(c *Context) (bool, bool) {
	return c.info != nil && c.info.Category&(schema.EC_SYSCALL|schema.EC_TRACEPOINT) == 0, true
}

func direction(c *Context) (string, bool) {
	if c.info != nil && c.info.Exit {
		return "<", true
	}
	return ">", true
}

func syscallType(c *Context) (string, bool) {
	return c.typeName(), c.isSyscall()
}

// category returns the word for the event's category. Where that is input or
// output, the descriptor decides.
func category(c *Context) (string, bool) {
	if c.info == nil {
		return "unknown", true
	}
	if word := c.info.Category.Word(); word != "" {
		return word, true
	}
	d := c.machine.Descriptor()
	if d == nil {
		return "unknown", true
	}
	switch d.Kind {
	case state.KindFile, state.KindDirectory:
		return "file", true
	case state.KindIPv4, state.KindIPv6, state.KindIPv4Server, state.KindIPv6Server:
		return "net", true
	case state.KindPipe, state.KindUnix, state.KindEvent, state.KindSignal, state.KindInotify, state.KindUserfault:
		return "ipc", true
	}
	return "unknown", true
}

// returned returns the result of a system call: the first parameter of its exit.
// Generic events do not have it.
func (c *Context) returned() (int64, bool) {
	if c.info == nil || !c.info.Exit || c.info.Generic || !c.isSyscall() {
		return 0, false
	}
	return state.Int(c.event.Param(0))
}

func result(c *Context) (string, bool) {
	res, ok := c.returned()
	if !ok || res >= 0 {
		return "SUCCESS", ok
	}
	if name := errnoName(-res); name != "" {
		return name, true
	}
	start := len(c.text)
	c.text = strconv.AppendInt(c.text, res, 10)
	return c.keep(start), true
}

func failed(c *Context) (bool, bool) {
	res, ok := c.returned()
	return res < 0, ok
}

func countError(c *Context) (uint64, bool) {
	res, ok := c.returned()
	if res < 0 {
		return 1, ok
	}
	return 0, ok
}

func countExit(c *Context) (uint64, bool) {
	return 1, c.info != nil && c.info.Exit
}

func hasFlags(flags schema.EventFlags) func(*Context) (bool, bool) {
	return func(c *Context) (bool, bool) { return c.flags()&flags != 0, true }
}

func ioDirection(c *Context) (string, bool) {
	switch flags := c.flags(); {
	case flags&schema.EF_READS_FROM_FD != 0:
		return "read", true
	case flags&schema.EF_WRITES_TO_FD != 0:
		return "write", true
	}
	return "", false
}

// isInputOutput reports whether the event's category is one of those that depend
// on the descriptor.
func (c *Context) isInputOutput() bool {
	return c.info != nil && c.info.Category.Word() == ""
}

func bufferLength(c *Context) (uint64, bool) {
	res, ok := c.returned()
	if !ok || res < 0 || !c.isInputOutput() {
		return 0, false
	}
	return uint64(res), true
}

// buffer returns the bytes that an event of input or output carries.
func buffer(c *Context) (string, bool) {
	if !c.isInputOutput() {
		return "", false
	}
	for i := range c.info.Params {
		if p := &c.info.Params[i]; p.Type == schema.PT_BYTEBUF && p.Name == "data" {
			data := c.event.Param(i)
			return bytesAsString(data), data != nil
		}
	}
	return "", false
}

func isSyslog(c *Context) (bool, bool) {
	if c.flags()&schema.EF_WRITES_TO_FD == 0 {
		return false, true
	}
	d := c.machine.Descriptor()
	return d != nil && strings.Contains(d.Name, "/dev/log"), true
}
