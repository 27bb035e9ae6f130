package rego

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// quote returns text as a Rego string. The text must be valid UTF-8.
func quote(text string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		panic(err) // strings always encode
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// canQuote reports whether a string literal can hold the text: Rego's strings are
// valid UTF-8, Falco's are bytes.
func canQuote(text string) bool { return utf8.ValidString(text) }
