package filter

import "strings"

const valWord = "val"

// transformers are the names of the transformers. No name begins with another.
var transformers = []string{"tolower", "toupper", "b64", "basename", "len", "join", "concat", "getopt"}

var (
	transformerWords = quotedWords(transformers)
	rightWords       = quotedWords(append([]string{valWord}, transformers...))
)

// operand = field | transformer; nil if there is neither.
func (p *parser) operand() Operand {
	start := p.pos
	if p.token(scanFieldName) {
		return p.field(start, p.last)
	}
	if name, ok := p.transformerName(); ok {
		return p.transformer(start, name)
	}
	return nil
}

// rightOperand = val | transformer; nil if there is neither.
func (p *parser) rightOperand() Operand {
	p.enter()
	defer p.leave()
	start := p.pos
	if p.word(valWord + "(") {
		return p.val(start)
	}
	if name, ok := p.transformerName(); ok {
		return p.transformer(start, name)
	}
	return nil
}

// field parses what may follow the name of a field: its argument.
func (p *parser) field(start Pos, name string) *Field {
	p.enter()
	defer p.leave()
	f := &Field{Name: name}
	f.Arg, f.HasArg = p.argument()
	f.Span = p.since(start)
	return f
}

// argument = [ "[" ( quoted | bare ) "]" ], without blanks.
func (p *parser) argument() (arg string, ok bool) {
	p.bodyEnd = p.pos.Offset
	if !p.word("[") {
		return "", false
	}
	if v := p.quoted(); v != nil {
		arg = v.Text
	} else if p.token(scanFieldArg) {
		arg = p.last
	} else {
		p.fail("expected a valid field argument: a quoted string or a bare string")
	}
	if !p.word("]") {
		p.fail("expected a ']' token")
	}
	return arg, true
}

// val parses what follows "val(".
func (p *parser) val(start Pos) *Val {
	p.blank()
	fieldStart := p.pos
	if !p.token(scanFieldName) {
		p.fail("expected a field within '%s' transformer", valWord)
	}
	v := &Val{Field: p.field(fieldStart, p.last)}
	p.closeTransformer()
	v.Arg, v.HasArg = p.argument()
	v.Span = p.since(start)
	return v
}

// transformerName reads the name of a transformer and its parenthesis.
func (p *parser) transformerName() (string, bool) {
	for _, name := range transformers {
		if rest, ok := strings.CutPrefix(p.rest(), name); ok && strings.HasPrefix(rest, "(") {
			return name, p.word(name + "(")
		}
	}
	return "", false
}

// transformer parses the arguments of a transformer. How many it takes and of
// which types is left to Validate.
func (p *parser) transformer(start Pos, name string) *Transformer {
	p.enter()
	defer p.leave()
	t := &Transformer{Name: name}
	for {
		p.blank()
		t.Args = append(t.Args, p.transformerArg())
		p.blank()
		if !p.word(",") {
			break
		}
	}
	p.closeTransformer()
	t.Arg, t.HasArg = p.argument()
	t.Span = p.since(start)
	return t
}

func (p *parser) closeTransformer() {
	p.blank()
	if !p.word(")") {
		p.fail("expected a ')' token closing the transformer")
	}
}

// transformerArg = number | quoted | tuple | transformer | field
func (p *parser) transformerArg() Operand {
	p.enter()
	defer p.leave()
	start := p.pos
	if p.word("(") {
		return p.tuple(start)
	}
	o := p.tupleElem()
	if o == nil {
		p.fail("expected field transformer argument: field, transformer, quoted string, number, or transformer list")
	}
	return o
}

// tuple parses what follows the opening parenthesis of a tuple.
func (p *parser) tuple(start Pos) *Tuple {
	t := &Tuple{}
	p.blank()
	for !p.word(")") {
		if len(t.Elems) > 0 {
			if !p.word(",") {
				p.fail("expected ')'")
			}
			p.blank()
		}
		o := p.tupleElem()
		if o == nil {
			p.fail("expected transformer list argument: field, transformer, quoted string, or number")
		}
		t.Elems = append(t.Elems, o)
		p.blank()
	}
	t.Span = p.since(start)
	return t
}

// tupleElem = number | quoted | field | transformer; nil if there is none.
func (p *parser) tupleElem() Operand {
	start := p.pos
	if p.token(scanNumber) {
		return &Value{Span: p.since(start), Text: p.last}
	}
	if v := p.quoted(); v != nil {
		return v
	}
	return p.operand()
}
