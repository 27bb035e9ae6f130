package rego

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/translate/filter"
)

// comparison returns the text of "left op right" for one value on each side.
func comparison(op filter.Op, kind schema.Kind, left, right string) string {
	if kind == schema.KindNet {
		if op == filter.OpNe {
			return fmt.Sprintf("falco.in_net(%s, %s) == false", left, right)
		}
		return fmt.Sprintf("falco.in_net(%s, %s)", left, right)
	}
	switch op {
	case filter.OpEq, filter.OpEqEq, filter.OpIn, filter.OpIntersects:
		return left + " == " + right
	case filter.OpNe, filter.OpLt, filter.OpLe, filter.OpGt, filter.OpGe:
		return left + " " + string(op) + " " + right
	case filter.OpContains, filter.OpStartsWith, filter.OpEndsWith:
		return fmt.Sprintf("%s(%s, %s)", op, left, right)
	}
	return fmt.Sprintf("falco.%s(%s, %s)", op, left, right)
}

// isEquality reports whether an operator asks for the same value.
func isEquality(op filter.Op) bool {
	switch op {
	case filter.OpEq, filter.OpEqEq, filter.OpIn, filter.OpIntersects:
		return true
	}
	return false
}

// check translates one check.
func (g *generator) check(c *filter.Check) (expr, error) {
	left, err := g.operand(c.Left)
	if err != nil {
		return nil, err
	}
	switch c.Right.(type) {
	case nil:
		return &check{before: left.code + " != null"}, nil
	case *filter.Val, *filter.Transformer:
		return g.fieldCheck(c, left)
	}
	values, err := g.constants(c, left)
	if err != nil {
		if u, ok := g.bytesCheck(c, left); ok {
			return u, nil
		}
		return nil, err
	}
	switch {
	case left.typ.List:
		return listCheck(c.Op, left, values), nil
	case c.Modifier != filter.NoModifier:
		return modifiedCheck(c, left, values)
	case c.Op == filter.OpPMatch:
		return values.check("falco.pmatch("+left.each()+", ", ")", left.scans()), nil
	case c.Op == filter.OpIn || c.Op == filter.OpIntersects:
		return inCheck(left, values), nil
	}
	return plainCheck(c.Op, left, values), nil
}

// fieldCheck compares with another field or a transformer.
func (g *generator) fieldCheck(c *filter.Check, left operand) (expr, error) {
	right, err := g.operand(c.Right)
	if err != nil {
		return nil, err
	}
	if !left.typ.List {
		return &check{before: comparison(c.Op, left.typ.Kind(), left.code, right.code)}, nil
	}
	if c.Op == filter.OpIn {
		return &check{before: fmt.Sprintf("every value in %s { value in %s }", left.code, right.code), scan: true}, nil
	}
	return &check{before: fmt.Sprintf("%s[_] in %s", left.code, right.code), scan: true}, nil
}

// never is false for every event.
func never(left operand) expr { return &check{before: left.code + " in set()"} }

// plainCheck compares with one constant.
func plainCheck(op filter.Op, left operand, values *constants) expr {
	if op == filter.OpNe && left.ends() {
		return everyEnd(left, comparison(op, left.typ.Kind(), "end", values.literals[0]), values.from)
	}
	return &check{before: comparison(op, left.typ.Kind(), left.each(), values.literals[0]), scan: left.scans(), from: values.from}
}

// everyEnd wants a condition on both ends of a socket, and wants a socket: what is
// none has no ends.
func everyEnd(left operand, condition string, from []string) expr {
	return &check{
		guard:  left.code + " != []",
		before: fmt.Sprintf("every end in %s { %s }", left.code, condition),
		from:   from,
	}
}

// inCheck wants one of several constants.
func inCheck(left operand, values *constants) expr {
	if left.typ.Kind() == schema.KindNet {
		if len(values.literals) == 0 && values.named == "" {
			return never(left)
		}
		return values.check("falco.in_net("+left.each()+", ", "[_])", true)
	}
	return values.check(left.each()+" in ", "", left.scans())
}

// listCheck compares a list: "in" wants every element to be one of the constants,
// "intersects" one of them.
func listCheck(op filter.Op, left operand, values *constants) expr {
	if op == filter.OpIn {
		return values.check("every value in "+left.code+" { value in ", " }", true)
	}
	return values.check(left.code+"[_] in ", "", true)
}

// modifiedCheck translates oneof, anyof and allof. None matches an empty list.
func modifiedCheck(c *filter.Check, left operand, values *constants) (expr, error) {
	if len(values.literals) == 0 {
		return never(left), nil
	}
	if left.ends() {
		return endsModified(c, left, values)
	}
	kind := left.typ.Kind()
	switch c.Modifier {
	case filter.AnyOf:
		if isEquality(c.Op) {
			return inCheck(left, values), nil
		}
		before, after, _ := strings.Cut(comparison(c.Op, kind, left.each(), "\x00"), "\x00")
		return values.check(before, "[_]"+after, true), nil
	case filter.AllOf:
		if left.scans() {
			return nil, unsupported{"allof on a field with several values"}
		}
		return values.check("every value in ", " { "+comparison(c.Op, kind, left.code, "value")+" }", true), nil
	}
	if left.scans() {
		return nil, unsupported{"oneof on a field with several values"}
	}
	// Repetitions count, so this is an array.
	array := "[" + strings.Join(values.literals, ", ") + "][_]"
	return &check{
		before: fmt.Sprintf("count([1 | %s]) == 1", comparison(c.Op, kind, left.code, array)), from: values.from,
	}, nil
}

// endsModified compares both ends of a socket with each constant by itself.
func endsModified(c *filter.Check, left operand, values *constants) (expr, error) {
	if c.Modifier == filter.OneOf {
		return nil, unsupported{"oneof on a field with several values"}
	}
	word := "or"
	if c.Modifier == filter.AllOf {
		word = "and"
	}
	all := &chain{word: word}
	for _, l := range unique(values.literals) {
		all.operands = append(all.operands, plainCheck(c.Op, left, &constants{literals: []string{l}, from: values.from}))
	}
	if len(all.operands) == 1 {
		return all.operands[0], nil
	}
	return all, nil
}

// bytesCheck translates a comparison with bytes that no string literal can hold, where
// a builtin takes them in hexadecimal.
func (g *generator) bytesCheck(c *filter.Check, left operand) (expr, bool) {
	right, ok := c.Right.(*filter.Value)
	if !ok || canQuote(right.Text) || c.Modifier != filter.NoModifier || left.scans() || left.typ.List {
		return nil, false
	}
	digits := schema.RegoString(hex.EncodeToString([]byte(right.Text)))
	switch c.Op {
	case filter.OpContains:
		return &check{before: comparison(filter.OpBContains, left.typ.Kind(), left.code, digits)}, true
	case filter.OpStartsWith:
		return &check{before: comparison(filter.OpBStartsWith, left.typ.Kind(), left.code, digits)}, true
	case filter.OpEq, filter.OpEqEq:
		return &check{
			guard:  fmt.Sprintf("falco.len(%s) == %d", left.code, len(right.Text)),
			before: comparison(filter.OpBStartsWith, left.typ.Kind(), left.code, digits),
		}, true
	}
	return nil, false
}
