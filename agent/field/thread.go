package field

import (
	"strconv"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/agent/state"
)

// threadFields are those of the single thread.
var threadFields = fields{
	"thread.tid":     ofInt(func(c *Context) (int64, bool) { return c.event.TID, true }),
	"thread.vtid":    ofInt(known(self, func(t *state.Thread) int64 { return t.VTID })),
	"thread.ismain":  ofBool(of(self, (*state.Thread).IsMain)),
	"thread.nametid": ofString(nameAndTID),

	"thread.cap_permitted":   ofString(capabilities(func(t *state.Thread) uint64 { return t.CapPermitted })),
	"thread.cap_inheritable": ofString(capabilities(func(t *state.Thread) uint64 { return t.CapInheritable })),
	"thread.cap_effective":   ofString(capabilities(func(t *state.Thread) uint64 { return t.CapEffective })),

	"thread.pfmajor":  ofUint(of(self, func(t *state.Thread) uint64 { return t.MajorFaults })),
	"thread.pfminor":  ofUint(of(self, func(t *state.Thread) uint64 { return t.MinorFaults })),
	"thread.vmsize":   ofUint(of(self, ofLeader(1, func(t *state.Thread) uint32 { return t.VMSize }))),
	"thread.vmrss":    ofUint(of(self, ofLeader(1, func(t *state.Thread) uint32 { return t.VMResident }))),
	"thread.vmsize.b": ofUint(of(self, ofLeader(1024, func(t *state.Thread) uint32 { return t.VMSize }))),
	"thread.vmrss.b":  ofUint(of(self, ofLeader(1024, func(t *state.Thread) uint32 { return t.VMResident }))),

	"thread.cgroups": ofString(cgroups),
	"thread.cgroup":  cgroup,
}

func nameAndTID(c *Context) (string, bool) {
	if c.thread == nil {
		return "", false
	}
	start := len(c.text)
	c.text = append(c.text, c.thread.Program.Comm...)
	c.text = strconv.AppendInt(c.text, c.thread.TID, 10)
	return c.keep(start), true
}

// ofLeader reads memory of a process, in kB times unit; it is 0 for threads other
// than the leader.
func ofLeader(unit uint64, memory func(*state.Thread) uint32) func(*state.Thread) uint64 {
	return func(t *state.Thread) uint64 {
		if !t.IsMain() {
			return 0
		}
		return uint64(memory(t)) * unit
	}
}

func cgroups(c *Context) (string, bool) {
	if c.thread == nil || c.thread.Cgroups.Line == "" {
		return "", false
	}
	return c.thread.Cgroups.Line, true
}

// cgroup compiles thread.cgroup.<subsystem>.
func cgroup(ref schema.FieldRef) getter {
	return getter{str: func(c *Context) (string, bool) {
		if c.thread == nil {
			return "", false
		}
		return c.thread.Cgroups.Path(ref.Arg)
	}}
}

// maxCapSets bounds how many capability sets a Context remembers the names of. A
// machine has a handful.
const maxCapSets = 1024

// capabilities makes the names of a capability set, in the order of their bits
// with blanks between.
func capabilities(set func(*state.Thread) uint64) func(*Context) (string, bool) {
	return func(c *Context) (string, bool) {
		if c.thread == nil {
			return "", false
		}
		bits := set(c.thread)
		if bits == 0 {
			return "", true
		}
		names, ok := c.caps[bits]
		if !ok {
			if len(c.caps) >= maxCapSets {
				clear(c.caps)
			}
			names = capabilityLine(bits)
			c.caps[bits] = names
		}
		return names, true
	}
}
