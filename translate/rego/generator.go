package rego

import (
	"errors"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/translate/falco"
	"github.com/saker-project/saker/translate/filter"
)

// generator translates the condition of one rule or macro.
type generator struct {
	sets      *sets
	condition *falco.Condition
	prefix    string // before lists and macros, where a module does not import them

	usesLists, usesMacros bool
}

// problem is a part of a condition that could not be translated.
type problem struct {
	at  falco.Position
	err error
}

// expr translates a tree. It goes on after a problem and returns all of them.
func (g *generator) expr(n filter.Node) (expr, []problem) {
	switch n := n.(type) {
	case *filter.And:
		return g.chain("and", n.Children)
	case *filter.Or:
		return g.chain("or", n.Children)
	case *filter.Not:
		e, problems := g.expr(n.Child)
		return &negation{of: e}, problems
	case *filter.MacroRef:
		g.usesMacros = true
		return &check{before: g.prefix + reference("macros", n.Name)}, nil
	case *filter.Check:
		e, err := g.check(n)
		if err != nil {
			return nil, []problem{{g.condition.Position(n), err}}
		}
		return e, nil
	}
	return nil, []problem{{g.condition.Position(n), errors.New("unknown node")}}
}

// chain flattens an and inside an and, an or inside an or.
func (g *generator) chain(word string, children []filter.Node) (expr, []problem) {
	out := &chain{word: word}
	var problems []problem
	for _, c := range children {
		e, p := g.expr(c)
		problems = append(problems, p...)
		if inner, ok := e.(*chain); ok && inner.word == word {
			out.operands = append(out.operands, inner.operands...)
			continue
		}
		out.operands = append(out.operands, e)
	}
	return out, problems
}

func (g *generator) listReference(name string, kind schema.Kind, literals, plain []string) string {
	g.usesLists = true
	return g.prefix + g.sets.reference(name, kind, literals, plain)
}
