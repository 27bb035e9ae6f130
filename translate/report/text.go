package report

import (
	"fmt"
	"strings"

	"github.com/saker-project/saker/translate/falco"
)

// Verbose returns a result with every problem, its way and its snippet. A clean result
// is one line without an end.
func Verbose(r falco.Result) string {
	var b strings.Builder
	b.WriteString(r.Name + ": " + state(r))
	if len(r.SchemaWarnings) > 0 {
		fmt.Fprintf(&b, "\n%d Schema warnings:\n", len(r.SchemaWarnings))
		for _, w := range r.SchemaWarnings {
			b.WriteString(ruler + w + "\n")
		}
		b.WriteString(ruler)
	}
	entries(&b, "Errors", r.Errors)
	entries(&b, "Warnings", r.Warnings)
	return b.String()
}

const ruler = "------\n"

func state(r falco.Result) string {
	switch {
	case !r.Successful:
		return "Invalid"
	case len(r.Warnings) > 0:
		return "Ok, with warnings"
	}
	return "Ok"
}

func entries(b *strings.Builder, title string, all []falco.Entry) {
	if len(all) == 0 {
		return
	}
	if !strings.HasSuffix(b.String(), "\n") {
		b.WriteString("\n")
	}
	fmt.Fprintf(b, "%d %s:\n", len(all), title)
	for _, e := range all {
		for i, l := range e.Context {
			indent := "    "
			if i == 0 {
				indent = "In "
			}
			b.WriteString(indent + l.ItemType)
			if l.ItemName != "" {
				b.WriteString(" '" + l.ItemName + "'")
			}
			fmt.Fprintf(b, ": (%s)\n", l.Mark)
		}
		fmt.Fprintf(b, "%s%s%s%s (%s): %s\n", ruler, e.Snippet, ruler, e.Code, label(e), e.Message)
	}
}

// Summary returns the state of a result and the codes of its problems.
func Summary(r falco.Result) string {
	text := r.Name + ": " + state(r)
	if n := len(r.SchemaWarnings); n > 0 {
		text += fmt.Sprintf("\n %d schema warnings: [%s]", n, strings.Join(r.SchemaWarnings, " "))
	}
	for _, part := range []struct {
		name string
		all  []falco.Entry
	}{{"errors", r.Errors}, {"warnings", r.Warnings}} {
		if len(part.all) == 0 {
			continue
		}
		var named []string
		for _, e := range part.all {
			named = append(named, fmt.Sprintf("%s (%s)", e.Code, label(e)))
		}
		text += fmt.Sprintf("\n %d %s: [%s]", len(part.all), part.name, strings.Join(named, " "))
	}
	return text
}

// The table of rules: names have a column, descriptions are wrapped behind it.
const (
	nameWidth = 50
	descWidth = 59
)

// Table returns the rules of a description, or the one named, with their descriptions.
func Table(d *falco.Description, rule string) string {
	var b strings.Builder
	row := func(name, desc string) { fmt.Fprintf(&b, "%-*s %s\n", nameWidth, name, desc) }
	row("Rule", "Description")
	row("----", "-----------")
	for _, r := range d.Rules {
		if rule == "" || r.Name == rule {
			row(r.Name, wrap(r.Desc))
			b.WriteString("\n")
		}
	}
	return b.String()
}

// wrap breaks a text between words. Every word has a blank behind it, which counts.
func wrap(text string) string {
	var b strings.Builder
	width := 0
	for _, word := range strings.Fields(text) {
		if width > 0 && width+len(word)+1 > descWidth {
			b.WriteString("\n" + strings.Repeat(" ", nameWidth+1))
			width = 0
		}
		b.WriteString(word + " ")
		width += len(word) + 1
	}
	return b.String()
}
