package falco

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/translate/filter"
)

// expandedList is a list as it is put into conditions.
type expandedList struct {
	name   string
	values []text
}

// parsedMacro is a macro during one resolution.
type parsedMacro struct {
	*macro
	condition *Condition
	failed    bool        // it has a problem that was reported already
	expanded  filter.Node // with all macros replaced; nil until first used
	problems  []problem   // of its checks; they count for the rules that use it
	validated bool        // problems are known
	used      bool        // some macro or rule refers to it
	public    *Macro      // set when a usable rule needs it
}

// resolution is the state of resolving all that was collected so far.
type resolution struct {
	*loader
	lists    []expandedList
	used     map[string]bool // lists
	macros   []*parsedMacro
	byName   map[string]*parsedMacro
	warnings []Diagnostic
	out      *Ruleset
}

// resolve turns what was collected into a ruleset. Errors are reported to the loader;
// warnings are returned, since a later file may take their cause away.
func (l *loader) resolve() (*Ruleset, []Diagnostic) {
	r := l.resolution()
	r.run()
	return r.out, r.warnings
}

// resolution starts to resolve what was collected.
func (l *loader) resolution() *resolution {
	return &resolution{
		loader: l, used: make(map[string]bool), byName: make(map[string]*parsedMacro),
		out: &Ruleset{RequiredEngine: l.requiredEngine.String()},
	}
}

func (r *resolution) run() {
	r.expandLists()
	r.parseMacros()
	for _, m := range r.macros {
		r.checkReferences(m)
	}
	for _, rule := range r.rules {
		r.resolveRule(rule)
	}
	for _, m := range r.macros {
		if m.public != nil {
			r.out.Macros = append(r.out.Macros, m.public)
		}
	}
	r.warnUnused()
}

func (r *resolution) warn(d Diagnostic, to way) {
	d.Severity = Warning
	r.warnings = append(r.warnings, d)
	r.validation.note(d, func() way { return to })
}

func (r *resolution) expandLists() {
	for _, li := range r.loader.lists {
		values, uses := r.expanded(li)
		for _, u := range uses {
			r.used[u.name] = true
		}
		r.lists = append(r.lists, expandedList{name: li.name, values: values})
	}
}

func (r *resolution) parseMacros() {
	for _, m := range r.loader.macros {
		p := &parsedMacro{macro: m}
		var err error
		if p.condition, err = r.parse(m.condition, m.at, r.lists, r.used); err != nil {
			p.failed = true
			r.reportProblem(ErrCompileCondition, err, "macro", m.name, m.conditionWay)
		}
		r.macros = append(r.macros, p)
		r.byName[m.name] = p
	}
}

// reportProblem reports an error of an item, placed where the problem is.
func (r *resolution) reportProblem(code string, err error, kind, name string, to way) {
	d := Diagnostic{Code: code, Severity: Error, Item: kind, Name: name, Message: err.Error()}
	var p problem
	if errors.As(err, &p) {
		d.Position, d.Hint = p.at, p.hint
		if p.in != "" {
			to = to.inside(p.in, p.pos)
		}
	}
	r.report(d, func() way { return to })
}

// resolveRule adds a rule to the ruleset, or reports why not.
func (r *resolution) resolveRule(rule *rule) {
	if rule.source != sourceSyscall {
		r.skip(rule, fmt.Sprintf("source %s is not collected", rule.source))
		return
	}
	t, err := withExceptions(rule)
	if err != nil {
		r.reportProblem(ErrValidate, err, "rule", rule.name, wayOfException(rule, err))
		return
	}
	output, err := r.checkOutput(rule)
	if r.forgiven(rule, err) {
		return
	}
	usable := err == nil
	if err != nil {
		r.reportProblem(ErrCompileOutput, err, "rule", rule.name, rule.outputWay)
	}
	c, err := r.parse(t, rule.at, r.lists, r.used)
	if err != nil {
		r.reportProblem(ErrCompileCondition, err, "rule", rule.name, rule.conditionWay)
		return
	}
	refs := referenceCheck{resolution: r, visibility: math.MaxInt, resolved: r.macros}
	if refs.check(c, "rule", rule.name, rule.way) && r.checkChecks(rule, c) && usable {
		r.compileRule(rule, c, output)
	}
}

// forgiven leaves a rule out whose problem skip-if-unknown-filter forgives.
func (r *resolution) forgiven(rule *rule, err error) bool {
	if err == nil || !rule.skipUnknown || !skippable(err.Error()) {
		return false
	}
	r.warn(Diagnostic{Code: WarnUnknownFilter, Position: rule.at, Item: "rule", Name: rule.name, Message: err.Error(),
		Hint: "the rule is left out, as its skip-if-unknown-filter asks"}, rule.way)
	r.skip(rule, err.Error())
	return true
}

// checkChecks compares the checks of a rule and of its macros with the fields there
// are, and reports problems where they were written.
func (r *resolution) checkChecks(rule *rule, c *Condition) bool {
	type found struct {
		problem
		kind, name string
	}
	var all []found
	for _, p := range c.validate() {
		all = append(all, found{p, "rule", rule.name})
	}
	for _, m := range r.reachable(c.Tree) {
		for _, p := range m.checkOnce() {
			all = append(all, found{p, "macro", m.name})
		}
	}
	if len(all) > 0 && r.validation != nil {
		all[0].problem = r.firstProblem(c)
	}
	if len(all) > 0 && r.forgiven(rule, all[0].problem) {
		return false
	}
	for _, f := range all {
		r.reportProblem(ErrCompileCondition, f.problem, f.kind, f.name, rule.conditionWay)
	}
	return len(all) == 0
}

// firstProblem returns the problem of a condition that Falco meets first: it compiles
// the condition with all macros replaced.
func (r *resolution) firstProblem(c *Condition) problem {
	errs := filter.Validate(r.expand(c.Tree))
	if len(errs) == 0 {
		return problem{at: c.start}
	}
	return problem{at: c.start, message: errs[0].Msg, in: c.written, pos: errs[0].Pos}
}

// checkOnce validates a macro when the first rule needs it.
func (m *parsedMacro) checkOnce() []problem {
	if !m.validated {
		m.problems, m.validated = m.condition.validate(), true
	}
	return m.problems
}

// compileRule adds a rule without problems to the ruleset.
func (r *resolution) compileRule(rule *rule, c *Condition, output string) {
	expanded := r.expand(c.Tree)
	reach := r.reachable(c.Tree)
	types, _, err := filter.EventTypes(expanded)
	if err != nil {
		r.reportProblem(ErrCompileCondition, c.problem(err), "rule", rule.name, rule.conditionWay)
		return
	}
	r.warnRule(rule, c, reach, types)
	var macros []*Macro
	for _, m := range reach {
		if m.public == nil {
			m.public = &Macro{Name: m.name, Position: m.at, Condition: m.condition}
		}
		macros = append(macros, m.public)
	}
	r.out.Rules = append(r.out.Rules, &Rule{
		Name: rule.name, Desc: rule.desc, Source: rule.source, Priority: rule.priority, Tags: rule.tags, Enabled: rule.enabled,
		Output: output, Capture: rule.capture, CaptureDuration: rule.captureDuration, Position: rule.at,
		Condition: c, Macros: macros, Compiled: filter.Print(expanded), EventTypes: types,
	})
}

// skippable reports whether skip-if-unknown-filter forgives an error.
func skippable(message string) bool {
	for _, part := range []string{"nonexistent field", "invalid formatting token", "unknown event type", "unknown filter:"} {
		if strings.Contains(message, part) {
			return true
		}
	}
	return false
}

func (r *resolution) skip(rule *rule, reason string) {
	r.out.Skipped = append(r.out.Skipped, Skipped{Name: rule.name, Source: rule.source, Position: rule.at, Reason: reason})
}

// reachable returns the macros that a tree uses, directly or not, in the order in
// which they are met.
func (r *resolution) reachable(tree filter.Node) []*parsedMacro {
	var out []*parsedMacro
	seen := make(map[string]bool)
	var follow func(filter.Node)
	follow = func(tree filter.Node) {
		filter.Walk(tree, func(n filter.Node) bool {
			if ref, ok := n.(*filter.MacroRef); ok && !seen[ref.Name] {
				seen[ref.Name] = true
				m := r.byName[ref.Name]
				out = append(out, m)
				follow(m.condition.Tree)
			}
			return true
		})
	}
	follow(tree)
	return out
}

// expand replaces macros by their trees. The result shares what it does not change
// with the original, and equal macros with each other.
func (r *resolution) expand(n filter.Node) filter.Node {
	switch n := n.(type) {
	case *filter.And:
		return &filter.And{Span: n.Span, Children: r.expandAll(n.Children)}
	case *filter.Or:
		return &filter.Or{Span: n.Span, Children: r.expandAll(n.Children)}
	case *filter.Not:
		return &filter.Not{Span: n.Span, Child: r.expand(n.Child)}
	case *filter.MacroRef:
		m := r.byName[n.Name]
		if m.expanded == nil {
			m.expanded = r.expand(m.condition.Tree)
		}
		return m.expanded
	}
	return n
}

func (r *resolution) expandAll(in []filter.Node) []filter.Node {
	out := make([]filter.Node, len(in))
	for i, n := range in {
		out[i] = r.expand(n)
	}
	return out
}

func (r *resolution) warnUnused() {
	for _, m := range r.macros {
		if !m.used && !m.failed {
			r.warn(Diagnostic{Code: WarnUnusedMacro, Position: m.at, Item: "macro", Name: m.name,
				Message: "Macro not referred to by any other rule/macro", Hint: "remove it, or use it"}, m.way)
		}
	}
	for _, l := range r.loader.lists {
		if !r.used[l.name] {
			r.warn(Diagnostic{Code: WarnUnusedList, Position: l.at, Item: "list", Name: l.name,
				Message: "List not referred to by any other rule/macro", Hint: "remove it, or use it"}, l.way)
		}
	}
}

// eventTypeLimit is the number of event types above which a rule is slow.
const eventTypeLimit = 100

func (r *resolution) warnRule(rule *rule, c *Condition, reach []*parsedMacro, types []schema.EventType) {
	conditions := []*Condition{c}
	for _, m := range reach {
		conditions = append(conditions, m.condition)
	}
	for _, w := range conditionWarnings(conditions) {
		w.Item, w.Name = "rule", rule.name
		to := rule.conditionWay.expression()
		to.field = w.field
		r.warn(w.Diagnostic, to)
	}
	if rule.warnEventTypes && len(types) > eventTypeLimit {
		r.warn(Diagnostic{Code: WarnNoEventType, Position: rule.at, Item: "rule", Name: rule.name,
			Message: "Rule matches too many evt.type values. This has a significant performance penalty.",
			Hint:    "add a check on evt.type, or set warn_evttypes: false if it is meant so"}, rule.way)
	}
}
