package outputs

import (
	"time"

	"github.com/saker-project/saker/agent/schema"
)

// SourceInternal is the Source of alerts that the agent raises about itself:
// drops, metrics, failed reloads. Falco prints them in another shape.
const SourceInternal = "internal"

// Alert is one alert on its way to the outputs.
//
// An Alert is shared by pointer between all outputs: nobody may change it, or
// anything it refers to, once it has been given to Queue.Enqueue.
type Alert struct {
	// ID tells this alert from all others, so that an output that repeats a
	// write can be recognised by its receiver. Queue.Enqueue fills it when it is
	// empty. Falco's formats do not print it.
	ID string

	Time     time.Time       // of the event, to the nanosecond; printed in local time and in UTC
	Rule     string          // name of the rule
	Priority schema.Priority // of the rule
	Source   string          // "syscall", or SourceInternal
	Tags     []string        // of the rule, sorted
	Hostname string
	Message  string  // what the rule's output came to, without time and priority
	Fields   []Field // sorted by name, no name twice

	// NamesTime says that the rule's output itself names evt.time. Every alert
	// has that field because the line begins with it, but under
	// Format.TimeISO8601 the line begins with evt.time.iso8601 instead, and then
	// evt.time is printed only if the output names it.
	NamesTime bool
}

// Internal reports whether the agent raised the alert about itself.
func (a *Alert) Internal() bool { return a.Source == SourceInternal }

// Field is one entry of an alert's output_fields.
type Field struct {
	Name string // as in the rule's output without the percent sign: "proc.aname[2]"

	// Value is nil (the field is missing), string, int64, uint64, float64, bool,
	// or []any of these. Times are int64 nanoseconds since the Unix epoch.
	Value any
}
