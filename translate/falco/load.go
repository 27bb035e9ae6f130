package falco

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// loader collects the items of all files. One counter numbers definitions and
// changes of lists, macros and rules alike: what a macro or a list may refer to
// depends on it.
type loader struct {
	sequence       int
	lists          []*list // in order of first definition, as are the others
	macros         []*macro
	rules          []*rule
	requiredEngine version

	// refused holds items that could not be used, so that references to them are
	// not reported as well.
	refused map[itemKey]bool

	diagnostics []Diagnostic

	// validation is set where the loader works as Falco: it notes the ways to
	// problems, and stops at the first error of a file.
	validation *validation
}

type itemKey struct{ kind, name string }

func (l *loader) report(d Diagnostic, to func() way) {
	l.diagnostics = append(l.diagnostics, d)
	l.validation.note(d, to)
}

// next numbers a definition or a change.
func (l *loader) next() int {
	l.sequence++
	return l.sequence
}

// Load reads files in order and resolves what they define. The ruleset is nil when a
// diagnostic is an error. Diagnostics are in the order of files and lines.
//
// As in Falco, the items of each file are checked together with those of the files
// before it, so a reference to an item of a later file is an error. Warnings about
// unused items are given once, for the state after the last file.
func Load(files []File) (*Ruleset, []Diagnostic) {
	l := &loader{refused: make(map[itemKey]bool)}
	var rules *Ruleset
	var unused []Diagnostic
	for _, f := range files {
		l.read(newSource(f), f.Content)
		rules, unused = l.resolve()
	}
	if rules == nil {
		rules, unused = l.resolve()
	}
	diagnostics := Merge(files, l.diagnostics, unused)
	if slices.ContainsFunc(diagnostics, func(d Diagnostic) bool { return d.Severity == Error }) {
		return nil, diagnostics
	}
	return rules, diagnostics
}

// yamlLine finds the line in the text of a YAML syntax error.
var yamlLine = regexp.MustCompile(`^yaml: line (\d+): `)

func (l *loader) read(src *source, content []byte) {
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	for {
		var doc yaml.Node
		err := decoder.Decode(&doc)
		if errors.Is(err, io.EOF) || l.validation.stopped() {
			return
		}
		if err != nil {
			l.reportSyntax(src, err)
			return
		}
		if len(doc.Content) > 0 {
			l.readDocument(src, resolve(doc.Content[0]))
		}
	}
}

func (l *loader) reportSyntax(src *source, err error) {
	at := Position{File: src.name}
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		at.Line, _ = strconv.Atoi(m[1])
		message = strings.TrimPrefix(err.Error(), m[0])
	}
	l.report(Diagnostic{
		Code: ErrYAMLParse, Severity: Error, Position: at, Message: message,
		Hint: "the rest of this file was not read; look at indentation, colons and quotes around this line",
	}, func() way {
		if at.Line == 0 {
			return src.wayTo()
		}
		return src.wayTo().in(src, inContent, "", &yaml.Node{Line: at.Line, Column: 1})
	})
}

func (l *loader) readDocument(src *source, root *yaml.Node) {
	refuse := func(n *yaml.Node, message string, to way) {
		l.report(Diagnostic{
			Code: ErrYAMLValidate, Severity: Error, Position: src.at(n), Message: message,
			Hint: "a rules file is a list of items, each starting with \"- rule:\", \"- macro:\" or \"- list:\"",
		}, func() way { return to })
	}
	switch {
	case isNull(root):
		return
	case root.Kind == yaml.MappingNode:
		refuse(root, "Rules content is not yaml array of objects", src.wayTo())
		return
	case root.Kind != yaml.SequenceNode:
		refuse(root, "Rules content is not yaml", src.wayTo())
		return
	}
	for _, n := range root.Content {
		if l.validation.stopped() {
			return
		}
		n = resolve(n)
		switch {
		case isNull(n):
		case n.Kind != yaml.MappingNode:
			refuse(n, "Unexpected element type. Each element should be a yaml associative array.", src.wayTo().in(src, inContentItem, "", n))
		default:
			l.readItem(src, n)
		}
	}
}

func (l *loader) readItem(src *source, n *yaml.Node) {
	it := &item{loader: l, src: src, node: n}
	readers := []struct {
		kind string
		read func(*item)
	}{
		{"required_engine_version", l.readEngineVersion},
		{"required_plugin_versions", l.readPluginVersions},
		{"list", l.readList},
		{"macro", l.readMacro},
		{"rule", l.readRule},
	}
	for _, r := range readers {
		value := lookup(n, r.kind)
		if value == nil {
			continue
		}
		it.kind = r.kind
		if value.Kind == yaml.ScalarNode && slices.Contains([]string{"list", "macro", "rule"}, r.kind) {
			it.name = value.Value
		}
		r.read(it)
		it.finish()
		if it.failed && l.validation == nil {
			l.refused[itemKey{it.kind, it.name}] = true
		}
		return
	}
	it.warn(WarnUnknownItem, nil, "Unknown top level item",
		fmt.Sprintf("this entry is ignored; it needs one of the keys %s", "rule, macro, list, required_engine_version, required_plugin_versions"))
}

// find returns the item of that name, nil when there is none.
func find[T named](items []T, name string) T {
	for _, it := range items {
		if it.itemName() == name {
			return it
		}
	}
	var none T
	return none
}

type named interface {
	comparable
	itemName() string
}
