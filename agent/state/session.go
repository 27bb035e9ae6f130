package state

import "github.com/saker-project/saker/agent/capture"

// setsid follows a successful setsid, whose result is the new session.
func (m *Machine) setsid(ev *capture.Event) {
	if sid, ok := Int(ev.Param(0)); ok && sid >= 0 {
		m.thread.SID = sid
	}
}

// chdir follows a successful chdir.
func (m *Machine) chdir(ev *capture.Event) {
	if res, ok := Int(ev.Param(0)); !ok || res < 0 || m.thread.placeholder {
		return
	}
	m.buf = m.AppendPath(m.buf[:0], m.thread, AtFDCWD, Text(ev.Param(1)))
	m.thread.group.setCWD(string(m.buf))
}
