package filter

import (
	"slices"
	"strings"
)

// The operators by what may stand on their right. An operator that another one
// begins with comes after it.
var (
	numberOps = []Op{OpLe, OpLt, OpGe, OpGt}
	symbolOps = []Op{OpEqEq, OpEq, OpNe}
	wordOps   = []Op{ // these need a blank behind them
		OpGlob, OpIGlob, OpContains, OpIContains, OpBContains, OpStartsWith, OpBStartsWith, OpEndsWith, OpRegex,
	}
	listOps = []Op{OpIntersects, OpIn, OpPMatch}
)

var operatorWords = quotedWords(slices.Concat([]Op{OpExists}, numberOps, symbolOps, wordOps, listOps))

// quotedWords is how messages list words: 'a', 'b'.
func quotedWords[S ~string](words []S) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "'" + string(w) + "'"
	}
	return strings.Join(quoted, ", ")
}

// condition parses the operator and the right side of a check.
func (p *parser) condition(start Pos, left Operand) Node {
	p.enter()
	defer p.leave()
	c := &Check{Left: left}
	p.blank()
	switch {
	case p.word(string(OpExists)):
		c.Op = OpExists
	case p.operator(numberOps, &c.Op):
		c.Right = p.numberSide()
	case p.operator(symbolOps, &c.Op), p.wordOperator(&c.Op):
		c.Modifier, c.Right = p.stringSide()
	case p.operator(listOps, &c.Op):
		c.Right = p.listSide()
	default:
		p.fail("expected a valid check operator: one of %s", operatorWords)
	}
	c.Span = p.since(start)
	return c
}

// operator reads the first of the operators that the text begins with: "inside"
// is "in" followed by "side".
func (p *parser) operator(ops []Op, op *Op) bool {
	for _, *op = range ops {
		if p.word(string(*op)) {
			return true
		}
	}
	return false
}

// wordOperator reads a word and leaves the blank behind it. Falco, when the blank
// is missing, goes on behind the word and reads "containsin" as "in"; here that is
// no operator.
func (p *parser) wordOperator(op *Op) bool {
	for _, *op = range wordOps {
		rest, ok := strings.CutPrefix(p.rest(), string(*op))
		if ok && rest != "" && isBlank(rest[0]) {
			return p.word(string(*op))
		}
	}
	return false
}

// numberSide is the right side of an ordering.
func (p *parser) numberSide() Operand {
	p.enter()
	defer p.leave()
	p.blank()
	if o := p.rightOperand(); o != nil {
		return o
	}
	start := p.pos
	if !p.token(scanNumber) {
		p.fail("expected a number value or a field with a valid transformer: %s", rightWords)
	}
	return &Value{Span: p.since(start), Text: p.last}
}

// stringSide is the right side of a string operator, with its modifier.
func (p *parser) stringSide() (Modifier, Operand) {
	p.enter()
	defer p.leave()
	if p.blank() {
		if m := p.modifier(); m != NoModifier {
			return m, p.listOrName()
		}
	}
	if o := p.rightOperand(); o != nil {
		return NoModifier, o
	}
	v := p.value()
	if v == nil {
		p.fail("expected a string value or a field with a valid transformer: %s", rightWords)
	}
	return NoModifier, v
}

// modifier reads a modifier and the blanks behind it. The word is a modifier
// only if a list or a name comes next; otherwise it is an ordinary value, as
// in "proc.name = oneof and proc.pid = 1", and nothing is read.
func (p *parser) modifier() Modifier {
	before := p.cursor
	for _, m := range []Modifier{OneOf, AnyOf, AllOf} {
		if p.word(string(m)) && p.blank() && startsListOrName(p.rest()) {
			return m
		}
		p.cursor = before
	}
	return NoModifier
}

func startsListOrName(text string) bool {
	if strings.HasPrefix(text, "(") {
		return true
	}
	for _, word := range []string{"and", "or", "not"} {
		rest, ok := strings.CutPrefix(text, word)
		if ok && (rest == "" || !isLetter(rest[0]) && !isDigit(rest[0])) {
			return false
		}
	}
	return scanIdentifier(text) > 0
}

// listSide is the right side of a list operator.
func (p *parser) listSide() Operand {
	p.enter()
	defer p.leave()
	p.blank()
	if !strings.HasPrefix(p.rest(), "(") {
		if o := p.rightOperand(); o != nil {
			return o
		}
	}
	return p.listOrName()
}

// listOrName = list | identifier
func (p *parser) listOrName() Operand {
	start := p.pos
	if p.word("(") {
		return p.list(start)
	}
	if !p.token(scanIdentifier) {
		p.fail("expected a list, an identifier, or a field with a valid transformer: %s", rightWords)
	}
	return &Value{Span: p.since(start), Text: p.last}
}

// list parses what follows the opening parenthesis of a list. Falco takes a
// first element with a bad escape for the end of the list, which then counts as
// empty; here the escape is reported.
func (p *parser) list(start Pos) *List {
	l := &List{}
	p.blank()
	if v := p.value(); v != nil {
		l.Values = append(l.Values, v)
		for p.blank(); p.word(","); p.blank() {
			p.blank()
			if v = p.value(); v == nil {
				p.fail("expected a string value")
			}
			l.Values = append(l.Values, v)
		}
	}
	if !p.word(")") {
		p.fail("expected a ')' token")
	}
	l.Span = p.since(start)
	return l
}

// value = quoted | bare; nil if there is neither.
func (p *parser) value() *Value {
	start := p.pos
	if v := p.quoted(); v != nil {
		return v
	}
	if p.token(scanBare) {
		return &Value{Span: p.since(start), Text: p.last}
	}
	return nil
}

// quoted reads a quoted string; nil if there is none.
func (p *parser) quoted() *Value {
	start := p.pos
	if !p.token(scanQuoted) {
		return nil
	}
	text, err := unquote(p.last)
	if err != nil {
		p.fail("%s", err)
	}
	p.last = text
	return &Value{Span: p.since(start), Text: text, Quoted: true}
}
