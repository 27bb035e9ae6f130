package falco

import (
	"fmt"
	"strings"
)

// Result is what Falco says of one rules file, see Validate.
type Result struct {
	Name       string
	Successful bool    // there is no error
	Errors     []Entry // at most one: Falco stops at the first
	Warnings   []Entry // those met before the error, in the order in which they are met

	// Schema is "ok" where the file fits the JSON schema of rules files, "failed"
	// where it does not, which SchemaWarnings explain, and "none" without a document.
	Schema         SchemaStatus
	SchemaWarnings []string
}

// SchemaStatus says whether a file fits the JSON schema of rules files.
type SchemaStatus string

// The statuses of Result.Schema.
const (
	SchemaOK     SchemaStatus = "ok"
	SchemaFailed SchemaStatus = "failed"
	SchemaNone   SchemaStatus = "none"
)

// Entry is one error or warning of a Result.
type Entry struct {
	Code    string // one of the codes of diagnostics
	Message string // may be empty
	// DeprecatedField is the field of a condition or output that has no meaning any more.
	DeprecatedField string
	Context         []Location // from the file inwards; never empty
	Snippet         string     // the line of the innermost location, and a caret on a line below it
}

// Location is one step of the way from a file to a problem.
type Location struct {
	ItemType string // "rules content", "rule", "rule condition", ...
	ItemName string
	Mark
}

// Mark is a place as Falco counts: lines, columns and offsets from 0, in bytes. Name is
// the file, or the beginning of a condition in quotes: then the place is that of the
// condition plus the one within it.
type Mark struct {
	Name                 string
	Line, Column, Offset int
}

// String returns "name:line:column".
func (m Mark) String() string { return fmt.Sprintf("%s:%d:%d", m.Name, m.Line, m.Column) }

// The types of locations.
const (
	inValue              = "value for"
	inExceptions         = "exceptions"
	inException          = "exception"
	inContent            = "rules content"
	inContentItem        = "rules content item"
	inPlugins            = "required plugin versions"
	inPluginsEntry       = "required plugin versions entry"
	inPluginsAlternative = "required plugin versions alternative"
	inMacroCondition     = "macro condition"
	inRuleCondition      = "rule condition"
	inExpression         = "condition expression"
	inRuleOutput         = "rule output"
	inRulePriority       = "rule priority"
)

// snippetWidth is how much of a line a snippet shows on each side of its place.
const snippetWidth = 80

// snippet shows the line of text that holds byte offset. The end of the text, or of a
// line, counts as the last byte of the line before it.
func snippet(text string, offset int) string {
	if text == "" {
		return "\n^\n"
	}
	at := min(offset, len(text)-1)
	for at > 0 && text[at] == '\n' {
		at--
	}
	start := strings.LastIndexByte(text[:at], '\n') + 1
	line, _, _ := strings.Cut(text[start:], "\n")
	at -= start
	var before, after string
	if at > snippetWidth {
		line, at, before = line[at-snippetWidth:], snippetWidth, "..."
	}
	if len(line) > at+snippetWidth {
		line, after = line[:at+snippetWidth], "..."
	}
	return before + line + after + "\n" + strings.Repeat(" ", len(before)+at) + "^\n"
}
