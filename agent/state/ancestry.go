package state

import "iter"

// Parent returns the leader of the process that made t's process, or nil if it
// is not known.
func (m *Machine) Parent(t *Thread) *Thread { return m.table.parent(t) }

// Ancestors yields the parent of t and upwards, as far as they are known.
func (m *Machine) Ancestors(t *Thread) iter.Seq[*Thread] { return m.table.ancestors(t) }

// Ancestor returns the n-th ancestor of t, t itself for 0, or nil.
func (m *Machine) Ancestor(t *Thread, n int) *Thread {
	if n == 0 {
		return t
	}
	for a := range m.table.ancestors(t) {
		if n--; n == 0 {
			return a
		}
	}
	return nil
}

// SessionLeader returns the thread that leads t's session, or nil.
func (m *Machine) SessionLeader(t *Thread) *Thread {
	return m.leader(t, t.SID, func(a *Thread) int64 { return a.SID })
}

// GroupLeader returns the thread that leads t's process group, or nil.
func (m *Machine) GroupLeader(t *Thread) *Thread {
	return m.leader(t, t.VPGID, func(a *Thread) int64 { return a.VPGID })
}

// leader returns the thread whose tid is id. In a pid namespace, where id is not
// the host's, and where that thread is unknown it is the farthest ancestor in an
// unbroken line of those that have the same id.
func (m *Machine) leader(t *Thread, id int64, of func(*Thread) int64) *Thread {
	if id < 0 {
		return nil
	}
	if !t.InPIDNamespace() {
		if found := m.table.byTID[id]; found != nil {
			return found
		}
	}
	var last *Thread
	for a := range m.table.ancestors(t) {
		if of(a) != id {
			break
		}
		last = a
	}
	return last
}
