package state

import "github.com/saker-project/saker/agent/capture"

// Snapshot is what an outside source knows about a thread at one moment.
type Snapshot struct {
	Thread  Thread // with a Program of its own; Cgroups is ignored
	Cgroups string // "subsystem=path" entries, a NUL after each
	CWD     string
}

// Add puts a snapshot into the table, unless events have told about that thread
// already.
func (m *Machine) Add(s Snapshot) {
	if old := m.table.byTID[s.Thread.TID]; old == nil || old.placeholder {
		m.addSnapshot(s)
	}
}

// addSnapshot puts s into the table in place of a placeholder, if there is one.
func (m *Machine) addSnapshot(s Snapshot) *Thread {
	t := &s.Thread
	t.Cgroups = m.cgroups.get(s.Cgroups)
	t.lookedUp = true
	var start uint64
	if old := m.table.byTID[t.TID]; old != nil {
		start = old.group.start
		m.discard(old)
	}
	m.insert(t)
	if t.group.start == 0 {
		t.group.start = start
	}
	if t.IsMain() {
		t.group.setCWD(s.CWD)
	}
	return t
}

// insert makes room for t, whose tid is free, and adds it to the table.
func (m *Machine) insert(t *Thread) {
	for len(m.table.byTID) >= m.table.limit {
		m.drop(m.table.recent.last)
		m.count.evicted.Add(1)
	}
	t.lastSeen = m.now
	m.table.insert(t)
	m.count.added.Add(1)
	m.count.threads.Add(1)
}

// find returns the thread of ev, or nil if it is not in the table. A thread whose
// id has gone to a new process is removed.
func (m *Machine) find(ev *capture.Event) *Thread {
	t := m.table.byTID[ev.TID]
	if t == nil || ev.ThreadStart == 0 {
		return t
	}
	g := t.group
	if g.start == 0 {
		g.start = ev.ThreadStart
	}
	if g.start == ev.ThreadStart {
		return t
	}
	for g.threads.first != nil {
		m.drop(g.threads.first)
		m.count.reused.Add(1)
	}
	return nil
}

// threadOf returns the thread of ev and finds out what it can about an unknown
// one.
func (m *Machine) threadOf(ev *capture.Event, mayLookUp bool) *Thread {
	t := m.find(ev)
	if t != nil && (!t.placeholder || t.lookedUp) {
		return t
	}
	if sibling := m.fromLeader(ev, t); sibling != nil {
		return sibling
	}
	asked := false
	if mayLookUp && m.opt.Lookup != nil {
		var found *Thread
		if found, asked = m.lookUp(ev.TID); found != nil {
			if found.group.start == 0 {
				found.group.start = ev.ThreadStart
			}
			return found
		}
	}
	if t == nil {
		t = m.addPlaceholder(ev)
	}
	t.lookedUp = asked
	return t
}

// fromLeader makes the thread of ev from the leader of its process, if that is
// known. It replaces old, which may be nil.
func (m *Machine) fromLeader(ev *capture.Event, old *Thread) *Thread {
	if ev.PID <= 0 || ev.PID == ev.TID {
		return nil
	}
	leader := m.table.byTID[ev.PID]
	if leader == nil || leader.placeholder || leader.PID != ev.PID {
		return nil
	}
	if g := leader.group; g.start != ev.ThreadStart && g.start != 0 && ev.ThreadStart != 0 {
		return nil
	}
	t := newThread(ev.TID)
	t.PID, t.PTID = leader.PID, leader.PTID
	t.VTID, t.VPID = ev.TID, leader.VPID
	t.newPIDNS = leader.newPIDNS
	t.Program, t.Cgroups = leader.Program, leader.Cgroups
	t.FDLimit = leader.FDLimit
	t.inherit(leader)
	t.UID, t.GID = leader.UID, leader.GID
	if old != nil {
		m.discard(old)
	}
	m.insert(t)
	return t
}

// lookUp asks the outside source about tid, and about its leader and ancestors
// as far as they are unknown. It returns nil where nothing could be found out, and
// whether it asked at all: the number of questions is limited.
func (m *Machine) lookUp(tid int64) (found *Thread, asked bool) {
	if !m.lookups.take(m.now) {
		m.count.lookupsRefused.Add(1)
		return nil, false
	}
	s, ok := m.ask(tid)
	if !ok {
		return nil, true
	}
	if pid := s.Thread.PID; pid != tid {
		m.lookUpMore(pid)
	}
	found = m.addSnapshot(s)
	child := found
	for range maxAncestry {
		if child = m.lookUpMore(child.Main().PTID); child == nil {
			break
		}
	}
	return found, true
}

// lookUpMore adds a thread that belongs to one that is looked up. It returns nil
// if that is known already or cannot be found out about.
func (m *Machine) lookUpMore(tid int64) *Thread {
	if tid <= 0 || m.table.byTID[tid] != nil || !m.lookups.take(m.now) {
		return nil
	}
	s, ok := m.ask(tid)
	if !ok {
		return nil
	}
	return m.addSnapshot(s)
}

// ask asks the outside source.
func (m *Machine) ask(tid int64) (s Snapshot, ok bool) {
	m.count.lookups.Add(1)
	s, ok = m.opt.Lookup(tid)
	if !ok || s.Thread.TID != tid || s.Thread.Program == nil {
		m.count.lookupsFailed.Add(1)
		return Snapshot{}, false
	}
	return s, true
}

// addPlaceholder adds the thread of ev, of which only the id is known.
func (m *Machine) addPlaceholder(ev *capture.Event) *Thread {
	t := newThread(ev.TID)
	t.placeholder = true
	m.insert(t)
	t.group.start = ev.ThreadStart
	m.count.placeholders.Add(1)
	return t
}

// bucket lets rate calls through per second of event time, and as many at once.
type bucket struct {
	rate uint64
	full uint64 // when the bucket is full again
}

// take reports whether one more call may be made at time now.
func (b *bucket) take(now uint64) bool {
	const second = 1e9
	cost := second / b.rate
	if b.full < now || b.full > now+second { // the clock was set back
		b.full = now
	}
	if b.full-now > second-cost {
		return false
	}
	b.full += cost
	return true
}
