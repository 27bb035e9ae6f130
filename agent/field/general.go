package field

import "time"

// generalFields are those of every event, whatever its source.
var generalFields = fields{
	"evt.num":          ofUint(func(c *Context) (uint64, bool) { return c.event.Num, true }),
	"evt.time":         ofString(formatted("15:04:05.000000000", time.Time.Local)),
	"evt.time.s":       ofString(formatted("15:04:05", time.Time.Local)),
	"evt.time.iso8601": ofString(formatted("2006-01-02T15:04:05.000000000-0700", time.Time.UTC)),
	"evt.datetime":     ofString(formatted("2006-01-02 15:04:05.000000000", time.Time.Local)),
	"evt.datetime.s":   ofString(formatted("2006-01-02 15:04:05", time.Time.Local)),
	"evt.rawtime":      ofUint(func(c *Context) (uint64, bool) { return c.event.Time, true }),
	"evt.rawtime.s":    ofUint(func(c *Context) (uint64, bool) { return c.event.Time / second, true }),
	"evt.rawtime.ns":   ofUint(func(c *Context) (uint64, bool) { return c.event.Time % second, true }),
	"evt.reltime":      ofUint(func(c *Context) (uint64, bool) { return c.sinceFirst(), true }),
	"evt.reltime.s":    ofUint(func(c *Context) (uint64, bool) { return c.sinceFirst() / second, true }),
	"evt.reltime.ns":   ofUint(func(c *Context) (uint64, bool) { return c.sinceFirst() % second, true }),
	"evt.deltatime":    ofUint(func(c *Context) (uint64, bool) { return c.sincePrevious(), true }),
	"evt.deltatime.s":  ofUint(func(c *Context) (uint64, bool) { return c.sincePrevious() / second, true }),
	"evt.deltatime.ns": ofUint(func(c *Context) (uint64, bool) { return c.sincePrevious() % second, true }),
	"evt.source":       ofString(func(*Context) (string, bool) { return "syscall", true }),
	"evt.hostname":     ofString(func(c *Context) (string, bool) { return c.Hostname, true }),
	"evt.is_async":     ofBool(isAsync),
}

const second = uint64(time.Second)

// formatted makes the event's time as text.
func formatted(layout string, zone func(time.Time) time.Time) func(*Context) (string, bool) {
	return func(c *Context) (string, bool) {
		start := len(c.text)
		c.text = zone(time.Unix(0, int64(c.event.Time))).AppendFormat(c.text, layout)
		return c.keep(start), true
	}
}

// sinceFirst returns the time since the first event, in ns; 0 for an event that
// is older.
func (c *Context) sinceFirst() uint64 { return c.event.Time - min(c.first, c.event.Time) }

// sincePrevious returns the time since the event before, in ns; 0 if that is not
// older.
func (c *Context) sincePrevious() uint64 { return c.event.Time - min(c.previous, c.event.Time) }
