package filter

// A scanner returns the length of the longest token of its kind at the start of
// the text, 0 if there is none.
type scanner func(text string) int

// scanIdentifier: [a-zA-Z]+[a-zA-Z0-9_]*
func scanIdentifier(text string) int {
	if text == "" || !isLetter(text[0]) {
		return 0
	}
	return span(text, func(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' })
}

// scanFieldName: identifiers joined by dots, at least two.
func scanFieldName(text string) int {
	n := scanIdentifier(text)
	end := 0
	for n > 0 && n < len(text) && text[n] == '.' {
		part := scanIdentifier(text[n+1:])
		if part == 0 {
			break
		}
		n += 1 + part
		end = n
	}
	return end
}

// scanFieldArg: [^][\"'[:space:]]+
func scanFieldArg(text string) int {
	return span(text, func(c byte) bool {
		return c != '[' && c != ']' && c != '"' && c != '\'' && !isSpace(c)
	})
}

// scanBare: [^()\"'[:space:]=,]+
func scanBare(text string) int { return span(text, isBare) }

func isBare(c byte) bool {
	switch c {
	case '(', ')', '"', '\'', '=', ',':
		return false
	}
	return !isSpace(c)
}

// scanNot: the word "not" with the white space behind it.
func scanNot(text string) int {
	const word = "not"
	if len(text) <= len(word) || text[:len(word)] != word {
		return 0
	}
	blanks := span(text[len(word):], isSpace)
	if blanks == 0 {
		return 0
	}
	return len(word) + blanks
}

// scanNumber: 0[xX][0-9a-fA-F]+, else [+-]?[0-9]+\.?[0-9]*([eE][+-][0-9]+)?
func scanNumber(text string) int {
	if len(text) > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') {
		if n := span(text[2:], isHex); n > 0 {
			return 2 + n
		}
	}
	n := 0
	if text != "" && (text[0] == '+' || text[0] == '-') {
		n = 1
	}
	digits := span(text[n:], isDigit)
	if digits == 0 {
		return 0
	}
	n += digits
	if n < len(text) && text[n] == '.' {
		n++
		n += span(text[n:], isDigit)
	}
	return n + scanExponent(text[n:])
}

// scanExponent: [eE][+-][0-9]+
func scanExponent(text string) int {
	if len(text) < 3 || text[0] != 'e' && text[0] != 'E' || text[1] != '+' && text[1] != '-' {
		return 0
	}
	digits := span(text[2:], isDigit)
	if digits == 0 {
		return 0
	}
	return 2 + digits
}

// scanQuoted returns the length of a quoted string, quotes included. It ends at
// the first same quote whose preceding byte is not a backslash: backslashes are
// not counted, so no quoted string ends in an escaped one. As in Falco a NUL
// byte ends the search.
func scanQuoted(text string) int {
	if text == "" || text[0] != '"' && text[0] != '\'' {
		return 0
	}
	for i := 1; i < len(text) && text[i] != 0; i++ {
		if text[i] == text[0] && (i == 1 || text[i-1] != '\\') {
			return i + 1
		}
	}
	return 0
}

// span returns the length of the prefix whose bytes are all in the class.
func span(text string, class func(byte) bool) int {
	for i := range len(text) {
		if !class(text[i]) {
			return i
		}
	}
	return len(text)
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isHex(c byte) bool { return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' }

// isSpace is the class [:space:], which ends bare words.
func isSpace(c byte) bool { return '\t' <= c && c <= '\r' || c == ' ' }

// isBlank says what may stand between tokens. It is not isSpace: a backspace
// is skipped, vertical tab and form feed are not.
func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\b' }
