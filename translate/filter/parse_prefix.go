package filter

// longestShortened bounds the names that ParsePrefix tries to shorten. No known
// field is longer, apart from those whose argument is any text.
const longestShortened = 256

// ParsePrefix parses the longest prefix of text that is a field or a transformer
// and that accept returns nil for, and returns how many bytes it has. Output
// templates use it for what follows a percent sign: in "proc.name[1]" the field
// is proc.name, in "proc.namefoo" too. If there is no such prefix the error is
// why the longest one is none.
//
// It tries the argument and the letters of the name, not every length: nothing
// else can make the difference.
func ParsePrefix(text string, accept func(Operand) error) (Operand, int, error) {
	operand, n, bodyEnd, err := parseOperand(text, accept)
	if err == nil {
		return operand, n, nil
	}
	if bodyEnd < len(text) {
		if operand, n, _, shorter := parseOperand(text[:bodyEnd], accept); shorter == nil {
			return operand, n, nil
		}
	}
	for n := min(scanFieldName(text)-1, longestShortened); n > 0; {
		n = scanFieldName(text[:n])
		if operand, n, _, shorter := parseOperand(text[:n], accept); shorter == nil {
			return operand, n, nil
		}
		n--
	}
	return nil, 0, err
}

// parseOperand parses the field or transformer that text begins with. bodyEnd is
// where its argument could have begun.
func parseOperand(text string, accept func(Operand) error) (operand Operand, n, bodyEnd int, err error) {
	p := newParser(text)
	err = p.run(func() {
		if operand = p.operand(); operand == nil {
			p.fail("expected a field or a transformer: %s", transformerWords)
		}
	})
	if err == nil {
		err = accept(operand)
	}
	return operand, p.pos.Offset, p.bodyEnd, err
}
