package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// override changes the tree as the text of one -o option says: "key=value". The
// tree stays as it is when that fails.
//
// The key is names joined by dots; after a name, [n] is the element n of a list
// and [] a new one at its end. A backslash takes the meaning from . [ ] and \.
// A value in braces is YAML, any other is text, so [a,b] is no list but the text
// of it; where a list is expected a text counts as its only element. Variables of
// the environment are not expanded.
//
// As in Falco, an element two or more places behind the end of a list, or a name
// below a list, turns the list into a mapping.
func (t *tree) override(option string) error {
	key, value, ok := strings.Cut(option, "=")
	if !ok {
		return errors.New(`no "=", want key=value`)
	}
	path, err := parsePath(key)
	if err != nil {
		return err
	}
	node, err := parseValue(value)
	if err != nil {
		return fmt.Errorf("value in braces: %w", err)
	}
	root, err := replace(t.root, path, 0, node)
	if err != nil {
		return err
	}
	t.root = root
	t.claim(root, key)
	return nil
}

// claim records the option with a key as the origin of all nodes that have none
// and are not in the file.
func (t *tree) claim(n *yaml.Node, key string) {
	if _, ok := t.origin[n]; !ok && n.Line == 0 {
		t.origin[n] = key
	}
	for _, child := range n.Content {
		t.claim(child, key)
	}
}

// step is one level of a path: a name, or an element of a list.
type step struct {
	name  string
	index int    // -1 for a name
	end   bool   // a new element at the end of a list; index is 0
	upTo  string // the path up to this step, as it was written
}

// parsePath splits the key of an option.
func parsePath(key string) ([]step, error) {
	var path []step
	for at := 0; ; at++ { // at is the start of a name
		name, n, err := parseName(key[at:])
		if err != nil {
			return nil, err
		}
		if name == "" {
			return nil, fmt.Errorf("no name at character %d", at+1)
		}
		at += n
		path = append(path, step{name: name, index: -1, upTo: key[:at]})
		for strings.HasPrefix(key[at:], "[") {
			index, _, closed := strings.Cut(key[at+1:], "]")
			if !closed {
				return nil, fmt.Errorf("%q is not closed", key[at:])
			}
			at += len(index) + len("[]")
			s := step{end: index == "", upTo: key[:at]}
			if !s.end {
				number, err := strconv.ParseUint(index, 10, 31)
				if err != nil {
					return nil, fmt.Errorf("%q is not the index of an element", index)
				}
				s.index = int(number)
			}
			path = append(path, s)
		}
		if at == len(key) {
			return path, nil
		}
		if key[at] != '.' {
			return nil, fmt.Errorf(`want "." or the end, found %q`, key[at:])
		}
	}
}

// parseName reads a name up to a dot or bracket and returns it without its
// escapes, and how many bytes of text it takes.
func parseName(text string) (name string, n int, err error) {
	var unescaped strings.Builder
	for n = 0; n < len(text); n++ {
		switch text[n] {
		case '.', '[':
			return unescaped.String(), n, nil
		case ']':
			return "", 0, errors.New(`"]" without "["; write "\]" for one in a name`)
		case '\\':
			n++
			if n == len(text) || !strings.ContainsRune(`.[]\`, rune(text[n])) {
				return "", 0, fmt.Errorf(`%q is no escape, only "\.", "\[", "\]" and "\\" are`, text[n-1:min(n+1, len(text))])
			}
		}
		unescaped.WriteByte(text[n])
	}
	return unescaped.String(), n, nil
}

// parseValue returns the value of an option as nodes without positions.
func parseValue(value string) (*yaml.Node, error) {
	if !strings.HasPrefix(value, "{") || !strings.HasSuffix(value, "}") {
		return newText(value), nil
	}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(value), &doc); err != nil {
		return nil, err
	}
	node := doc.Content[0]
	forgetPositions(node)
	return node, nil
}

func forgetPositions(n *yaml.Node) {
	n.Line, n.Column = 0, 0
	for _, child := range n.Content {
		forgetPositions(child)
	}
}

// replace returns a copy of n in which value stands at path[depth:]. It copies
// only what is on the path, so a place that an alias shares with others changes
// alone.
func replace(n *yaml.Node, path []step, depth int, value *yaml.Node) (*yaml.Node, error) {
	if depth == len(path) {
		return value, nil
	}
	container := *resolve(n)
	container.Content = slices.Clone(container.Content)
	at, err := slot(&container, path, depth)
	if err != nil {
		return nil, err
	}
	child, err := replace(container.Content[at], path, depth+1, value)
	if err != nil {
		return nil, err
	}
	container.Content[at] = child
	return &container, nil
}

// slot returns the index in n.Content of what the step path[depth] leads to. It
// makes that, and makes n a list or mapping, as needed.
func slot(n *yaml.Node, path []step, depth int) (int, error) {
	s := path[depth]
	if isNull(n) {
		*n = yaml.Node{Kind: yaml.MappingNode}
		if s.index >= 0 {
			n.Kind = yaml.SequenceNode
		}
	}
	if n.Kind == yaml.SequenceNode {
		if s.end {
			s.index = len(n.Content)
		}
		if s.index == len(n.Content) {
			n.Content = append(n.Content, newNull())
		}
		if 0 <= s.index && s.index < len(n.Content) {
			return s.index, nil
		}
		toMapping(n)
	}
	above := "the value"
	if depth > 0 {
		above = strconv.Quote(path[depth-1].upTo)
	}
	if n.Kind != yaml.MappingNode {
		return 0, fmt.Errorf("%s is %s, which has nothing below it", above, describe(n))
	}
	if s.end {
		return 0, fmt.Errorf("%s is a mapping, [] adds to lists only", above)
	}
	name := s.name
	if s.index >= 0 {
		name = strconv.Itoa(s.index)
	}
	if at := lookup(n, name); at >= 0 {
		return at, nil
	}
	n.Content = append(n.Content, newText(name), newNull())
	return len(n.Content) - 1, nil
}

// toMapping makes the index of each element of a list its key. The mapping is no
// longer the file's.
func toMapping(list *yaml.Node) {
	elements := list.Content
	*list = yaml.Node{Kind: yaml.MappingNode}
	for i, element := range elements {
		list.Content = append(list.Content, newText(strconv.Itoa(i)), element)
	}
}
