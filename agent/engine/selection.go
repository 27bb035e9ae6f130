package engine

import (
	"slices"
	"strings"

	"github.com/saker-project/saker/agent/schema"
)

// Selection switches the rules on or off that it names: by a pattern, by a tag, or
// by either of both.
type Selection struct {
	Enable bool
	Rule   string // name of a rule in which * stands for any text; "" for none
	Tag    string // tag of the rules; "" for none
}

// selectRules returns the rules that run, in the order in which they are asked.
// They begin as they were defined; selections are applied in their order, and a
// rule that one of them switches on goes behind the others, as in Falco 0.44. No
// selection reaches rules below the lowest priority or of other sources.
func selectRules(rules []*Rule, selections []Selection, lowest schema.Priority) []*Rule {
	var running []*Rule
	for _, r := range rules {
		if r.Enabled && canRun(r, lowest) {
			running = append(running, r)
		}
	}
	for _, s := range selections {
		if !s.Enable {
			running = slices.DeleteFunc(running, s.names)
			continue
		}
		for _, r := range rules {
			if s.names(r) && canRun(r, lowest) && !slices.Contains(running, r) {
				running = append(running, r)
			}
		}
	}
	return running
}

func canRun(r *Rule, lowest schema.Priority) bool {
	return r.Source == SourceSyscall && r.Priority <= lowest
}

func (s Selection) names(r *Rule) bool {
	return s.Rule != "" && matchesName(s.Rule, r.Name) || s.Tag != "" && slices.Contains(r.Tags, s.Tag)
}

// matchesName reports whether pattern, in which * stands for any text, matches the
// whole name.
func matchesName(pattern, name string) bool {
	first, rest, found := strings.Cut(pattern, "*")
	if !found {
		return pattern == name
	}
	name, ok := strings.CutPrefix(name, first)
	if !ok {
		return false
	}
	parts := strings.Split(rest, "*")
	last := len(parts) - 1
	for _, part := range parts[:last] {
		at := strings.Index(name, part)
		if at < 0 {
			return false
		}
		name = name[at+len(part):]
	}
	return strings.HasSuffix(name, parts[last])
}
