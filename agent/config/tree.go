package config

import (
	"strconv"

	"gopkg.in/yaml.v3"
)

// tree is a configuration as YAML nodes. Like Falco it knows scalars only as text,
// besides null; the reader of a key says what the text has to be.
type tree struct {
	file   string
	root   *yaml.Node            // a mapping
	origin map[*yaml.Node]string // by node that is not in the file: the key of the option that made it
}

func emptyTree() *tree {
	return &tree{root: &yaml.Node{Kind: yaml.MappingNode}, origin: make(map[*yaml.Node]string)}
}

func (t *tree) position(n *yaml.Node) Position {
	if key, ok := t.origin[n]; ok {
		return optionPosition(key)
	}
	return Position{File: t.file, Line: n.Line, Column: n.Column}
}

func newText(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
}

func newNull() *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"} }

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// resolve returns the node that an alias stands for, and others as they are.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// lookup returns the index of the value of a mapping's key in its Content, -1 when
// the key is missing. Of a key given twice the first one counts, as in Falco.
func lookup(mapping *yaml.Node, key string) int {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return i + 1
		}
	}
	return -1
}

// describe says what a node is, to people.
func describe(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case isNull(n):
		return "no value"
	}
	return strconv.Quote(n.Value)
}
