package filter

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// unquote returns what a quoted string means. The quotes are part of the text.
//
// Backslash and space yield one backslash and drop the space: old rules depend
// on it.
func unquote(quoted string) (string, error) {
	delimiter, text := quoted[0], quoted[1:len(quoted)-1]
	if strings.IndexByte(text, '\\') < 0 {
		return text, nil
	}
	var out strings.Builder
	for text != "" {
		plain := strings.IndexByte(text, '\\')
		if plain < 0 {
			out.WriteString(text)
			break
		}
		out.WriteString(text[:plain])
		value, n, err := unescape(text[plain+1:], delimiter)
		if err != nil {
			return "", err
		}
		out.WriteByte(value)
		text = text[plain+1+n:]
	}
	return out.String(), nil
}

// unescape returns the byte that an escape stands for and the length of the
// escape; text starts after the backslash and is not empty, because a quote
// after a backslash does not end a string.
func unescape(text string, delimiter byte) (value byte, n int, err error) {
	switch c := text[0]; c {
	case 'b':
		return '\b', 1, nil
	case 'f':
		return '\f', 1, nil
	case 'n':
		return '\n', 1, nil
	case 'r':
		return '\r', 1, nil
	case 't':
		return '\t', 1, nil
	case '\\', ' ':
		return '\\', 1, nil
	case '/', delimiter:
		return c, 1, nil
	case '"':
		return 0, 0, errors.New(`invalid \" escape in '-quoted string`)
	case '\'':
		return 0, 0, errors.New(`invalid \' escape in "-quoted string`)
	case 'x':
		return unescapeHex(text)
	}
	_, size := utf8.DecodeRuneInString(text)
	return 0, 0, fmt.Errorf(`unsupported string escape sequence: \%s`, text[:size])
}

func unescapeHex(text string) (value byte, n int, err error) {
	if len(text) < 3 {
		return 0, 0, errors.New("truncated hex char escape sequence")
	}
	v, err := strconv.ParseUint(text[1:3], 16, 8)
	if err != nil {
		return 0, 0, fmt.Errorf("invalid hex char escape sequence: %s", text[1:3])
	}
	return byte(v), 3, nil
}

// appendQuoted writes a value as canonical text does: in double quotes if it
// has a blank, a quote, a backslash, '=' or a control escape in it, bare
// otherwise. Bare text is not always a token: "a,b" is written a,b, and the
// empty string as nothing. Falco does the same.
func appendQuoted(dst []byte, value string) []byte {
	if !strings.ContainsAny(value, " =\\\"'\b\f\n\r\t\x00") {
		return append(dst, value...)
	}
	dst = append(dst, '"')
	for _, c := range []byte(value) {
		switch c {
		case '\b':
			dst = append(dst, `\b`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		case 0:
			dst = append(dst, `\x00`...)
		case '\\', '"':
			dst = append(dst, '\\', c)
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
