package field

import (
	"unsafe"

	"github.com/saker-project/saker/agent/capture"
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/agent/state"
)

// Context is the current event and what is known at that moment.
type Context struct {
	// Hostname is the value of evt.hostname.
	Hostname string

	machine *state.Machine
	event   *capture.Event
	info    *schema.Event // nil for a type outside the event table
	thread  *state.Thread // nil if the event belongs to no thread

	first, previous, current uint64 // times of the first, the last and this event

	text []byte // strings made for this event
	memo [memos]struct {
		event uint64 // the number of Resets when it was made
		text  string
	}
	resets  uint64
	opening state.Opening     // of the event, once asked for
	opened  uint64            // the number of Resets when it was
	caps    map[uint64]string // names of capability sets
}

// The texts that are made at most once per event.
const (
	memoFDName = iota
	memoFSPathName
	memoFSPathSource
	memoFSPathTarget
	memoArgs
	memoParam // and one more for each parameter
	memos     = memoParam + capture.MaxParams
)

// NewContext returns a Context for the events of m.
func NewContext(m *state.Machine) *Context {
	return &Context{machine: m, event: &capture.Event{}, caps: make(map[uint64]string)}
}

// Reset goes on to ev, which the Machine has applied. Strings from before become
// invalid.
func (c *Context) Reset(ev *capture.Event) {
	c.event, c.info = ev, ev.Type.Info()
	c.thread = c.machine.Thread()
	if c.thread.TID < 0 {
		c.thread = nil
	}
	c.text = c.text[:0]
	c.resets++
	if c.first == 0 {
		c.first, c.current = ev.Time, ev.Time
	}
	c.previous, c.current = c.current, ev.Time
}

// Event returns the current event.
func (c *Context) Event() *capture.Event { return c.event }

// opens returns how the event opens its file.
func (c *Context) opens() state.Opening {
	if c.opened != c.resets {
		c.opening, c.opened = state.OpeningOf(c.event), c.resets
	}
	return c.opening
}

// keep returns what has been appended to c.text since it had length start.
func (c *Context) keep(start int) string {
	made := c.text[start:]
	return unsafe.String(unsafe.SliceData(made), len(made))
}

// once returns the text of slot, made by appending to c.text where it has not
// been made for this event.
func (c *Context) once(slot int, appendTo func(*Context, []byte) []byte) string {
	m := &c.memo[slot]
	if m.event != c.resets {
		start := len(c.text)
		c.text = appendTo(c, c.text)
		m.event, m.text = c.resets, c.keep(start)
	}
	return m.text
}
