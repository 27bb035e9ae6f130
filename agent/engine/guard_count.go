package engine

import (
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"
)

// countEquals returns the bounds of "count([head | body]) == n", where the body is
// one call that iterates over constants and nothing else.
func (g *guards) countEquals(t *ast.Term, n ast.Number, s *scope) (bounds, bool) {
	call, ok := t.Value.(ast.Call)
	if !ok || len(call) != 2 || call[0].String() != ast.Count.Name {
		return bounds{}, false
	}
	list, ok := call[1].Value.(*ast.ArrayComprehension)
	if !ok || !isLiteral(list.Term.Value) || len(list.Body) != 1 {
		return bounds{}, false
	}
	expr := list.Body[0]
	want, err := strconv.Atoi(string(n))
	terms, isCall := expr.Terms.([]*ast.Term)
	if err != nil || !isCall || len(expr.With) > 0 || expr.Negated {
		return bounds{}, false
	}
	found, domain, ok := g.scan(terms[1:], s)
	if !ok || domain.slot >= 0 {
		return bounds{}, false
	}
	name := g.newName()
	terms = substitute(terms, found, name)
	if _, _, more := g.scan(terms[1:], s); more {
		return bounds{}, false
	}
	var parts []predicate
	for _, b := range g.unroll(domain, name, s, func(s *scope) bounds {
		b, ok := g.call(terms, s, yes)
		return bounds{upper: b.upper, exact: ok && b.exact}
	}) {
		if !b.exact {
			return bounds{}, false
		}
		parts = append(parts, b.upper)
	}
	return exactly(func(e *Evaluator) bool {
		count := 0
		for _, p := range parts {
			if p(e) {
				count++
			}
		}
		return count == want
	}), true
}
