// Package format parses the output templates of Falco rules: text with fields
// and transformers after percent signs.
//
// # Usage
//
// Parse splits a template into segments, once per rule; whoever prints alerts goes
// through them and writes literals as they are and the text of values otherwise,
// cut or padded to the segment's width.
//
// # Concurrency
//
// Functions keep no state. Nothing changes a template after Parse.
//
// # Failure
//
// A template that cannot be parsed gives a *filter.Error with Falco's words. No
// input makes the package panic, and time is bounded by the length of the text.
package format

import (
	"slices"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/translate/filter"
)

// Template is the segments of an output, in order.
type Template []Segment

// Segment is a piece of literal text, a field or a transformer.
type Segment struct {
	// Literal is text to print as it is. It is set where Operand is nil.
	Literal string

	// IsField tells that the segment is a plain field, Ref.
	IsField bool
	Ref     schema.FieldRef

	// Operand is the field or transformer, nil for literal text, and Text is its
	// canonical text: the key of a plain field among the fields of an alert.
	Operand filter.Operand
	Text    string

	// Fields are the plain fields in Operand: Ref alone, or those inside the
	// transformer. Alerts carry them, but not the transformer's result.
	Fields []schema.FieldRef

	// Width is the exact number of bytes to print, 0 for as many as there are.
	Width int
}

// Fields returns the plain fields of all segments, each once, in the order of
// the text.
func (t Template) Fields() []schema.FieldRef {
	var refs []schema.FieldRef
	seen := make(map[schema.FieldRef]bool)
	for _, s := range t {
		refs = append(refs, s.Fields...)
	}
	return slices.DeleteFunc(refs, func(ref schema.FieldRef) bool {
		repeated := seen[ref]
		seen[ref] = true
		return repeated
	})
}
