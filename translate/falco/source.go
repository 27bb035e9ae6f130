package falco

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// File is one rules file. Name is what diagnostics call it.
type File struct {
	Name    string
	Content []byte
}

// source is a file being read.
type source struct {
	name  string
	text  string
	lines [][]byte // without line ends
}

func newSource(f File) *source {
	return &source{name: f.Name, text: string(f.Content), lines: bytes.Split(f.Content, []byte("\n"))}
}

// at returns the place of a node. A node of line 0 (an empty document) has none.
func (s *source) at(n *yaml.Node) Position {
	return Position{File: s.name, Line: n.Line, Column: n.Column}
}

// scalar is the text of a YAML scalar that remembers where it stands.
type scalar struct {
	src  *source
	node *yaml.Node
}

func (s scalar) value() string { return s.node.Value }

// position returns the place of byte off of the value. Folding and indentation move
// characters between value and file but keep the order of those that are no white
// space, so those are counted. Double-quoted text with escapes has no such order:
// there, and past the end, the place is that of the scalar.
func (s scalar) position(off int) Position {
	start := s.src.at(s.node)
	escaped := s.node.Style&yaml.DoubleQuotedStyle != 0
	line, column := s.node.Line-1, s.node.Column-1
	if line < 0 || line >= len(s.src.lines) {
		return start
	}
	skip := 0 // what stands before the text on its first line
	switch {
	case s.node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		line, column = line+1, 0
	case s.node.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		skip = 1
	}
	want := countVisible(s.node.Value[:min(off, len(s.node.Value))])
	single := s.node.Style&yaml.SingleQuotedStyle != 0
	for ; line < len(s.src.lines); line++ {
		rest := string(s.src.lines[line])
		for i := range column {
			_, size := utf8.DecodeRuneInString(rest)
			if rest = rest[size:]; rest == "" && i+1 < column {
				return start
			}
		}
		for at, r := range []rune(rest) {
			if at < skip || unicode.IsSpace(r) {
				continue
			}
			if escaped && r == '\\' {
				return start
			}
			if want == 0 {
				return Position{File: s.src.name, Line: line + 1, Column: column + at + 1}
			}
			want--
			if single && r == '\'' {
				skip = at + 2 // a doubled quote is one character
			}
		}
		column, skip = 0, 0
	}
	return start
}

func countVisible(text string) int {
	n := 0
	for _, r := range text {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// resolve follows an alias to what it names.
func resolve(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// lookup returns the value of a key in a map, the first one when the key is there
// twice (as yaml-cpp does), nil when it is not.
func lookup(m *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if k := resolve(m.Content[i]); k.Kind == yaml.ScalarNode && k.Value == key {
			return resolve(m.Content[i+1])
		}
	}
	return nil
}

func isNull(n *yaml.Node) bool {
	return n == nil || n.Kind == 0 || n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

// parseBool accepts the words of YAML 1.1 in lower, upper and title case, and
// nothing else: neither 1 nor tRue.
func parseBool(text string) (value, ok bool) {
	switch text {
	case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		return true, true
	case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		return false, true
	}
	return false, false
}
