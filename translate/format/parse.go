package format

import (
	"math"
	"strconv"
	"strings"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/translate/filter"
)

// maxWidth bounds the width of a field, so that no output needs more memory than
// its author can have meant. Falco has no bound.
const maxWidth = math.MaxUint16

// Parse parses a template. After a percent sign, and digits for the width, comes
// the longest text that is a field or a transformer; the rest is literal. There is
// no way to write a literal percent sign. One asterisk at the start is dropped:
// in Falco it says to print although values are missing, which all rules do.
func Parse(text string) (Template, error) { return Parser{}.Parse(text) }

// Parser parses templates where the configuration adds fields. The zero value
// knows the built-in fields.
type Parser struct {
	Fields schema.FieldParser
}

// Parse is the function Parse with the fields that p adds. The error, if any, is
// a *filter.Error.
func (p Parser) Parse(text string) (Template, error) {
	var t Template
	rest := strings.TrimPrefix(text, "*")
	for {
		literal, token, found := strings.Cut(rest, "%")
		if literal != "" {
			t = append(t, Segment{Literal: literal})
		}
		if !found {
			return t, nil
		}
		segment, n, problem := p.token(token)
		if problem != "" {
			percent := len(text) - len(token) - 1
			return nil, &filter.Error{Pos: filter.PosAt(text, percent), Msg: problem}
		}
		t = append(t, segment)
		rest = token[n:]
	}
}

// token parses what follows a percent sign. n is the length of it; problem is ""
// if there is none.
func (p Parser) token(text string) (s Segment, n int, problem string) {
	if text == "" {
		return Segment{}, 0, "invalid formatting syntax: formatting cannot end with a %"
	}
	name := strings.TrimLeft(text, "0123456789")
	digits := len(text) - len(name)
	if digits > 0 {
		if name == "" {
			return Segment{}, 0, "invalid formatting syntax: formatting cannot end with a number"
		}
		width, err := strconv.Atoi(text[:digits])
		if err != nil || width > maxWidth {
			return Segment{}, 0, "invalid formatting syntax: the width is greater than " + strconv.Itoa(maxWidth)
		}
		s.Width = width
	}
	operand, n, err := filter.ParsePrefix(name, p.accept)
	if err != nil {
		return Segment{}, 0, "unknown filter: " + message(err)
	}
	p.fill(&s, operand)
	return s, digits + n, ""
}

// accept says why an operand cannot be printed.
func (p Parser) accept(o filter.Operand) error {
	_, err := filter.Validator{Fields: p.Fields}.TypeOf(o)
	return err
}

// message returns an error's text without the position, which is one inside the
// token.
func message(err error) string {
	if e, ok := err.(*filter.Error); ok {
		return e.Msg
	}
	return err.Error()
}

// fill notes an accepted operand in its segment.
func (p Parser) fill(s *Segment, operand filter.Operand) {
	s.Operand = operand
	s.Text = filter.PrintOperand(operand)
	filter.WalkOperands(operand, func(o filter.Operand) {
		f, ok := o.(*filter.Field)
		if !ok {
			return
		}
		if ref, err := p.Fields.Parse(f.Text()); err == nil {
			s.Fields = append(s.Fields, ref)
		}
	})
	if _, s.IsField = operand.(*filter.Field); s.IsField {
		s.Ref = s.Fields[0]
	}
}
