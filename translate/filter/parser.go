package filter

import "fmt"

// MaxDepth bounds the nesting of a condition, as in Falco. Every level of the
// grammar counts; a pair of parentheses is five of them.
const MaxDepth = 1000

// Parse parses a whole condition. The error, if any, is an *Error.
func Parse(text string) (Node, error) {
	p := newParser(text)
	var root Node
	err := p.run(func() {
		if text == "" {
			p.fail("filter input string is empty")
		}
		root = p.or()
		if p.pos.Offset != len(text) {
			p.fail("unexpected token after '%s', expecting 'or', 'and'", p.last)
		}
	})
	if err != nil {
		return nil, err
	}
	return root, nil
}

// parser is a recursive-descent parser. A problem unwinds it by a panic with an
// *Error, which run turns into a result.
type parser struct {
	cursor
	depth   int
	bodyEnd int // offset behind the last field or transformer, before its argument
}

func newParser(text string) *parser { return &parser{cursor: newCursor(text)} }

func (p *parser) run(parse func()) (err error) {
	defer func() {
		switch problem := recover().(type) {
		case nil:
		case *Error:
			err = problem
		default:
			panic(problem)
		}
	}()
	parse()
	return nil
}

// fail reports a problem at the cursor.
func (p *parser) fail(format string, args ...any) {
	panic(&Error{Pos: p.pos, Msg: fmt.Sprintf(format, args...)})
}

// enter is called at the start of each level of the grammar, leave at its end.
func (p *parser) enter() {
	p.depth++
	if p.depth >= MaxDepth {
		p.fail("exceeded max depth limit of %d", MaxDepth)
	}
}

func (p *parser) leave() { p.depth-- }
