package outputs

import (
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

// JSON is written by hand because no setting of encoding/json writes what Falco
// writes: it escapes U+2028 and U+2029 always, prints 1e+20 as an integer and
// replaces each byte of a cut UTF-8 sequence by a U+FFFD of its own.

// appendValue appends one of the values that Field allows. Any other type is a
// mistake of the caller and is printed as text.
func appendValue(dst []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(dst, "null"...)
	case string:
		return appendString(dst, v)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case uint64:
		return strconv.AppendUint(dst, v, 10)
	case float64:
		return appendFloat(dst, v)
	case bool:
		return strconv.AppendBool(dst, v)
	case []any:
		dst = append(dst, '[')
		for i, element := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendValue(dst, element)
		}
		return append(dst, ']')
	default:
		return appendString(dst, fmt.Sprint(v))
	}
}

// appendFloat appends the shortest number that reads back as v, always with a
// decimal point or an exponent: 100.0, 0.5, 1e-07. What is no number is null.
// The bounds of plain notation are those of nlohmann/json, which Falco uses.
func appendFloat(dst []byte, v float64) []byte {
	magnitude := math.Abs(v)
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return append(dst, "null"...)
	case magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e15):
		return strconv.AppendFloat(dst, v, 'e', -1, 64)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, v, 'f', -1, 64)
	for _, c := range dst[start:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, ".0"...)
}

// appendString appends s as a JSON string.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	dst = appendEscaped(dst, s)
	return append(dst, '"')
}

// appendEscaped appends s as the inside of a JSON string. Only quotes,
// backslashes and control characters are escaped. Of invalid UTF-8, each longest
// piece that could have begun a character becomes one U+FFFD, so that a text cut
// within a character ends in one of them.
func appendEscaped(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	start := 0 // of what is not appended yet and needs no change
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			if r, size := utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || size != 1 {
				i += size
				continue
			}
			dst = append(dst, s[start:i]...)
			dst = append(dst, "\uFFFD"...)
			i += cutLength(s[i:])
			start = i
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, `\b`...)
		case '\t':
			dst = append(dst, `\t`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\r':
			dst = append(dst, `\r`...)
		default:
			dst = append(dst, `\u00`...)
			dst = append(dst, hex[c>>4], hex[c&15])
		}
		i++
		start = i
	}
	return append(dst, s[start:]...)
}

// cutLength returns how many bytes at the start of s belong to one ill-formed
// UTF-8 sequence: the longest prefix of a well-formed one (Unicode 15, table
// 3-7), at least one byte. s must not start with a well-formed character.
func cutLength(s string) int {
	length, low, high := 1, byte(0x80), byte(0xBF) // of the whole sequence; bounds of its second byte
	switch c := s[0]; {
	case c >= 0xC2 && c <= 0xDF:
		length = 2
	case c >= 0xE0 && c <= 0xEF:
		length = 3
		switch c {
		case 0xE0:
			low = 0xA0
		case 0xED:
			high = 0x9F
		}
	case c >= 0xF0 && c <= 0xF4:
		length = 4
		switch c {
		case 0xF0:
			low = 0x90
		case 0xF4:
			high = 0x8F
		}
	}
	n := 1
	for n < length && n < len(s) && s[n] >= low && s[n] <= high {
		n++
		low, high = 0x80, 0xBF
	}
	return n
}
