package falco

import (
	"errors"
	"strings"

	"github.com/saker-project/saker/translate/filter"
)

// parse substitutes lists in a condition's text and parses it. used gets the names of
// the lists that occur. The error is a problem.
func (l *loader) parse(t text, at Position, lists []expandedList, used map[string]bool) (*Condition, error) {
	before := t.value
	for _, el := range lists {
		var found bool
		if t, found = t.substitute(el.name, el.values); found {
			used[el.name] = true
		}
	}
	tree, err := filter.Parse(t.value)
	c := &Condition{Tree: tree, text: t, written: before, start: at}
	if err != nil {
		return nil, c.problem(err)
	}
	c.markLists()
	return c, nil
}

// problem places an error of package filter in the file.
func (c *Condition) problem(err error) problem {
	var in *filter.Error
	if !errors.As(err, &in) {
		return problem{at: c.start, message: err.Error()}
	}
	return problem{at: c.text.position(in.Pos.Offset, c.start), message: in.Msg, hint: hintFor(in.Msg), in: c.text.value, pos: in.Pos}
}

// hintFor returns advice for a message of package filter.
func hintFor(message string) string {
	for _, h := range []struct{ part, hint string }{
		{"nonexistent field", "check the name of the field, and that its argument is of the right kind"},
		{"unknown event type", "evt.type wants complete names of events, whatever the operator"},
		{"unknown event argument", "no event has a parameter of this name"},
		{"is not a valid number", "this field is a number; write it in decimal"},
		{"operator not supported", "use an operator that this type of field has"},
		{"unexpected token", "join checks with and, or; quote values that hold blanks, commas, = or parentheses"},
		{"invalid regex pattern", "the pattern is a POSIX extended expression: no \\d, \\w, \\s, no (?...)"},
	} {
		if strings.Contains(message, h.part) {
			return h.hint
		}
	}
	return ""
}

// markLists tells the values which list they came from, and finds the right sides
// that are one list and nothing else.
func (c *Condition) markLists() {
	c.Lists = make(map[*filter.List]string)
	filter.Walk(c.Tree, func(n filter.Node) bool {
		check, ok := n.(*filter.Check)
		if !ok {
			return true
		}
		for _, v := range check.Constants() {
			if p, ok := c.text.pieceAt(v.Start.Offset); ok && p.list != nil {
				v.List = p.list.name
			}
		}
		if right, ok := check.Right.(*filter.List); ok {
			if name, ok := c.onlyList(right); ok {
				c.Lists[right] = name
			}
		}
		return true
	})
}

// onlyList returns the list whose substitution is all there is between the
// parentheses of a right side.
func (c *Condition) onlyList(right *filter.List) (string, bool) {
	var only *insert
	inside := c.text.slice(right.Start.Offset+1, right.End-1)
	for i, p := range inside.pieces {
		end := len(inside.value)
		if i+1 < len(inside.pieces) {
			end = inside.pieces[i+1].start
		}
		switch {
		case p.list == nil && strings.TrimSpace(inside.value[p.start:end]) == "":
		case p.list == nil, only != nil && only != p.list:
			return "", false
		default:
			only = p.list
		}
	}
	if only == nil {
		return "", false
	}
	return only.name, true
}
