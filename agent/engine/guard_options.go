package engine

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/saker-project/saker/agent/builtin"
	"github.com/saker-project/saker/agent/field"
	"github.com/saker-project/saker/agent/schema"
)

// option returns the loader for falco.getopt_option(args, options, option).
func (g *guards) option(args, options, option *ast.Term, s *scope, place int) (loader, bool) {
	optstring, ok1 := options.Value.(ast.String)
	letter, ok2 := option.Value.(ast.String)
	gather, ok3 := g.arguments(args, s)
	if !ok1 || !ok2 || !ok3 {
		return nil, false
	}
	return func(e *Evaluator) *field.Value {
		c := &e.computed[place]
		var ok bool
		if c.texts, ok = gather(e, c.texts[:0]); !ok {
			return nil
		}
		text, ok := builtin.GetOptOption(c.texts, string(optstring), string(letter))
		if !ok {
			return nil
		}
		c.value = field.Value{Kind: schema.KindString, Str: text}
		return &c.value
	}, true
}

// arguments returns a function that appends the strings of a field with several
// values, or of an array; false when one has no value or is no string.
func (g *guards) arguments(t *ast.Term, s *scope) (func(e *Evaluator, dst []string) ([]string, bool), bool) {
	if of, ok := g.operand(t, s); ok && of.several {
		return func(e *Evaluator, dst []string) ([]string, bool) {
			values, defined := e.values(of.slot)
			for i := range values {
				if dst, defined = e.appendText(dst, &values[i]); !defined {
					break
				}
			}
			return dst, defined
		}, true
	}
	array, ok := t.Value.(*ast.Array)
	if !ok {
		return nil, false
	}
	var elements []operand
	for i := range array.Len() {
		element, ok := g.operand(array.Elem(i), s)
		if !ok || element.load == nil {
			return nil, false
		}
		elements = append(elements, element)
	}
	return func(e *Evaluator, dst []string) ([]string, bool) {
		defined := true
		for _, element := range elements {
			v := element.load(e)
			if v == nil {
				return dst, false
			}
			if dst, defined = e.appendText(dst, v); !defined {
				return dst, false
			}
		}
		return dst, defined
	}, true
}

// appendText appends the string that v is in the input document.
func (e *Evaluator) appendText(dst []string, v *field.Value) ([]string, bool) {
	text, ok := e.text(v, 0)
	if v.Kind == schema.KindAddr || v.Kind == schema.KindNet {
		text = strings.Clone(text) // the next one uses the same memory
	}
	return append(dst, text), ok
}
