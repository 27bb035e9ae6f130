package state

// purgeBatch bounds how many idle threads one event checks: a check is a look at
// /proc, about 2 us.
const purgeBatch = 4

// purge removes threads that have had no event for long and no longer exist.
func (m *Machine) purge() {
	if m.opt.Alive == nil {
		return
	}
	idle := uint64(m.opt.IdleTime)
	for range purgeBatch {
		t := m.table.recent.last
		if t == nil || t.lastSeen+idle > m.now {
			return
		}
		if m.opt.Alive(t.TID) {
			m.seen(t)
			continue
		}
		m.drop(t)
		m.count.purged.Add(1)
	}
}

// retire removes a thread that exited. A leader stays until the last thread of
// its process has gone.
func (m *Machine) retire(t *Thread) {
	g := t.group
	if t == g.main && g.live > 0 {
		return
	}
	m.discard(t)
	m.count.removed.Add(1)
	if main := g.main; main != nil && main != t && main.dead && g.live == 0 && m.table.byTID[main.TID] == main {
		m.discard(main)
		m.count.removed.Add(1)
	}
}

// drop removes a thread although no event said that it exited.
func (m *Machine) drop(t *Thread) {
	m.reparent(t, -1)
	m.discard(t)
}

// discard takes a thread out of the table.
func (m *Machine) discard(t *Thread) {
	m.table.remove(t)
	m.count.threads.Add(^uint64(0))
}

// reparent gives the children of t to a reaper: the thread that the kernel named,
// else a live thread of the same process, else the nearest ancestor that is the
// first process of a pid namespace or of the machine, else nobody.
func (m *Machine) reparent(t *Thread, reaper int64) {
	if m.table.children[t.TID] == nil {
		return
	}
	if reaper <= 0 || reaper == t.TID || m.table.byTID[reaper] == nil {
		reaper = m.reaperOf(t)
	}
	m.table.bequeath(t.TID, reaper)
}

func (m *Machine) reaperOf(t *Thread) int64 {
	for other := t.group.threads.first; other != nil; other = other.links[byGroup].next {
		if other != t && !other.dead {
			return other.TID
		}
	}
	for a := range m.table.ancestors(t) {
		if (a.PID == 1 || a.VPID == 1) && !a.dead && a.InPIDNamespace() == t.InPIDNamespace() {
			return a.TID
		}
	}
	return 0
}
