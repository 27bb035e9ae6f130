package falco

import (
	"errors"
	"fmt"
	"strings"

	"github.com/saker-project/saker/translate/filter"
)

// problem is an error at a place, met where there is no item at hand.
type problem struct {
	at      Position
	message string
	hint    string

	// in is the text of the condition that pos is a place in, if it is one.
	in  string
	pos filter.Pos

	exception *exception // that has the problem
}

func (p problem) Error() string { return p.message }

// withExceptions puts the exceptions of a rule into its condition: the condition in
// parentheses, then "and not" with the values of each exception.
func withExceptions(r *rule) (text, error) {
	var groups []text
	for _, e := range r.exceptions {
		if len(e.values) == 0 {
			continue
		}
		group, err := e.condition()
		if err != nil {
			return text{}, err
		}
		groups = append(groups, group)
	}
	if len(groups) == 0 {
		return r.condition, nil
	}
	out := join(glue("("), r.condition, glue(")"))
	for _, g := range groups {
		out = join(out, glue(" and not "), g)
	}
	return out, nil
}

// wayOfException returns the way to what withExceptions refused.
func wayOfException(r *rule, err error) way {
	if p := (problem{}); errors.As(err, &p) && p.exception != nil {
		return p.exception.way
	}
	return r.way
}

// glue is text that stands in no file.
func glue(s string) text { return textFrom(s, scalar{}, 0) }

func (e *exception) condition() (text, error) {
	if !e.fields.sequence {
		return e.valueCondition()
	}
	var tuples []text
	for _, v := range e.values {
		t, err := e.tupleCondition(v)
		if err != nil {
			return text{}, err
		}
		tuples = append(tuples, t)
	}
	return join(glue("("), joinWith(" or ", tuples), glue(")")), nil
}

func (e *exception) valueCondition() (text, error) {
	var values []text
	for _, v := range e.values {
		if v.sequence {
			return text{}, problem{exception: e, at: e.name.src.at(v.node), message: "Expected values array to contain a list of strings",
				hint: "fields is one name here, so each value is one text"}
		}
		values = append(values, quoted(v.text))
	}
	return join(glue("("), e.fields.text, glue(" "), e.comps.text, glue(" ("), joinWith(", ", values), glue("))")), nil
}

func (e *exception) tupleCondition(v entry) (text, error) {
	if !v.sequence || len(v.elements) != len(e.fields.elements) {
		return text{}, problem{exception: e, at: e.name.src.at(v.node), message: "Fields and values lists must have equal length",
			hint: fmt.Sprintf("write a list of %d values, one per field", len(e.fields.elements))}
	}
	var checks []text
	for i, field := range e.fields.elements {
		comp := e.comps.elements[i].text
		value := v.elements[i].condition(strings.TrimSpace(comp.value))
		checks = append(checks, join(field.text, glue(" "), comp, glue(" "), value))
	}
	return join(glue("("), joinWith(" and ", checks), glue(")")), nil
}

// condition returns a value as the right side of an operator.
func (e entry) condition(operator string) text {
	switch {
	case e.sequence:
		var values []text
		for _, el := range e.elements {
			values = append(values, quoted(el.text))
		}
		return join(glue("("), joinWith(", ", values), glue(")"))
	case isListOperator(operator) || isModifiedOperator(operator):
		if strings.HasPrefix(e.text.value, "(") {
			return e.text
		}
		return join(glue("("), e.text, glue(")"))
	}
	return quoted(e.text)
}

func joinWith(separator string, parts []text) text {
	var out text
	for i, p := range parts {
		if i > 0 {
			out = join(out, glue(separator))
		}
		out = join(out, p)
	}
	return out
}
