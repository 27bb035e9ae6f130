package builtin

import "strings"

// Glob reports whether the whole of value matches pattern as fnmatch(3) without
// flags decides in the C locale: * ? [abc] [!a-z] [[:alpha:]] and backslash,
// with / and leading dots being ordinary bytes. Malformed brackets are treated
// as by glibc 2.36.
//
// It does not allocate and takes at most len(value) * len(pattern) steps.
func Glob(value, pattern string) bool {
	return glob(cString(value), cString(pattern), false)
}

// IGlob is Glob without regard to the case of ASCII letters. Character classes
// still see the value as it is: [[:upper:]] does not match "a".
func IGlob(value, pattern string) bool {
	return glob(cString(value), cString(pattern), true)
}

// glob needs to remember only the latest star: every other element takes exactly
// one byte, so giving an earlier star more could not help.
func glob(value, pattern string, fold bool) bool {
	v, p := 0, 0
	starV, starP := 0, -1
	for v < len(value) {
		if p < len(pattern) && pattern[p] == '*' {
			p++
			starV, starP = v, p
			continue
		}
		if next := element(pattern, p, value[v], fold); next > 0 {
			v, p = v+1, next
			continue
		}
		if starP < 0 {
			return false
		}
		starV++
		v, p = starV, starP
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// element matches one byte against the element of pattern at p, which is not a
// star. It returns where the next element starts, or 0 when b does not match.
func element(pattern string, p int, b byte, fold bool) int {
	if p == len(pattern) {
		return 0
	}
	c := pattern[p]
	switch c {
	case '?':
		return p + 1
	case '[':
		next, verdict := bracket(pattern, p+1, b, fold)
		switch verdict {
		case inside:
			return next
		case outside:
			return 0
		}
		// An unterminated bracket is an ordinary byte.
	case '\\':
		p++
		if p == len(pattern) {
			return 0
		}
		c = pattern[p]
	}
	if c == b || fold && lower(c) == lower(b) {
		return p + 1
	}
	return 0
}

// verdict is what a bracket expression says about a byte.
type verdict uint8

const (
	outside verdict = iota
	inside
	unterminated
)

// bracket tests b against the bracket expression whose members start at p, and
// returns the position behind its closing bracket. Once a member holds, glibc
// only looks for the end, with rules of its own for malformed members; so does
// this.
func bracket(pattern string, p int, b byte, fold bool) (int, verdict) {
	negated := p < len(pattern) && (pattern[p] == '!' || pattern[p] == '^')
	if negated {
		p++
	}
	found := false
	for first := true; first || p == len(pattern) || pattern[p] != ']'; first = false {
		if p == len(pattern) {
			return 0, unterminated
		}
		if found {
			p = skipMember(pattern, p)
		} else {
			var m member
			m, p = readMember(pattern, p, fold)
			found = p > 0 && m.holds(b, fold)
			if !found && m.dangling {
				return 0, outside
			}
		}
		if p == 0 {
			return 0, outside
		}
	}
	if found == negated {
		return 0, outside
	}
	return p + 1, inside
}

// member is one part of a bracket expression: a range (of one byte, mostly) or a
// named class. The ends of the range are folded already where they should be.
type member struct {
	low, high byte
	class     string // when set, low and high do not count
	raw       bool   // compare the byte itself, not its folded form
	never     bool   // holds for no byte
	dangling  bool   // a range without end: the bracket fails unless low holds
}

func (m member) holds(b byte, fold bool) bool {
	if m.never {
		return false
	}
	if m.class != "" {
		return inClass(b, m.class)
	}
	if fold && !m.raw {
		b = lower(b)
	}
	return m.low <= b && b <= m.high
}

// readMember reads the member at p and returns it with the position behind it,
// which is 0 when the member makes the whole bracket match nothing.
func readMember(pattern string, p int, fold bool) (member, int) {
	c := pattern[p]
	p++
	symbol := false
	switch {
	case c == '\\':
		if p == len(pattern) {
			return member{}, 0
		}
		c = pattern[p]
		p++
	case c == '[' && p < len(pattern) && pattern[p] == ':':
		name, next := className(pattern, p+1)
		if next > 0 {
			if !knownClass(name) {
				return member{}, 0
			}
			return member{class: name}, next
		}
	case c == '[' && p+3 < len(pattern) && pattern[p] == '=' && pattern[p+2:p+4] == "=]":
		e := pattern[p+1]
		return member{low: e, high: e, raw: true}, p + 4
	case c == '[' && p < len(pattern) && pattern[p] == '.':
		name, next := collatingSymbol(pattern, p+1)
		if next == 0 || len(name) != 1 {
			return member{}, 0
		}
		c, p, symbol = name[0], next, true
	}
	if fold && !symbol {
		c = lower(c)
	}

	m := member{low: c, high: c, raw: symbol}
	if p == len(pattern) || pattern[p] != '-' {
		return m, p
	}
	switch {
	case p+1 == len(pattern):
		m.dangling = true
		return m, p + 1
	case pattern[p+1] == ']':
		m.never = symbol // [.a.]- promises a range that does not come
		return m, p
	}
	m.raw = false
	m.high, p = rangeEnd(pattern, p+1, fold)
	return m, p
}

// rangeEnd reads the upper end of a range at p. Collating symbols are not
// folded.
func rangeEnd(pattern string, p int, fold bool) (byte, int) {
	c := pattern[p]
	p++
	switch {
	case c == '[' && p < len(pattern) && pattern[p] == '.':
		name, next := collatingSymbol(pattern, p+1)
		if next == 0 || len(name) != 1 {
			return 0, 0
		}
		return name[0], next
	case c == '\\':
		if p == len(pattern) {
			return 0, 0
		}
		c = pattern[p]
		p++
	}
	if fold {
		c = lower(c)
	}
	return c, p
}

// skipMember returns the position behind what stands at p, or 0 when the bracket
// is malformed there.
func skipMember(pattern string, p int) int {
	c := pattern[p]
	p++
	switch {
	case c == '\\':
		if p == len(pattern) {
			return 0
		}
		return p + 1
	case c != '[' || p == len(pattern):
		return p
	}
	switch pattern[p] {
	case ':':
		if _, next := className(pattern, p+1); next > 0 {
			return next
		}
	case '=':
		if p+3 >= len(pattern) || pattern[p+2:p+4] != "=]" {
			return 0
		}
		return p + 4
	case '.':
		_, next := collatingSymbol(pattern, p+1)
		return next
	}
	return p
}

// className reads a class name that starts at p and ends in ":]". The position
// behind it is 0 when there is none: then the "[" before it is an ordinary byte.
func className(pattern string, p int) (string, int) {
	for i := p; i+1 < len(pattern); i++ {
		if pattern[i] == ':' && pattern[i+1] == ']' {
			return pattern[p:i], i + 2
		}
		if pattern[i] < 'a' || pattern[i] >= 'z' {
			break
		}
	}
	return "", 0
}

// collatingSymbol reads a symbol that starts at p and ends in ".]".
func collatingSymbol(pattern string, p int) (string, int) {
	end := strings.Index(pattern[p:], ".]")
	if end < 0 {
		return "", 0
	}
	return pattern[p : p+end], p + end + 2
}

func knownClass(name string) bool {
	switch name {
	case "alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "xdigit":
		return true
	}
	return false
}

// inClass decides as the C locale does: no byte above 0x7f is in any class.
func inClass(b byte, name string) bool {
	letter := 'a' <= lower(b) && lower(b) <= 'z'
	digit := '0' <= b && b <= '9'
	graph := '!' <= b && b <= '~'
	switch name {
	case "alnum":
		return letter || digit
	case "alpha":
		return letter
	case "blank":
		return b == ' ' || b == '\t'
	case "cntrl":
		return b < ' ' || b == 0x7f
	case "digit":
		return digit
	case "graph":
		return graph
	case "lower":
		return letter && b >= 'a'
	case "print":
		return graph || b == ' '
	case "punct":
		return graph && !letter && !digit
	case "space":
		return b == ' ' || '\t' <= b && b <= '\r'
	case "upper":
		return letter && b < 'a'
	case "xdigit":
		return digit || 'a' <= lower(b) && lower(b) <= 'f'
	}
	return false
}

// lower folds an ASCII letter.
func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

// cString cuts s at its first NUL.
func cString(s string) string {
	if i := strings.IndexByte(s, 0); i >= 0 {
		return s[:i]
	}
	return s
}
