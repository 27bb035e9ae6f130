package state

import (
	"strings"

	"github.com/saker-project/saker/agent/capture"
)

// Parameters of the event that tells about a thread found at the start.
const (
	taskPPID = iota
	taskPGID
	taskVPGID
	taskSID
	taskComm
	taskArgv
	taskExePath
	taskExeFlags
	taskEnv
	taskCWD
	taskFDLimit
	taskUID
	taskGID
	taskCapPermitted
	taskCapEffective
	taskCapInheritable
	taskInode
	taskCtime
	taskMtime
	taskVMSize
	taskVMResident
	taskVMSwap
	taskMajorFaults
	taskMinorFaults
	taskVTGID
	taskVPID
	taskPIDNSStart
	taskCgroups
	taskRoot
	taskStart
	taskTTY
	taskLoginUID
)

// snapshot takes in a thread that was there when the agent started. What events
// have told about it already is newer.
func (m *Machine) snapshot(ev *capture.Event) {
	old := m.thread
	if old != nil && !old.placeholder {
		return
	}
	t := newThread(ev.TID)
	t.PID = ev.PID
	setInt(&t.PTID, ev, taskPPID)
	setInt(&t.PGID, ev, taskPGID)
	setInt(&t.VPGID, ev, taskVPGID)
	setInt(&t.SID, ev, taskSID)
	setInt(&t.VPID, ev, taskVTGID) // the kernel calls a process tgid and a thread pid
	setInt(&t.VTID, ev, taskVPID)
	setInt(&t.FDLimit, ev, taskFDLimit)
	setUint(&t.UID, ev, taskUID)
	setUint(&t.GID, ev, taskGID)
	setUint(&t.LoginUID, ev, taskLoginUID)
	setUint(&t.TTY, ev, taskTTY)
	setUint(&t.CapPermitted, ev, taskCapPermitted)
	setUint(&t.CapEffective, ev, taskCapEffective)
	setUint(&t.CapInheritable, ev, taskCapInheritable)
	setUint(&t.VMSize, ev, taskVMSize)
	setUint(&t.VMResident, ev, taskVMResident)
	setUint(&t.VMSwap, ev, taskVMSwap)
	setUint(&t.MajorFaults, ev, taskMajorFaults)
	setUint(&t.MinorFaults, ev, taskMinorFaults)
	setUint(&t.PIDNSStart, ev, taskPIDNSStart)
	setUint(&t.CloneTime, ev, taskStart)
	t.Program = taskProgram(ev)
	t.lookedUp = true
	t.Cgroups = m.cgroups.get(Text(ev.Param(taskCgroups)))
	m.thread = m.replace(old, t, ev.ThreadStart)
	if t.IsMain() {
		t.group.setCWD(strings.Clone(Text(ev.Param(taskCWD))))
	}
}

func taskProgram(ev *capture.Event) *Program {
	exe, args, _ := strings.Cut(Text(ev.Param(taskArgv)), "\x00")
	p := &Program{
		Comm:    strings.Clone(Text(ev.Param(taskComm))),
		Exe:     strings.Clone(exe),
		ExePath: strings.Clone(strings.TrimSuffix(Text(ev.Param(taskExePath)), " (deleted)")),
		Args:    listOf(args),
		Env:     listOf(Text(ev.Param(taskEnv))),
	}
	setUint(&p.Flags, ev, taskExeFlags)
	setUint(&p.Inode, ev, taskInode)
	setUint(&p.Ctime, ev, taskCtime)
	setUint(&p.Mtime, ev, taskMtime)
	return p
}
