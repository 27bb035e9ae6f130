package engine

import (
	"slices"
	"strings"
	"time"

	"github.com/saker-project/saker/agent/field"
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/outputs"
	"github.com/saker-project/saker/translate/format"
)

// timeField is in the fields of every alert, because every alert's line begins with
// it.
const timeField = "evt.time"

// outputPlan is a rule's output, ready to be filled in.
type outputPlan struct {
	segments  []outputSegment
	fields    []outputField // sorted by name
	namesTime bool          // the output itself names evt.time
}

// outputSegment is one piece of the message: a literal, a field or a transformer.
type outputSegment struct {
	literal   string
	extractor *field.Extractor
	transform transform
	width     int // bytes to cut or pad to; 0 for as many as there are
}

type outputField struct {
	name      string
	extractor *field.Extractor
}

// compileOutput makes r's output plan.
func (r *Rule) compileOutput() *Problem {
	template, err := format.Parse(r.Output)
	if err != nil {
		return &Problem{Module: r.Module, Message: "output: " + err.Error()}
	}
	extractors := map[string]*field.Extractor{}
	extractor := func(ref schema.FieldRef) *field.Extractor {
		name := ref.String()
		if extractors[name] == nil {
			extractors[name] = field.Compile(ref)
		}
		return extractors[name]
	}
	var plan outputPlan
	for _, s := range template {
		segment := outputSegment{literal: s.Literal, width: s.Width}
		switch {
		case s.IsField:
			segment.extractor = extractor(s.Ref)
		case s.Operand != nil:
			if segment.transform, err = newTransform(s.Operand); err != nil {
				return &Problem{Module: r.Module, Message: "output: " + err.Error()}
			}
		}
		plan.segments = append(plan.segments, segment)
		for _, ref := range s.Fields {
			extractor(ref)
		}
	}
	_, plan.namesTime = extractors[timeField]
	ref, err := schema.ParseField(timeField)
	if err != nil {
		panic(err) // the schema always has it
	}
	extractor(ref)
	for name, x := range extractors {
		plan.fields = append(plan.fields, outputField{name, x})
	}
	slices.SortFunc(plan.fields, func(a, b outputField) int { return strings.Compare(a.name, b.name) })
	r.output = plan
	return nil
}

// alert makes r's alert about the event that c stands at. It owns its memory.
func (e *Engine) alert(r *Rule, c *field.Context) *outputs.Alert {
	a := &outputs.Alert{
		Time:      time.Unix(0, int64(c.Event().Time)),
		Rule:      r.Name,
		Priority:  r.Priority,
		Source:    r.Source,
		Tags:      r.Tags,
		Hostname:  e.options.Hostname,
		Message:   string(r.output.appendMessage(nil, c)),
		Fields:    make([]outputs.Field, len(r.output.fields)),
		NamesTime: r.output.namesTime,
	}
	for i, f := range r.output.fields {
		a.Fields[i] = outputs.Field{Name: f.name, Value: f.extractor.JSON(c)}
	}
	return a
}

// appendMessage appends the output with everything filled in.
func (p *outputPlan) appendMessage(dst []byte, c *field.Context) []byte {
	for _, s := range p.segments {
		start := len(dst)
		switch {
		case s.extractor != nil:
			dst = s.extractor.AppendText(dst, c)
		case s.transform != nil:
			dst = append(dst, s.transform.text(c)...)
		default:
			dst = append(dst, s.literal...)
		}
		if s.width > 0 {
			dst = dst[:min(len(dst), start+s.width)]
			for len(dst) < start+s.width {
				dst = append(dst, ' ')
			}
		}
	}
	return dst
}
