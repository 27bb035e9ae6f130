package state

// Thread is one thread of the machine. Ids are the host's, except for those that
// begin with V or say otherwise; an id that is not known is -1.
//
// A Thread belongs to its Machine, which alone changes it, and is valid until the
// next Apply.
type Thread struct {
	TID   int64
	PID   int64 // thread group; -1 for a placeholder
	PTID  int64 // the thread that made the process, or who adopted it; 0 for nobody
	VTID  int64 // TID in the pid namespace of the process
	VPID  int64 // PID in the pid namespace of the process
	SID   int64 // session, in the pid namespace of the process
	VPGID int64 // process group, in the pid namespace of the process
	PGID  int64 // process group

	Program *Program // never nil
	Cgroups *Cgroups // never nil

	UID      uint32 // effective; all ones if unknown
	GID      uint32 // effective; all ones if unknown
	LoginUID uint32 // all ones if unset
	TTY      uint32 // the kernel's encoding of the device; 0 for none

	CapInheritable, CapPermitted, CapEffective uint64

	FDLimit     int64 // soft limit of descriptors
	MajorFaults uint64
	MinorFaults uint64
	VMSize      uint32 // kB
	VMResident  uint32 // kB
	VMSwap      uint32 // kB

	CloneTime  uint64 // when the thread started, ns since the epoch; 0 if unknown
	PIDNSStart uint64 // when its pid namespace started, ns since the epoch; 0 if unknown

	group    *group // never nil
	links    links
	lastSeen uint64 // time of its last event

	placeholder bool // nothing is known but the tid
	lookedUp    bool // /proc was asked about it
	dead        bool // it exited
	childView   bool // made from the child's own event, which knows best
	newPIDNS    bool // the clone event said that it lives in a pid namespace
}

// group is what the threads of one process share.
type group struct {
	main        *Thread // the leader, even when dead; nil if only other threads are known
	threads     chain   // those in the table
	live        int     // those that have not exited
	start       uint64  // Event.ThreadStart; 0 if unknown
	cwd         string  // ends with a slash; empty if unknown
	descriptors descriptors
}

// The flags of clone events that matter here, numbered as their parameter.
const (
	cloneNewPID       = 1 << 6
	cloneParent       = 1 << 8
	cloneThread       = 1 << 13
	cloneVfork        = 1 << 27
	cloneChildInPIDNS = 1 << 29
)

// newThread returns a thread about which nothing is known but its tid.
func newThread(tid int64) *Thread {
	return &Thread{
		TID: tid, PID: -1, PTID: -1, VTID: -1, VPID: -1, SID: -1, VPGID: -1, PGID: -1,
		Program: placeholder, Cgroups: noCgroups,
		UID: unsetID, GID: unsetID, LoginUID: unsetID,
	}
}

// unsetID is a user or group id that is not known or not set.
const unsetID = 1<<32 - 1

// Placeholder reports whether nothing is known about the thread except its TID.
func (t *Thread) Placeholder() bool { return t.placeholder }

// IsMain reports whether t is the leader of its process.
func (t *Thread) IsMain() bool { return t.TID == t.PID }

// Main returns the leader of t's process, or t itself if the leader is unknown.
func (t *Thread) Main() *Thread {
	if t.group.main != nil {
		return t.group.main
	}
	return t
}

// InPIDNamespace reports whether t lives in a pid namespace other than the
// host's.
func (t *Thread) InPIDNamespace() bool {
	return t.VTID >= 0 && (t.newPIDNS || t.TID != t.VTID)
}

// Live returns the number of threads of t's process that have not exited; 0 for
// a placeholder.
func (t *Thread) Live() int {
	if t.placeholder {
		return 0
	}
	return t.group.live
}

// CWD returns the working directory of t's process with a trailing slash, or ""
// if it is unknown. It is "./" for a placeholder, as in Falco.
func (t *Thread) CWD() string {
	if t.placeholder {
		return placeholderWD
	}
	return t.group.cwd
}

// setCWD stores a working directory; an empty one changes nothing.
func (g *group) setCWD(dir string) {
	if dir == "" {
		return
	}
	if dir[len(dir)-1] != '/' {
		dir += "/"
	}
	if dir != g.cwd {
		g.cwd = dir
	}
}

// Env returns the environment of t's process, a NUL after each variable.
func (t *Thread) Env() string { return t.Main().Program.Env }
