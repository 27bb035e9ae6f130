package falco

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/saker-project/saker/translate/filter"
)

// way is the locations from a file to a place. It is not changed, only extended into
// another one. The empty way, which is all there is where nobody asks for ways, stays
// empty.
type way struct {
	locations []Location
	text      string // what the innermost location is in: the file or a condition
	field     string // the deprecated field that is the problem
}

// wayTo starts a way at the beginning of a file.
func (s *source) wayTo() way {
	return way{locations: []Location{{ItemType: inContent, Mark: Mark{Name: s.name}}}, text: s.text}
}

// mark returns the place of a node, the beginning of the file for one without.
func (s *source) mark(n *yaml.Node) Mark {
	line, column := n.Line-1, n.Column-1
	if line < 0 || line >= len(s.lines) {
		return Mark{Name: s.name}
	}
	offset := 0
	for _, l := range s.lines[:line] {
		offset += len(l) + 1
	}
	runes := []rune(string(s.lines[line]))
	column = len(string(runes[:min(max(column, 0), len(runes))]))
	return Mark{Name: s.name, Line: line, Column: column, Offset: offset + column}
}

// in extends a way by a node of the same file.
func (w way) in(src *source, itemType, name string, n *yaml.Node) way {
	if len(w.locations) == 0 {
		return w
	}
	w.locations = append(slices.Clip(w.locations), Location{ItemType: itemType, ItemName: name, Mark: src.mark(n)})
	return w
}

// expression extends a way by the whole of the condition it leads to.
func (w way) expression() way {
	if len(w.locations) == 0 {
		return w
	}
	last := w.locations[len(w.locations)-1]
	w.locations = append(slices.Clip(w.locations), Location{ItemType: inExpression, Mark: last.Mark})
	return w
}

// inside extends a way by a place inside a condition. Falco adds that place to the one
// of the way's end, although the first counts from 1 and the second from 0.
func (w way) inside(condition string, at filter.Pos) way {
	if len(w.locations) == 0 {
		return w
	}
	last := w.locations[len(w.locations)-1]
	name := condition
	if len(name) > 20 {
		name = name[:17] + "..."
	}
	name = strings.NewReplacer("\n", " ", "\r", " ").Replace(name)
	w.text = condition
	w.locations = append(slices.Clip(w.locations), Location{ItemType: inExpression, Mark: Mark{
		Name: `"` + name + `"`, Line: last.Line + at.Line, Column: last.Column + at.Column, Offset: last.Offset + at.Offset,
	}})
	return w
}

// way returns the way to an item.
func (it *item) way() way {
	if it.loader.validation == nil {
		return way{}
	}
	w := it.src.wayTo()
	switch it.kind {
	case "required_plugin_versions":
		w = w.in(it.src, inPlugins, "", lookup(it.node, it.kind))
	case "":
		return w.in(it.src, inContentItem, "", it.node)
	default:
		w = w.in(it.src, it.kind, it.name, it.node)
	}
	for _, inner := range it.within {
		w = w.in(it.src, inner.itemType, inner.name, inner.node)
	}
	return w
}

// step is a part of an item on the way to a problem.
type step struct {
	itemType, name string
	node           *yaml.Node
}

// inside runs f with parts of the item on the way of what it reports.
func (it *item) inside(steps []step, f func()) {
	outer := it.within
	it.within = slices.Concat(outer, steps)
	defer func() { it.within = outer }()
	f()
}

// wayToProblem returns the way to a problem at a node: its key is part of it where the
// value is the problem.
func (it *item) wayToProblem(n *yaml.Node, message string) way {
	w := it.way()
	if message == invalidPriority {
		return w.in(it.src, inRulePriority, "", n)
	}
	if !slices.Contains(valueProblems, message) {
		return w
	}
	if key := keyOf(it.innermost(), n); key != "" {
		return w.in(it.src, inValue, key, n)
	}
	return w
}

// valueProblems are the messages about the value of a key.
var valueProblems = []string{
	"Value is not a scalar value", "Value must be non-empty", "Can't decode YAML scalar value", "Value is not a sequence",
	"sequence value is not scalar",
}

// innermost returns the map that the item is reading.
func (it *item) innermost() *yaml.Node {
	if len(it.within) == 0 {
		return it.node
	}
	return it.within[len(it.within)-1].node
}

// keyOf returns the key in m of a value or of an element of a value.
func keyOf(m, value *yaml.Node) string {
	if m.Kind != yaml.MappingNode {
		return ""
	}
	for i := 0; i+1 < len(m.Content); i += 2 {
		v := resolve(m.Content[i+1])
		if v == value || slices.ContainsFunc(v.Content, func(e *yaml.Node) bool { return resolve(e) == value }) {
			return m.Content[i].Value
		}
	}
	return ""
}
