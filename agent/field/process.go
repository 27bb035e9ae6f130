package field

import (
	"strings"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/agent/state"
)

// processFields are those of the process, its parent and its other relatives.
var processFields = fields{
	"proc.name":    ofString(of(self, comm)),
	"proc.exe":     ofString(of(self, exe)),
	"proc.exepath": ofString(of(self, exePath)),
	"proc.cmdline": ofString(of(self, cmdline)),
	"proc.exeline": ofString(of(self, func(t *state.Thread) string { return t.Program.ExeLine() })),
	"proc.args":    argument,
	"proc.cwd":     ofString(of(self, (*state.Thread).CWD)),
	"proc.env":     environment,

	"proc.pname":    ofString(of(parent, comm)),
	"proc.pexe":     ofString(of(parent, exe)),
	"proc.pexepath": ofString(of(parent, exePath)),
	"proc.pcmdline": ofString(of(parent, cmdline)),

	"proc.aname":    ancestral(comm),
	"proc.aexe":     ancestral(exe),
	"proc.aexepath": ancestral(exePath),
	"proc.acmdline": ancestral(cmdline),
	"proc.aargs":    ancestralArgs,
	"proc.apid":     ancestralPID,
	"proc.aenv":     ancestralEnv,

	"proc.sname":         ofString(orEmpty(session, comm)),
	"proc.sid.exe":       ofString(orEmpty(session, exe)),
	"proc.sid.exepath":   ofString(orEmpty(session, exePath)),
	"proc.vpgid.name":    ofString(orEmpty(processGroup, comm)),
	"proc.vpgid.exe":     ofString(orEmpty(processGroup, exe)),
	"proc.vpgid.exepath": ofString(orEmpty(processGroup, exePath)),
	"proc.pgid.name":     ofString(orEmpty(hostProcessGroup, comm)),
	"proc.pgid.exe":      ofString(orEmpty(hostProcessGroup, exe)),
	"proc.pgid.exepath":  ofString(orEmpty(hostProcessGroup, exePath)),

	"proc.pid":          ofInt(of(self, pid)),
	"proc.ppid":         ofInt(of(parent, pid)),
	"proc.vpid":         ofInt(known(self, func(t *state.Thread) int64 { return t.VPID })),
	"proc.pvpid":        ofInt(known(creator, func(t *state.Thread) int64 { return t.VPID })),
	"proc.sid":          ofInt(of(self, func(t *state.Thread) int64 { return t.SID })),
	"proc.vpgid":        ofInt(of(self, func(t *state.Thread) int64 { return t.VPGID })),
	"proc.pgid":         ofInt(of(self, func(t *state.Thread) int64 { return t.PGID })),
	"proc.loginshellid": ofInt(loginShell),
	"proc.tty":          ofUint(of(self, func(t *state.Thread) uint64 { return uint64(t.TTY) })),

	"proc.is_sid_leader":   ofBool(of(self, func(t *state.Thread) bool { return t.SID == t.VPID })),
	"proc.is_vpgid_leader": ofBool(of(self, func(t *state.Thread) bool { return t.VPGID == t.VPID })),
	"proc.is_pgid_leader":  ofBool(of(self, func(t *state.Thread) bool { return t.PGID == t.PID })),

	"proc.duration":      ofUint(age(self)),
	"proc.ppid.duration": ofUint(age(parent)),
	"proc.pid.ts":        ofUint(nonzero(self, cloneTime)),
	"proc.ppid.ts":       ofUint(of(creator, cloneTime)),

	"proc.is_exe_writable":    ofBool(of(self, hasExeFlag(state.ExeWritable))),
	"proc.is_exe_upper_layer": ofBool(of(self, hasExeFlag(state.ExeUpperLayer))),
	"proc.is_exe_lower_layer": ofBool(of(self, hasExeFlag(state.ExeLowerLayer))),
	"proc.is_exe_from_memfd":  ofBool(of(self, hasExeFlag(state.ExeFromMemfd))),

	"proc.exe_ino":       ofInt(exeInode),
	"proc.exe_ino.ctime": ofUint(nonzero(self, func(t *state.Thread) uint64 { return t.Program.Ctime })),
	"proc.exe_ino.mtime": ofUint(nonzero(self, func(t *state.Thread) uint64 { return t.Program.Mtime })),
	"proc.exe_ino.ctime_duration_proc_start": ofUint(between(
		func(t *state.Thread) uint64 { return t.Program.Ctime }, cloneTime)),
	"proc.exe_ino.ctime_duration_pidns_start": ofUint(between(
		pidnsStart, func(t *state.Thread) uint64 { return t.Program.Ctime })),
	"proc.pidns_init_start_ts": ofUint(nonzero(self, pidnsStart)),

	"proc.cmdnargs":   ofUint(of(self, func(t *state.Thread) uint64 { return uint64(t.Program.NumArgs()) })),
	"proc.cmdlenargs": ofUint(of(self, argsLength)),
	"proc.fdlimit":    ofInt(of(self, func(t *state.Thread) int64 { return t.FDLimit })),
	"proc.vmsize":     ofUint(of(self, func(t *state.Thread) uint64 { return uint64(t.VMSize) })),
	"proc.vmrss":      ofUint(of(self, func(t *state.Thread) uint64 { return uint64(t.VMResident) })),
	"proc.vmswap":     ofUint(of(self, func(t *state.Thread) uint64 { return uint64(t.VMSwap) })),
	"proc.nthreads":   ofUint(of(self, func(t *state.Thread) uint64 { return uint64(t.Live()) })),
	"proc.nchilds":    ofUint(of(self, func(t *state.Thread) uint64 { return uint64(max(t.Live()-1, 0)) })),
}

// relative finds the thread of the event or one that is related to it; nil if
// there is none.
type relative func(*Context) *state.Thread

func self(c *Context) *state.Thread { return c.thread }

// parent returns the leader of the process that made this one.
func parent(c *Context) *state.Thread {
	if c.thread == nil {
		return nil
	}
	return c.machine.Parent(c.thread)
}

// creator returns the thread that made this one.
func creator(c *Context) *state.Thread {
	if c.thread == nil {
		return nil
	}
	return c.machine.Find(c.thread.PTID)
}

func session(c *Context) *state.Thread {
	if c.thread == nil {
		return nil
	}
	return c.machine.SessionLeader(c.thread)
}

func processGroup(c *Context) *state.Thread {
	if c.thread == nil {
		return nil
	}
	return c.machine.GroupLeader(c.thread)
}

func hostProcessGroup(c *Context) *state.Thread {
	if c.thread == nil {
		return nil
	}
	return c.machine.Find(c.thread.PGID)
}

// ancestor returns the n-th ancestor, the process itself for 0.
func ancestor(n int) relative {
	return func(c *Context) *state.Thread {
		if c.thread == nil {
			return nil
		}
		return c.machine.Ancestor(c.thread, n)
	}
}

// of reads an attribute of a relative; it is absent without one.
func of[T any](who relative, attribute func(*state.Thread) T) func(*Context) (T, bool) {
	return func(c *Context) (value T, ok bool) {
		if t := who(c); t != nil {
			return attribute(t), true
		}
		return value, false
	}
}

// orEmpty reads an attribute of a relative; it is empty without one, and absent
// only where the event has no thread.
func orEmpty(who relative, attribute func(*state.Thread) string) func(*Context) (string, bool) {
	return func(c *Context) (string, bool) {
		if t := who(c); t != nil {
			return attribute(t), true
		}
		return "", c.thread != nil
	}
}

// known reads an id of a relative; it is absent where that is unknown.
func known(who relative, id func(*state.Thread) int64) func(*Context) (int64, bool) {
	return func(c *Context) (int64, bool) {
		if t := who(c); t != nil && id(t) != -1 {
			return id(t), true
		}
		return 0, false
	}
}

// nonzero reads a number of a relative; it is absent where that is 0.
func nonzero(who relative, number func(*state.Thread) uint64) func(*Context) (uint64, bool) {
	return func(c *Context) (uint64, bool) {
		if t := who(c); t != nil && number(t) != 0 {
			return number(t), true
		}
		return 0, false
	}
}

func comm(t *state.Thread) string       { return t.Program.Comm }
func exe(t *state.Thread) string        { return t.Program.Exe }
func exePath(t *state.Thread) string    { return t.Program.ExePath }
func cmdline(t *state.Thread) string    { return t.Program.Cmdline() }
func argLine(t *state.Thread) string    { return t.Program.ArgLine() }
func pid(t *state.Thread) int64         { return t.PID }
func cloneTime(t *state.Thread) uint64  { return t.CloneTime }
func pidnsStart(t *state.Thread) uint64 { return t.PIDNSStart }

// argument compiles proc.args and proc.args[n]. As in Falco an argument that is
// not there is empty and not absent.
func argument(ref schema.FieldRef) getter {
	n, indexed := ref.Index()
	if !indexed {
		return getter{str: of(self, argLine)}
	}
	return getter{str: of(self, func(t *state.Thread) string {
		arg, _ := t.Program.Arg(n)
		return arg
	})}
}

func argsLength(t *state.Thread) uint64 {
	return uint64(len(t.Program.Args) - t.Program.NumArgs())
}

// environment compiles proc.env, proc.env[NAME] and proc.env[n]. As in Falco a
// variable that is not set is empty and not absent.
func environment(ref schema.FieldRef) getter {
	n, indexed := ref.Index()
	switch {
	case indexed:
		return getter{str: of(self, func(t *state.Thread) string { return nthVariable(t, n) })}
	case ref.HasArg:
		return getter{str: of(self, func(t *state.Thread) string {
			value, _ := t.Main().Program.Getenv(ref.Arg)
			return strings.Trim(value, " ")
		})}
	}
	return getter{str: func(c *Context) (string, bool) { return c.env(c.thread) }}
}

// nthVariable returns variable n of the environment, with its name.
func nthVariable(t *state.Thread, n int) string {
	for variable := range strings.SplitSeq(strings.TrimSuffix(t.Env(), "\x00"), "\x00") {
		if n == 0 {
			return variable
		}
		n--
	}
	return ""
}

// env returns the environment of a thread with blanks between the variables.
func (c *Context) env(t *state.Thread) (string, bool) {
	if t == nil {
		return "", false
	}
	start := len(c.text)
	c.text = append(c.text, strings.TrimSuffix(t.Env(), "\x00")...)
	for i := start; i < len(c.text); i++ {
		if c.text[i] == 0 {
			c.text[i] = ' '
		}
	}
	return c.keep(start), true
}

// loginShell returns the process id of the farthest ancestor, the process itself
// included, whose name ends like that of a shell.
func loginShell(c *Context) (id int64, ok bool) {
	if c.thread == nil {
		return 0, false
	}
	isShell := func(t *state.Thread) bool { return strings.HasSuffix(t.Program.Comm, "sh") }
	if isShell(c.thread) {
		id, ok = c.thread.PID, true
	}
	for a := range c.machine.Ancestors(c.thread) {
		if isShell(a) {
			id, ok = a.PID, true
		}
	}
	return id, ok
}

// age returns how long a relative has been running, in ns. It is absent where the
// start is unknown; for a parent Falco then gives its number of descriptors, a
// defect.
func age(who relative) func(*Context) (uint64, bool) {
	return func(c *Context) (uint64, bool) {
		t := who(c)
		if t == nil || t.CloneTime == 0 {
			return 0, false
		}
		return c.event.Time - min(t.CloneTime, c.event.Time), true
	}
}

// between returns the ns from one time of the thread to another. It is absent
// where one is unknown or where they come in the other order, for which Falco
// gives a number above 2^63 in one of the two cases, a defect.
func between(from, to func(*state.Thread) uint64) func(*Context) (uint64, bool) {
	return func(c *Context) (uint64, bool) {
		if c.thread == nil {
			return 0, false
		}
		a, b := from(c.thread), to(c.thread)
		if a == 0 || b <= a {
			return 0, false
		}
		return b - a, true
	}
}

func hasExeFlag(flag state.ExeFlags) func(*state.Thread) bool {
	return func(t *state.Thread) bool { return t.Program.Flags&flag != 0 }
}

func exeInode(c *Context) (int64, bool) {
	if c.thread == nil || c.thread.Program.Inode == 0 {
		return 0, false
	}
	return int64(c.thread.Program.Inode), true
}
