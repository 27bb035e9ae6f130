package falco

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/saker-project/saker/agent/schema"
)

// rule is a rule as collected: lists and macros are not resolved, exceptions not
// yet part of the condition.
type rule struct {
	name            string
	at              Position
	source          string
	condition       text
	output          text
	desc            string
	priority        schema.Priority
	tags            []string // sorted, each once
	enabled         bool
	warnEventTypes  bool
	skipUnknown     bool
	capture         bool
	captureDuration uint32 // milliseconds; 0 means the configured default
	exceptions      []*exception

	way, conditionWay, outputWay way
}

func (r *rule) itemName() string { return r.name }

// sourceSyscall is the source of kernel events, the only one there is here.
const sourceSyscall = "syscall"

var (
	ruleKeys = keys("rule", "condition", "output", "desc", "priority", "source", "enabled", "capture", "capture_duration",
		"warn_evttypes", "skip-if-unknown-filter", "tags", "exceptions", "override", "append")
	ruleOverride = overridable{
		appends: keys("condition", "output", "desc", "tags", "exceptions"),
		replaces: keys("condition", "output", "desc", "priority", "tags", "exceptions", "enabled", "warn_evttypes",
			"skip-if-unknown-filter", "capture", "capture_duration"),
	}
	ruleDefinition = []string{"condition", "output", "desc", "priority"}
)

func (l *loader) readRule(it *item) {
	it.text("rule")
	if it.failed {
		return
	}
	appending, change := it.readChange(ruleOverride)
	switch {
	case it.failed:
	case appending:
		l.appendRule(it)
	case len(change) > 0:
		l.overrideRule(it, change)
	case !slices.ContainsFunc(ruleDefinition, it.has):
		l.enableRule(it)
		return // its other keys are part of no definition
	default:
		l.defineRule(it)
	}
	it.checkKeys(ruleKeys)
}

// defineRule reads a complete rule. It replaces one of the same name and keeps its
// place in the order of evaluation.
func (l *loader) defineRule(it *item) {
	r := &rule{name: it.name, at: it.place(), source: sourceSyscall, way: it.way()}
	r.conditionWay, r.outputWay = r.way, r.way
	if n := lookup(it.node, "condition"); n != nil {
		r.conditionWay = r.way.in(it.src, inRuleCondition, "", n)
	}
	if n := lookup(it.node, "output"); n != nil {
		r.outputWay = r.way.in(it.src, inRuleOutput, "", n)
	}
	r.condition = it.condition()
	r.output = it.output(true)
	r.desc = it.value("desc")
	r.priority = it.priority()
	if s, ok := it.scalar(it.node, "source", false); ok {
		r.source = s.value()
	}
	r.enabled = it.boolean("enabled", true)
	r.capture = it.boolean("capture", false)
	r.captureDuration = it.uint32("capture_duration")
	r.warnEventTypes = it.boolean("warn_evttypes", true)
	r.skipUnknown = it.boolean("skip-if-unknown-filter", false)
	r.tags = it.tags(nil)
	r.exceptions = it.readExceptions(false)
	for _, e := range r.exceptions {
		it.checkException(e, r.source)
	}
	old := find(l.rules, r.name)
	if old != nil && old.source != r.source {
		it.differentSource()
	}
	if it.failed {
		return
	}
	if r.source != sourceSyscall {
		it.warn(WarnUnknownSource, lookup(it.node, "source"), fmt.Sprintf("Unknown source %s, skipping", r.source),
			"events of this source are not collected here, so the rule is left out")
	}
	l.next()
	if old != nil {
		*old = *r
		return
	}
	l.rules = append(l.rules, r)
}

// enableRule reads an item with nothing but "enabled".
func (l *loader) enableRule(it *item) {
	n := lookup(it.node, "enabled")
	if n == nil {
		it.fail(ErrYAMLValidate, nil, "Item has no mapping for key 'enabled'",
			"a rule has desc, condition, output and priority; an item without them can only enable or disable a rule")
		return
	}
	enabled := it.boolean("enabled", true)
	it.warn(WarnDeprecatedItem, n, "The standalone 'enabled' key usage is deprecated. The correct approach requires also a 'replace' entry under the 'override' key (i.e. 'enabled: replace').",
		"add override: with the line \"enabled: replace\"")
	if it.failed {
		return
	}
	r := find(l.rules, it.name)
	if r == nil {
		l.missingTarget(it, "Rule has 'enabled' key but no rule by that name already exists")
		return
	}
	r.enabled = enabled
	l.next()
}

// appendRule reads an item with the deprecated "append: true", which looks at the
// condition and the exceptions only.
func (l *loader) appendRule(it *item) {
	if !it.has("condition") && !it.has("exceptions") {
		it.fail(ErrValidate, nil, "Appended rule must have exceptions or condition property", "nothing else can be appended with append: true")
		return
	}
	change := make(map[string]operation)
	for _, key := range []string{"condition", "exceptions"} {
		if it.has(key) {
			change[key] = opAppend
		}
	}
	l.changeRule(it, change)
}

// overrideRule checks that the keys under override and the keys of the item agree.
func (l *loader) overrideRule(it *item, change map[string]operation) {
	for _, key := range slices.Sorted(maps.Keys(change)) {
		if !it.has(key) {
			it.fail(ErrYAMLValidate, lookup(it.node, "override"), fmt.Sprintf(
				"An %s override for '%s' was specified but '%s' is not defined", change[key], key, key),
				fmt.Sprintf("add %q to the item or remove it under override", key))
		}
	}
	for _, key := range sorted(ruleOverride.replaces) {
		if _, named := change[key]; !named && it.has(key) {
			it.fail(ErrYAMLValidate, lookup(it.node, key), fmt.Sprintf(
				"Unexpected key '%s': no corresponding entry under 'override' is defined.", key),
				fmt.Sprintf("add \"%s: replace\" under override, or remove the key", key))
		}
	}
	if !it.failed {
		l.changeRule(it, change)
	}
}

// changeRule applies appends, then replacements, to an existing rule, all of them or
// none.
func (l *loader) changeRule(it *item, change map[string]operation) {
	target := find(l.rules, it.name)
	if target == nil {
		l.missingRule(it, change)
		return
	}
	if _, touched := change["condition"]; touched {
		if n := lookup(it.node, "source"); n != nil && n.Value != "" && n.Value != target.source {
			it.differentSource()
		}
	}
	r := *target
	is := func(key string, op operation) bool { return change[key] == op }
	if is("condition", opAppend) {
		r.condition = appendText(r.condition, it.condition())
	}
	if is("output", opAppend) {
		r.output = appendText(r.output, it.output(false))
	}
	if is("desc", opAppend) {
		r.desc += " " + it.value("desc")
	}
	if is("tags", opAppend) {
		r.tags = it.tags(r.tags)
	}
	if is("exceptions", opAppend) {
		r.exceptions = it.mergeExceptions(r.exceptions, r.source)
	}
	if is("condition", opReplace) {
		r.condition = it.condition()
	}
	if is("output", opReplace) {
		r.output = it.output(false)
	}
	if is("desc", opReplace) {
		r.desc = it.value("desc")
	}
	if is("priority", opReplace) {
		r.priority = it.priority()
	}
	if is("tags", opReplace) {
		r.tags = it.tags(nil)
	}
	if is("exceptions", opReplace) {
		r.exceptions = it.readExceptions(false)
		it.refuseOpenTuples(r.exceptions)
	}
	if is("enabled", opReplace) {
		r.enabled = it.boolean("enabled", true)
	}
	if is("capture", opReplace) {
		r.capture = it.boolean("capture", false)
	}
	if is("capture_duration", opReplace) {
		r.captureDuration = it.uint32("capture_duration")
	}
	if is("warn_evttypes", opReplace) {
		r.warnEventTypes = it.boolean("warn_evttypes", true)
	}
	if is("skip-if-unknown-filter", opReplace) {
		r.skipUnknown = it.boolean("skip-if-unknown-filter", false)
	}
	if it.failed {
		return
	}
	*target = r
	l.next()
}

func (l *loader) missingRule(it *item, change map[string]operation) {
	message := "An 'override.<key>: replace' to a rule was requested but no rule by that name already exists"
	for _, op := range change {
		if op == opAppend {
			message = "Rule uses 'append' or 'override.<key>: append' but no rule by that name already exists"
		}
	}
	l.missingTarget(it, message)
}

func (it *item) differentSource() {
	it.fail(ErrValidate, lookup(it.node, "source"), "Rule has been re-defined with a different source",
		"give the rule another name, or the same source")
}

// condition reads the required condition.
func (it *item) condition() text {
	s, ok := it.text("condition")
	if !ok {
		return text{}
	}
	return written(s)
}

// output reads the required output, trimmed for a definition.
func (it *item) output(trim bool) text {
	s, ok := it.text("output")
	if !ok {
		return text{}
	}
	t := written(s)
	if trim {
		const space = " \t\n\r\v\f"
		from := len(t.value) - len(strings.TrimLeft(t.value, space))
		t = t.slice(from, max(from, len(strings.TrimRight(t.value, space))))
	}
	return t
}

// value reads a required text.
func (it *item) value(key string) string {
	s, ok := it.text(key)
	if !ok {
		return ""
	}
	return s.value()
}

const invalidPriority = "Invalid priority"

func (it *item) priority() schema.Priority {
	s, ok := it.text("priority")
	if !ok {
		return 0
	}
	p, err := schema.ParsePriority(s.value())
	if err != nil {
		it.fail(ErrYAMLValidate, s.node, invalidPriority,
			"use one of emergency, alert, critical, error, warning, notice, informational, debug")
	}
	return p
}

// tags adds the item's tags to a set, which it does not change.
func (it *item) tags(to []string) []string {
	to = slices.Clone(to)
	for _, t := range it.strings("tags", false) {
		to = append(to, t.value())
	}
	slices.Sort(to)
	return slices.Compact(to)
}
