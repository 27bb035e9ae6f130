package config

import (
	"fmt"

	"github.com/hashicorp/go-multierror"
)

// Position is the place of a key or value. Line and Column count from 1. For the
// command line File is the option without its value, which may be a secret, as in
// "-o json_output", and Line is 0.
type Position struct {
	File         string
	Line, Column int
}

// String returns "file:line:column", or the file alone when that is all there is.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// optionPosition returns the place of the -o option with a key.
func optionPosition(key string) Position { return Position{File: "-o " + key} }

// Warning is something in the configuration that has not the effect its author may
// expect. The agent can run with it.
type Warning struct {
	Position
	Key     string // dotted, as in "engine.kind"; "" for the whole file
	Message string
}

// String returns "file:line:column: key: message".
func (w Warning) String() string { return text(w.Position, w.Key, w.Message) }

// Error is a key or an option that cannot be used.
type Error struct {
	Position
	Key     string // dotted, as in "engine.kind"; "" for the whole file or option
	Message string // what was found and what is wanted
}

// Error returns "file:line:column: key: message".
func (e *Error) Error() string { return text(e.Position, e.Key, e.Message) }

func text(at Position, key, message string) string {
	if key == "" || at == optionPosition(key) {
		return at.String() + ": " + message
	}
	return at.String() + ": " + key + ": " + message
}

// problems gathers what is wrong, so that all of it is reported at once.
type problems struct {
	warnings []Warning
	errs     []*Error
}

func (p *problems) warn(at Position, key, format string, args ...any) {
	p.warnings = append(p.warnings, Warning{at, key, fmt.Sprintf(format, args...)})
}

func (p *problems) fail(at Position, key, format string, args ...any) {
	p.errs = append(p.errs, &Error{at, key, fmt.Sprintf(format, args...)})
}

// err returns the errors as one, nil when there is none.
func (p *problems) err() error {
	all := &multierror.Error{ErrorFormat: formatErrors}
	for _, err := range p.errs {
		all.Errors = append(all.Errors, err)
	}
	return all.ErrorOrNil()
}

func formatErrors(errs []error) string {
	if len(errs) == 1 {
		return errs[0].Error()
	}
	message := fmt.Sprintf("%d problems in the configuration:", len(errs))
	for _, err := range errs {
		message += "\n  " + err.Error()
	}
	return message
}
