package rego

import "unicode/utf8"

// canQuote reports whether a string literal can hold the text: Rego's strings are
// valid UTF-8, Falco's are bytes.
func canQuote(text string) bool { return utf8.ValidString(text) }
