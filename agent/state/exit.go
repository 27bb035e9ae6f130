package state

import "github.com/saker-project/saker/agent/capture"

// reaperTID is the parameter of procexit with the thread that adopts the
// children.
const reaperTID = 4

// exit follows the end of a thread: its children get another parent at once, the
// thread itself leaves with the next event.
func (m *Machine) exit(ev *capture.Event) {
	t := m.thread
	if !t.dead {
		t.dead = true
		t.group.live--
	}
	reaper, _ := Int(ev.Param(reaperTID))
	m.reparent(t, reaper)
	m.exits.add(t.PTID, t.TID, m.now)
	m.exited = t
}
