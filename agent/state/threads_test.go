package state

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/agent/capture"
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/agent/state/statetest"
)

type params = statetest.Params

// apply feeds events to a fresh Machine, a millisecond apart.
func apply(t testing.TB, opt Options, events ...*capture.Event) *Machine {
	t.Helper()
	m := New(opt)
	feed(m, events...)
	return m
}

func feed(m *Machine, events ...*capture.Event) {
	for _, ev := range events {
		if ev.Time == statetest.Start {
			ev.Time = max(m.now, statetest.Start) + 1e6
		}
		m.Apply(ev)
	}
}

// cloneCall makes the caller's event of a clone.
func cloneCall(caller, child int64, p params) *capture.Event {
	all := params{"res": child, "ptid": 1}
	for name, value := range p {
		all[name] = value
	}
	return statetest.Clone(caller, 1, all)
}

// family is what the tests compare of a thread.
type family struct {
	PID, PTID, VTID, VPID int64
	Comm, Exe, ExePath    string
	CWD                   string
	Container             string
	Live                  int
}

func familyOf(t *Thread) *family {
	if t == nil {
		return nil
	}
	return &family{
		PID: t.PID, PTID: t.PTID, VTID: t.VTID, VPID: t.VPID,
		Comm: t.Program.Comm, Exe: t.Program.Exe, ExePath: t.Program.ExePath,
		CWD: t.CWD(), Container: t.Cgroups.Container.Type, Live: t.Live(),
	}
}

func TestClone(t *testing.T) {
	docker := "cpu=/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\x00"
	bash := statetest.Task(100, 1, "bash", params{"argv": statetest.List("/bin/bash", "-l"), "cwd": "/home/u", "sid": 90, "tty": 34816})
	child := &family{
		PID: 200, PTID: 100, VTID: 200, VPID: 200, Comm: "bash", Exe: "/bin/bash", ExePath: "/bin/bash",
		CWD: "/home/u/", Container: "host", Live: 1,
	}
	tests := []struct {
		name   string
		events []*capture.Event
		want   *family // of thread 200
	}{
		{"the child's event makes it", []*capture.Event{bash, statetest.Clone(200, 100, nil)}, child},
		{"the caller's event makes it", []*capture.Event{bash, cloneCall(100, 200, nil)}, child},
		{"both make one", []*capture.Event{bash, statetest.Clone(200, 100, nil), cloneCall(100, 200, nil)}, child},
		{"both in the other order too", []*capture.Event{bash, cloneCall(100, 200, nil), statetest.Clone(200, 100, nil)}, child},
		{
			"the child's event knows more than the caller's", []*capture.Event{
				bash,
				statetest.Clone(200, 100, params{"vtid": 7, "vpid": 7, "flags": cloneChildInPIDNS, "cgroups": docker}),
				cloneCall(100, 200, params{"flags": cloneNewPID}),
			},
			&family{PID: 200, PTID: 100, VTID: 7, VPID: 7, Comm: "bash", Exe: "/bin/bash", ExePath: "/bin/bash", CWD: "/home/u/", Container: "docker", Live: 1},
		},
		{
			"a thread joins its process", []*capture.Event{bash, cloneCall(100, 200, params{"flags": cloneThread})},
			&family{PID: 100, PTID: 1, VTID: 200, VPID: 100, Comm: "bash", Exe: "/bin/bash", ExePath: "/bin/bash", CWD: "/home/u/", Container: "host", Live: 2},
		},
		{
			"a renamed thread has another program", []*capture.Event{bash, statetest.Clone(200, 100, params{"comm": "worker"})},
			&family{PID: 200, PTID: 100, VTID: 200, VPID: 200, Comm: "worker", Exe: "/bin/bash", ExePath: "/bin/bash", CWD: "/home/u/", Container: "host", Live: 1},
		},
		{
			"without its parent it is what the event says", []*capture.Event{statetest.Clone(200, 100, nil)},
			&family{PID: 200, PTID: 100, VTID: 200, VPID: 200, Comm: "bash", Exe: "/bin/bash", Container: "host", Live: 1},
		},
		{
			"a caller's event does not undo what the scan at the start found", []*capture.Event{
				bash, statetest.Task(200, 100, "ls", params{"start_time": uint64(statetest.Start)}), cloneCall(100, 200, nil),
			},
			&family{PID: 200, PTID: 100, VTID: 200, VPID: 200, Comm: "ls", Exe: "/bin/ls", ExePath: "/bin/ls", CWD: "/", Container: "host", Live: 1},
		},
		{"a failed clone makes nothing", []*capture.Event{bash, cloneCall(100, 200, params{"res": -11})}, nil},
		{"the caller does not make a child in a new pid namespace", []*capture.Event{bash, cloneCall(100, 200, params{"flags": cloneNewPID})}, nil},
		{"nor one in a namespace already there", []*capture.Event{bash, cloneCall(100, 200, params{"flags": cloneChildInPIDNS})}, nil},
		{"nor one when it is in a container itself", []*capture.Event{bash, cloneCall(100, 200, params{"vtid": 5})}, nil},
		{"nor a sibling", []*capture.Event{bash, cloneCall(100, 200, params{"flags": cloneParent})}, nil},
		{"nor a vforked one", []*capture.Event{bash, cloneCall(100, 200, params{"flags": cloneVfork})}, nil},
		{
			"a caller's event that comes after the child's end does not bring it back",
			[]*capture.Event{bash, statetest.Clone(200, 100, nil), statetest.Exit(200, nil), cloneCall(100, 200, nil)}, nil,
		},
		{
			"a caller's event that comes after the child's exec does not undo it",
			[]*capture.Event{bash, statetest.Clone(200, 100, nil), statetest.Exec(200, 100, "/bin/ls", nil), cloneCall(100, 200, nil)},
			&family{PID: 200, PTID: 100, VTID: 200, VPID: 200, Comm: "ls", Exe: "ls", ExePath: "/bin/ls", CWD: "/home/u/", Container: "host", Live: 1},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, ev := range tt.events {
				ev.Time = statetest.Start
			}
			m := apply(t, Options{}, tt.events...)
			if diff := cmp.Diff(tt.want, familyOf(m.Find(200))); diff != "" {
				t.Errorf("thread 200 (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCloneInheritsFromTheCaller(t *testing.T) {
	m := apply(t, Options{},
		statetest.Task(100, 1, "bash", params{
			"argv": statetest.List("/bin/bash", "-l"), "sid": 90, "vpgid": 91, "pgid": 92, "tty": 34816, "loginuid": 1000,
			"cap_effective": 7, "flags": 1, "env": statetest.List("HOME=/root"),
		}),
		statetest.Clone(200, 100, nil))
	parent, child := m.Find(100), m.Thread()
	if child.TID != 200 {
		t.Fatalf("the thread of the event is %d, want the child", child.TID)
	}
	if parent.Program != child.Program {
		t.Error("parent and child do not share their program")
	}
	type inherited struct {
		SID, VPGID, PGID int64
		TTY, LoginUID    uint32
		Caps             uint64
		Env              string
	}
	of := func(t *Thread) inherited {
		return inherited{t.SID, t.VPGID, t.PGID, t.TTY, t.LoginUID, t.CapEffective, t.Env()}
	}
	if diff := cmp.Diff(of(parent), of(child)); diff != "" {
		t.Errorf("(-parent +child):\n%s", diff)
	}
	if child.CloneTime != m.now {
		t.Errorf("CloneTime = %d, want the time of the event %d", child.CloneTime, m.now)
	}
}

func TestCloneByAnUnknownCaller(t *testing.T) {
	m := apply(t, Options{}, cloneCall(100, 200, nil))
	if got := m.Thread(); got.Placeholder() || got.TID != 100 || got.Program.Comm != "bash" || got.PID != 100 {
		t.Errorf("the event did not repair its caller: %+v", got)
	}
	if m.Parent(m.Find(200)) != m.Find(100) {
		t.Error("the child has another parent")
	}
}

func TestExec(t *testing.T) {
	docker := "cpu=/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\x00"
	m := apply(t, Options{},
		statetest.Task(100, 1, "bash", params{"cwd": "/home/u", "sid": 90}),
		statetest.Exec(100, 1, "/usr/bin/python3 (deleted)", params{
			"exe": "python", "args": statetest.List("-c", "import os"), "comm": "python3", "cgroups": docker, "env": statetest.List("A= x ", "HOME=/h"),
			"cwd": "/srv", "flags": 4, "cap_effective": 3, "exe_ino": 9, "exe_ino_ctime": 10, "exe_ino_mtime": 11, "tty": 5, "loginuid": 7,
		}))
	th := m.Thread()
	want := &Program{
		Comm: "python3", Exe: "python", ExePath: "/usr/bin/python3", Args: "-c\x00import os\x00", Env: "A= x \x00HOME=/h\x00",
		Flags: ExeFromMemfd, Inode: 9, Ctime: 10, Mtime: 11,
	}
	if diff := cmp.Diff(want, th.Program, cmp.Comparer(func(a, b Program) bool {
		a.cmdline, a.exeLine, b.cmdline, b.exeLine = "", "", "", ""
		return a == b
	})); diff != "" {
		t.Errorf("Program (-want +got):\n%s", diff)
	}
	if th.CWD() != "/srv/" || th.Cgroups.Container.Type != "docker" || th.TTY != 5 || th.LoginUID != 7 || th.CapEffective != 3 {
		t.Errorf("thread after exec: %+v", th)
	}
	if th.SID != 90 {
		t.Errorf("SID = %d, an exec does not change it", th.SID)
	}
	for line, want := range map[string]string{
		th.Program.Cmdline(): "python3 -c import os", th.Program.ArgLine(): "-c import os", th.Program.ExeLine(): "python -c import os",
	} {
		if line != want {
			t.Errorf("got %q, want %q", line, want)
		}
	}
	if v, ok := th.Program.Getenv("HOME"); v != "/h" || !ok {
		t.Errorf("HOME = %q, %v", v, ok)
	}
	if _, ok := th.Program.Getenv("HO"); ok {
		t.Error("HO is set")
	}

	t.Run("a failed one changes nothing", func(t *testing.T) {
		feed(m, statetest.Exec(100, 1, "/bin/nope", params{"res": -2}))
		if m.Thread().Program != th.Program {
			t.Error("the program is another")
		}
	})
}

func TestExecOfAnotherThreadThanTheLeader(t *testing.T) {
	m := apply(t, Options{},
		statetest.Task(100, 1, "java", nil),
		cloneCall(100, 101, params{"flags": cloneThread}),
		cloneCall(100, 102, params{"flags": cloneThread}),
		statetest.Clone(300, 101, nil), // a child of thread 101
		statetest.Exit(100, nil),
		statetest.Exec(100, 1, "/bin/sh", nil)) // thread 102 takes the tid of the leader
	if got := familyOf(m.Find(100)); got == nil || got.Live != 1 || got.Comm != "sh" {
		t.Errorf("the leader after exec: %+v", got)
	}
	if m.Find(101) != nil || m.Find(102) != nil {
		t.Error("the other threads are still there")
	}
	if got := m.Find(300).PTID; got != 100 {
		t.Errorf("the child of a removed thread has parent %d, want 100", got)
	}
}

func TestExecRepairsAPlaceholder(t *testing.T) {
	m := apply(t, Options{}, statetest.Open(100, 3, "/etc/passwd", nil))
	if th := m.Thread(); !th.Placeholder() || th.PID != -1 || th.Program.Comm != "<NA>" || th.UID != unsetID || th.CWD() != "./" || th.Live() != 0 {
		t.Fatalf("placeholder: %+v", th)
	}
	feed(m, statetest.Exec(100, 50, "/bin/ls", nil))
	want := &family{PID: 100, PTID: 50, VTID: 100, VPID: 100, Comm: "ls", Exe: "ls", ExePath: "/bin/ls", Container: "host", Live: 1}
	if diff := cmp.Diff(want, familyOf(m.Thread())); diff != "" {
		t.Errorf("after exec (-want +got):\n%s", diff)
	}
	if !m.Thread().IsMain() || m.Thread().Placeholder() {
		t.Error("it is still a placeholder")
	}
}

func TestExitTakesEffectWithTheNextEvent(t *testing.T) {
	m := apply(t, Options{}, statetest.Task(1, 0, "init", nil), statetest.Task(100, 1, "bash", nil), statetest.Exit(100, nil))
	if m.Thread().Program.Comm != "bash" || m.Find(100) == nil {
		t.Error("a rule about the exit does not see the thread")
	}
	feed(m, statetest.Open(1, 3, "/x", nil))
	if m.Find(100) != nil {
		t.Error("the thread is still there")
	}
	if got := m.Stats(); got.Threads != 1 || got.Removed != 1 || got.Added != 2 {
		t.Errorf("Stats = %+v", got)
	}
}

func TestDeadLeaderStaysWithItsThreads(t *testing.T) {
	m := apply(t, Options{},
		statetest.Task(100, 1, "java", nil),
		cloneCall(100, 101, params{"flags": cloneThread}),
		statetest.Exit(100, nil),
		statetest.Open(101, 3, "/x", nil))
	if m.Thread().Main() != m.Find(100) || m.Thread().Live() != 1 {
		t.Error("the leader has gone")
	}
	feed(m, statetest.Exit(101, nil), statetest.Open(5, 3, "/x", nil))
	if m.Find(100) != nil || m.Find(101) != nil {
		t.Error("leader and thread are still there")
	}
}

func TestOrphans(t *testing.T) {
	start := func() []*capture.Event {
		return []*capture.Event{
			statetest.Task(1, 0, "init", nil),
			statetest.Task(50, 1, "shim", nil),
			statetest.Task(100, 50, "bash", nil),
			statetest.Task(200, 100, "sleep", nil),
		}
	}
	tests := []struct {
		name   string
		events []*capture.Event
		want   int64
	}{
		{"go to the reaper that the kernel names", append(start(), statetest.Exit(100, params{"reaper_tid": 50})), 50},
		{"go to init where the kernel names none", append(start(), statetest.Exit(100, params{"reaper_tid": -1})), 1},
		{"go to init where the reaper is unknown", append(start(), statetest.Exit(100, params{"reaper_tid": 77})), 1},
		{
			"go to a thread of the same process",
			append(start(), cloneCall(100, 101, params{"flags": cloneThread, "ptid": 50}), statetest.Exit(100, nil)), 101,
		},
		{"go to nobody without init", append(start()[1:], statetest.Exit(100, nil)), 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := apply(t, Options{}, tt.events...)
			if got := m.Find(200).PTID; got != tt.want {
				t.Errorf("PTID = %d, want %d", got, tt.want)
			}
		})
	}
}

func TestParentThatComesLater(t *testing.T) {
	m := apply(t, Options{}, statetest.Task(200, 100, "sleep", nil), statetest.Task(100, 1, "bash", nil), statetest.Task(1, 0, "init", nil))
	if p := m.Parent(m.Find(200)); p == nil || p.Program.Comm != "bash" {
		t.Errorf("parent = %v", p)
	}
	feed(m, statetest.Exit(100, nil))
	if got := m.Find(200).PTID; got != 1 {
		t.Errorf("PTID after the parent's exit = %d, want 1", got)
	}
}

func TestAncestors(t *testing.T) {
	m := apply(t, Options{},
		statetest.Task(1, 0, "init", nil),
		statetest.Task(10, 1, "sshd", params{"sid": 10}),
		cloneCall(10, 11, params{"flags": cloneThread, "comm": "worker"}),
		statetest.Task(20, 11, "bash", params{"sid": 20, "vpgid": 20}), // made by a thread that is not the leader
		statetest.Task(30, 20, "make", params{"sid": 20, "vpgid": 30}),
		statetest.Task(40, 30, "cc", params{"sid": 20, "vpgid": 30}))
	cc := m.Find(40)
	var names []string
	for a := range m.Ancestors(cc) {
		names = append(names, a.Program.Comm)
	}
	if diff := cmp.Diff([]string{"make", "bash", "sshd", "init"}, names); diff != "" {
		t.Errorf("ancestors (-want +got):\n%s", diff)
	}
	for n, want := range []*Thread{cc, m.Find(30), m.Find(20), m.Find(10), m.Find(1), nil, nil} {
		if got := m.Ancestor(cc, n); got != want {
			t.Errorf("Ancestor(%d) = %v, want %v", n, got, want)
		}
	}
	if got := m.SessionLeader(cc); got != m.Find(20) {
		t.Errorf("SessionLeader = %v", got)
	}
	if got := m.GroupLeader(cc); got != m.Find(30) {
		t.Errorf("GroupLeader = %v", got)
	}
}

func TestLeadersInAPIDNamespace(t *testing.T) {
	m := apply(t, Options{},
		statetest.Task(1, 0, "init", nil),
		statetest.Task(7, 1, "host-seven", nil),
		statetest.Task(500, 1, "shim", params{"sid": 500}),
		statetest.Task(501, 500, "sh", params{"vtgid": 7, "vpid": 7, "sid": 7}),
		statetest.Task(502, 501, "top", params{"vtgid": 8, "vpid": 8, "sid": 7}))
	if got := m.SessionLeader(m.Find(502)); got != m.Find(501) {
		t.Errorf("SessionLeader = %v, want the farthest ancestor of the session and not the host's thread 7", got)
	}
	if got := m.SessionLeader(m.Find(501)); got != nil {
		t.Errorf("SessionLeader of the leader = %v, want none: it does not count itself", got)
	}
}

func TestCircleOfParentsEnds(t *testing.T) {
	m := apply(t, Options{},
		statetest.Task(10, 30, "a", nil), statetest.Task(20, 10, "b", nil), statetest.Task(30, 20, "c", nil),
		statetest.Task(40, 10, "below", nil), statetest.Task(50, 50, "own", nil))
	for tid, limit := range map[int64]int{10: 2, 40: 8, 50: 0} {
		n := 0
		for range m.Ancestors(m.Find(tid)) {
			if n++; n > 100 {
				t.Fatalf("the ancestors of %d do not end", tid)
			}
		}
		if n > limit {
			t.Errorf("%d has %d ancestors, want at most %d", tid, n, limit)
		}
	}
}

func TestReusedProcessIDs(t *testing.T) {
	at := func(ev *capture.Event, start uint64) *capture.Event {
		ev.ThreadStart = start
		return ev
	}
	m := apply(t, Options{},
		statetest.Task(1, 0, "init", nil),
		at(statetest.Task(100, 1, "old", nil), 5),
		at(cloneCall(100, 101, params{"flags": cloneThread}), 5),
		at(statetest.Task(200, 100, "child", nil), 6))

	feed(m, at(statetest.Open(100, 3, "/x", nil), 5))
	if m.Thread().Program.Comm != "old" {
		t.Error("the same start is the same process")
	}
	feed(m, at(statetest.Open(100, 3, "/x", nil), 0))
	if m.Thread().Program.Comm != "old" {
		t.Error("an event that does not know the start is about the same process")
	}
	feed(m, at(statetest.Open(100, 3, "/x", nil), 9))
	if !m.Thread().Placeholder() {
		t.Error("another start is another process")
	}
	if m.Find(101) != nil {
		t.Error("a thread of the old process is still there")
	}
	if got := m.Find(200).PTID; got != 1 {
		t.Errorf("the old process's child has parent %d, want 1", got)
	}
	if got := m.Stats().Reused; got != 2 {
		t.Errorf("Reused = %d, want 2", got)
	}

	t.Run("a clone replaces what had the id before", func(t *testing.T) {
		m := apply(t, Options{}, statetest.Task(100, 1, "bash", nil), statetest.Task(200, 1, "old", nil))
		late := cloneCall(100, 200, nil)
		late.Time = m.now + 10e9
		feed(m, late)
		if got := m.Find(200).Program.Comm; got != "bash" {
			t.Errorf("thread 200 is %q, want the new one", got)
		}
	})
}

func TestThreadsOfKnownProcessesNeedNoLookup(t *testing.T) {
	m := apply(t, Options{Lookup: func(int64) (Snapshot, bool) {
		t.Error("looked up")
		return Snapshot{}, false
	}}, statetest.Task(100, 1, "java", params{"cwd": "/srv"}))
	ev := statetest.Open(105, 3, "conf", nil)
	ev.PID = 100
	feed(m, ev)
	want := &family{PID: 100, PTID: 1, VTID: 105, VPID: 100, Comm: "java", Exe: "/bin/java", ExePath: "/bin/java", CWD: "/srv/", Container: "host", Live: 2}
	if diff := cmp.Diff(want, familyOf(m.Thread())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSetsidAndChdir(t *testing.T) {
	m := apply(t, Options{},
		statetest.Task(100, 1, "sh", params{"cwd": "/a/b"}),
		statetest.Event(schema.PPME_SYSCALL_SETSID_X, 100, params{"res": 100}),
		statetest.Event(schema.PPME_SYSCALL_CHDIR_X, 100, params{"res": 0, "path": "../c"}),
		statetest.Event(schema.PPME_SYSCALL_CHDIR_X, 100, params{"res": -2, "path": "/nope"}))
	if th := m.Thread(); th.SID != 100 || th.CWD() != "/a/c/" {
		t.Errorf("SID %d, CWD %q", th.SID, th.CWD())
	}
}

func TestEventsWithoutAThread(t *testing.T) {
	m := apply(t, Options{},
		statetest.Task(100, 1, "sh", nil),
		statetest.Event(schema.PPME_PROCINFO_E, 100, nil))
	if !m.Thread().Placeholder() || m.Thread().TID != -1 {
		t.Errorf("Thread = %+v", m.Thread())
	}
	m.Apply(&capture.Event{Type: 9999, TID: 100})
	if !m.Thread().Placeholder() {
		t.Error("an event of an unknown type has a thread")
	}
}
