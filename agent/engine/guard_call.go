package engine

import (
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/saker-project/saker/agent/field"
	"github.com/saker-project/saker/agent/schema"
)

// truth returns the bounds of a term that stands alone: it is defined and not
// false.
func (g *guards) truth(t *ast.Term, s *scope) (bounds, bool) {
	if ref, ok := t.Value.(ast.Ref); ok && ref.HasPrefix(ast.DefaultRootRef) && ref.IsGround() {
		if o, ok := g.named(ref); ok {
			return truthOf(o.constant), true
		}
		return g.macro(ref, g.policy.covered(ref)), true
	}
	if isLiteral(t.Value) {
		return truthOf(t.Value), true
	}
	if call, ok := t.Value.(ast.Call); ok {
		return g.call(call, s, yes)
	}
	o, ok := g.operand(t, s)
	if !ok || o.load == nil {
		return bounds{}, false
	}
	return o.test(func(_ *Evaluator, v *field.Value) answer {
		return answerOf(v.Kind != schema.KindBool || v.Bool)
	}, yes), true
}

func truthOf(value ast.Value) bounds {
	if value.Compare(ast.Boolean(false)) == 0 {
		return fails
	}
	return holds
}

// call returns the bounds of "the call gives want", which is yes or no. The first
// term is the operator.
func (g *guards) call(terms []*ast.Term, s *scope, want answer) (bounds, bool) {
	if found, domain, ok := g.scan(terms[1:], s); ok {
		name := g.newName()
		understood := true
		b := g.some(domain, name, s, func(s *scope) bounds {
			b, ok := g.call(substitute(terms, found, name), s, want)
			understood = understood && ok
			return b
		})
		return b, understood
	}
	operator, ok := terms[0].Value.(ast.Ref)
	if !ok || len(terms) != 3 { // a fourth term would take the result
		return bounds{}, false
	}
	a, b := terms[1], terms[2]
	switch name := operator.String(); name {
	case ast.Equality.Name, ast.Equal.Name:
		return g.equality(a, b, s, want)
	case ast.NotEqual.Name:
		return g.equality(a, b, s, want.negated())
	case ast.LessThan.Name:
		return g.order(a, b, s, func(c int) bool { return c < 0 }, want)
	case ast.LessThanEq.Name:
		return g.order(a, b, s, func(c int) bool { return c <= 0 }, want)
	case ast.GreaterThan.Name:
		return g.order(a, b, s, func(c int) bool { return c > 0 }, want)
	case ast.GreaterThanEq.Name:
		return g.order(a, b, s, func(c int) bool { return c >= 0 }, want)
	case ast.Member.Name:
		return g.member(a, b, s, want)
	case "falco.pmatch":
		return g.pathMatch(a, b, s, want)
	default:
		return g.textCall(name, a, b, s, want)
	}
}

// test returns the bounds of "the operand is defined and t answers want".
func (o operand) test(t test, want answer) bounds {
	if o.slot >= 0 {
		slot := o.slot
		return exactly(func(e *Evaluator) bool {
			v := e.value(slot)
			return v != nil && t(e, v) == want
		})
	}
	load := o.load
	return exactly(func(e *Evaluator) bool {
		v := load(e)
		return v != nil && t(e, v) == want
	})
}

// both returns the bounds of "both operands are defined and t answers want".
func both(a, b operand, t func(e *Evaluator, a, b *field.Value) answer, want answer) bounds {
	return exactly(func(e *Evaluator) bool {
		x := a.load(e)
		if x == nil {
			return false
		}
		y := b.load(e)
		return y != nil && t(e, x, y) == want
	})
}

// equality returns the bounds of "a == b", or with want no of "a != b".
func (g *guards) equality(a, b *ast.Term, s *scope, want answer) (bounds, bool) {
	if isLiteral(a.Value) && !isLiteral(b.Value) {
		a, b = b, a
	}
	if result, ok := b.Value.(ast.Boolean); ok {
		if call, ok := a.Value.(ast.Call); ok {
			// The call's answer may also be undefined, which is neither.
			if (want == yes) != bool(result) {
				return g.call(call, s, no)
			}
			return g.call(call, s, yes)
		}
	}
	if n, ok := b.Value.(ast.Number); ok && want == yes {
		if count, ok := g.countEquals(a, n, s); ok {
			return count, true
		}
	}
	left, ok := g.operand(a, s)
	if !ok {
		return bounds{}, false
	}
	if b.Value.Compare(ast.Null{}) == 0 {
		if want == yes {
			return fails, true // no field's value is null
		}
		return left.defined(), true
	}
	right, ok := g.operand(b, s)
	if !ok {
		return bounds{}, false
	}
	if left.several && isEmpty(right.constant) {
		return exactly(func(e *Evaluator) bool {
			values, defined := e.values(left.slot)
			return defined && answerOf(len(values) == 0) == want
		}), true
	}
	if left.load == nil || right.load == nil {
		return bounds{}, false
	}
	if right.constant != nil {
		return left.test(equals(right.load(nil)), want), true
	}
	return both(left, right, func(e *Evaluator, x, y *field.Value) answer {
		return answerOf(e.compare(x, y) == 0)
	}, want), true
}

// isEmpty reports whether value is [], the only array that a field with several
// values is compared with.
func isEmpty(value ast.Value) bool {
	array, ok := value.(*ast.Array)
	return ok && array.Len() == 0
}

// order returns the bounds of a comparison whose result holds says.
func (g *guards) order(a, b *ast.Term, s *scope, holds func(int) bool, want answer) (bounds, bool) {
	left, ok1 := g.operand(a, s)
	right, ok2 := g.operand(b, s)
	if !ok1 || !ok2 || left.load == nil || right.load == nil {
		return bounds{}, false
	}
	return both(left, right, func(e *Evaluator, x, y *field.Value) answer {
		return answerOf(holds(e.compare(x, y)))
	}, want), true
}

// member returns the bounds of "a in b".
func (g *guards) member(a, b *ast.Term, s *scope, want answer) (bounds, bool) {
	value, ok1 := g.operand(a, s)
	among, ok2 := g.collection(b, s)
	if !ok1 || !ok2 {
		return bounds{}, false
	}
	if among.slot < 0 && len(among.constants) == 0 {
		if want == yes {
			return fails, true
		}
		return value.defined(), true
	}
	if value.load == nil {
		return bounds{}, false
	}
	if among.slot < 0 {
		t, ok := oneOf(among.constants)
		if !ok {
			return bounds{}, false
		}
		return value.test(t, want), true
	}
	return value.test(func(e *Evaluator, v *field.Value) answer {
		elements, defined := e.values(among.slot)
		if !defined {
			return undefined
		}
		for i := range elements {
			if e.compare(&elements[i], v) == 0 {
				return yes
			}
		}
		return no
	}, want), true
}
