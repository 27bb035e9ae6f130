package falco

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/go-multierror"
)

// Severity says what a diagnostic does to the load.
type Severity uint8

const (
	// Warning leaves the rules usable.
	Warning Severity = iota
	// Error makes the load fail.
	Error
)

// String returns "warning" or "error".
func (s Severity) String() string {
	if s == Error {
		return "error"
	}
	return "warning"
}

// Codes of diagnostics, as Falco 0.44 prints them. Codes are only ever added.
const (
	ErrYAMLParse        = "LOAD_ERR_YAML_PARSE"
	ErrYAMLValidate     = "LOAD_ERR_YAML_VALIDATE"
	ErrCompileCondition = "LOAD_ERR_COMPILE_CONDITION"
	ErrCompileOutput    = "LOAD_ERR_COMPILE_OUTPUT"
	ErrValidate         = "LOAD_ERR_VALIDATE"

	WarnUnknownSource    = "LOAD_UNKNOWN_SOURCE"
	WarnUnsafeNACheck    = "LOAD_UNSAFE_NA_CHECK"
	WarnNoEventType      = "LOAD_NO_EVTTYPE"
	WarnUnknownFilter    = "LOAD_UNKNOWN_FILTER"
	WarnUnusedMacro      = "LOAD_UNUSED_MACRO"
	WarnUnusedList       = "LOAD_UNUSED_LIST"
	WarnUnknownItem      = "LOAD_UNKNOWN_ITEM"
	WarnDeprecatedItem   = "LOAD_DEPRECATED_ITEM"
	WarnAppendNoValues   = "LOAD_APPEND_NO_VALUES"
	WarnExceptionName    = "LOAD_EXCEPTION_NAME_NOT_UNIQUE"
	WarnInvalidMacroName = "LOAD_INVALID_MACRO_NAME"
	WarnInvalidListName  = "LOAD_INVALID_LIST_NAME"
	WarnCondition        = "LOAD_COMPILE_CONDITION"
	WarnUnknownKey       = "LOAD_UNKNOWN_KEY"

	// WarnUnsupported is ours: valid Falco that has no translation yet. The rule
	// is left out and named in Ruleset.Skipped.
	WarnUnsupported = "SAKER_UNSUPPORTED"
)

// Position is a place in a rules file. Line and Column count from 1, columns in
// characters; the zero Line is no place.
type Position struct {
	File         string
	Line, Column int
}

// String returns "file:line:column", or less of it when the rest is not known.
func (p Position) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// before orders positions within one file.
func (p Position) before(q Position) int {
	return cmp.Or(cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// Diagnostic is one problem of one place. It is an error of its own right, see
// Join for many of them.
type Diagnostic struct {
	Code     string // one of the constants above
	Severity Severity
	Position
	Item    string // kind of the item: "rule", "macro", "list", ...; "" for the file itself
	Name    string // name of that item, "" if it has none
	Message string // what is wrong, in the words of Falco's loader where it has some
	Hint    string // what to do about it; may be empty
}

// Error returns "file:line:column: message".
func (d Diagnostic) Error() string { return d.Position.String() + ": " + d.Message }

// Join returns the diagnostics of severity Error as one error, nil when there is
// none. Its text has one line per problem, with code and item, and the hint on a
// line of its own.
func Join(diagnostics []Diagnostic) error {
	var all *multierror.Error
	for _, d := range diagnostics {
		if d.Severity == Error {
			all = multierror.Append(all, d)
		}
	}
	if all == nil {
		return nil
	}
	all.ErrorFormat = formatErrors
	return all
}

func formatErrors(errs []error) string {
	var b strings.Builder
	if len(errs) == 1 {
		b.WriteString("1 problem in the rules:")
	} else {
		fmt.Fprintf(&b, "%d problems in the rules:", len(errs))
	}
	for _, err := range errs {
		var d Diagnostic
		if !errors.As(err, &d) {
			fmt.Fprintf(&b, "\n  %v", err)
			continue
		}
		fmt.Fprintf(&b, "\n  %s: ", d.Position)
		if d.Name != "" {
			fmt.Fprintf(&b, "%s %q: ", d.Item, d.Name)
		}
		fmt.Fprintf(&b, "%s (%s)", d.Message, d.Code)
		if d.Hint != "" {
			fmt.Fprintf(&b, "\n    %s", d.Hint)
		}
	}
	return b.String()
}

// Merge puts diagnostics in the order of files, and of lines in each of them, and drops
// repetitions.
func Merge(files []File, parts ...[]Diagnostic) []Diagnostic {
	all := slices.Concat(parts...)
	rank := make(map[string]int, len(files))
	for i, f := range slices.Backward(files) {
		rank[f.Name] = i
	}
	slices.SortStableFunc(all, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(rank[a.File], rank[b.File]), a.before(b.Position))
	})
	var out []Diagnostic
	seen := make(map[Diagnostic]bool, len(all))
	for _, d := range all {
		if !seen[d] {
			seen[d] = true
			out = append(out, d)
		}
	}
	return out
}
