package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/saker-project/saker/agent/schema"
)

// Rule is one rule, as the METADATA of its package describes it. It is read-only.
type Rule struct {
	Name      string
	Package   string // "falco.rules.shell_in_container"
	Module    string // path of the module
	Source    string // of events: "syscall"
	Priority  schema.Priority
	Tags      []string // sorted
	Output    string   // template of the alert's message
	Enabled   bool
	File      string             // where the rule was written, "" if METADATA does not say
	Line      int                // in File, from 1; 0 if METADATA does not say
	Events    []schema.EventType // ascending
	AllEvents bool               // Events are all there are

	// Opaque are the expressions that the guard cannot decide and leaves to OPA.
	// It is empty for rules that never run.
	Opaque []Opaque

	// Absent are the fields, in the condition or the output, that never have a
	// value here, because nothing provides them. Sorted, each once.
	Absent []string

	position int // among all rules
	active   bool
	entry    ast.Ref
	input    inputPlan
	guard    predicate
	query    query
	output   outputPlan
}

// Active reports whether the rule runs: it is enabled, of source syscall, and as
// severe as Options ask for.
func (r *Rule) Active() bool { return r.active }

// allEvents is what METADATA says in place of a list of events.
const allEvents = "all"

// readRule returns the rule that module defines, or nil when it defines none.
func readRule(module *ast.Module, path string) (*Rule, Problems) {
	for _, a := range module.Annotations {
		if _, ok := a.Custom["rule"]; !ok || a.Scope != "package" {
			continue
		}
		m := metadataReader{custom: a.Custom, at: a.Location}
		r := &Rule{
			Name:    m.text("rule", ""),
			Package: strings.TrimPrefix(module.Package.Path.String(), "data."),
			Module:  path,
			Source:  m.text("source", SourceSyscall),
			Output:  m.text("output", ""),
			Enabled: m.truth("enabled", true),
			File:    m.text("file", ""),
			Line:    m.number("line"),
			Tags:    m.texts("tags"),
			entry:   module.Package.Path.Append(ast.StringTerm(matchName)),
		}
		slices.Sort(r.Tags)
		r.Tags = slices.Compact(r.Tags)
		r.Priority = m.priority()
		r.Events, r.AllEvents = m.events()
		if r.Name == "" {
			m.problem("rule has no name")
		}
		if !slices.ContainsFunc(module.Rules, func(rule *ast.Rule) bool { return rule.Ref().Equal(r.entry) }) {
			m.problem("package defines no rule %q", matchName)
		}
		return r, m.problems
	}
	return nil, nil
}

// metadataReader reads the custom part of a METADATA annotation and collects what
// is wrong with it.
type metadataReader struct {
	custom   map[string]any
	at       *ast.Location
	problems Problems
}

func (m *metadataReader) problem(format string, args ...any) {
	m.problems = append(m.problems, problemAt(m.at, "METADATA: "+format, args...))
}

func (m *metadataReader) text(key, absent string) string {
	switch v := m.custom[key].(type) {
	case nil:
		return absent
	case string:
		return v
	default:
		m.problem("%s is not a string", key)
		return absent
	}
}

func (m *metadataReader) truth(key string, absent bool) bool {
	switch v := m.custom[key].(type) {
	case nil:
		return absent
	case bool:
		return v
	default:
		m.problem("%s is neither true nor false", key)
		return absent
	}
}

func (m *metadataReader) number(key string) int {
	v := m.custom[key]
	if v == nil {
		return 0
	}
	n, err := strconv.Atoi(fmt.Sprint(v))
	if err != nil || n < 0 {
		m.problem("%s is not a line number", key)
	}
	return n
}

func (m *metadataReader) texts(key string) []string {
	if m.custom[key] == nil {
		return nil
	}
	list, ok := m.custom[key].([]any)
	if !ok {
		m.problem("%s is not a list", key)
		return nil
	}
	var values []string
	for _, v := range list {
		text, ok := v.(string)
		if !ok {
			m.problem("%s holds something that is not a string", key)
			continue
		}
		values = append(values, text)
	}
	return values
}

func (m *metadataReader) priority() schema.Priority {
	p, err := schema.ParsePriority(m.text("priority", ""))
	if err != nil {
		m.problem("%v", err)
	}
	return p
}

// events returns the table entries of the events that METADATA names. Like the
// key's absence, the word "all" stands for the whole table.
func (m *metadataReader) events() (types []schema.EventType, all bool) {
	if v := m.custom["events"]; v == nil || v == allEvents {
		for i := range schema.Events() {
			types = append(types, schema.EventType(i))
		}
		return types, true
	}
	for _, name := range m.texts("events") {
		named := schema.EventTypesNamed(name)
		if named == nil {
			m.problem("unknown event type %s", name)
		}
		types = append(types, named...)
	}
	slices.Sort(types)
	return slices.Compact(types), false
}
