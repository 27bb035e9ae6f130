package config

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxExpansions bounds the variables in one value. Only a variable that contains
// itself comes near it.
const maxExpansions = 100

// expand replaces ${VAR} in every value of the tree, but not in keys. What comes
// out is text: it can be a boolean or a number to the reader of its key, but no
// list or mapping.
func (t *tree) expand(getenv func(string) string, found *problems) {
	t.expandNode("", t.root, getenv, found)
}

func (t *tree) expandNode(path string, n *yaml.Node, getenv func(string) string, found *problems) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			t.expandNode(join(path, n.Content[i].Value), n.Content[i+1], getenv, found)
		}
	case yaml.SequenceNode:
		for i, element := range n.Content {
			t.expandNode(fmt.Sprintf("%s[%d]", path, i), element, getenv, found)
		}
	case yaml.ScalarNode:
		if isNull(n) {
			return
		}
		value, empty, err := expandText(n.Value, getenv)
		if err != nil {
			found.fail(t.position(n), path, "%v", err)
			return
		}
		for _, name := range empty {
			found.warn(t.position(n), path, "the environment variable %q is empty or not set", name)
		}
		n.Value, n.Tag = value, "!!str"
	}
}

// expandText replaces each ${VAR} by its variable, "" for one that is not set, and
// then what that contains. $${X} is a literal ${X}; any other $ stays, and so does
// everything from a ${ that is never closed. It also returns the names of the
// variables without a value.
func expandText(value string, getenv func(string) string) (expanded string, empty []string, err error) {
	at, count := 0, 0 // everything before at is done
	for {
		dollar := strings.IndexByte(value[at:], '$')
		if dollar < 0 {
			return value, empty, nil
		}
		at += dollar
		rest := value[at:]
		end := strings.IndexByte(rest, '}')
		switch {
		case strings.HasPrefix(rest, "${") && end >= 0:
			if count++; count > maxExpansions {
				return "", nil, fmt.Errorf("more than %d environment variables in one value, does one contain itself?", maxExpansions)
			}
			name := rest[len("${"):end]
			content := getenv(name)
			if content == "" {
				empty = append(empty, name)
			}
			value = value[:at] + content + rest[end+1:]
		case strings.HasPrefix(rest, "$${") && end >= 0:
			value = value[:at] + rest[1:]
			at += len("${")
		default:
			at++
		}
	}
}
