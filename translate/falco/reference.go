package falco

import (
	"fmt"
	"slices"

	"github.com/saker-project/saker/translate/filter"
)

// checkReferences reports macros that m may not refer to, and loops. A macro sees
// those that are older than its own last change; while it is resolved, the macros it
// refers to are judged by the same age.
func (r *resolution) checkReferences(m *parsedMacro) {
	if m.failed {
		return
	}
	c := referenceCheck{resolution: r, visibility: m.visibility, resolved: r.macros[:slices.Index(r.macros, m)]}
	m.failed = !c.check(m.condition, "macro", m.name, m.way)
}

// referenceCheck follows the macro references of one condition.
type referenceCheck struct {
	*resolution
	visibility int
	resolved   []*parsedMacro // these have been followed before
	path       []string
	seen       map[string]bool

	loops, unknown []problem
	failed         bool // a macro has a problem that was reported with it
}

// check reports what is wrong with the references of a condition. Loops come alone:
// what is unknown besides may be a consequence.
func (c *referenceCheck) check(in *Condition, kind, name string, to way) bool {
	c.seen = make(map[string]bool)
	c.visit(in)
	problems := c.unknown
	if len(c.loops) > 0 {
		problems = c.loops[:1]
	}
	for _, p := range problems {
		c.reportProblem(ErrValidate, p, kind, name, to)
	}
	return len(problems) == 0 && !c.failed
}

func (c *referenceCheck) visit(in *Condition) {
	filter.Walk(in.Tree, func(n filter.Node) bool {
		ref, ok := n.(*filter.MacroRef)
		if !ok {
			return true
		}
		at := in.Position(ref)
		m := c.byName[ref.Name]
		switch {
		case slices.Contains(c.path, ref.Name):
			c.loops = append(c.loops, problem{
				at: at, message: fmt.Sprintf("reference loop in macro '%s'", ref.Name),
				hint: "a macro cannot use itself, not through others either", in: in.written, pos: ref.Start,
			})
		case m == nil || m.index >= c.visibility:
			c.unknownMacro(in, ref, m)
		default:
			m.used = true
			if m.failed {
				c.failed = true
				return true
			}
			if c.seen[ref.Name] || slices.Contains(c.resolved, m) {
				return true
			}
			c.path = append(c.path, ref.Name)
			c.visit(m.condition)
			c.path = c.path[:len(c.path)-1]
			c.seen[ref.Name] = true
		}
		return true
	})
}

func (c *referenceCheck) unknownMacro(in *Condition, ref *filter.MacroRef, m *parsedMacro) {
	name := ref.Name
	if m == nil && c.refused[itemKey{"macro", name}] {
		c.failed = true
		return
	}
	if c.seen[name] {
		return
	}
	c.seen[name] = true
	hint := "define the macro in this file or an earlier one, or check its name"
	if m != nil {
		hint = fmt.Sprintf("macro %s is defined later (%s); a macro can use only those before it", name, m.at)
	}
	c.unknown = append(c.unknown, problem{
		at: in.Position(ref), message: fmt.Sprintf("Undefined macro '%s' used in filter.", name), hint: hint, in: in.written, pos: ref.Start,
	})
}
