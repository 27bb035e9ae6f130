package rego

import (
	"slices"
	"strings"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/translate/filter"
)

// eventNames returns the sorted values of evt.type that a rule is looked at for, nil
// for all of them. The names of a condition decide; types only say which of them.
//
// System calls without entries of their own and events of plugins share an entry of
// the event table, so their names are taken from the condition. Where it does not
// name them, or where the set is most of the table (as for evt.type != open), the
// rule is looked at for every event: its condition decides in any case.
func eventNames(types []schema.EventType, named []string) []string {
	if len(types) > len(schema.Events())/2 {
		return nil
	}
	names := []string{}
	for _, t := range types {
		info := t.Info()
		if info.Unused {
			continue
		}
		own := info.Name
		known := slices.ContainsFunc(named, func(n string) bool { return n == own })
		shared := false
		for _, n := range named {
			if n != own && slices.Contains(schema.EventTypesNamed(n), t) {
				names = append(names, n)
				shared = true
			}
		}
		switch {
		case info.Generic && !shared:
			return nil
		case !info.Generic && (known || !shared):
			names = append(names, own)
		}
	}
	return sortedUnique(names)
}

// namedEvents returns the constants that evt.type and syscall.type are compared with
// in a condition and the macros it uses.
func namedEvents(trees ...filter.Node) []string {
	var out []string
	for _, tree := range trees {
		filter.Walk(tree, func(n filter.Node) bool {
			c, ok := n.(*filter.Check)
			if !ok {
				return true
			}
			if f, ok := c.Left.(*filter.Field); ok && (f.Name == "evt.type" || f.Name == "syscall.type") {
				for _, v := range c.Constants() {
					out = append(out, v.Text)
				}
			}
			return true
		})
	}
	return sortedUnique(out)
}

// eventsLine returns the check that stands first in a rule's body, so that OPA's index
// sees the event types although macros hide them.
func eventsLine(names []string) expr {
	set := &setLiteral{}
	for _, n := range names {
		set.own = append(set.own, schema.RegoString(n))
	}
	return &check{before: "input.evt.type in ", set: set}
}

// saysEvents reports whether the first line of a body is a check of evt.type for just
// these names.
func saysEvents(e expr, names []string) bool {
	if c, ok := e.(*chain); ok && c.word == "and" {
		e = c.operands[0]
	}
	c, ok := e.(*check)
	if !ok || c.set == nil || len(c.set.groups) > 0 || c.before != "input.evt.type in " {
		return ok && len(names) == 1 && strings.TrimSuffix(c.before, schema.RegoString(names[0])) == "input.evt.type == "
	}
	return slices.Equal(sortedUnique(c.set.own), sortedUnique(quoteAll(names)))
}

func quoteAll(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = schema.RegoString(t)
	}
	return out
}
