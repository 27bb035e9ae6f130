package engine

import (
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/saker-project/saker/agent/field"
)

// collection is what a body can iterate over: the values of a field that has
// several, or constants.
type collection struct {
	slot      int // of the field; -1 for constants
	constants []ast.Value
}

// collection returns what t stands for as a collection.
func (g *guards) collection(t *ast.Term, s *scope) (collection, bool) {
	o, ok := g.operand(t, s)
	if !ok {
		return collection{}, false
	}
	if o.several {
		return collection{slot: o.slot}, true
	}
	return constantsOf(o.constant)
}

// constantsOf returns the elements of a constant set or array.
func constantsOf(value ast.Value) (collection, bool) {
	c := collection{slot: -1}
	add := func(t *ast.Term) { c.constants = append(c.constants, t.Value) }
	switch value := value.(type) {
	case *ast.Array:
		value.Foreach(add)
	case ast.Set:
		value.Foreach(add)
	default:
		return collection{}, false
	}
	return c, true
}

// domain returns the collection that t iterates over when t is collection[i] with
// an i that means nothing else.
func (g *guards) domain(t *ast.Term, s *scope) (collection, bool) {
	ref, ok := t.Value.(ast.Ref)
	if !ok || len(ref) < 2 {
		return collection{}, false
	}
	last := len(ref) - 1
	index, ok := ref[last].Value.(ast.Var)
	if _, bound := s.lookup(index); !ok || bound || s.uses[index] != 1 {
		return collection{}, false
	}
	if last == 1 {
		return g.collection(ref[0], s)
	}
	return g.collection(ast.NewTerm(ref[:last]), s)
}

// scan looks in terms for one that iterates. It returns that term and what it
// iterates over.
func (g *guards) scan(terms []*ast.Term, s *scope) (*ast.Term, collection, bool) {
	for _, t := range terms {
		if call, ok := t.Value.(ast.Call); ok {
			if found, domain, ok := g.scan(call[1:], s); ok {
				return found, domain, true
			}
		}
		if domain, ok := g.domain(t, s); ok {
			return t, domain, true
		}
	}
	return nil, collection{}, false
}

// substitute returns terms with variable name in the place of the term old.
func substitute(terms []*ast.Term, old *ast.Term, name ast.Var) []*ast.Term {
	result := make([]*ast.Term, len(terms))
	for i, t := range terms {
		switch call, ok := t.Value.(ast.Call); {
		case t == old:
			result[i] = ast.NewTerm(name)
		case ok:
			result[i] = ast.NewTerm(ast.Call(substitute(call, old, name)))
		default:
			result[i] = t
		}
	}
	return result
}

// some returns the bounds of "what compile makes holds for an element of domain",
// which it finds under name.
func (g *guards) some(domain collection, name ast.Var, s *scope, compile func(*scope) bounds) bounds {
	if domain.slot < 0 {
		return combine(g.unroll(domain, name, s, compile), anyOf)
	}
	cursor := g.cursor()
	return combine([]bounds{compile(s.bind(name, element(cursor)))}, func(parts []predicate) predicate {
		holds := parts[0]
		return func(e *Evaluator) bool {
			values, _ := e.values(domain.slot)
			for i := range values {
				e.cursors[cursor] = &values[i]
				if holds(e) {
					return true
				}
			}
			return false
		}
	})
}

// all is some for each element.
func (g *guards) all(domain collection, name ast.Var, s *scope, compile func(*scope) bounds) bounds {
	if domain.slot < 0 {
		return combine(g.unroll(domain, name, s, compile), allOf)
	}
	cursor := g.cursor()
	return combine([]bounds{compile(s.bind(name, element(cursor)))}, func(parts []predicate) predicate {
		holds := parts[0]
		return func(e *Evaluator) bool {
			values, defined := e.values(domain.slot)
			for i := range values {
				e.cursors[cursor] = &values[i]
				if !holds(e) {
					return false
				}
			}
			return defined
		}
	})
}

func (g *guards) unroll(domain collection, name ast.Var, s *scope, compile func(*scope) bounds) []bounds {
	var parts []bounds
	for _, value := range domain.constants {
		parts = append(parts, compile(s.bind(name, constant(value))))
	}
	return parts
}

// cursor returns a place for the element that a scan stands at.
func (g *guards) cursor() int {
	g.cursors++
	return g.cursors - 1
}

// newName returns a variable for the elements of a scan, which no module can have.
func (g *guards) newName() ast.Var {
	g.names++
	return ast.Var("each element " + strconv.Itoa(g.names))
}

// element is the operand for the element that a scan stands at.
func element(cursor int) operand {
	return operand{slot: -1, load: func(e *Evaluator) *field.Value { return e.cursors[cursor] }}
}
