package state

import (
	"net/netip"
	"time"

	"github.com/saker-project/saker/agent/capture"
)

// Options are what a Machine needs beside events. The zero value is right for
// recorded events.
type Options struct {
	// MaxThreads bounds the thread table; the thread whose last event is oldest
	// goes when it is full. 0 means 262144, Falco's limit.
	MaxThreads int

	// Lookup finds out about a thread that no event told about, and its ancestors.
	// Procfs.Lookup is one; nil for none.
	Lookup func(tid int64) (Snapshot, bool)

	// LookupRate bounds the calls of Lookup per second. 0 means 100, which at
	// 200 us each is 2 % of a core.
	LookupRate int

	// Alive reports whether a thread still exists. With it, threads without events
	// for IdleTime are checked and removed if they have gone: their exit event was
	// lost. Procfs.Alive is one; nil keeps them.
	Alive func(tid int64) bool

	// IdleTime is 300 s if 0, as in Falco.
	IdleTime time.Duration

	// Users names user and group ids; nil knows root only.
	Users *Users

	// RootOf returns the path of the root folder that process pid sees, through
	// which the users of its container are read. Procfs.RootOf is one; nil leaves
	// the users of containers unknown.
	RootOf func(pid int64) string

	// Addresses returns the addresses of the machine's interfaces, which decide
	// what is local. InterfaceAddresses is one; nil for none.
	Addresses func() []netip.Prefix
}

const (
	defaultMaxThreads = 262144
	defaultLookupRate = 100
	defaultIdleTime   = 300 * time.Second

	// maxAncestry bounds how many ancestors of an unknown thread are looked up.
	maxAncestry = 64
)

// Machine is what is known about the machine after the events so far.
type Machine struct {
	opt     Options
	table   table
	cgroups cgroupCache
	exits   exitRing
	lookups bucket
	local   localAddresses

	containerUsers map[string]*Users // by full container id

	count counters
	buf   []byte // scratch

	nobody Thread // of events that belong to no thread

	now         uint64 // time of the current event
	thread      *Thread
	descriptor  *Descriptor
	fd          int64
	usesFD      bool
	nameChanged bool

	exited *Thread // leaves the table at the next event
	closed closed  // so does this descriptor
}

// closed is a descriptor that the current event closes.
type closed struct {
	group *group
	fd    int64
}

// New returns a Machine that knows nothing yet.
func New(opt Options) *Machine {
	if opt.MaxThreads <= 0 {
		opt.MaxThreads = defaultMaxThreads
	}
	if opt.LookupRate <= 0 {
		opt.LookupRate = defaultLookupRate
	}
	if opt.IdleTime <= 0 {
		opt.IdleTime = defaultIdleTime
	}
	if opt.Users == nil {
		opt.Users = &Users{}
	}
	m := &Machine{
		opt:     opt,
		table:   newTable(opt.MaxThreads),
		cgroups: make(cgroupCache),
		lookups: bucket{rate: uint64(opt.LookupRate)},
		local:   localAddresses{list: opt.Addresses},
		nobody:  *newThread(-1),

		containerUsers: make(map[string]*Users),
	}
	m.nobody.group, m.nobody.placeholder = &group{}, true
	m.thread = &m.nobody
	return m
}

// Apply takes the next event into account. What the event before it removed goes
// first.
func (m *Machine) Apply(ev *capture.Event) {
	m.finish()
	m.now = ev.Time
	m.purge()

	m.descriptor, m.fd, m.usesFD, m.nameChanged = nil, -1, false, false
	p := planOf(ev.Type)
	if p.noThread {
		m.thread = &m.nobody
		return
	}
	if p.makesThread {
		m.thread = m.find(ev)
	} else {
		m.thread = m.threadOf(ev, p.mayLookUp)
	}
	if m.thread != nil {
		m.seen(m.thread)
		m.findDescriptor(ev, p)
	}
	if p.apply != nil {
		p.apply(m, ev)
	}
	if m.thread == nil {
		m.thread = m.addPlaceholder(ev)
	}
}

// finish does what the last event left to be done.
func (m *Machine) finish() {
	if t := m.exited; t != nil {
		m.exited = nil
		m.retire(t)
	}
	if c := m.closed; c.group != nil {
		m.closed = closed{}
		c.group.descriptors.remove(c.fd)
	}
}

// seen notes that t has an event.
func (m *Machine) seen(t *Thread) {
	t.lastSeen = m.now
	m.table.touch(t)
}

// Thread returns the thread of the current event. It is never nil: an unknown
// thread is a placeholder.
func (m *Machine) Thread() *Thread { return m.thread }

// Descriptor returns the descriptor that the current event is about, or nil. A
// descriptor that the event opened is there already, one that it closed is there
// still.
func (m *Machine) Descriptor() *Descriptor { return m.descriptor }

// FD returns the number of the descriptor that the current event is about, -1
// when the call that should have made it failed. ok is false for events that are
// about none.
func (m *Machine) FD() (fd int64, ok bool) { return m.fd, m.usesFD }

// NameChanged reports whether the current event gave its descriptor another
// name.
func (m *Machine) NameChanged() bool { return m.nameChanged }

// Find returns the thread with that tid, or nil.
func (m *Machine) Find(tid int64) *Thread { return m.table.byTID[tid] }
