package falco

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// item reads one entry of a rules file. Reading goes on after a problem, so that
// all problems of the entry are found; failed tells that there was one.
type item struct {
	loader *loader
	src    *source
	node   *yaml.Node // a map
	kind   string     // "rule", "macro", "list", ...
	name   string
	failed bool
	within []step // parts of the item on the way to what is read now

	// known are the keys to check once the item was read without an error, where the
	// loader works as Falco.
	known map[string]bool
}

// place returns where the item stands: at its first key.
func (it *item) place() Position { return it.src.at(it.node) }

// fail reports an error at n, or at the item when n is nil.
func (it *item) fail(code string, n *yaml.Node, message, hint string) {
	it.failed = true
	it.report(Error, code, n, message, hint)
}

// warn reports a warning at n, or at the item when n is nil.
func (it *item) warn(code string, n *yaml.Node, message, hint string) {
	it.report(Warning, code, n, message, hint)
}

func (it *item) report(severity Severity, code string, n *yaml.Node, message, hint string) {
	if n == nil || n.Line == 0 {
		n = it.node
	}
	it.loader.report(Diagnostic{
		Code: code, Severity: severity, Position: it.src.at(n),
		Item: it.kind, Name: it.name, Message: message, Hint: hint,
	}, func() way { return it.wayToProblem(n, message) })
}

func (it *item) has(key string) bool { return lookup(it.node, key) != nil }

// scalar reads a non-empty scalar. Absence is an error only when required.
func (it *item) scalar(m *yaml.Node, key string, required bool) (scalar, bool) {
	n := lookup(m, key)
	if n == nil {
		if required {
			it.missing(m, key)
		}
		return scalar{}, false
	}
	return it.element(n, key, "Value is not a scalar value")
}

// missing reports a required key that is not in m.
func (it *item) missing(m *yaml.Node, key string) {
	it.fail(ErrYAMLValidate, m, fmt.Sprintf("Item has no mapping for key '%s'", key), fmt.Sprintf("add %q to this %s", key, it.kind))
}

// element reads a non-empty scalar that was already found.
func (it *item) element(n *yaml.Node, key, notScalar string) (scalar, bool) {
	switch {
	case isNull(n):
		it.fail(ErrYAMLValidate, n, fmt.Sprintf("Mapping for key '%s' is empty", key), "give it a value or remove the key")
		return scalar{}, false
	case n.Kind != yaml.ScalarNode:
		it.fail(ErrYAMLValidate, n, notScalar, fmt.Sprintf("write one text as the value of %q", key))
		return scalar{}, false
	case n.Value == "":
		it.fail(ErrYAMLValidate, n, "Value must be non-empty", fmt.Sprintf("give %q a text", key))
		return scalar{}, false
	}
	return scalar{src: it.src, node: n}, true
}

// text reads a required scalar's text; "" after a problem.
func (it *item) text(key string) (scalar, bool) { return it.scalar(it.node, key, true) }

// boolean reads an optional boolean.
func (it *item) boolean(key string, absent bool) bool {
	s, ok := it.scalar(it.node, key, false)
	if !ok {
		return absent
	}
	value, ok := parseBool(s.value())
	if !ok {
		it.fail(ErrYAMLValidate, s.node, "Can't decode YAML scalar value", fmt.Sprintf("%q is true or false", key))
	}
	return value
}

// uint32 reads an optional number: decimal, hexadecimal or octal, not negative.
func (it *item) uint32(key string) uint32 {
	s, ok := it.scalar(it.node, key, false)
	if !ok {
		return 0
	}
	value, ok := parseUint32(s.value())
	if !ok {
		it.fail(ErrYAMLValidate, s.node, "Can't decode YAML scalar value", fmt.Sprintf("%q is a number from 0 to 4294967295", key))
	}
	return value
}

// strings reads a sequence of scalars, which may be empty texts.
func (it *item) strings(key string, required bool) []scalar {
	n := lookup(it.node, key)
	switch {
	case n == nil:
		if required {
			it.missing(nil, key)
		}
		return nil
	case n.Kind != yaml.SequenceNode:
		it.fail(ErrYAMLValidate, n, "Value is not a sequence", fmt.Sprintf("write %s: [a, b]", key))
		return nil
	}
	out := make([]scalar, 0, len(n.Content))
	for _, e := range n.Content {
		e = resolve(e)
		if e.Kind != yaml.ScalarNode || isNull(e) {
			it.fail(ErrYAMLValidate, e, "sequence value is not scalar", "each element is one text; to put a list into a list, write its name")
			continue
		}
		out = append(out, scalar{src: it.src, node: e})
	}
	return out
}

// checkKeys warns about keys that this kind of item does not know.
func (it *item) checkKeys(known map[string]bool) {
	if it.loader.validation != nil {
		it.known = known
		return
	}
	it.warnUnknown(known)
}

// finish does what Falco does after an item without an error.
func (it *item) finish() {
	if it.known != nil && !it.failed {
		it.warnUnknown(it.known)
	}
}

func (it *item) warnUnknown(known map[string]bool) {
	for i := 0; i+1 < len(it.node.Content); i += 2 {
		k := resolve(it.node.Content[i])
		if k.Kind == yaml.ScalarNode && !known[k.Value] {
			it.warn(WarnUnknownKey, k, fmt.Sprintf("Unknown key '%s'. The key will be ignored.", k.Value),
				fmt.Sprintf("check the spelling, or whether a %s has such a key", it.kind))
		}
	}
}

func keys(names ...string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, n := range names {
		set[n] = true
	}
	return set
}
