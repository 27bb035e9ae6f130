// Package filter is the condition language of Falco rules: its tree, parser and
// printer, the checks of a tree against the fields of agent/schema, and the event
// types a condition can match.
//
// # Usage
//
// Parse turns the text of one condition, lists already substituted, into a tree
// of nodes; macros stay in it as MacroRef until the caller puts their trees in
// their place with Rewrite and Clone. Validate then compares the tree with the
// schema, EventTypes computes which events it can match, and Print gives
// Falco's canonical text of it.
//
// Grammar, messages and canonical text are those of Falco's engine 0.63.0.
// Where Falco's own parser has a defect that could only hide a mistake in a
// rule, this one reports the mistake; each such place says so.
//
// # Concurrency
//
// Functions keep no state. A tree is an ordinary value: share it freely as long
// as nobody changes it.
//
// # Failure
//
// Every problem is an *Error with the place in the text. No input makes the
// package panic; nesting is bounded by MaxDepth and time by the length of the
// text.
package filter
