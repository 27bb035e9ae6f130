// Package translate turns Falco rules files into Rego modules.
//
// # Usage
//
// Load reads files in the order they apply. Its Ruleset holds the Rego modules, which
// are all the engine needs, and the rules in Falco's terms for listings. The work is
// done by the packages below: falco reads and resolves files, filter knows conditions,
// format knows outputs, rego writes modules.
//
// Validate and Describe say of files what Falco would, which package report writes in
// Falco's formats.
//
// # Failure
//
// Every problem of every file comes back as a Diagnostic; one of severity Error makes
// the Ruleset nil. A rule that cannot be used is never dropped in silence: it has a
// diagnostic and stands in Ruleset.Skipped. Join makes one error of many diagnostics.
//
// # Concurrency
//
// Load keeps no state and depends on nothing but its arguments: the same files give
// the same bytes on every machine. What it returns is not changed afterwards.
package translate
