package state

import (
	"fmt"
	"testing"
	"time"

	"github.com/saker-project/saker/agent/capture"
	"github.com/saker-project/saker/agent/state/statetest"
)

// checkTable fails the test if the table's parts disagree.
func checkTable(t testing.TB, m *Machine) {
	t.Helper()
	inUse, inFamilies := 0, 0
	for th := m.table.recent.first; th != nil; th = th.links[byUse].next {
		if inUse++; inUse > len(m.table.byTID) {
			t.Fatal("the list of all threads is longer than the table")
		}
		if m.table.byTID[th.TID] != th {
			t.Fatalf("thread %d is in the list but not in the table", th.TID)
		}
		live := 0
		for s := th.group.threads.first; s != nil; s = s.links[byGroup].next {
			if m.table.byTID[s.TID] != s {
				t.Fatalf("thread %d is in a process but not in the table", s.TID)
			}
			if !s.dead {
				live++
			}
		}
		if live != th.group.live {
			t.Fatalf("the process of %d has %d live threads, counted %d", th.TID, live, th.group.live)
		}
	}
	for ptid, siblings := range m.table.children {
		for s := siblings.first; s != nil; s = s.links[byParent].next {
			inFamilies++
			if s.PTID != ptid || m.table.byTID[s.TID] != s {
				t.Fatalf("thread %d is among the children of %d", s.TID, ptid)
			}
		}
	}
	if n := len(m.table.byTID); inUse != n || inFamilies != n || n > m.table.limit || m.Stats().Threads != uint64(n) {
		t.Fatalf("%d threads: %d by use, %d by parent, limit %d, counted %d", n, inUse, inFamilies, m.table.limit, m.Stats().Threads)
	}
}

// TestMillionShortProcesses lets a shell start one million processes, each of
// which opens a file. The tables must not grow.
func TestMillionShortProcesses(t *testing.T) {
	n := 1_000_000
	if testing.Short() {
		n = 50_000
	}
	m := apply(t, Options{}, statetest.Task(1, 0, "init", nil), statetest.Task(2, 1, "sh", nil))
	// The events differ in their tid only, so they are made once and changed.
	fork := statetest.Clone(3, 2, nil)
	exec := statetest.Exec(3, 2, "/bin/true", params{"args": statetest.List("-x")})
	open := statetest.Open(3, 3, "/etc/ld.so.cache", nil)
	exit := statetest.Exit(3, params{"reaper_tid": 1})
	for i := range n {
		tid := int64(3 + i%30_000)
		fork.SetParams(withIDs(fork, tid))
		exec.SetParams(withIDs(exec, tid))
		for _, ev := range []*capture.Event{fork, exec, open, exit} {
			ev.TID, ev.PID = tid, tid
			ev.ThreadStart = uint64(i + 1)
			ev.Time += 1000
			m.Apply(ev)
		}
		if i%10_000 == 0 && len(m.table.byTID) > 3 {
			t.Fatalf("after %d processes the table has %d threads", i, len(m.table.byTID))
		}
	}
	checkTable(t, m)
	if got := m.Stats(); got.Threads != 3 || got.Added != uint64(n)+2 || got.Placeholders != 0 || got.Reused != 0 {
		t.Errorf("Stats = %+v", got)
	}
	if len(m.table.children) > 3 || len(m.cgroups) > 1 {
		t.Errorf("%d families, %d control groups", len(m.table.children), len(m.cgroups))
	}
}

// withIDs returns the parameters of a clone or exec with another tid and pid.
func withIDs(ev *capture.Event, tid int64) []byte {
	var raw []byte
	for i := range ev.NumParams() {
		switch i {
		case cloneTID, clonePID:
			raw = capture.AppendParam(raw, tid)
		default:
			raw = capture.AppendParam(raw, ev.Param(i))
		}
	}
	return raw
}

func TestFullTableLosesTheLongestIdle(t *testing.T) {
	m := apply(t, Options{MaxThreads: 3},
		statetest.Task(1, 0, "init", nil), statetest.Task(2, 1, "a", nil), statetest.Task(3, 2, "b", nil),
		statetest.Open(2, 3, "/x", nil), statetest.Open(1, 3, "/x", nil), statetest.Open(3, 3, "/x", nil),
		statetest.Task(4, 1, "c", nil))
	if m.Find(2) != nil {
		t.Error("the thread whose event is oldest is still there")
	}
	if got := m.Find(3).PTID; got != 1 {
		t.Errorf("its child has parent %d, want 1", got)
	}
	if got := m.Stats(); got.Evicted != 1 || got.Threads != 3 {
		t.Errorf("Stats = %+v", got)
	}
	checkTable(t, m)
}

func TestTableOfOne(t *testing.T) {
	m := apply(t, Options{MaxThreads: 1},
		statetest.Task(1, 0, "init", nil), statetest.Clone(2, 1, nil), cloneCall(3, 4, nil), statetest.Exit(4, nil),
		statetest.Exec(5, 4, "/bin/ls", nil), statetest.Exit(5, nil), statetest.Open(6, 1, "x", nil))
	checkTable(t, m)
}

func TestIdleThreadsThatHaveGoneArePurged(t *testing.T) {
	alive := map[int64]bool{1: true}
	checks := 0
	m := apply(t, Options{IdleTime: time.Minute, Alive: func(tid int64) bool {
		checks++
		return alive[tid]
	}}, statetest.Task(1, 0, "init", nil), statetest.Task(2, 1, "gone", nil), statetest.Task(3, 2, "orphan", nil), statetest.Task(4, 1, "busy", nil))
	late := func(after time.Duration) *capture.Event {
		ev := statetest.Open(4, 3, "/x", nil)
		ev.Time = statetest.Start + uint64(after)
		return ev
	}
	m.Apply(late(30 * time.Second))
	if checks != 0 {
		t.Errorf("%d threads checked before their time", checks)
	}
	m.Apply(late(70 * time.Second))
	m.Apply(late(71 * time.Second))
	if m.Find(1) == nil || m.Find(4) == nil || m.Find(2) != nil || m.Find(3) != nil {
		t.Error("the wrong threads have gone")
	}
	if got := m.Stats().Purged; got != 2 {
		t.Errorf("Purged = %d, want 2", got)
	}
	if checks != 3 {
		t.Errorf("%d checks, want 3: those found alive wait for another minute", checks)
	}
	checkTable(t, m)
}

func TestFullDescriptorTable(t *testing.T) {
	m := apply(t, Options{}, statetest.Task(100, 1, "sh", nil))
	for fd := range maxDescriptors + 10 {
		feed(m, statetest.Open(100, fd, fmt.Sprint("/f", fd), nil))
	}
	if got := m.Thread().NumDescriptors(); got != maxDescriptors {
		t.Errorf("%d descriptors, want %d", got, maxDescriptors)
	}
	if m.Descriptor() == nil || m.Descriptor().Name != fmt.Sprint("/f", maxDescriptors+9) {
		t.Error("the event that found the table full has no descriptor")
	}
	if got := m.Stats().DescriptorsRefused; got != 10 {
		t.Errorf("DescriptorsRefused = %d, want 10", got)
	}
}

func TestLookups(t *testing.T) {
	snapshot := func(tid, ppid int64, comm string) Snapshot {
		th := newThread(tid)
		th.PID, th.PTID, th.Program = tid, ppid, &Program{Comm: comm}
		return Snapshot{Thread: *th, CWD: "/srv", Cgroups: "cpu=/\x00"}
	}
	proc := map[int64]Snapshot{1: snapshot(1, 0, "init"), 50: snapshot(50, 1, "sshd"), 100: snapshot(100, 50, "bash")}
	thread := snapshot(101, 50, "worker")
	thread.Thread.PID = 100
	proc[101] = thread
	var asked []int64
	opt := Options{LookupRate: 10, Lookup: func(tid int64) (Snapshot, bool) {
		asked = append(asked, tid)
		s, ok := proc[tid]
		return s, ok
	}}

	t.Run("bring the ancestors", func(t *testing.T) {
		asked = nil
		m := apply(t, opt, statetest.Open(100, 3, "x", nil))
		if got := m.Thread(); got.Placeholder() || got.Program.Comm != "bash" || m.Descriptor().Name != "/srv/x" {
			t.Errorf("thread %+v, path %q", got, m.Descriptor().Name)
		}
		if a := m.Ancestor(m.Thread(), 2); a == nil || a.Program.Comm != "init" {
			t.Error("the grandparent is unknown")
		}
		feed(m, statetest.Open(100, 3, "x", nil))
		if len(asked) != 3 {
			t.Errorf("asked for %v", asked)
		}
	})
	t.Run("bring the leader", func(t *testing.T) {
		m := apply(t, opt, statetest.Open(101, 3, "x", nil))
		if th := m.Thread(); th.Program.Comm != "worker" || th.Main() != m.Find(100) || th.Main() == th || th.CWD() != "/srv/" {
			t.Errorf("thread %+v, leader %+v", th, th.Main())
		}
	})
	t.Run("are made once for a thread that has gone", func(t *testing.T) {
		asked = nil
		m := apply(t, opt, statetest.Open(999, 3, "x", nil), statetest.Open(999, 3, "x", nil))
		if !m.Thread().Placeholder() || len(asked) != 1 {
			t.Errorf("asked for %v", asked)
		}
		if got := m.Stats(); got.LookupsFailed != 1 || got.Placeholders != 1 {
			t.Errorf("Stats = %+v", got)
		}
	})
	t.Run("are limited, and made up for later", func(t *testing.T) {
		m := New(opt)
		for tid := range int64(30) {
			ev := statetest.Open(1000+tid, 3, "x", nil)
			m.Apply(ev)
		}
		ev := statetest.Open(100, 3, "x", nil)
		m.Apply(ev)
		if got := m.Stats(); got.Lookups != 10 || got.LookupsRefused != 21 || !m.Thread().Placeholder() {
			t.Errorf("Stats = %+v", got)
		}
		ev.Time += 1e9
		m.Apply(ev)
		if m.Thread().Placeholder() {
			t.Error("still a placeholder after a second")
		}
		checkTable(t, m)
	})
	t.Run("are not made for clones and exits", func(t *testing.T) {
		asked = nil
		apply(t, opt, cloneCall(100, 200, nil), statetest.Exit(50, nil))
		if len(asked) != 0 {
			t.Errorf("asked for %v", asked)
		}
	})
	t.Run("at the start do not replace what events told", func(t *testing.T) {
		m := apply(t, Options{}, statetest.Exec(100, 1, "/bin/new", nil), statetest.Open(50, 3, "x", nil))
		m.Add(proc[100])
		m.Add(proc[50])
		if a, b := m.Find(100), m.Find(50); a.Program.Comm != "new" || b.Program.Comm != "sshd" {
			t.Errorf("100 is %q, 50 is %q", a.Program.Comm, b.Program.Comm)
		}
		checkTable(t, m)
	})
}
