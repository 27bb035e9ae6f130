package rego

import (
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/translate/filter"
)

// constants are the right side of a check.
type constants struct {
	literals []string // in order, repetitions included
	named    string   // reference of the set that is the whole right side; "" for none
	set      *setLiteral
	from     []string // lists that the literals came from, when there is no set to say so
}

func (g *generator) constants(c *filter.Check, left operand) (*constants, error) {
	parse := left.typ.ParseConstant
	if left.ref.Field != nil {
		parse = func(op filter.Op, text string) (filter.Constant, error) {
			return filter.ParseConstant(left.ref, op, text)
		}
	}
	out := &constants{set: &setLiteral{}}
	var plain []string
	for _, v := range c.Constants() {
		constant, err := parse(c.Op, v.Text)
		if err != nil {
			return nil, err
		}
		text, err := literal(constant)
		if err != nil {
			return nil, err
		}
		out.literals = append(out.literals, text)
		plain = append(plain, schema.RegoString(v.Text))
		out.set.add(text, v.List)
		if v.List != "" {
			out.from = append(out.from, v.List)
		}
	}
	if right, ok := c.Right.(*filter.List); ok {
		if name, ok := g.condition.Lists[right]; ok && c.Modifier != filter.OneOf {
			out.named = g.listReference(name, left.typ.Kind(), out.literals, plain)
		}
	}
	return out, nil
}

// check returns an expression with the set of constants between two texts.
func (v *constants) check(before, after string, scan bool) *check {
	if v.named != "" {
		return &check{before: before + v.named, after: after, scan: scan}
	}
	return &check{before: before, set: v.set, after: after, scan: scan}
}
