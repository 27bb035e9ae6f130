package schema

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// InputPath returns where the field stands in Rego's input: a class, which is
// the name up to its first dot, and the rest exactly as String writes it. For
// proc.aname[2] that is "proc" and "aname[2]".
func (r FieldRef) InputPath() (class, rest string) {
	class, rest, _ = strings.Cut(r.String(), ".")
	return class, rest
}

// Input returns the Rego reference of the field: input.proc.name where the rest
// is an identifier, else input.proc["aname[2]"].
func (r FieldRef) Input() string {
	class, rest := r.InputPath()
	if isRegoVar(rest) {
		return "input." + class + "." + rest
	}
	return "input." + class + "[" + RegoString(rest) + "]"
}

// ParseInput is the inverse of InputPath. Unlike ParseField it accepts every
// static.<key>, since which keys exist was settled when the name was made.
func ParseInput(class, rest string) (FieldRef, error) {
	text := class + "." + rest
	if strings.Contains(class, ".") {
		return FieldRef{}, nonexistent(text)
	}
	if class == staticField.Name && rest != "" {
		return FieldParser{Static: []string{rest}}.Parse(text)
	}
	return ParseField(text)
}

// regoKeywords are the words that cannot follow a dot in Rego (import rego.v2).
var regoKeywords = []string{
	"and", "as", "contains", "default", "else", "every", "false", "if", "import", "in", "not", "null", "or", "package",
	"some", "true", "with",
}

// isRegoVar reports whether text may follow a dot in a Rego reference.
func isRegoVar(text string) bool {
	for i, c := range []byte(text) {
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return text != "" && !slices.Contains(regoKeywords, text)
}

// RegoString returns text as a Rego string literal. The text must be valid UTF-8.
func RegoString(text string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		panic(err) // strings always encode
	}
	return strings.TrimSuffix(b.String(), "\n")
}
