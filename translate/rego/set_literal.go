package rego

import (
	"slices"
	"strings"
)

// setLiteral is a set written out, element by element.
type setLiteral struct {
	own    []string   // literals written in the condition itself
	groups []setGroup // literals that came from lists
}

type setGroup struct {
	list     string
	literals []string
}

func (s *setLiteral) flat() (string, bool) {
	if len(s.groups) > 0 {
		return "", false
	}
	if len(s.own) == 0 {
		return "set()", true
	}
	return "{" + strings.Join(s.own, ", ") + "}", true
}

func (s *setLiteral) broken() string {
	if len(s.own) == 0 && len(s.groups) == 0 {
		return "set()"
	}
	var b strings.Builder
	b.WriteString("{\n")
	for _, literal := range s.own {
		b.WriteString(literal + ",\n")
	}
	for _, g := range s.groups {
		b.WriteString("# from list " + commentText(g.list) + "\n")
		for _, literal := range g.literals {
			b.WriteString(literal + ",\n")
		}
	}
	b.WriteString("}")
	return b.String()
}

// add puts a literal into the set, under the list it came from.
func (s *setLiteral) add(text, list string) {
	if s.has(text) {
		return
	}
	if list == "" {
		s.own = append(s.own, text)
		return
	}
	for i := range s.groups {
		if s.groups[i].list == list {
			s.groups[i].literals = append(s.groups[i].literals, text)
			return
		}
	}
	s.groups = append(s.groups, setGroup{list: list, literals: []string{text}})
}

func (s *setLiteral) has(text string) bool {
	if slices.Contains(s.own, text) {
		return true
	}
	return slices.ContainsFunc(s.groups, func(g setGroup) bool { return slices.Contains(g.literals, text) })
}
