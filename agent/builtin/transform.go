package builtin

import (
	"encoding/base64"
	"strings"
)

// ToLower folds ASCII letters to lower case, byte by byte.
func ToLower(value string) string { return string(AppendLower(nil, value)) }

// ToUpper folds ASCII letters to upper case, byte by byte.
func ToUpper(value string) string { return string(AppendUpper(nil, value)) }

// AppendLower appends ToLower(value) to dst.
func AppendLower(dst []byte, value string) []byte {
	for i := range len(value) {
		dst = append(dst, lower(value[i]))
	}
	return dst
}

// AppendUpper appends ToUpper(value) to dst.
func AppendUpper(dst []byte, value string) []byte {
	for i := range len(value) {
		b := value[i]
		if 'a' <= b && b <= 'z' {
			b -= 'a' - 'A'
		}
		dst = append(dst, b)
	}
	return dst
}

// B64 decodes base64 in the standard alphabet. Up to two padding characters at
// the end are ignored. Any other character, a length that no encoding has, or
// trailing bits that are not zero give no value. The empty text is the encoding
// of itself.
func B64(value string) (string, bool) {
	decoded, ok := AppendB64(nil, value)
	return string(decoded), ok
}

// AppendB64 appends B64(value) to dst. It does not allocate where dst is large
// enough for value.
func AppendB64(dst []byte, value string) ([]byte, bool) {
	for range 2 {
		value = strings.TrimSuffix(value, "=")
	}
	if strings.ContainsAny(value, "\r\n") {
		return dst, false // the decoder would skip them
	}
	at := len(dst)
	dst = append(dst, value...)
	// Decoding in place is safe: what is written stays behind what is read.
	n, err := base64.RawStdEncoding.Strict().Decode(dst[at:], dst[at:])
	return dst[:at+n], err == nil
}

// Basename returns what follows the last slash: nothing for "/dir/", everything
// where there is no slash.
func Basename(value string) string {
	return value[strings.LastIndexByte(value, '/')+1:]
}

// GetOpt scans arguments for the options that optstring declares as getopt(3)
// reads it: a letter is a flag, a letter with a colon takes a value, a leading
// colon and further colons mean nothing. It returns, in order, the letter of each
// flag, the letter and the value of each option with a value, and "?" for each
// unknown letter; for an option whose value is missing, only an empty string.
//
// Scanning ends at "--", at a lone "-", and at an argument that is empty or does
// not start with a hyphen. Other arguments that start with "--" are skipped.
func GetOpt(arguments []string, optstring string) []string {
	found := []string{}
	scanOptions(arguments, optstring, func(letter, value string, kind optionKind) {
		switch kind {
		case optionMissing:
			found = append(found, "")
		case optionValue:
			found = append(found, letter, value)
		default:
			found = append(found, letter)
		}
	})
	return found
}

// GetOptOption scans arguments as GetOpt does and returns what the last occurrence
// of one option says: its value, or its letter if it is a flag. There is no value
// where the option does not occur, is not declared, or is not a single character.
// An option whose value is missing has the empty one.
func GetOptOption(arguments []string, optstring, option string) (string, bool) {
	text, found := "", false
	scanOptions(arguments, optstring, func(letter, value string, kind optionKind) {
		switch {
		case letter != option || kind == optionUnknown:
		case kind == optionFlag:
			text, found = letter, true
		default:
			text, found = value, true
		}
	})
	return text, found
}

// optionKind says what stands behind an option's letter.
type optionKind uint8

const (
	optionFlag optionKind = iota
	optionValue
	optionMissing // of the value that it takes
	optionUnknown // not declared; its letter is "?"
)

// scanOptions calls visit for each option among arguments.
func scanOptions(arguments []string, optstring string, visit func(letter, value string, kind optionKind)) {
	optstring = strings.TrimPrefix(optstring, ":")
	for i := 0; i < len(arguments); i++ {
		argument := arguments[i]
		if strings.HasPrefix(argument, "--") && argument != "--" {
			continue
		}
		cluster, ok := strings.CutPrefix(argument, "-")
		if !ok || cluster == "" || cluster == "-" {
			return
		}
		for at := range len(cluster) {
			letter := cluster[at : at+1]
			declared := strings.Index(optstring, letter)
			if letter == ":" || declared < 0 {
				visit("?", "", optionUnknown)
				continue
			}
			if !strings.HasPrefix(optstring[declared+1:], ":") {
				visit(letter, "", optionFlag)
				continue
			}
			value := cluster[at+1:]
			if value == "" {
				if i++; i == len(arguments) {
					visit(letter, "", optionMissing)
					return
				}
				value = arguments[i]
			}
			visit(letter, value, optionValue)
			break
		}
	}
}
