package falco

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/translate/filter"
)

// deprecatedFields have had no meaning since Falco stopped collecting enter events.
var deprecatedFields = []string{
	"evt.dir", "evt.latency", "evt.latency.s", "evt.latency.ns", "evt.latency.human", "evt.wait_latency",
}

const (
	evtDirDeprecated = "due to the drop of enter events, 'evt.dir = <' always evaluates to true, and 'evt.dir = >' always evaluates to false. " +
		"The rule expression can be simplified by removing the condition on 'evt.dir'"
	latencyDeprecated = "field is not available due to the drop of enter events."
)

// conditionWarning is a warning, and the deprecated field that it is about.
type conditionWarning struct {
	Diagnostic
	field string
}

// conditionWarnings looks for checks that load but are probably not meant, in a
// rule's condition and its macros.
func conditionWarnings(conditions []*Condition) []conditionWarning {
	var out []conditionWarning
	deprecated := make(map[string]bool)
	for _, c := range conditions {
		filter.Walk(c.Tree, func(n filter.Node) bool {
			check, ok := n.(*filter.Check)
			if !ok {
				return true
			}
			at := c.Position(check)
			for _, name := range deprecatedIn(check) {
				if !deprecated[name] {
					deprecated[name] = true
					out = append(out, conditionWarning{deprecatedField(name, at), name})
				}
			}
			if comparesNA(check) {
				out = append(out, conditionWarning{Diagnostic: Diagnostic{Code: WarnUnsafeNACheck, Position: at, Hint: "use the operator exists"}})
			}
			for _, v := range check.Constants() {
				if message := misused(v.Text, check.Op); message != "" {
					out = append(out, conditionWarning{Diagnostic: Diagnostic{Code: WarnCondition, Position: c.Position(v), Message: message,
						Hint: "write val(field) for a field on the right side"}})
				} else if check.Op == filter.OpRegex && simpleRegex(v.Text) {
					out = append(out, conditionWarning{Diagnostic: Diagnostic{Code: WarnCondition, Position: c.Position(v), Message: fmt.Sprintf(
						"regex check with '%s' may be optimized with simpler operators such as '=', 'contains', 'startswith', 'endswith'", v.Text),
						Hint: "regular expressions cost more than the other operators"}})
				}
			}
			return true
		})
	}
	return out
}

func deprecatedField(name string, at Position) Diagnostic {
	message := latencyDeprecated
	if name == "evt.dir" {
		message = evtDirDeprecated
	}
	return Diagnostic{Code: WarnDeprecatedItem, Position: at, Message: message, Hint: "remove the check on " + name}
}

func deprecatedIn(check *filter.Check) []string {
	var out []string
	visit := func(o filter.Operand) {
		if f, ok := o.(*filter.Field); ok && slices.Contains(deprecatedFields, f.Name) {
			out = append(out, f.Name)
		}
	}
	filter.WalkOperands(check.Left, visit)
	filter.WalkOperands(check.Right, visit)
	return out
}

// comparesNA finds comparisons with <NA> on the fields of the old audit sources.
func comparesNA(check *filter.Check) bool {
	f, ok := check.Left.(*filter.Field)
	if !ok || !strings.HasPrefix(f.Name, "ka.") && !strings.HasPrefix(f.Name, "jevt.") {
		return false
	}
	switch check.Op {
	case filter.OpEq, filter.OpEqEq, filter.OpNe, filter.OpIn, filter.OpIntersects, filter.OpPMatch:
		return slices.ContainsFunc(check.Constants(), func(v *filter.Value) bool { return v.Text == "<NA>" })
	}
	return false
}

var transformerCall = regexp.MustCompile(`^(tolower|toupper|b64|basename|len|join|concat|getopt|val)\(.*\)$`)

// misused returns a message for a constant that looks like a field or a transformer.
func misused(text string, op filter.Op) string {
	if text == "" || op == filter.OpRegex || strings.ContainsAny(text, blanks) {
		return ""
	}
	if _, err := schema.ParseField(text); err == nil {
		return fmt.Sprintf("'%s' may be a valid field misused as a const string value", text)
	}
	if transformerCall.MatchString(text) {
		return fmt.Sprintf("'%s' may be a valid field transformer misused as a const string value", text)
	}
	return ""
}

// simpleRegex reports whether a pattern has nothing but an anchor or "anything" at
// its ends.
func simpleRegex(pattern string) bool {
	pattern = strings.TrimSuffix(strings.TrimPrefix(pattern, "^"), "$")
	for _, any := range []string{".+", ".*", ".?"} {
		pattern = strings.TrimSuffix(strings.TrimPrefix(pattern, any), any)
	}
	return !strings.ContainsAny(pattern, `.[]{}()\*+?|^$`)
}
