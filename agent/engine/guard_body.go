package engine

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// scope knows the variables of a rule at some place in its body.
type scope struct {
	uses  map[ast.Var]int // how often each occurs in the whole rule
	bound *binding        // innermost first
}

type binding struct {
	name    ast.Var
	operand operand
	outer   *binding
}

func (s *scope) bind(name ast.Var, o operand) *scope {
	return &scope{uses: s.uses, bound: &binding{name, o, s.bound}}
}

func (s *scope) lookup(name ast.Var) (operand, bool) {
	for b := s.bound; b != nil; b = b.outer {
		if b.name == name {
			return b.operand, true
		}
	}
	return operand{}, false
}

// free reports whether name is not bound yet and occurs nowhere outside x. Only
// then does x alone decide what name stands for: OPA may reorder expressions, and
// an occurrence elsewhere would restrict it further.
func (s *scope) free(name ast.Var, x any) bool {
	_, bound := s.lookup(name)
	return !bound && countVars(x)[name] == s.uses[name]
}

func countVars(x any) map[ast.Var]int {
	uses := map[ast.Var]int{}
	ast.WalkVars(x, func(v ast.Var) bool {
		uses[v]++
		return false
	})
	return uses
}

// body returns the bounds of "all expressions hold, for some value of the
// variables".
func (g *guards) body(body ast.Body, s *scope) bounds {
	var parts []bounds
	for i, expr := range body {
		name, term, ok := s.assignment(expr, body[i:])
		if !ok {
			parts = append(parts, g.expression(expr, s))
			continue
		}
		if domain, ok := g.domain(term, s); ok {
			rest := g.some(domain, name, s, func(s *scope) bounds { return g.body(body[i+1:], s) })
			return combine(append(parts, rest), allOf)
		}
		value, ok := g.operand(term, s)
		if !ok {
			parts = append(parts, g.giveUp(expr.Location, expr))
			continue
		}
		parts = append(parts, value.defined())
		s = s.bind(name, value)
	}
	return combine(parts, allOf)
}

// assignment takes apart an expression that gives a variable its value for the
// rest of the body.
func (s *scope) assignment(expr *ast.Expr, rest ast.Body) (ast.Var, *ast.Term, bool) {
	if !expr.IsEquality() || len(expr.With) > 0 || expr.Negated || len(expr.Operands()) != 2 {
		return "", nil, false
	}
	a, b := expr.Operand(0), expr.Operand(1)
	if name, ok := a.Value.(ast.Var); ok && s.free(name, rest) {
		return name, b, true
	}
	if name, ok := b.Value.(ast.Var); ok && s.free(name, rest) {
		return name, a, true
	}
	return "", nil, false
}

func (g *guards) expression(expr *ast.Expr, s *scope) bounds {
	if len(expr.With) > 0 || expr.Negated {
		// The older `not`, without import rego.v2, is undefined where an
		// operand is.
		return g.giveUp(expr.Location, expr)
	}
	var b bounds
	ok := true
	switch terms := expr.Terms.(type) {
	case *ast.Term:
		b, ok = g.truth(terms, s)
	case []*ast.Term:
		b, ok = g.call(terms, s, yes)
	case *ast.Not:
		b = g.body(terms.Body, s).not()
	case *ast.LogicalAnd:
		b = combine(g.conjuncts(expr, s), allOf)
	case *ast.LogicalOr:
		b = combine(g.disjuncts(expr, s), anyOf)
	case *ast.Every:
		b, ok = g.every(terms, s)
	default:
		ok = false
	}
	if !ok {
		return g.giveUp(expr.Location, expr)
	}
	return b
}

// conjuncts returns the operands of a chain of `and`, which the parser nests to the
// left.
func (g *guards) conjuncts(expr *ast.Expr, s *scope) []bounds {
	and, ok := expr.Terms.(*ast.LogicalAnd)
	if !ok || len(expr.With) > 0 {
		return []bounds{g.expression(expr, s)}
	}
	if len(and.Lhs) != 1 {
		return []bounds{g.body(and.Lhs, s), g.body(and.Rhs, s)}
	}
	return append(g.conjuncts(and.Lhs[0], s), g.body(and.Rhs, s))
}

// disjuncts is conjuncts for `or`.
func (g *guards) disjuncts(expr *ast.Expr, s *scope) []bounds {
	or, ok := expr.Terms.(*ast.LogicalOr)
	if !ok || len(expr.With) > 0 {
		return []bounds{g.expression(expr, s)}
	}
	if len(or.Lhs) != 1 {
		return []bounds{g.body(or.Lhs, s), g.body(or.Rhs, s)}
	}
	return append(g.disjuncts(or.Lhs[0], s), g.body(or.Rhs, s))
}

// every returns the bounds of "body holds for each element"; an undefined domain
// makes it undefined.
func (g *guards) every(every *ast.Every, s *scope) (bounds, bool) {
	value, ok := every.Value.Value.(ast.Var)
	if !ok || !s.free(value, every) {
		return bounds{}, false
	}
	if every.Key != nil {
		if key, ok := every.Key.Value.(ast.Var); !ok || s.uses[key] != 1 {
			return bounds{}, false
		}
	}
	domain, ok := g.collection(every.Domain, s)
	if !ok {
		return bounds{}, false
	}
	return g.all(domain, value, s, func(s *scope) bounds { return g.body(every.Body, s) }), true
}
