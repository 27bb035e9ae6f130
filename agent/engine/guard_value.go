package engine

import (
	"cmp"
	"net/netip"
	"strings"
	"unsafe"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/saker-project/saker/agent/field"
	"github.com/saker-project/saker/agent/schema"
)

// answer is what a boolean call gives in Rego.
type answer uint8

const (
	undefined answer = iota
	no
	yes
)

func answerOf(holds bool) answer {
	if holds {
		return yes
	}
	return no
}

// negated returns the answer opposite to a.
func (a answer) negated() answer { return yes + no - a }

// rank orders values of different types as Rego does.
type rank uint8

const (
	rankBool rank = iota + 1
	rankNumber
	rankString
)

// rankOf returns the type that a field's value has in the input document.
func rankOf(v *field.Value) rank {
	switch v.Kind {
	case schema.KindBool:
		return rankBool
	case schema.KindInt, schema.KindUint:
		return rankNumber
	}
	return rankString
}

// text returns the string that v is in the input document. It is valid until the
// next call with the same scratch, which is 0 or 1.
func (e *Evaluator) text(v *field.Value, scratch int) (string, bool) {
	switch v.Kind {
	case schema.KindString, schema.KindBytes:
		return v.Str, true
	case schema.KindAddr, schema.KindNet:
		b := v.Addr.AppendTo(e.scratch[scratch][:0])
		e.scratch[scratch] = b
		return unsafe.String(unsafe.SliceData(b), len(b)), true
	}
	return "", false
}

// compare orders two values as Rego does.
func (e *Evaluator) compare(a, b *field.Value) int {
	if ranks := cmp.Compare(rankOf(a), rankOf(b)); ranks != 0 {
		return ranks
	}
	switch rankOf(a) {
	case rankBool:
		return cmp.Compare(bit(a.Bool), bit(b.Bool))
	case rankNumber:
		return compareNumbers(a, b)
	}
	x, _ := e.text(a, 0)
	y, _ := e.text(b, 1)
	return strings.Compare(x, y)
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// compareNumbers compares integers; no field holds a fraction.
func compareNumbers(a, b *field.Value) int {
	switch aSigned, bSigned := a.Kind == schema.KindInt, b.Kind == schema.KindInt; {
	case aSigned && bSigned:
		return cmp.Compare(a.Int, b.Int)
	case aSigned && a.Int < 0:
		return -1
	case bSigned && b.Int < 0:
		return 1
	}
	return cmp.Compare(magnitude(a), magnitude(b))
}

// magnitude returns an integer that is not negative.
func magnitude(v *field.Value) uint64 {
	if v.Kind == schema.KindInt {
		return uint64(v.Int)
	}
	return v.Uint
}

// test is a condition on one value.
type test func(*Evaluator, *field.Value) answer

// equals returns the test for equality with a constant.
func equals(constant *field.Value) test {
	if constant.Kind != schema.KindString {
		return func(e *Evaluator, v *field.Value) answer { return answerOf(e.compare(v, constant) == 0) }
	}
	text := constant.Str
	addr, isAddr := canonicalAddr(text)
	return func(e *Evaluator, v *field.Value) answer {
		switch v.Kind {
		case schema.KindString, schema.KindBytes:
			return answerOf(v.Str == text)
		case schema.KindAddr, schema.KindNet:
			return answerOf(isAddr && v.Addr == addr)
		}
		have, ok := e.text(v, 0)
		return answerOf(ok && have == text)
	}
}

// canonicalAddr returns the address that the input document writes as text.
func canonicalAddr(text string) (netip.Addr, bool) {
	addr, err := netip.ParseAddr(text)
	return addr, err == nil && addr.String() == text
}

// oneOf returns the test for membership in a constant collection.
func oneOf(values []ast.Value) (test, bool) {
	var texts []string
	var addrs []netip.Addr
	var others []*field.Value
	for _, value := range values {
		scalar, ok := scalarOf(value)
		switch {
		case ok && scalar.Kind == schema.KindString:
			texts = append(texts, scalar.Str)
			if addr, ok := canonicalAddr(scalar.Str); ok {
				addrs = append(addrs, addr)
			}
		case ok:
			others = append(others, &scalar)
		default:
			if _, fraction := value.(ast.Number); fraction {
				return nil, false
			}
			// No field's value equals a null, an array or a set.
		}
	}
	set := newTextSet(texts)
	return func(e *Evaluator, v *field.Value) answer {
		switch v.Kind {
		case schema.KindString, schema.KindBytes:
			return answerOf(set.has(v.Str))
		case schema.KindAddr, schema.KindNet:
			for _, a := range addrs {
				if a == v.Addr {
					return yes
				}
			}
			return no
		}
		if text, ok := e.text(v, 0); ok {
			return answerOf(set.has(text))
		}
		for _, o := range others {
			if e.compare(v, o) == 0 {
				return yes
			}
		}
		return no
	}, true
}

// textSet is a set of strings. Most sets in rules are small, and most values are
// not in them: lengths tell many apart before anything is hashed.
type textSet struct {
	lengths uint64 // bit n%64 for a member of n bytes
	few     []string
	many    map[string]struct{}
}

// fewTexts is up to how many strings comparing with each is quicker than hashing.
const fewTexts = 6

func newTextSet(texts []string) *textSet {
	s := &textSet{}
	for _, t := range texts {
		s.lengths |= 1 << (len(t) % 64)
	}
	if len(texts) <= fewTexts {
		s.few = texts
		return s
	}
	s.many = make(map[string]struct{}, len(texts))
	for _, t := range texts {
		s.many[t] = struct{}{}
	}
	return s
}

func (s *textSet) has(text string) bool {
	if s.lengths&(1<<(len(text)%64)) == 0 {
		return false
	}
	if s.many != nil {
		_, ok := s.many[text]
		return ok
	}
	for _, t := range s.few {
		if t == text {
			return true
		}
	}
	return false
}
