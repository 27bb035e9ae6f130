package state

import (
	"strings"

	"github.com/saker-project/saker/agent/capture"
	"github.com/saker-project/saker/agent/schema"
)

// Parameters of the exits of clone, fork, vfork and clone3.
const (
	cloneRes = iota
	cloneExe
	cloneArgs
	cloneTID
	clonePID
	clonePTID
	cloneCWD
	cloneFDLimit
	cloneMajorFaults
	cloneMinorFaults
	cloneVMSize
	cloneVMResident
	cloneVMSwap
	cloneComm
	cloneCgroups
	cloneFlags
	cloneUID
	cloneGID
	cloneVTID
	cloneVPID
	clonePIDNSStart
)

// youth is how long a thread counts as just made: the parent's and the child's
// event of one clone come within it.
const youth = 2e9

// young reports whether t was made so lately that a clone event with its tid is
// about t.
func (t *Thread) young(now uint64) bool {
	return !t.placeholder && t.CloneTime <= now && now < t.CloneTime+youth
}

// clone follows the two events of a clone, fork, vfork or clone3: the one that
// the caller sees, with the tid of the child as its result, and the one that the
// child sees, with the result 0. Either may come first, or alone.
func (m *Machine) clone(ev *capture.Event) {
	res, ok := Int(ev.Param(cloneRes))
	switch {
	case !ok || res < 0:
	case res == 0:
		m.cloneChild(ev)
	default:
		m.cloneParent(ev, res)
	}
}

// cloneParent makes the child from the caller's event, if that can be done
// rightly: only the child knows its ids in another pid namespace, and a vforked
// child is told about by its own event before the caller goes on.
func (m *Machine) cloneParent(ev *capture.Event, child int64) {
	if m.thread == nil || m.thread.placeholder {
		m.thread = m.replace(m.thread, m.fromClone(ev, ev.TID, nil), ev.ThreadStart)
	}
	caller := m.thread
	flags, _ := Uint(ev.Param(cloneFlags))
	vtid, known := Int(ev.Param(cloneVTID))
	switch {
	case flags&(cloneChildInPIDNS|cloneNewPID|cloneParent|cloneVfork) != 0,
		known && vtid != caller.TID,
		ev.Type == schema.PPME_SYSCALL_VFORK_20_X,
		m.exits.recent(caller.TID, child, m.now):
		return
	}
	old := m.table.byTID[child]
	if old != nil && (old.childView || old.young(m.now)) {
		return
	}
	old = m.outdated(old)
	t := m.fromClone(ev, child, caller)
	t.VTID = child
	if flags&cloneThread == 0 {
		t.PID, t.VPID, t.PTID = child, child, caller.TID
	}
	t.CloneTime = m.now
	m.replace(old, t, 0)
	m.shareGroup(t, caller)
}

// cloneChild makes the child from its own event.
func (m *Machine) cloneChild(ev *capture.Event) {
	old := m.thread
	if old != nil && old.young(m.now) {
		old.childView = true
		return
	}
	old = m.outdated(old)
	flags, _ := Uint(ev.Param(cloneFlags))
	donorParam := clonePTID
	if flags&cloneThread != 0 {
		donorParam = clonePID
	}
	var donor *Thread
	if tid, ok := Int(ev.Param(donorParam)); ok {
		donor = m.table.byTID[tid]
	}
	if donor != nil && donor == old {
		donor = nil
	}
	t := m.fromClone(ev, ev.TID, donor)
	t.childView = true
	t.CloneTime = m.now
	m.thread = m.replace(old, t, ev.ThreadStart)
	m.shareGroup(t, donor)
}

// outdated removes a thread whose tid a clone has given to another, except for a
// placeholder, which stands for that other thread already. It returns the
// placeholder.
func (m *Machine) outdated(t *Thread) *Thread {
	if t == nil || t.placeholder {
		return t
	}
	m.drop(t)
	m.count.reused.Add(1)
	return nil
}

// replace puts t into the table in place of old, which may be nil.
func (m *Machine) replace(old, t *Thread, start uint64) *Thread {
	if old != nil {
		m.discard(old)
	}
	m.insert(t)
	if t.group.start == 0 {
		t.group.start = start
	}
	return t
}

// shareGroup gives the leader of a new process the descriptors and the working
// directory of the donor. Whether CLONE_FILES was given makes no difference, as in
// Falco.
func (m *Machine) shareGroup(t, donor *Thread) {
	if donor == nil || !t.IsMain() || donor.group == t.group {
		return
	}
	t.group.cwd = donor.group.cwd
	t.group.descriptors = donor.group.descriptors.share()
}

// fromClone makes a thread from the parameters of a clone event and, where those
// say nothing, from donor, which may be nil.
func (m *Machine) fromClone(ev *capture.Event, tid int64, donor *Thread) *Thread {
	t := newThread(tid)
	if donor != nil {
		t.inherit(donor)
	}
	setInt(&t.PID, ev, clonePID)
	setInt(&t.PTID, ev, clonePTID)
	setInt(&t.VTID, ev, cloneVTID)
	setInt(&t.VPID, ev, cloneVPID)
	setInt(&t.FDLimit, ev, cloneFDLimit)
	setUint(&t.MajorFaults, ev, cloneMajorFaults)
	setUint(&t.MinorFaults, ev, cloneMinorFaults)
	setUint(&t.VMSize, ev, cloneVMSize)
	setUint(&t.VMResident, ev, cloneVMResident)
	setUint(&t.VMSwap, ev, cloneVMSwap)
	setUint(&t.UID, ev, cloneUID)
	setUint(&t.GID, ev, cloneGID)
	setUint(&t.PIDNSStart, ev, clonePIDNSStart)
	flags, _ := Uint(ev.Param(cloneFlags))
	t.newPIDNS = flags&cloneChildInPIDNS != 0
	if cgroups := ev.Param(cloneCgroups); len(cgroups) > 0 {
		t.Cgroups = m.cgroups.get(Text(cgroups))
	}
	t.Program = forkedProgram(t.Program, Text(ev.Param(cloneComm)), Text(ev.Param(cloneExe)), Text(ev.Param(cloneArgs)))
	return t
}

// inherit copies what a clone event does not tell from the thread that called
// clone.
func (t *Thread) inherit(donor *Thread) {
	t.Program, t.Cgroups = donor.Program, donor.Cgroups
	t.SID, t.VPGID, t.PGID = donor.SID, donor.VPGID, donor.PGID
	t.TTY, t.LoginUID = donor.TTY, donor.LoginUID
	t.CapInheritable, t.CapPermitted, t.CapEffective = donor.CapInheritable, donor.CapPermitted, donor.CapEffective
	t.PIDNSStart = donor.PIDNSStart
}

// forkedProgram returns the program of a thread whose clone event gave these
// names: that of the donor if it agrees with them, which it nearly always does.
func forkedProgram(donor *Program, comm, exe, args string) *Program {
	if exe == "" {
		exe, args = donor.Exe, strings.TrimSuffix(donor.Args, "\x00")
	}
	if comm == "" {
		comm = exe
	}
	if donor.Comm == comm && donor.Exe == exe && strings.TrimSuffix(donor.Args, "\x00") == args {
		return donor
	}
	p := *donor
	p.cmdline, p.exeLine = "", ""
	p.Comm, p.Exe, p.Args = strings.Clone(comm), strings.Clone(exe), listOf(args)
	return &p
}

// listOf returns a copy of list, whose elements are separated by NUL, with a NUL
// after each.
func listOf(list string) string {
	if list == "" {
		return ""
	}
	return string(append(append(make([]byte, 0, len(list)+1), list...), 0))
}

// exitRing remembers the last exits, so that the caller's clone event does not
// bring a child back that has lived and died before it came.
type exitRing [8192]struct {
	ptid, tid int64
	time      uint64
}

func (r *exitRing) add(ptid, tid int64, now uint64) {
	slot := &r[uint64(tid)%uint64(len(r))]
	slot.ptid, slot.tid, slot.time = ptid, tid, now
}

// recent reports whether a child of ptid with that tid has exited within youth.
func (r *exitRing) recent(ptid, tid int64, now uint64) bool {
	slot := &r[uint64(tid)%uint64(len(r))]
	return slot.tid == tid && slot.ptid == ptid && now < slot.time+youth
}
