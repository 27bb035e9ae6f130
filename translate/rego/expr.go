package rego

import (
	"strings"
)

// expr is a boolean expression on its way to text. The text need not be indented:
// opa fmt does that, but it keeps line breaks, so those are chosen here.
type expr interface {
	// flat returns the expression on one line, false if it has to be broken.
	flat() (string, bool)
	// broken returns the expression on several lines, where it has any.
	broken() string
	// notes returns the comments that belong above the expression.
	notes() []string
}

// lineWidth is where expressions are broken, indentation not counted.
const lineWidth = 96

// render returns an expression as one operand or one line of a body.
func render(e expr) string {
	if text, ok := e.flat(); ok && len(text) <= lineWidth {
		return text
	}
	return e.broken()
}

// check is one expression of Rego, with an optional set literal in it.
type check struct {
	before string
	set    *setLiteral // nil for none
	after  string
	guard  string // an expression that must hold before this one; "" for none
	// scan tells that the expression iterates, which needs braces inside not, and, or.
	scan bool
	from []string // lists that constants outside the set came from
}

func (c *check) flat() (string, bool) {
	line := c.before + c.after
	if c.set != nil {
		set, ok := c.set.flat()
		if !ok {
			return "", false
		}
		line = c.before + set + c.after
	}
	if c.guard != "" {
		line = c.guard + "; " + line
	}
	return line, true
}

func (c *check) broken() string {
	line := c.before + c.after
	if c.set != nil {
		line = c.before + c.set.broken() + c.after
	}
	if c.guard != "" {
		line = c.guard + "\n" + line
	}
	return line
}

func (c *check) notes() []string {
	var out []string
	for _, name := range c.from {
		out = append(out, "from list "+commentText(name))
	}
	return out
}

// operand returns the check as an operand of not, and, or.
func (c *check) operand() string {
	if !c.scan && c.guard == "" {
		return render(c)
	}
	if text, ok := c.flat(); ok && len(text) <= lineWidth {
		return "{ " + text + " }"
	}
	return "{\n" + c.broken() + "\n}"
}

// chain is an and or an or of two or more operands.
type chain struct {
	word     string // "and" or "or"
	operands []expr
}

func (c *chain) flat() (string, bool) {
	parts := make([]string, len(c.operands))
	for i, o := range c.operands {
		part, ok := flatOperand(o, c.word)
		if !ok {
			return "", false
		}
		parts[i] = part
	}
	return strings.Join(parts, " "+c.word+" "), true
}

func (c *chain) broken() string {
	parts := make([]string, len(c.operands))
	for i, o := range c.operands {
		parts[i] = renderOperand(o, c.word)
	}
	return strings.Join(parts, " "+c.word+"\n")
}

func (c *chain) notes() []string {
	var out []string
	for _, o := range c.operands {
		out = append(out, o.notes()...)
	}
	return out
}

// negation is not.
type negation struct{ of expr }

func (n *negation) flat() (string, bool) {
	text, ok := flatOperand(n.of, "not")
	return "not " + text, ok
}

func (n *negation) broken() string  { return "not " + renderOperand(n.of, "not") }
func (n *negation) notes() []string { return n.of.notes() }

// flatOperand returns an operand of not, and, or on one line, in parentheses where
// the grammar wants them.
func flatOperand(e expr, word string) (string, bool) {
	text, ok := e.flat()
	if !ok {
		return "", false
	}
	if c, isCheck := e.(*check); isCheck && (c.scan || c.guard != "") {
		return "{ " + text + " }", true
	}
	if needsParentheses(e, word) {
		text = "(" + text + ")"
	}
	return text, true
}

func renderOperand(e expr, word string) string {
	if c, ok := e.(*check); ok {
		return c.operand()
	}
	text := render(e)
	if needsParentheses(e, word) {
		text = "(" + text + ")"
	}
	return text
}

func needsParentheses(e expr, word string) bool {
	switch e := e.(type) {
	case *chain:
		return word == "not" || word == "and" && e.word == "or"
	case *negation:
		return word == "not"
	}
	return false
}

// body returns the lines of a rule's body: the operands of a top-level and stand on
// lines of their own.
func body(e expr) string {
	lines := []expr{e}
	if c, ok := e.(*chain); ok && c.word == "and" {
		lines = c.operands
	}
	var b strings.Builder
	for _, line := range lines {
		for _, note := range unique(line.notes()) {
			b.WriteString("# " + note + "\n")
		}
		b.WriteString(bodyLine(line) + "\n")
	}
	return b.String()
}

func bodyLine(e expr) string {
	if c, ok := e.(*check); ok && c.guard != "" {
		return c.broken()
	}
	return render(e)
}

func unique(in []string) []string {
	var out []string
	seen := make(map[string]bool)
	for _, s := range in {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// commentText makes any text fit for a comment: one line.
func commentText(s string) string {
	return strings.Join(strings.Fields(s), " ")
}
