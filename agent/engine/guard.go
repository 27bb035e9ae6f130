package engine

import (
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// This file and guard_*.go make the guards of rules: closures that say, from field
// values alone, whether a rule can match an event.
//
// A guard is a necessary condition of its rule. Each expression compiles to two
// predicates, an upper bound that holds whenever the expression may and a lower
// bound that holds only when it does. For what the guards understand the two are
// one, and exact; what they do not understand has the bounds "always" and
// "never". and, or and quantifiers keep the bounds, not swaps them, so the upper
// bound of a rule's body fails only for events that OPA would refuse as well.
// Whether a guard lets an event pass never decides a match: OPA does.
//
// The guards are made from the syntax tree as it stands after the compiler stage
// RewriteLocalVars: references are resolved (lists.x is data.falco.lists.x), local
// variables have unique names, `:=` and `some .. in` have become unifications, and
// calls are still nested. The boundary of this file group is newGuards, compile,
// the types predicate and Opaque, and the Evaluator's fields they use: closures
// made from OPA's plan (v1/ir) can take their place without a change elsewhere.

// predicate is a condition on the event that the Evaluator stands at.
type predicate func(*Evaluator) bool

func always(*Evaluator) bool { return true }
func never(*Evaluator) bool  { return false }

// Opaque is an expression that guards do not understand. Rules with such
// expressions go to OPA more often than others; their verdicts are as right.
type Opaque struct {
	Module string
	Line   int
	Text   string // the expression in Rego
}

// bounds enclose an expression: whenever lower holds the expression does, whenever
// the expression holds upper does.
type bounds struct {
	upper, lower predicate
	exact        bool // upper and lower are the same predicate
}

func exactly(p predicate) bounds { return bounds{upper: p, lower: p, exact: true} }

var (
	holds   = exactly(always)
	fails   = exactly(never)
	unknown = bounds{upper: always, lower: never}
)

func (b bounds) not() bounds {
	if b.exact {
		return exactly(not(b.upper))
	}
	return bounds{upper: not(b.lower), lower: not(b.upper)}
}

func not(p predicate) predicate { return func(e *Evaluator) bool { return !p(e) } }

// combine applies a monotone operation on predicates to both bounds.
func combine(parts []bounds, operation func([]predicate) predicate) bounds {
	exact := true
	upper, lower := make([]predicate, len(parts)), make([]predicate, len(parts))
	for i, part := range parts {
		upper[i], lower[i] = part.upper, part.lower
		exact = exact && part.exact
	}
	if exact {
		return exactly(operation(upper))
	}
	return bounds{upper: operation(upper), lower: operation(lower)}
}

func allOf(parts []predicate) predicate {
	switch len(parts) {
	case 0:
		return always
	case 1:
		return parts[0]
	case 2:
		p, q := parts[0], parts[1]
		return func(e *Evaluator) bool { return p(e) && q(e) }
	}
	return func(e *Evaluator) bool {
		for _, p := range parts {
			if !p(e) {
				return false
			}
		}
		return true
	}
}

func anyOf(parts []predicate) predicate {
	switch len(parts) {
	case 0:
		return never
	case 1:
		return parts[0]
	case 2:
		p, q := parts[0], parts[1]
		return func(e *Evaluator) bool { return p(e) || q(e) }
	}
	return func(e *Evaluator) bool {
		for _, p := range parts {
			if p(e) {
				return true
			}
		}
		return false
	}
}

// guards makes the guards of all rules of a policy.
type guards struct {
	policy  *policy
	fields  *fieldTable
	macros  map[string]*macro
	memos   int
	cursors int
	places  int // results of transformers
	names   int // variables made up for scans

	opaque []Opaque // of the definitions being compiled
}

func newGuards(p *policy, fields *fieldTable) *guards {
	return &guards{policy: p, fields: fields, macros: map[string]*macro{}}
}

// compile gives r its guard.
func (g *guards) compile(r *Rule) {
	g.opaque = nil
	r.guard = g.document(g.policy.covered(r.entry), r.entry).upper
	r.Opaque = uniqueOpaque(g.opaque)
}

func uniqueOpaque(found []Opaque) []Opaque {
	var unique []Opaque
	for _, o := range found {
		if !slices.Contains(unique, o) {
			unique = append(unique, o)
		}
	}
	return unique
}

// giveUp notes an expression that is not understood.
func (g *guards) giveUp(at *ast.Location, expression fmt.Stringer) bounds {
	o := Opaque{Text: expression.String()}
	if at != nil {
		o.Module, o.Line = at.File, at.Row
	}
	g.opaque = append(g.opaque, o)
	return unknown
}

// macro is a document of boolean rules without arguments. Its bounds are evaluated
// once per event at most.
type macro struct {
	bounds bounds
	opaque []Opaque
}

// macro returns the bounds of the document that ref names.
func (g *guards) macro(ref ast.Ref, definitions []*ast.Rule) bounds {
	key := ref.String()
	m := g.macros[key]
	if m == nil {
		outer := g.opaque
		g.opaque = nil
		b := g.document(definitions, ref)
		m = &macro{bounds: g.remember(b), opaque: g.opaque}
		g.macros[key] = m
		g.opaque = outer
	}
	g.opaque = append(g.opaque, m.opaque...)
	return m.bounds
}

func (g *guards) remember(b bounds) bounds {
	if b.exact {
		return exactly(g.memo(b.upper))
	}
	return bounds{upper: g.memo(b.upper), lower: g.memo(b.lower)}
}

// memo returns p, evaluated once per event at most.
func (g *guards) memo(p predicate) predicate {
	slot := g.memos
	g.memos++
	return func(e *Evaluator) bool {
		m := &e.memos[slot]
		if m.epoch != e.epoch {
			holds := p(e)
			*m = memo{epoch: e.epoch, holds: holds}
		}
		return m.holds
	}
}

// memo is what a predicate said about the event of an epoch.
type memo struct {
	epoch uint64
	holds bool
}

// document returns the bounds of "the document ref is true", where definitions are
// all rules that can contribute to it.
func (g *guards) document(definitions []*ast.Rule, ref ast.Ref) bounds {
	var bodies []bounds
	for _, rule := range definitions {
		if !isCondition(rule, ref) {
			return g.giveUp(rule.Location, rule.Head)
		}
		if !rule.Default { // which is false, as the document is without it
			bodies = append(bodies, g.body(rule.Body, &scope{uses: countVars(rule)}))
		}
	}
	return combine(bodies, anyOf)
}

// isCondition reports whether rule does nothing but make the document ref true, or
// false by default.
func isCondition(rule *ast.Rule, ref ast.Ref) bool {
	head := rule.Head
	if !rule.Ref().Equal(ref) || len(head.Args) > 0 || head.Key != nil || head.Value == nil || rule.Else != nil {
		return false
	}
	value, ok := head.Value.Value.(ast.Boolean)
	return ok && bool(value) != rule.Default
}
