package state

import (
	"strings"

	"github.com/saker-project/saker/agent/capture"
)

// Parameters of the exits of execve and execveat.
const (
	execRes = iota
	execExe
	execArgs
	execTID
	execPID
	execPTID
	execCWD
	execFDLimit
	execMajorFaults
	execMinorFaults
	execVMSize
	execVMResident
	execVMSwap
	execComm
	execCgroups
	execEnv
	execTTY
	execVPGID
	execLoginUID
	execFlags
	execCapInheritable
	execCapPermitted
	execCapEffective
	execInode
	execCtime
	execMtime
	execUID
	execPath
	execPGID
	execGID
)

// exec follows a successful execve or execveat. A failed one changes nothing.
func (m *Machine) exec(ev *capture.Event) {
	if res, ok := Int(ev.Param(execRes)); !ok || res < 0 {
		return
	}
	t := m.thread
	m.becomeProcess(t, ev)

	t.Program = programOf(ev)
	if cgroups := ev.Param(execCgroups); len(cgroups) > 0 {
		t.Cgroups = m.cgroups.get(Text(cgroups))
	}
	t.group.setCWD(clone(Text(ev.Param(execCWD)), t.group.cwd))
	setInt(&t.FDLimit, ev, execFDLimit)
	setUint(&t.MajorFaults, ev, execMajorFaults)
	setUint(&t.MinorFaults, ev, execMinorFaults)
	setUint(&t.VMSize, ev, execVMSize)
	setUint(&t.VMResident, ev, execVMResident)
	setUint(&t.VMSwap, ev, execVMSwap)
	setUint(&t.TTY, ev, execTTY)
	setInt(&t.VPGID, ev, execVPGID)
	setUint(&t.LoginUID, ev, execLoginUID)
	setUint(&t.CapInheritable, ev, execCapInheritable)
	setUint(&t.CapPermitted, ev, execCapPermitted)
	setUint(&t.CapEffective, ev, execCapEffective)
	setUint(&t.UID, ev, execUID)
	setUint(&t.GID, ev, execGID)
	t.PGID = -1
	setInt(&t.PGID, ev, execPGID)
	t.group.descriptors.closeOnExec()
}

// becomeProcess makes t the only thread of its process, and repairs it if it was
// a placeholder or had been taken for dead.
func (m *Machine) becomeProcess(t *Thread, ev *capture.Event) {
	if t.placeholder {
		t.placeholder = false
		if pid, ok := Int(ev.Param(execPID)); ok {
			t.PID = pid
		} else {
			t.PID = t.TID
		}
		if ptid, ok := Int(ev.Param(execPTID)); ok {
			m.table.setParent(t, ptid)
		}
		t.VTID, t.VPID = t.TID, t.PID
		if t.IsMain() {
			t.group.main = t
		}
	}
	for other := t.group.threads.first; other != nil; {
		next := other.links[byGroup].next
		if other != t {
			m.reparent(other, t.TID)
			m.discard(other)
			m.count.removed.Add(1)
		}
		other = next
	}
	if t.dead {
		t.dead = false
		t.group.live++
	}
}

// programOf makes the program that an exec started.
func programOf(ev *capture.Event) *Program {
	p := &Program{
		Exe:     strings.Clone(Text(ev.Param(execExe))),
		ExePath: strings.Clone(strings.TrimSuffix(Text(ev.Param(execPath)), " (deleted)")),
		Args:    listOf(Text(ev.Param(execArgs))),
		Env:     listOf(Text(ev.Param(execEnv))),
	}
	p.Comm = p.Exe
	if comm := Text(ev.Param(execComm)); comm != "" {
		p.Comm = strings.Clone(comm)
	}
	setUint(&p.Flags, ev, execFlags)
	setUint(&p.Inode, ev, execInode)
	setUint(&p.Ctime, ev, execCtime)
	setUint(&p.Mtime, ev, execMtime)
	return p
}

// clone returns a copy of s that does not live in the event, or known where that
// says the same.
func clone(s, known string) string {
	if s == known || s+"/" == known {
		return known
	}
	return strings.Clone(s)
}
