package state

import "iter"

// table finds threads by their ids. It never holds more than limit.
type table struct {
	limit    int
	byTID    map[int64]*Thread
	children map[int64]*chain // by PTID, whether or not that thread is known
	recent   chain            // byUse
}

func newTable(limit int) table {
	return table{limit: limit, byTID: make(map[int64]*Thread), children: make(map[int64]*chain)}
}

// insert adds t, whose tid is free, to the table and to its process.
func (tb *table) insert(t *Thread) {
	t.group = tb.groupOf(t)
	if t.IsMain() {
		t.group.main = t
	}
	t.group.threads.push(byGroup, t)
	t.group.live++
	tb.byTID[t.TID] = t
	tb.recent.push(byUse, t)
	tb.adopt(t)
}

// groupOf returns the group that t joins: that of its leader, or a new one.
func (tb *table) groupOf(t *Thread) *group {
	if !t.IsMain() {
		if leader, ok := tb.byTID[t.PID]; ok && leader.PID == t.PID {
			return leader.group
		}
	}
	return &group{}
}

// remove takes t out of the table and out of its process. Its children keep
// their PTID.
func (tb *table) remove(t *Thread) {
	delete(tb.byTID, t.TID)
	tb.recent.remove(byUse, t)
	tb.orphan(t)
	t.group.threads.remove(byGroup, t)
	if !t.dead {
		t.dead = true
		t.group.live--
	}
}

// touch makes t the thread with the newest event.
func (tb *table) touch(t *Thread) {
	if tb.recent.first != t {
		tb.recent.remove(byUse, t)
		tb.recent.push(byUse, t)
	}
}

// adopt puts t among the children of its PTID.
func (tb *table) adopt(t *Thread) {
	siblings := tb.children[t.PTID]
	if siblings == nil {
		siblings = &chain{}
		tb.children[t.PTID] = siblings
	}
	siblings.push(byParent, t)
}

// orphan takes t from among the children of its PTID.
func (tb *table) orphan(t *Thread) {
	siblings := tb.children[t.PTID]
	siblings.remove(byParent, t)
	if siblings.first == nil {
		delete(tb.children, t.PTID)
	}
}

// setParent gives t another parent.
func (tb *table) setParent(t *Thread, ptid int64) {
	if t.PTID == ptid {
		return
	}
	tb.orphan(t)
	t.PTID = ptid
	tb.adopt(t)
}

// bequeath gives the children of tid to heir.
func (tb *table) bequeath(tid, heir int64) {
	siblings := tb.children[tid]
	if siblings == nil || tid == heir {
		return
	}
	for t := siblings.first; t != nil; {
		next := t.links[byParent].next
		tb.setParent(t, heir)
		t = next
	}
}

// parent returns the leader of the process that made t's process, or nil.
func (tb *table) parent(t *Thread) *Thread {
	p, ok := tb.byTID[t.Main().PTID]
	if !ok {
		return nil
	}
	return p.Main()
}

// ancestors yields the parent of t and upwards. It stops where a thread is
// unknown or where lost events have made a circle.
func (tb *table) ancestors(t *Thread) iter.Seq[*Thread] {
	return func(yield func(*Thread) bool) {
		// Brent: the mark moves to every thread whose distance is a power of two.
		self := t.Main()
		mark, power, distance := self, 1, 0
		for a := tb.parent(t); a != nil && a != mark && a != self; a = tb.parent(a) {
			if !yield(a) {
				return
			}
			if distance++; distance == power {
				mark, power, distance = a, 2*power, 0
			}
		}
	}
}
