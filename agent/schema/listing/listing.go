// Package listing writes the tables of package schema for people and for tools,
// in the layouts of Falco's --list and --list-events. The descriptions are our
// own.
//
// # Usage
//
// Fields and Events write to a writer what their options ask for; ParseFormat
// reads the value of --format.
//
// # Concurrency
//
// All functions are safe for concurrent use.
//
// # Failure
//
// Errors are an unknown format or source, and those of the writer.
package listing

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/saker-project/saker/agent/schema"
)

// Format is the form of a listing.
type Format uint8

// The formats.
const (
	Text Format = iota
	Markdown
	JSON
)

var formatNames = [...]string{Text: "text", Markdown: "markdown", JSON: "json"}

// String returns the word for f that ParseFormat reads.
func (f Format) String() string {
	if int(f) >= len(formatNames) {
		return fmt.Sprintf("Format(%d)", f)
	}
	return formatNames[f]
}

// ParseFormat returns the format that word names: text, markdown or json in any
// case.
func ParseFormat(word string) (Format, error) {
	for f, name := range formatNames {
		if strings.EqualFold(word, name) {
			return Format(f), nil
		}
	}
	return 0, fmt.Errorf("format %q: must be text, markdown or json", word)
}

// typeName returns the name of a type as Falco's listings spell it.
func typeName(t schema.ParamType) string {
	if t == schema.PT_DYN {
		return "DYNAMIC"
	}
	return t.String()
}

// writeJSON writes v indented by two spaces. Keys come in the order of the struct
// fields of v, which is alphabetical as in Falco.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// write hands everything to w at once.
func write(w io.Writer, b *bytes.Buffer) error {
	_, err := w.Write(b.Bytes())
	return err
}
