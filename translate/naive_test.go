package translate_test

import (
	"cmp"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/saker-project/saker/translate/filter"
)

// naiveMatch says whether a condition is true for an event, straight from the rules of
// Falco's language and without any of the translator. Macros must be replaced. A field
// that the event does not have makes its check false.
func naiveMatch(n filter.Node, event map[string]any) bool {
	switch n := n.(type) {
	case *filter.And:
		return !slices.ContainsFunc(n.Children, func(c filter.Node) bool { return !naiveMatch(c, event) })
	case *filter.Or:
		return slices.ContainsFunc(n.Children, func(c filter.Node) bool { return naiveMatch(c, event) })
	case *filter.Not:
		return !naiveMatch(n.Child, event)
	}
	return naiveCheck(n.(*filter.Check), event)
}

func naiveCheck(c *filter.Check, event map[string]any) bool {
	name := filter.PrintOperand(c.Left)
	value, ok := naiveValue(c.Left, event)
	if !ok {
		return false
	}
	if c.Right == nil {
		return true
	}
	var right []any
	switch c.Right.(type) {
	case *filter.Val, *filter.Transformer:
		v, ok := naiveValue(c.Right, event)
		if !ok {
			return false
		}
		right = []any{v}
	default:
		for _, v := range c.Constants() {
			right = append(right, v.Text)
		}
	}
	all, several := value.([]any)
	switch {
	case !several:
		return naiveModified(c, value, right)
	case name == "fd.types" && c.Op == filter.OpIn:
		return !slices.ContainsFunc(all, func(v any) bool { return !naiveModified(c, v, right) })
	case strings.HasPrefix(name, "fd.") && c.Op == filter.OpNe && name != "fd.types":
		return len(all) > 0 && !slices.ContainsFunc(all, func(v any) bool { return !naiveModified(c, v, right) })
	}
	return slices.ContainsFunc(all, func(v any) bool { return naiveModified(c, v, right) })
}

func naiveModified(c *filter.Check, value any, right []any) bool {
	isNet := strings.HasSuffix(filter.PrintOperand(c.Left), "net")
	if c.Op == filter.OpPMatch {
		return slices.ContainsFunc(right, func(r any) bool { return pathPrefix(value.(string), r.(string)) })
	}
	matched := 0
	for _, r := range right {
		if naiveCompare(c.Op, value, r, isNet) {
			matched++
		}
	}
	switch c.Modifier {
	case filter.OneOf:
		return matched == 1
	case filter.AllOf:
		return matched == len(right) && matched > 0
	}
	return matched > 0
}

// naiveCompare compares one value with one other. Constants come as text.
func naiveCompare(op filter.Op, value, other any, isNet bool) bool {
	text, isText := other.(string)
	if isNet {
		inside := netip.MustParsePrefix(text).Masked().Contains(netip.MustParseAddr(value.(string)))
		return inside != (op == filter.OpNe)
	}
	var order int
	switch v := value.(type) {
	case int:
		if isText {
			other, _ = strconv.Atoi(text)
		}
		order = cmp.Compare(v, other.(int))
	case bool:
		order = strings.Compare(strconv.FormatBool(v), text)
	case string:
		order = strings.Compare(v, text)
	}
	switch op {
	case filter.OpEq, filter.OpEqEq, filter.OpIn, filter.OpIntersects:
		return order == 0
	case filter.OpNe:
		return order != 0
	case filter.OpLt:
		return order < 0
	case filter.OpLe:
		return order <= 0
	case filter.OpGt:
		return order > 0
	case filter.OpGe:
		return order >= 0
	}
	have := value.(string)
	switch op {
	case filter.OpContains:
		return strings.Contains(have, text)
	case filter.OpIContains:
		return strings.Contains(strings.ToLower(have), strings.ToLower(text))
	case filter.OpStartsWith:
		return strings.HasPrefix(have, text)
	case filter.OpEndsWith:
		return strings.HasSuffix(have, text)
	case filter.OpGlob:
		return globExpr(text).MatchString(have)
	case filter.OpIGlob:
		return globExpr(strings.ToLower(text)).MatchString(strings.ToLower(have))
	case filter.OpRegex:
		return regexp.MustCompile(`\A(?:` + text + `)\z`).MatchString(have)
	}
	panic("operator " + string(op))
}

func naiveValue(o filter.Operand, event map[string]any) (any, bool) {
	switch o := o.(type) {
	case *filter.Field:
		v, ok := event[o.Text()]
		return v, ok
	case *filter.Val:
		return naiveValue(o.Field, event)
	case *filter.Transformer:
		v, ok := naiveValue(o.Args[0], event)
		if !ok {
			return nil, false
		}
		v = naiveTransformer(o.Name, []any{v}, []string{v.(string)})
		return v, v != nil
	}
	panic("operand")
}
