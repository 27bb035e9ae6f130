package filter

import (
	"fmt"
	"strings"

	"github.com/saker-project/saker/agent/schema"
)

// Validate compares every check of a tree with the schema: fields and
// transformers exist and fit together, operators suit the types, constants can
// be read. It returns one problem for each bad check, in the order of the text;
// references to macros are not its concern.
func (v Validator) Validate(n Node) []*Error {
	var problems []*Error
	Walk(n, func(n Node) bool {
		if c, ok := n.(*Check); ok {
			if err := v.check(c); err != nil {
				problems = append(problems, &Error{Pos: c.Start, Msg: err.Error()})
			}
		}
		return true
	})
	return problems
}

// Validate is Validator.Validate for the built-in fields.
func Validate(n Node) []*Error { return Validator{}.Validate(n) }

func (v Validator) check(c *Check) error {
	left, err := v.resolve(c.Left)
	if err != nil {
		return err
	}
	if err := checkOperator(c.Op, c.Modifier, left.Type); err != nil {
		return err
	}
	parse := left.Type.ParseConstant
	if _, bare := c.Left.(*Field); bare {
		if err := checkFieldOperator(c.Op, left.ref.Field); err != nil {
			return err
		}
		parse = func(op Op, text string) (Constant, error) { return ParseConstant(left.ref, op, text) }
	}
	return v.checkRight(c, left, parse)
}

// checkRight checks the right side of a check whose left side is legal.
func (v Validator) checkRight(c *Check, left side, parse func(Op, string) (Constant, error)) error {
	switch c.Right.(type) {
	case *Val, *Transformer:
		right, err := v.resolve(c.Right)
		if err != nil {
			return err
		}
		return checkRightField(c.Op, left, right)
	}
	for _, value := range c.Constants() {
		if _, err := parse(c.Op, value.Text); err != nil {
			return err
		}
	}
	return nil
}

// checkRightField applies the rules about fields on both sides.
func checkRightField(op Op, left, right side) error {
	switch {
	case op == OpRegex || op == OpPMatch:
		return fmt.Errorf("operator '%s' doesn't support right-hand side fields", strings.ToUpper(string(op)))
	case left.Param == schema.PT_IPNET:
		return fmt.Errorf("field type '%s' doesn't support right-hand side fields", left.Param)
	case left.field().NoRHS:
		return fmt.Errorf("field '%s' doesn't support right-hand side fields", left.name)
	case right.field().NoRHS:
		return fmt.Errorf("field '%s' can't be used as a right-hand side field", right.name)
	case left.Type != right.Type:
		return fmt.Errorf("field '%s' has type '%s' while the right-hand side field '%s' has incompatible type '%s'",
			left.name, left.Type, right.name, right.Type)
	}
	return nil
}
