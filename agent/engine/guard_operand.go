package engine

import (
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/saker-project/saker/agent/field"
	"github.com/saker-project/saker/agent/schema"
)

// operand is a term that guards understand.
type operand struct {
	constant ast.Value // what a constant is; else nil
	slot     int       // of the field, when the term is one; else -1
	several  bool      // the field has several values; load is nil then
	load     loader    // of a single value; nil for constants that are no scalars
}

// loader returns a value, or nil when it is undefined. The value is valid until the
// next event, or the next call of the same loader.
type loader func(*Evaluator) *field.Value

// operand returns what a term stands for.
func (g *guards) operand(t *ast.Term, s *scope) (operand, bool) {
	switch value := t.Value.(type) {
	case ast.Var:
		return s.lookup(value)
	case ast.Ref:
		switch {
		case value.HasPrefix(ast.InputRootRef):
			return g.field(value)
		case value.HasPrefix(ast.DefaultRootRef):
			return g.named(value)
		case len(value) == 1:
			return g.operand(value[0], s)
		}
	case ast.Call:
		return g.transformer(value, s)
	}
	if isLiteral(t.Value) {
		return constant(t.Value), true
	}
	return operand{}, false
}

// isLiteral reports whether value is written out in full, without references.
func isLiteral(value ast.Value) bool {
	literal := true
	check := func(t *ast.Term) { literal = literal && isLiteral(t.Value) }
	switch value := value.(type) {
	case ast.Null, ast.Boolean, ast.Number, ast.String:
	case *ast.Array:
		value.Foreach(check)
	case ast.Set:
		value.Foreach(check)
	default:
		return false
	}
	return literal
}

// field returns the operand for a reference to one field.
func (g *guards) field(ref ast.Ref) (operand, bool) {
	class, rest, ok := inputNames(ref)
	if !ok || len(ref) != 3 {
		return operand{}, false
	}
	name, err := schema.ParseInput(class, rest)
	if err != nil {
		return operand{}, false
	}
	slot := g.fields.slot(name)
	o := operand{slot: slot, several: name.Multi()}
	if !o.several {
		o.load = func(e *Evaluator) *field.Value { return e.value(slot) }
	}
	return o, true
}

// named returns the operand for a document that is a constant: lists.x.
func (g *guards) named(ref ast.Ref) (operand, bool) {
	definitions := g.policy.covered(ref)
	if len(definitions) != 1 {
		return operand{}, false
	}
	rule := definitions[0]
	head := rule.Head
	if !rule.Ref().Equal(ref) || len(head.Args) > 0 || head.Key != nil || head.Value == nil || rule.Else != nil {
		return operand{}, false
	}
	if rule.Default || !isLiteral(head.Value.Value) || !isTrue(rule.Body) {
		return operand{}, false
	}
	return constant(head.Value.Value), true
}

// isTrue reports whether body is the one that the parser gives to rules without.
func isTrue(body ast.Body) bool {
	if len(body) != 1 || len(body[0].With) > 0 || body[0].Negated {
		return false
	}
	term, ok := body[0].Terms.(*ast.Term)
	return ok && term.Value.Compare(ast.Boolean(true)) == 0
}

// constant returns the operand for a ground value.
func constant(value ast.Value) operand {
	o := operand{slot: -1, constant: value}
	if scalar, ok := scalarOf(value); ok {
		o.load = func(*Evaluator) *field.Value { return &scalar }
	}
	return o
}

// scalarOf returns a constant in the form that fields have.
func scalarOf(value ast.Value) (field.Value, bool) {
	switch value := value.(type) {
	case ast.String:
		return field.Value{Kind: schema.KindString, Str: string(value)}, true
	case ast.Boolean:
		return field.Value{Kind: schema.KindBool, Bool: bool(value)}, true
	case ast.Number:
		if n, err := strconv.ParseInt(string(value), 10, 64); err == nil {
			return field.Value{Kind: schema.KindInt, Int: n}, true
		}
		if n, err := strconv.ParseUint(string(value), 10, 64); err == nil {
			return field.Value{Kind: schema.KindUint, Uint: n}, true
		}
	}
	return field.Value{}, false
}

// defined returns the bounds of "the operand has a value".
func (o operand) defined() bounds {
	switch {
	case o.constant != nil:
		return holds
	case o.several:
		return exactly(func(e *Evaluator) bool {
			_, ok := e.values(o.slot)
			return ok
		})
	}
	return exactly(func(e *Evaluator) bool { return o.load(e) != nil })
}
