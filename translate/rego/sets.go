package rego

import (
	"slices"
	"strings"

	"github.com/saker-project/saker/agent/schema"
)

// sets gathers the sets of data.falco.lists that conditions refer to. Beside fields
// of other types the same list has other values, and so another set.
type sets struct {
	order  []*listSet
	byName map[string]*listSet
}

type listSet struct {
	list     string   // name of the Falco list
	name     string   // of the set: the list's, with a suffix for its type
	literals []string // in the list's order, each once
}

func newSets() *sets { return &sets{byName: make(map[string]*listSet)} }

// suffixes tell the sets of one list apart. Addresses and networks are strings in
// Rego; they need a set of their own only where their canonical text differs.
var suffixes = map[schema.Kind]string{
	schema.KindInt: "__int", schema.KindUint: "__int", schema.KindFloat: "__int", schema.KindBool: "__bool",
	schema.KindAddr: "__addr", schema.KindNet: "__net", schema.KindBytes: "__bytes",
}

// reference returns the Rego reference of a list with these values; plain are the
// literals the same list has beside a string.
func (s *sets) reference(list string, kind schema.Kind, literals, plain []string) string {
	literals = unique(literals)
	name := list
	if !slices.Equal(literals, unique(plain)) {
		name += suffixes[kind]
	}
	if old, ok := s.byName[name]; ok && !old.same(list, literals) {
		// Another list has that name, or the width of the field changed the values.
		name += "_" + hash(list+"\x00"+strings.Join(literals, "\x00"))
	}
	if s.byName[name] == nil {
		set := &listSet{list: list, name: name, literals: literals}
		s.byName[name] = set
		s.order = append(s.order, set)
	}
	return reference("lists", name)
}

func (l *listSet) same(list string, literals []string) bool {
	return l.list == list && slices.Equal(l.literals, literals)
}
