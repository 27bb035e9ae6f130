package translate

import (
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/translate/falco"
	"github.com/saker-project/saker/translate/rego"
)

// The types of rules files, see package falco.
type (
	// File is one rules file with the name that diagnostics call it.
	File = falco.File
	// Position is a place in a rules file.
	Position = falco.Position
	// Diagnostic is one problem with its place, what is wrong and what to do.
	Diagnostic = falco.Diagnostic
	// Severity is Warning or Error.
	Severity = falco.Severity
	// Skipped is a rule that was left out, and why.
	Skipped = falco.Skipped
	// Module is one Rego file.
	Module = rego.Module
)

// The severities of diagnostics.
const (
	Warning = falco.Warning
	Error   = falco.Error
)

// Options is room for choices; there are none yet.
type Options struct{}

// Ruleset is a set of rules, ready for the engine.
type Ruleset struct {
	// Modules are lists, macros, then one module per rule in order of definition.
	Modules []Module
	Rules   []*Rule // in order of definition, enabled or not
	Skipped []Skipped
	// RequiredEngine is the greatest required_engine_version met, "0.0.0" without one.
	RequiredEngine string
}

// Rule is what a rule says, in Falco's terms.
type Rule struct {
	Name            string
	Package         string // of its Rego module, "falco.rules.x"
	Desc            string
	Source          string // "syscall"
	Priority        schema.Priority
	Tags            []string // sorted
	Enabled         bool
	Output          string
	Capture         bool               // start a capture when the rule fires
	CaptureDuration uint32             // milliseconds; 0 means the configured default
	EventTypes      []schema.EventType // sorted; all of the table when unrestricted
	Condition       string             // Falco's canonical text, lists and macros replaced
	Position        Position
}

// Load reads rules files in the order in which they apply. Diagnostics are in the
// order of files and lines; when one is an Error, the Ruleset is nil.
func Load(files []File, _ Options) (*Ruleset, []Diagnostic) {
	resolved, diagnostics := falco.Load(files)
	if resolved == nil {
		return nil, diagnostics
	}
	written, more, err := rego.Translate(resolved)
	if err != nil {
		more = append(more, internal(err))
	}
	diagnostics = falco.Merge(files, diagnostics, more)
	if Join(diagnostics) != nil {
		return nil, diagnostics
	}
	rules := &Ruleset{
		Modules: written.Modules, Skipped: append(resolved.Skipped, written.Skipped...), RequiredEngine: resolved.RequiredEngine,
	}
	for _, r := range written.Rules {
		rules.Rules = append(rules.Rules, newRule(r.Rule, r.Package))
	}
	return rules, diagnostics
}

func newRule(r *falco.Rule, pkg string) *Rule {
	return &Rule{
		Name: r.Name, Package: pkg, Desc: r.Desc, Source: r.Source, Priority: r.Priority, Tags: r.Tags, Enabled: r.Enabled,
		Output: r.Output, Capture: r.Capture, CaptureDuration: r.CaptureDuration, EventTypes: r.EventTypes,
		Condition: r.Compiled, Position: r.Position,
	}
}

// internal is a defect of ours: OPA refused what we wrote.
func internal(err error) Diagnostic {
	return Diagnostic{
		Code: falco.ErrCompileCondition, Severity: Error, Message: err.Error(),
		Hint: "this is a defect of saker; please report it with the rules file",
	}
}

// Join returns the diagnostics of severity Error as one error that lists them all, nil
// when there is none.
func Join(diagnostics []Diagnostic) error { return falco.Join(diagnostics) }
