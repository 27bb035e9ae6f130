// Package engine decides which rules an event matches. Rules are Rego modules;
// the engine goes by their METADATA and knows nothing of where they came from.
//
// # Usage
//
// New compiles the modules once. Each goroutine that judges events makes an
// Evaluator of its own and gives it, after state and field context have been
// set to the event, to Evaluate. Matches come back as alerts.
//
// # How an event is judged
//
// The event's type selects the few rules whose METADATA names it. Each of these
// has a guard, closures over field values that say at once whether the rule can
// match; see guard.go. Only where it can, OPA evaluates the rule's query, over an
// input that holds just the fields the rule reads, and OPA's verdict counts. An
// event that passes no guard allocates nothing.
//
// # Concurrency
//
// An Engine is immutable and may be shared. An Evaluator belongs to one
// goroutine.
//
// # Failure
//
// Modules are parsed, then compiled, then their names of fields are looked up. New
// reports everything that such a step finds wrong in any module, each with its
// position, and gives no Engine then. A query that fails while an event is judged
// counts as no match and is counted in RuleStats.Errors.
package engine

import (
	"context"
	"slices"

	"github.com/saker-project/saker/agent/field"
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/translate"
)

// Matching says how many rules one event may match.
type Matching uint8

// The values of Falco's rule_matching.
const (
	MatchFirst Matching = iota // the first matching rule in definition order
	MatchAll                   // every matching rule, in definition order
)

// SourceSyscall is the source of the events that the engine is given; rules of
// other sources never run.
const SourceSyscall = "syscall"

// matchName is the rule that a package is entered by.
const matchName = "match"

// Options are what New can be told.
type Options struct {
	RuleMatching Matching
	MinPriority  schema.Priority // rules less severe are compiled but never run; Debug runs all
	Hostname     string          // for alerts

	// Selections switch rules on and off, in their order.
	Selections []Selection

	// Failed is told of the first query of a rule that fails, by the goroutine of
	// the Evaluator; nil tells nobody. A failed query is no match.
	Failed func(r *Rule, err error)
}

// Engine holds compiled rules. It is immutable and safe for concurrent use.
type Engine struct {
	options Options
	rules   []*Rule
	index   index
	fields  []fieldUse
	memos   int // macros that guards remember per event
	cursors int // scans of guards
	places  int // transformers in guards
}

// New compiles modules. The rules among them are those whose package has a
// METADATA annotation with the custom key "rule"; their order is that of modules.
// The error is a Problems when modules are at fault.
func New(modules []translate.Module, opt Options) (*Engine, error) {
	policy, err := compilePolicy(modules)
	if err != nil {
		return nil, err
	}
	e := &Engine{options: opt, rules: policy.rules}
	fields := newFieldTable()
	problems := resolveInputs(policy, fields)
	for _, r := range e.rules {
		if p := r.compileOutput(); p != nil {
			problems = append(problems, p)
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	g := newGuards(policy, fields)
	for _, r := range e.rules {
		r.Absent = r.absentFields(fields)
	}
	running := selectRules(e.rules, opt.Selections, opt.MinPriority)
	for _, r := range running {
		r.active = true
		g.compile(r)
		if err := policy.prepare(context.Background(), r); err != nil {
			return nil, err
		}
	}
	e.fields, e.memos, e.cursors, e.places = fields.uses, g.memos, g.cursors, g.places
	e.index = newIndex(running)
	return e, nil
}

// Rules returns all rules in definition order, those that never run included. It
// is shared and read-only.
func (e *Engine) Rules() []*Rule { return e.rules }

// EventTypes returns, ascending, the event types that some rule that runs wants to
// see. The caller owns the slice.
func (e *Engine) EventTypes() []schema.EventType {
	var types []schema.EventType
	for t, rules := range e.index {
		if len(rules) > 0 {
			types = append(types, schema.EventType(t))
		}
	}
	return types
}

// absentFields returns the fields of r that have no extractor.
func (r *Rule) absentFields(fields *fieldTable) []string {
	var absent []string
	note := func(x *field.Extractor) {
		if !x.Supported() {
			absent = append(absent, x.Ref().String())
		}
	}
	for _, class := range r.input.classes {
		for _, f := range class.fields {
			note(fields.uses[f.slot].extractor)
		}
	}
	for _, f := range r.output.fields {
		note(f.extractor)
	}
	slices.Sort(absent)
	return slices.Compact(absent)
}
