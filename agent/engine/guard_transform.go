package engine

import (
	"strconv"
	"unsafe"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/saker-project/saker/agent/builtin"
	"github.com/saker-project/saker/agent/field"
	"github.com/saker-project/saker/agent/schema"
)

// computed is a place for what a transformer makes of the current event. Its buffer
// is used again and again.
type computed struct {
	buffer []byte
	texts  []string // arguments of a program
	value  field.Value
}

// text makes the buffer the value.
func (c *computed) text() *field.Value {
	c.value = field.Value{Kind: schema.KindString, Str: unsafe.String(unsafe.SliceData(c.buffer), len(c.buffer))}
	return &c.value
}

// transformer returns the operand for a call that gives a value.
func (g *guards) transformer(call ast.Call, s *scope) (operand, bool) {
	operator, ok := call[0].Value.(ast.Ref)
	if !ok {
		return operand{}, false
	}
	place := g.places
	g.places++
	var load loader
	switch name := operator.String(); {
	case name == "falco.len" && len(call) == 2:
		load, ok = g.length(call[1], s, place)
	case name == "falco.concat" && len(call) == 2:
		load, ok = g.joined(constant(ast.String("")), call[1], s, false, place)
	case name == "falco.join" && len(call) == 3:
		separator, known := g.operand(call[1], s)
		if !known || separator.load == nil {
			return operand{}, false
		}
		load, ok = g.joined(separator, call[2], s, true, place)
	case name == "falco.getopt_option" && len(call) == 4:
		load, ok = g.option(call[1], call[2], call[3], s, place)
	case textTransformers[name] != nil && len(call) == 2:
		load, ok = g.transformed(textTransformers[name], call[1], s, place)
	default:
		return operand{}, false
	}
	return operand{slot: -1, load: load}, ok
}

// textTransformers append what they make of a text; false for no value.
var textTransformers = map[string]func(dst []byte, text string) ([]byte, bool){
	"falco.tolower":  func(dst []byte, text string) ([]byte, bool) { return builtin.AppendLower(dst, text), true },
	"falco.toupper":  func(dst []byte, text string) ([]byte, bool) { return builtin.AppendUpper(dst, text), true },
	"falco.basename": func(dst []byte, text string) ([]byte, bool) { return append(dst, builtin.Basename(text)...), true },
	"falco.b64":      builtin.AppendB64,
}

func (g *guards) transformed(transform func([]byte, string) ([]byte, bool), t *ast.Term, s *scope, place int) (loader, bool) {
	of, ok := g.operand(t, s)
	if !ok || of.load == nil {
		return nil, false
	}
	return func(e *Evaluator) *field.Value {
		v := of.load(e)
		if v == nil {
			return nil
		}
		text, ok := e.text(v, 0)
		if !ok {
			return nil
		}
		c := &e.computed[place]
		if c.buffer, ok = transform(c.buffer[:0], text); !ok {
			return nil
		}
		return c.text()
	}, true
}

func (g *guards) length(t *ast.Term, s *scope, place int) (loader, bool) {
	of, ok := g.operand(t, s)
	switch {
	case !ok || of.load == nil && !of.several:
		return nil, false
	case of.several:
		return func(e *Evaluator) *field.Value {
			values, defined := e.values(of.slot)
			if !defined {
				return nil
			}
			return e.computed[place].number(len(values))
		}, true
	}
	return func(e *Evaluator) *field.Value {
		v := of.load(e)
		if v == nil {
			return nil
		}
		text, ok := e.text(v, 0)
		if !ok {
			return nil
		}
		return e.computed[place].number(len(text))
	}, true
}

func (c *computed) number(n int) *field.Value {
	c.value = field.Value{Kind: schema.KindInt, Int: int64(n)}
	return &c.value
}

// joined returns the loader for the elements of an array with a separator between
// them. Integers are written in decimal if they are allowed.
func (g *guards) joined(separator operand, t *ast.Term, s *scope, integers bool, place int) (loader, bool) {
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
	return func(e *Evaluator) *field.Value {
		between := separator.load(e)
		if between == nil {
			return nil
		}
		c := &e.computed[place]
		c.buffer = c.buffer[:0]
		for i, element := range elements {
			if i > 0 {
				if !c.append(e, between, false) {
					return nil
				}
			}
			if v := element.load(e); v == nil || !c.append(e, v, integers) {
				return nil
			}
		}
		if rankOf(between) != rankString {
			return nil
		}
		return c.text()
	}, true
}

// append appends the text of v to the buffer; false when it has none that counts.
func (c *computed) append(e *Evaluator, v *field.Value, integers bool) bool {
	switch {
	case integers && v.Kind == schema.KindInt:
		c.buffer = strconv.AppendInt(c.buffer, v.Int, 10)
		return true
	case integers && v.Kind == schema.KindUint:
		c.buffer = strconv.AppendUint(c.buffer, v.Uint, 10)
		return true
	}
	text, ok := e.text(v, 0)
	c.buffer = append(c.buffer, text...)
	return ok
}
