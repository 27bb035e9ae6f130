package falco

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// operation is what an override does to a key.
type operation string

const (
	opAppend  operation = "append"
	opReplace operation = "replace"
)

// overridable says which keys of a kind of item can be changed in which way.
type overridable struct {
	appends, replaces map[string]bool
}

// readChange reads the keys append and override, which exclude each other.
func (it *item) readChange(allowed overridable) (appending bool, change map[string]operation) {
	appending = it.boolean("append", false)
	change = it.readOverride(allowed)
	if appending {
		it.warn(WarnDeprecatedItem, lookup(it.node, "append"),
			"'append' key is deprecated. Add an 'append' entry (e.g. 'condition: append') under 'override' instead.",
			"write override: with one line per key that you append to")
	}
	if appending && len(change) > 0 {
		it.fail(ErrYAMLValidate, lookup(it.node, "append"),
			"Keys 'override' and 'append: true' cannot be used together. Add an 'append' entry (e.g. 'condition: append') under 'override' instead.",
			"remove append: true")
	}
	return appending, change
}

// readOverride reads the map below override. Anything that is no map counts as
// absent, except a sequence.
func (it *item) readOverride(allowed overridable) map[string]operation {
	n := lookup(it.node, "override")
	if n != nil && n.Kind == yaml.SequenceNode {
		it.fail(ErrValidate, n, "override must be a mapping of keys to append or replace", "write override: with a line such as \"condition: append\"")
		return nil
	}
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	change := make(map[string]operation)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := resolve(n.Content[i]), resolve(n.Content[i+1])
		op := operation(value.Value)
		if _, twice := change[key.Value]; twice {
			continue
		}
		switch {
		case op != opAppend && op != opReplace:
			it.fail(ErrYAMLValidate, value, fmt.Sprintf(
				"Invalid override operation for key '%s': '%s'. Allowed values are: %s", key.Value, value.Value, allowed.words(key.Value)),
				"write append or replace")
		case op == opAppend && !allowed.appends[key.Value]:
			it.fail(ErrYAMLValidate, key, fmt.Sprintf("Key '%s' cannot be appended to, use 'replace' instead", key.Value),
				"keys that can be appended to: "+strings.Join(sorted(allowed.appends), ", "))
		case op == opReplace && !allowed.replaces[key.Value]:
			it.fail(ErrYAMLValidate, key, fmt.Sprintf("Key '%s' cannot be replaced", key.Value),
				"keys that can be replaced: "+strings.Join(sorted(allowed.replaces), ", "))
		default:
			change[key.Value] = op
		}
	}
	return change
}

// words lists the operations a key allows, each followed by a blank.
func (o overridable) words(key string) string {
	var out string
	if o.appends[key] {
		out += "append "
	}
	if o.replaces[key] {
		out += "replace "
	}
	return out
}

func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
