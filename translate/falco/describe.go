package falco

import (
	"fmt"
	"slices"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/translate/filter"
	"github.com/saker-project/saker/translate/format"
)

// Description is what rules files define and what it comes to. Texts stand as written,
// sets are sorted.
type Description struct {
	RequiredEngine string // "0.0.0" without one
	Plugins        []Requirement
	Rules          []RuleDescription // usable ones, in order of first definition as the others
	Macros         []MacroDescription
	Lists          []ListDescription
}

// Has reports whether there is a usable rule of that name.
func (d *Description) Has(rule string) bool {
	return slices.ContainsFunc(d.Rules, func(r RuleDescription) bool { return r.Name == rule })
}

// Requirement is a plugin that a rules file asks for, and what may stand in for it.
type Requirement struct {
	Name, Version string
	Alternatives  []Requirement
}

// RuleDescription is a rule as written, and its details.
type RuleDescription struct {
	Name, Desc, Source string
	Condition, Output  string // the output trimmed
	Priority           schema.Priority
	Tags               []string
	Enabled            bool
	Capture            bool
	CaptureDuration    uint32 // milliseconds
	ConditionDetails

	OutputCompiled     string   // with what was appended to all outputs
	OutputFields       []string // in the order of the output, each as often as it stands there
	ExceptionNames     []string
	ExceptionFields    []string
	ExceptionOperators []string
	Plugins            []string // whose fields the condition or the output has
}

// MacroDescription is a macro as written, and its details.
type MacroDescription struct {
	Name, Condition string
	Used            bool
	ConditionDetails
}

// ListDescription is a list and what it comes to.
type ListDescription struct {
	Name          string
	Items         []string // without the names of lists
	Lists         []string // named by items
	ItemsCompiled []string
	Used          bool
}

// ConditionDetails is what can be said of a condition.
type ConditionDetails struct {
	Macros, Lists     []string // that the text names itself
	Operators, Fields []string // with those of macros
	Events            []string // names; asyncevent is always one
	ConditionCompiled string
}

// NotLoadedError is a file with an error where one without is needed.
type NotLoadedError struct{ Result Result }

// Error returns the first problem.
func (e *NotLoadedError) Error() string {
	return fmt.Sprintf("%s: %s", e.Result.Name, e.Result.Errors[0].Message)
}

// Describe returns what files define together. appended is text that the configuration
// appends to every output. The error is a *PluginError or a *NotLoadedError with the
// result of the first bad file.
func Describe(files []File, appended string) (*Description, error) {
	v, err := load(files)
	if err != nil {
		return nil, err
	}
	for _, r := range v.results {
		if !r.Successful {
			return nil, &NotLoadedError{r}
		}
	}
	d := &Description{RequiredEngine: v.loader.requiredEngine.String()}
	for _, all := range v.loader.validation.plugins {
		var one Requirement
		for i, r := range all {
			if i == 0 {
				one.Name, one.Version = r.name, r.version.String()
				continue
			}
			one.Alternatives = append(one.Alternatives, Requirement{Name: r.name, Version: r.version.String()})
		}
		d.Plugins = append(d.Plugins, one)
	}
	if v.resolution == nil {
		return d, nil
	}
	r := v.resolution
	for _, compiled := range r.out.Rules {
		d.Rules = append(d.Rules, r.describeRule(compiled, find(r.rules, compiled.Name), appended))
	}
	for _, m := range r.macros {
		d.Macros = append(d.Macros, MacroDescription{
			Name: m.name, Condition: m.macro.condition.value, Used: m.used, ConditionDetails: r.describeCondition(m.condition),
		})
	}
	for _, l := range r.loader.lists {
		d.Lists = append(d.Lists, r.describeList(l))
	}
	return d, nil
}

func (r *resolution) describeRule(compiled *Rule, written *rule, appended string) RuleDescription {
	d := RuleDescription{
		Name: compiled.Name, Desc: compiled.Desc, Source: compiled.Source, Condition: written.condition.value,
		Output: written.output.value, Priority: compiled.Priority, Tags: compiled.Tags, Enabled: compiled.Enabled,
		Capture: compiled.Capture, CaptureDuration: compiled.CaptureDuration,
		ConditionDetails: r.describeCondition(compiled.Condition), OutputCompiled: compiled.Output,
	}
	if appended != "" {
		d.OutputCompiled += " " + appended
	}
	if template, err := format.Parse(d.OutputCompiled); err == nil {
		for _, segment := range template {
			for _, ref := range segment.Fields {
				d.OutputFields = append(d.OutputFields, ref.String())
			}
		}
	}
	names, fields, operators := make(map[string]bool), make(map[string]bool), make(map[string]bool)
	for _, e := range written.exceptions {
		names[e.name.value()] = true
		for _, f := range e.fields.words() {
			fields[f] = true
		}
		for _, c := range e.comps.words() {
			operators[c] = true
		}
	}
	d.ExceptionNames, d.ExceptionFields, d.ExceptionOperators = sorted(names), sorted(fields), sorted(operators)
	for _, f := range slices.Concat(d.Fields, d.OutputFields) {
		if ref, err := schema.ParseField(f); err == nil && ref.Field.Class == "container_plugin" {
			d.Plugins = []string{"container"}
		}
	}
	return d
}

func (r *resolution) describeCondition(c *Condition) ConditionDetails {
	macros, lists := make(map[string]bool), make(map[string]bool)
	filter.Walk(c.Tree, func(n filter.Node) bool {
		if ref, ok := n.(*filter.MacroRef); ok {
			macros[ref.Name] = true
		}
		return true
	})
	for _, l := range r.lists {
		if _, found := glue(c.written).substitute(l.name, nil); found {
			lists[l.name] = true
		}
	}
	expanded := r.expand(c.Tree)
	operators, fields := make(map[string]bool), make(map[string]bool)
	note := func(o filter.Operand) {
		if f, ok := o.(*filter.Field); ok {
			fields[f.Text()] = true
		}
	}
	filter.Walk(expanded, func(n filter.Node) bool {
		if check, ok := n.(*filter.Check); ok {
			operators[string(check.Op)] = true
			filter.WalkOperands(check.Left, note)
			filter.WalkOperands(check.Right, note)
		}
		return true
	})
	types, _, err := filter.EventTypes(expanded)
	if err != nil {
		types = nil // no rule can use the macro
	}
	return ConditionDetails{
		Macros: sorted(macros), Lists: sorted(lists), Operators: sorted(operators), Fields: sorted(fields),
		Events: eventNames(types), ConditionCompiled: filter.Print(expanded),
	}
}

// eventNames returns the names of event types, and asyncevent. The generic events stand
// for all system calls that have none of their own.
func eventNames(types []schema.EventType) []string {
	names := map[string]bool{"asyncevent": true}
	for _, t := range types {
		if t != schema.PPME_GENERIC_E && t != schema.PPME_GENERIC_X {
			names[t.String()] = true
			continue
		}
		for _, s := range schema.Syscalls() {
			if s.Generic {
				names[s.Name] = true
			}
		}
	}
	return sorted(names)
}

func (r *resolution) describeList(l *list) ListDescription {
	d := ListDescription{Name: l.name, Used: r.used[l.name]}
	named := make(map[string]bool)
	for _, v := range l.values {
		if inner := find(r.loader.lists, v.value()); inner != nil && inner.index < l.visibility {
			named[inner.name] = true
		} else {
			d.Items = append(d.Items, v.value())
		}
	}
	d.Lists = sorted(named)
	values, _ := r.expanded(l)
	for _, v := range values {
		d.ItemsCompiled = append(d.ItemsCompiled, v.value)
	}
	return d
}
