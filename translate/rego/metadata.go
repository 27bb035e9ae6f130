package rego

import (
	"bytes"
	"strings"

	"github.com/saker-project/saker/translate/falco"
	"gopkg.in/yaml.v3"
)

// metadata is the annotation of a rule's package. The engine goes by it alone.
type metadata struct {
	Title       yaml.Node `yaml:"title"`
	Description yaml.Node `yaml:"description"`
	Custom      custom    `yaml:"custom"`
}

type custom struct {
	Rule     yaml.Node `yaml:"rule"`
	File     yaml.Node `yaml:"file"`
	Line     int       `yaml:"line"`
	Priority string    `yaml:"priority"`
	Source   string    `yaml:"source"`
	Enabled  bool      `yaml:"enabled"`
	Tags     yaml.Node `yaml:"tags"`
	Events   yaml.Node `yaml:"events"` // names, or the word "all"
	Output   yaml.Node `yaml:"output"`
}

// allEvents stands for every event type in a rule's METADATA.
const allEvents = "all"

// annotation returns the METADATA block of a rule.
func annotation(r *falco.Rule, events []string) string {
	m := metadata{
		Title:       plainText(r.Name),
		Description: plainText(r.Desc),
		Custom: custom{
			Rule: plainText(r.Name), File: plainText(r.Position.File), Line: r.Position.Line, Priority: r.Priority.String(), Source: r.Source,
			Enabled: r.Enabled, Tags: flowSequence(r.Tags), Output: plainText(r.Output),
		},
	}
	if events == nil {
		m.Custom.Events.SetString(allEvents)
	} else {
		m.Custom.Events = flowSequence(events)
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(m); err != nil {
		panic(err) // plain texts and numbers always encode
	}
	return comment("METADATA\n" + b.String())
}

// plainText returns a text as YAML. A line with nothing but the word METADATA would
// start another annotation, so such a text is written on one line, in quotes.
func plainText(text string) yaml.Node {
	var n yaml.Node
	n.SetString(text)
	if strings.Contains(text, "METADATA") {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// flowSequence returns texts as [a, b].
func flowSequence(texts []string) yaml.Node {
	n := yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, t := range texts {
		var element yaml.Node
		element.SetString(t)
		n.Content = append(n.Content, &element)
	}
	return n
}

// comment puts "# " before every line.
func comment(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimRight("# "+line, " \n") + "\n")
	}
	return b.String()
}
