package falco

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// exception is a named way out of a rule: tuples of values for some fields.
type exception struct {
	name   scalar
	fields entry
	comps  entry
	values []entry
	// hasValues tells an empty values key from none.
	hasValues bool

	steps []step // from the rule
	way   way
}

// entry is a text or a sequence of entries, as fields, comps and values are written.
type entry struct {
	node     *yaml.Node // nil when the key is absent
	sequence bool
	text     text    // of a scalar
	elements []entry // of a sequence
}

func (e entry) present() bool { return e.node != nil }

// words returns the texts of a scalar, or of a sequence of scalars, trimmed.
func (e entry) words() []string {
	if !e.sequence {
		return []string{strings.TrimSpace(e.text.value)}
	}
	out := make([]string, len(e.elements))
	for i, el := range e.elements {
		out[i] = strings.TrimSpace(el.text.value)
	}
	return out
}

// maxDepth bounds the nesting of exception values; deeper ones come from an alias
// that holds itself.
const maxDepth = 64

// readEntry reads a scalar or a sequence. Sequences nest as deep as nested allows.
func (it *item) readEntry(n *yaml.Node, key string, nested int) entry {
	if n.Kind != yaml.SequenceNode {
		s := scalar{src: it.src, node: n}
		if isNull(n) && key == "values" {
			return entry{node: n, text: textFrom("", s, 0)} // a syntax error later on
		}
		if _, ok := it.element(n, key, "Value is not a scalar value"); !ok {
			return entry{node: n}
		}
		return entry{node: n, text: written(s)}
	}
	e := entry{node: n, sequence: true}
	for _, el := range n.Content {
		el = resolve(el)
		if el.Kind == yaml.SequenceNode && nested == 0 {
			it.fail(ErrYAMLValidate, el, "sequence value is not scalar", fmt.Sprintf("%q is a text or a list of texts", key))
			return e
		}
		e.elements = append(e.elements, it.readEntry(el, key, nested-1))
	}
	return e
}

// readExceptions reads the exceptions of an item. When appending, only the name is
// required.
func (it *item) readExceptions(appending bool) []*exception {
	n := lookup(it.node, "exceptions")
	if isNull(n) {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		it.fail(ErrYAMLValidate, n, "Rule exceptions must be a sequence", "write exceptions: with one \"- name:\" per exception")
		return nil
	}
	var out []*exception
	for _, m := range n.Content {
		m = resolve(m)
		if m.Kind != yaml.MappingNode {
			it.fail(ErrYAMLValidate, m, "Rule exception must be a mapping", "each exception has a name, fields, comps and values")
			continue
		}
		var e *exception
		it.inside([]step{{inExceptions, "", n}, {inException, nameIn(m), m}}, func() { e = it.readException(m, appending) })
		if e != nil {
			e.steps = []step{{inExceptions, "", n}, {inException, nameIn(m), m}}
			e.way = it.wayOf(e)
			for _, other := range out {
				if other.name.value() == e.name.value() {
					it.warn(WarnExceptionName, e.name.node, fmt.Sprintf(
						"Multiple definitions of exception '%s' in the same rule", e.name.value()), "both apply; give them different names")
					break
				}
			}
			out = append(out, e)
		}
	}
	return out
}

// nameIn returns the name that an exception gives itself.
func nameIn(m *yaml.Node) string {
	if n := lookup(m, "name"); n != nil {
		return n.Value
	}
	return ""
}

// wayOf returns the way to an exception.
func (it *item) wayOf(e *exception) (to way) {
	it.inside(e.steps, func() { to = it.way() })
	return to
}

func (it *item) readException(m *yaml.Node, appending bool) *exception {
	name, ok := it.scalar(m, "name", true)
	if !ok {
		return nil
	}
	e := &exception{name: name}
	switch n := lookup(m, "fields"); {
	case n != nil:
		e.fields = it.readEntry(n, "fields", 0)
	case !appending:
		it.fail(ErrYAMLValidate, m, "Item has no mapping for key 'fields'", "name the fields that the values are compared with")
	}
	if n := lookup(m, "comps"); n != nil {
		e.comps = it.readEntry(n, "comps", 0)
	}
	n := lookup(m, "values")
	if n == nil {
		return e
	}
	e.hasValues = true
	if n.Kind != yaml.SequenceNode {
		it.fail(ErrYAMLValidate, n, "Rule exception values must be a sequence", "write a list of values, or of lists of values")
		return e
	}
	for _, v := range n.Content {
		e.values = append(e.values, it.readEntry(resolve(v), "values", maxDepth))
	}
	return e
}

// checkException fills in the default comparisons and validates fields and
// comparisons, which the fields of rules of other sources cannot be.
func (it *item) checkException(e *exception, source string) {
	it.inside(e.steps, func() { it.checkFields(e, source) })
}

func (it *item) checkFields(e *exception, source string) {
	if !e.fields.present() || it.failed {
		return
	}
	if e.fields.sequence {
		it.checkTupleException(e)
	} else {
		it.checkValueException(e)
	}
	if source != sourceSyscall {
		return
	}
	for _, field := range e.fields.words() {
		if !knownOperand(field) {
			it.fail(ErrValidate, e.fields.node, fmt.Sprintf("'%s' is not a supported filter field", field), "check the name of the field")
		}
	}
}

func (it *item) checkTupleException(e *exception) {
	fields := e.fields.words()
	if len(fields) == 0 {
		it.fail(ErrValidate, e.fields.node, "Rule exception item must have fields property with a list of fields", "name at least one field")
		return
	}
	if !e.comps.present() {
		e.comps = entry{node: e.fields.node, sequence: true}
		for range fields {
			e.comps.elements = append(e.comps.elements, entry{node: e.fields.node, text: textFrom("=", scalar{}, 0)})
		}
	}
	if !e.comps.sequence || len(e.comps.elements) != len(fields) {
		it.fail(ErrValidate, e.comps.node, "Fields and comps lists must have equal length", "write one comparison per field")
		return
	}
	for _, c := range e.comps.words() {
		if !isOperator(c) && !isModifiedOperator(c) {
			it.fail(ErrValidate, e.comps.node, fmt.Sprintf("'%s' is not a supported comparison operator", c), "use an operator of conditions")
		}
	}
}

func (it *item) checkValueException(e *exception) {
	if !e.comps.present() {
		e.comps = entry{node: e.fields.node, text: textFrom("in", scalar{}, 0)}
	}
	if e.comps.sequence {
		it.fail(ErrValidate, e.comps.node, "Fields and comps must both be strings", "write one operator, not a list")
		return
	}
	if c := e.comps.words()[0]; !isListOperator(c) && !isModifiedOperator(c) {
		it.fail(ErrValidate, e.comps.node,
			"When fields is a single value, comps must be one of (in, pmatch, intersects) or a modifier operator (e.g. startswith oneof)",
			"write fields: [x] to use another operator")
	}
}

// refuseOpenTuples refuses what Falco crashes on: replaced exceptions get no default
// comparisons, and their lengths are not checked.
func (it *item) refuseOpenTuples(exceptions []*exception) {
	for _, e := range exceptions {
		if e.fields.sequence && (!e.comps.sequence || len(e.comps.elements) != len(e.fields.elements)) {
			it.fail(ErrValidate, e.fields.node, "Fields and comps lists must have equal length",
				"a replaced exception has no default comparisons: write comps with one operator per field")
		}
	}
}

// mergeExceptions appends the item's exceptions to those of a rule, which it does not
// change.
func (it *item) mergeExceptions(old []*exception, source string) []*exception {
	out := slices.Clone(old)
	for _, e := range it.readExceptions(true) {
		if !e.hasValues {
			it.inside(e.steps, func() {
				it.warn(WarnAppendNoValues, e.name.node, "Overriding/appending exception with no values", "it changes nothing; add values")
			})
		}
		i := slices.IndexFunc(out, func(o *exception) bool { return o.name.value() == e.name.value() })
		if i < 0 {
			it.checkNewException(e, source)
			out = append(out, e)
			continue
		}
		it.inside(e.steps, func() {
			if e.fields.present() {
				it.fail(ErrValidate, e.fields.node, "Can not append exception fields to existing exception, only values", "remove fields")
			}
			if e.comps.present() {
				it.fail(ErrValidate, e.comps.node, "Can not append exception comps to existing exception, only values", "remove comps")
			}
		})
		merged := *out[i]
		merged.values = slices.Concat(merged.values, e.values)
		out[i] = &merged
	}
	return out
}

func (it *item) checkNewException(e *exception, source string) {
	switch {
	case !e.fields.present():
		it.inside(e.steps, func() {
			it.fail(ErrValidate, e.name.node, "Rule exception must have fields property with a list of fields",
				"the rule has no exception of this name yet, so say which fields it compares")
		})
	case !e.hasValues:
		it.inside(e.steps, func() {
			it.fail(ErrValidate, e.name.node, "Rule exception must have values property with a list of values",
				"the rule has no exception of this name yet, so give it values")
		})
	default:
		it.checkException(e, source)
	}
}
