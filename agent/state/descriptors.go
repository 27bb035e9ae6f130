package state

import (
	"maps"

	"github.com/saker-project/saker/agent/capture"
)

// maxDescriptors bounds the table of one process, as in Falco.
const maxDescriptors = 4096

// descriptors are the open descriptors of a process by their numbers. After a
// fork two processes use one map until one of them changes it.
type descriptors struct {
	byFD   map[int64]*Descriptor
	shared bool // another process may use byFD: copy it before changing it
}

// get returns a descriptor, or nil.
func (d *descriptors) get(fd int64) *Descriptor { return d.byFD[fd] }

// len returns how many there are.
func (d *descriptors) len() int { return len(d.byFD) }

// set puts desc at number fd. It returns false if the table is full.
func (d *descriptors) set(fd int64, desc *Descriptor) bool {
	if _, replaces := d.byFD[fd]; !replaces && len(d.byFD) >= maxDescriptors {
		return false
	}
	d.own()
	if d.byFD == nil {
		d.byFD = make(map[int64]*Descriptor)
	}
	d.byFD[fd] = desc
	return true
}

// remove forgets number fd.
func (d *descriptors) remove(fd int64) {
	if _, ok := d.byFD[fd]; ok {
		d.own()
		delete(d.byFD, fd)
	}
}

// own makes byFD safe to change.
func (d *descriptors) own() {
	if d.shared {
		d.byFD = maps.Clone(d.byFD)
		d.shared = false
		for _, desc := range d.byFD {
			desc.shared = true
		}
	}
}

// share returns the table for a child. Both sides copy before their next change.
func (d *descriptors) share() descriptors {
	if len(d.byFD) == 0 {
		return descriptors{}
	}
	d.shared = true
	return *d
}

// closeOnExec forgets the descriptors that an exec closes.
func (d *descriptors) closeOnExec() {
	for fd, desc := range d.byFD {
		if desc.Flags&openCloexec != 0 {
			d.own()
			delete(d.byFD, fd)
		}
	}
}

// Descriptor returns a descriptor of t's process, or nil.
func (t *Thread) Descriptor(fd int64) *Descriptor { return t.group.descriptors.get(fd) }

// NumDescriptors returns how many descriptors of t's process are known.
func (t *Thread) NumDescriptors() int { return t.group.descriptors.len() }

// findDescriptor notes which descriptor an event is about.
func (m *Machine) findDescriptor(ev *capture.Event, p *plan) {
	if p.fdParam < 0 {
		return
	}
	fd, ok := Int(ev.Param(p.fdParam))
	if !ok {
		return
	}
	m.usesFD = true
	if p.creates {
		m.fd = max(fd, -1)
		return
	}
	m.fd = fd
	m.descriptor = m.thread.group.descriptors.get(fd)
}

// recycle returns an empty descriptor for number fd of t's process: the one that
// is there, if nobody else has it. Nearly every open then needs no new memory,
// since a process uses few numbers again and again.
func (t *Thread) recycle(fd int64) *Descriptor {
	d := &t.group.descriptors
	old := d.get(fd)
	if old == nil || old.shared || d.shared || old.text == nil {
		return &Descriptor{}
	}
	*old = Descriptor{text: old.text[:0]}
	return old
}

// setDescriptor makes desc the descriptor of the current event, which is number
// fd of the thread's process.
func (m *Machine) setDescriptor(fd int64, desc *Descriptor) {
	m.descriptor = desc
	if !m.thread.group.descriptors.set(fd, desc) {
		m.count.descriptorsRefused.Add(1)
	}
}

// close follows a successful close: the descriptor goes with the next event.
func (m *Machine) close(ev *capture.Event) {
	if res, ok := Int(ev.Param(0)); ok && res >= 0 {
		m.closed = closed{group: m.thread.group, fd: m.fd}
	}
}
