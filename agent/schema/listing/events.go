package listing

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/saker-project/saker/agent/schema"
)

// SchemaVersion is the version of Falco's event schema that package schema holds.
const SchemaVersion = "4.5.1"

// Events writes the events that rules may name, with their parameters. What Falco
// does not list is left out: events that only old captures hold, unused entries,
// and what iterators tell of processes and descriptors at the start. System calls
// without an entry of their own come last among the system calls, each with the
// parameters of the generic event.
func Events(w io.Writer, format Format) error { return writeEvents(w, eventTable(), format) }

// events is the table of events by section; its JSON is that of Falco.
type events struct {
	Meta          []event `json:"Metaevents"`
	Plugin        []event `json:"Plugin events"`
	Syscall       []event `json:"Syscall events"`
	Tracepoint    []event `json:"Tracepoint events"`
	SchemaVersion string  `json:"schema_version"`
}

type event struct {
	Available bool    `json:"available"` // false for those in ignored
	Dir       string  `json:"dir"`       // ">" or "<"
	Name      string  `json:"name"`
	Params    []param `json:"params"`
}

type param struct {
	Flags []string `json:"flags,omitempty"`
	Name  string   `json:"name"`
	Type  string   `json:"type"`
}

// ignored names the events, too frequent for most, that Falco leaves out unless
// base_syscalls.all is set.
var ignored = []string{
	"pread", "preadv", "pwrite", "pwritev", "read", "readv", "recv", "send", "sendfile", "write", "writev",
}

func eventTable() *events {
	t := &events{SchemaVersion: SchemaVersion}
	for _, e := range schema.Events() {
		if e.Old || e.Unused || e.Generic {
			continue
		}
		listed := newEvent(e.Name, e.Exit, e.Params)
		switch {
		case e.Category&schema.EC_SYSCALL != 0:
			t.Syscall = append(t.Syscall, listed)
		case e.Category&schema.EC_TRACEPOINT != 0:
			t.Tracepoint = append(t.Tracepoint, listed)
		case e.Category&schema.EC_PLUGIN != 0:
			t.Plugin = append(t.Plugin, listed)
		case e.Category&schema.EC_METAEVENT != 0:
			t.Meta = append(t.Meta, listed)
		}
	}
	for _, s := range schema.Syscalls() {
		if s.Generic {
			t.Syscall = append(t.Syscall,
				newEvent(s.Name, false, s.Enter.Info().Params),
				newEvent(s.Name, true, s.Exit.Info().Params))
		}
	}
	return t
}

func newEvent(name string, exit bool, params []schema.Param) event {
	e := event{Available: !slices.Contains(ignored, name), Dir: ">", Name: name, Params: []param{}}
	if exit {
		e.Dir = "<"
	}
	for _, p := range params {
		q := param{Name: p.Name, Type: typeName(p.Type)}
		if p.Flags != nil && p.Type != schema.PT_MODE { // Falco lists no bits of modes
			for _, f := range p.Flags.Flags {
				q.Flags = append(q.Flags, f.Name)
			}
		}
		e.Params = append(e.Params, q)
	}
	return e
}

func writeEvents(w io.Writer, t *events, format Format) error {
	if format == JSON {
		return writeJSON(w, t)
	}
	var b bytes.Buffer
	b.WriteString("The events below are valid for Falco *Schema Version*: " + t.SchemaVersion + "\n")
	for _, section := range []struct {
		name   string
		events []event
	}{
		{"Syscall events", t.Syscall},
		{"Tracepoint events", t.Tracepoint},
		{"Plugin events", t.Plugin},
		{"Metaevents", t.Meta},
	} {
		b.WriteString("## " + section.name + "\n\n")
		if format == Markdown {
			b.WriteString("Default | Dir | Name | Params \n:-------|:----|:-----|:-----\n")
		}
		for i := range section.events {
			section.events[i].line(&b, format)
		}
		b.WriteByte('\n')
	}
	return write(w, &b)
}

func (e *event) line(b *bytes.Buffer, format Format) {
	if format == Text {
		b.WriteString(e.Dir + " " + e.Name + "(" + e.params("") + ")\n")
		return
	}
	available := "No"
	if e.Available {
		available = "Yes"
	}
	b.WriteString(available + " | `" + e.Dir + "` | `" + e.Name + "` | " + e.params("*") + "\n")
}

// params returns the parameters, with mark on both sides of each flag.
func (e *event) params(mark string) string {
	var params []string
	for _, p := range e.Params {
		text := p.Type + " **" + p.Name + "**"
		if len(p.Flags) > 0 {
			text += ": " + mark + strings.Join(p.Flags, mark+", "+mark) + mark
		}
		params = append(params, text)
	}
	return strings.Join(params, ", ")
}
