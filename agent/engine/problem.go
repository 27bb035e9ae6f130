package engine

import (
	"errors"
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Problem is something wrong with a module.
type Problem struct {
	Module       string // path of the module
	Line, Column int    // from 1; 0 when the whole module is meant
	Message      string
}

func (p *Problem) Error() string {
	if p.Line == 0 {
		return p.Module + ": " + p.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.Module, p.Line, p.Column, p.Message)
}

// Problems is everything wrong with the modules given to New. It is an error when
// it is not empty.
type Problems []*Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the single problems.
func (p Problems) Unwrap() []error {
	errs := make([]error, len(p))
	for i := range p {
		errs[i] = p[i]
	}
	return errs
}

// problemAt reports a problem at a position in a module.
func problemAt(at *ast.Location, format string, args ...any) *Problem {
	p := &Problem{Message: fmt.Sprintf(format, args...)}
	if at != nil {
		p.Module, p.Line, p.Column = at.File, at.Row, at.Col
	}
	return p
}

// problemsOf turns OPA's errors into problems; module is named where an error has
// no position.
func problemsOf(module string, err error) Problems {
	var errs ast.Errors
	var one *ast.Error
	switch {
	case errors.As(err, &errs):
	case errors.As(err, &one):
		errs = ast.Errors{one}
	default:
		return Problems{{Module: module, Message: err.Error()}}
	}
	problems := make(Problems, len(errs))
	for i, e := range errs {
		message := e.Message
		if e.Details != nil {
			message = strings.Join(append([]string{message}, e.Details.Lines()...), "; ")
		}
		problems[i] = problemAt(e.Location, "%s: %s", e.Code, message)
		if problems[i].Module == "" {
			problems[i].Module = module
		}
	}
	return problems
}
