package falco

import (
	"errors"
	"fmt"
	"strings"

	"github.com/saker-project/saker/translate/filter"
	"github.com/saker-project/saker/translate/format"
)

// validate compares the checks of a condition with the fields there are.
func (c *Condition) validate() []problem {
	var out []problem
	filter.Walk(c.Tree, func(n filter.Node) bool {
		check, ok := n.(*filter.Check)
		if !ok {
			return true
		}
		for _, err := range filter.Validate(check) {
			p := c.problem(err)
			if v := badConstant(check); v != nil {
				p.at = c.Position(v)
				if v.List != "" {
					p.hint = fmt.Sprintf("the value stands in list %s, which is compared with %s", v.List, filter.PrintOperand(check.Left))
				}
			}
			out = append(out, p)
		}
		return true
	})
	return out
}

// badConstant returns the first constant that the left side cannot be compared with,
// although the operator suits it.
func badConstant(check *filter.Check) *filter.Value {
	probe := *check
	for _, v := range check.Constants() {
		probe.Right = &filter.List{}
		if len(filter.Validate(&probe)) > 0 {
			return nil
		}
		probe.Right = v
		if len(filter.Validate(&probe)) > 0 {
			return v
		}
	}
	return nil
}

// knownOperand reports whether a text is a field or a transformer that exists.
func knownOperand(text string) bool {
	n, err := filter.Parse(text + " exists")
	if err != nil {
		return false
	}
	c, ok := n.(*filter.Check)
	return ok && c.Op == filter.OpExists && len(filter.Validate(c)) == 0
}

// containerInfo is a field that outputs once had; Falco removes it from them.
const containerInfo = "%container.info"

// checkOutput returns the output of a rule without what is obsolete in it, and why it
// cannot be printed, if so. The error is a problem.
func (r *resolution) checkOutput(rule *rule) (string, error) {
	output := rule.output.value
	at := rule.output.position(0, rule.at)
	warn := func(message, hint, field string) {
		to := rule.way
		to.field = field
		r.warn(Diagnostic{Code: WarnDeprecatedItem, Position: at, Item: "rule", Name: rule.name, Message: message, Hint: hint}, to)
	}
	if strings.Contains(output, containerInfo) {
		warn("%container.info is deprecated and no more useful, and will be dropped by Falco 1.0.0. "+
			"The container plugin will automatically add required fields to the output message.",
			"remove it; container fields are added to outputs by configuration", "")
		output = strings.ReplaceAll(output, containerInfo, "")
	}
	for _, name := range deprecatedFields {
		if strings.Contains(output, name) {
			warn(fmt.Sprintf("usage of deprecated field '%s' has been detected in the rule output", name), "remove it from the output", name)
		}
	}
	if _, err := format.Parse(output); err != nil {
		p := problem{at: at, message: err.Error(), hint: "a percent sign is always followed by a field; there is no way to print one"}
		if in := (*filter.Error)(nil); errors.As(err, &in) {
			p.message = in.Msg
			if output == rule.output.value {
				p.at = rule.output.position(in.Pos.Offset, at)
			}
		}
		return "", p
	}
	return output, nil
}
