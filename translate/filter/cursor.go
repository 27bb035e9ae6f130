package filter

import "strings"

// cursor is a place in a text and what was read last.
type cursor struct {
	text string
	pos  Pos
	end  int    // offset after the last token, before blanks
	last string // the last token, for messages; quoted strings without their quotes
}

func newCursor(text string) cursor {
	return cursor{text: text, pos: Pos{Line: 1, Column: 1}}
}

// PosAt returns the place of a byte of a text.
func PosAt(text string, offset int) Pos {
	c := newCursor(text)
	c.advance(offset)
	return c.pos
}

func (c *cursor) rest() string { return c.text[c.pos.Offset:] }

// advance moves over n bytes.
func (c *cursor) advance(n int) {
	for _, b := range []byte(c.text[c.pos.Offset : c.pos.Offset+n]) {
		c.pos.Column++
		if b == '\r' || b == '\n' {
			c.pos.Line++
			c.pos.Column = 1
		}
	}
	c.pos.Offset += n
}

// blank skips blanks and says whether there were any.
func (c *cursor) blank() bool {
	n := span(c.rest(), isBlank)
	c.advance(n)
	return n > 0
}

// token reads a token of the scanner's kind, if there is one.
func (c *cursor) token(scan scanner) bool {
	n := scan(c.rest())
	if n == 0 {
		return false
	}
	c.last = c.rest()[:n]
	c.advance(n)
	c.end = c.pos.Offset
	return true
}

// word reads the given text. What follows does not matter: "existsand" starts
// with the word "exists".
func (c *cursor) word(text string) bool {
	if !strings.HasPrefix(c.rest(), text) {
		return false
	}
	c.last = text
	c.advance(len(text))
	c.end = c.pos.Offset
	return true
}

// since returns the span from start to the last token.
func (c *cursor) since(start Pos) Span { return Span{Start: start, End: c.end} }
