package rego

import (
	"fmt"
	"strings"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/translate/filter"
)

// unsupported says that a part of a condition has no translation.
type unsupported struct{ what string }

func (u unsupported) Error() string { return "valid Falco, not supported yet: " + u.what }

// operand is a field or a transformer as Rego text.
type operand struct {
	code string
	typ  filter.Type
	ref  schema.FieldRef // of a field by itself; else zero
}

// scans reports whether a condition tries several values of the field.
func (o operand) scans() bool { return o.ref.Field != nil && o.ref.Multi() && !o.typ.List }

// ends reports whether the values are the two ends of a socket. There != wants both
// to differ; among ancestors it wants one that differs.
func (o operand) ends() bool { return o.scans() && strings.HasPrefix(o.ref.Field.Name, "fd.") }

// each returns the text that stands for the value, one after the other if there are
// several.
func (o operand) each() string {
	if o.scans() {
		return o.code + "[_]"
	}
	return o.code
}

func (g *generator) operand(o filter.Operand) (operand, error) {
	typ, err := filter.TypeOf(o)
	if err != nil {
		return operand{}, err
	}
	switch o := o.(type) {
	case *filter.Field:
		ref, err := schema.ParseField(o.Text())
		if err != nil {
			return operand{}, err
		}
		if ref.Field.Name == "evt.around" {
			return operand{}, unsupported{"the field evt.around"}
		}
		return operand{code: ref.Input(), typ: typ, ref: ref}, nil
	case *filter.Val:
		return g.operand(o.Field)
	case *filter.Transformer:
		code, err := g.transformer(o)
		return operand{code: code, typ: typ}, err
	case *filter.Tuple:
		code, err := g.array(o.Elems)
		return operand{code: code, typ: typ}, err
	case *filter.Value:
		literal, err := textLiteral(o.Text)
		return operand{code: literal, typ: typ}, err
	}
	return operand{}, fmt.Errorf("operand %T", o)
}

func (g *generator) transformer(t *filter.Transformer) (string, error) {
	if t.Name == "concat" {
		array, err := g.array(t.Args)
		return "falco.concat(" + array + ")", err
	}
	args := make([]string, len(t.Args))
	for i, a := range t.Args {
		o, err := g.operand(a)
		if err != nil {
			return "", err
		}
		if o.typ.List && t.Name != "len" && t.Name != "join" && t.Name != "getopt" {
			// The transformer applies to each element.
			return fmt.Sprintf("[falco.%s(element) | some element in %s]", t.Name, o.code), nil
		}
		args[i] = o.code
	}
	name := t.Name
	if t.HasArg { // only getopt takes one: the option whose value is wanted
		option, err := textLiteral(t.Arg)
		if err != nil {
			return "", err
		}
		name, args = "getopt_option", append(args, option)
	}
	return fmt.Sprintf("falco.%s(%s)", name, strings.Join(args, ", ")), nil
}

func (g *generator) array(elems []filter.Operand) (string, error) {
	codes := make([]string, len(elems))
	for i, e := range elems {
		o, err := g.operand(e)
		if err != nil {
			return "", err
		}
		codes[i] = o.code
	}
	return "[" + strings.Join(codes, ", ") + "]", nil
}
