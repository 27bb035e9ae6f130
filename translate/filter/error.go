package filter

import "fmt"

// Error is a problem in a condition. Msg has the words of Falco, which rule
// authors and scripts know; Pos is where the parser stopped, or the start of
// the check that cannot be compiled.
type Error struct {
	Pos Pos
	Msg string
}

// Error returns "line:column: message".
func (e *Error) Error() string {
	return fmt.Sprintf("%d:%d: %s", e.Pos.Line, e.Pos.Column, e.Msg)
}
