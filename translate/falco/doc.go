// Package falco reads Falco rules files: YAML documents become resolved rules.
//
// # Usage
//
// Load takes the files in the order they apply and returns the rules, macros and
// lists that hold at the end, with lists substituted, exceptions built into the
// conditions, overrides applied and macros left as references. Reading follows
// Falco's engine 0.63.0 on the points that change what a rule means: the first of
// two equal keys counts, appends come before replacements, a list inside a list is
// expanded once, macros see only macros older than their own last change.
//
// Validate says of each file what Falco says, in its words, order and places: one error
// at most, found with what the files before it define. Describe lists what good files
// define.
//
// # Failure
//
// Nothing is logged and nothing is skipped in silence: whatever is wrong, unusual
// or ignored is a Diagnostic with its place in the file. Falco stops at the first
// error of a file, and so does Validate; Load goes on and reports every problem it finds, but one problem
// once: what only follows from an item that was already refused stays unsaid.
//
// # Concurrency
//
// Load keeps no state. What it returns is not changed afterwards and may be read
// from several goroutines.
package falco
