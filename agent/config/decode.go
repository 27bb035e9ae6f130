package config

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// decoder sets the fields of cfg, which has its defaults, from a tree.
type decoder struct {
	cfg  *Config
	tree *tree
	*problems
}

// section reads the keys of a mapping whose own key is path, "" for the root.
func (d *decoder) section(path string, keys []key, mapping *yaml.Node) {
	seen := make(map[string]bool)
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		name, value := mapping.Content[i], resolve(mapping.Content[i+1])
		at, full := d.tree.position(name), join(path, name.Value)
		if seen[name.Value] {
			d.warn(at, full, "is given more than once, the first one counts")
			continue
		}
		seen[name.Value] = true
		k := slices.IndexFunc(keys, func(k key) bool { return k.name == name.Value })
		if k < 0 {
			d.unknown(at, path, keys, name.Value)
			continue
		}
		switch k := keys[k]; {
		case k.unused:
			d.warn(at, full, "is accepted but has no effect in this version")
			d.unused(full, k, value)
		case k.read == nil:
			d.subsection(full, k, value)
		case isNull(value):
			d.warn(at, full, "has no value, its default is kept")
		default:
			k.read(d, full, value)
		}
	}
}

func (d *decoder) subsection(path string, k key, value *yaml.Node) {
	switch {
	case isNull(value): // all its keys are commented out
	case value.Kind == yaml.MappingNode:
		d.section(path, k.keys, value)
	default:
		d.fail(d.tree.position(value), path, "found %s, want a section with the keys %s", describe(value), names(k.keys))
	}
}

// unused looks for unknown keys in a section that has no effect.
func (d *decoder) unused(path string, k key, value *yaml.Node) {
	if value.Kind != yaml.MappingNode || len(k.keys) == 0 {
		return
	}
	for i := 0; i+1 < len(value.Content); i += 2 {
		name := value.Content[i]
		if !slices.ContainsFunc(k.keys, func(k key) bool { return k.name == name.Value }) {
			d.unknown(d.tree.position(name), path, k.keys, name.Value)
		}
	}
}

func (d *decoder) unknown(at Position, section string, keys []key, name string) {
	if meant := nearest(section, keys, name); meant != "" {
		d.warn(at, join(section, name), "unknown key, did you mean %s?", meant)
		return
	}
	d.warn(at, join(section, name), "unknown key")
}

// text returns the text of a scalar; of anything else it says what was wanted.
func (d *decoder) text(path string, n *yaml.Node, want string) (string, bool) {
	if n.Kind != yaml.ScalarNode || isNull(n) {
		d.fail(d.tree.position(n), path, "found %s, want %s", describe(n), want)
		return "", false
	}
	return n.Value, true
}

// texts returns the elements of a list of texts. A single text is a list of one.
func (d *decoder) texts(path string, n *yaml.Node, want string) ([]string, bool) {
	elements := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		elements = n.Content
	}
	list, good := make([]string, 0, len(elements)), true
	for _, element := range elements {
		text, ok := d.text(path, resolve(element), want)
		list, good = append(list, text), good && ok
	}
	return list, good
}

// join returns the dotted form of a name below path.
func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func names(keys []key) string {
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = k.name
	}
	return strings.Join(list, ", ")
}
