// Package report writes what Falco says of rules files, in Falco's texts and JSON.
//
// # Usage
//
// Verbose and Summary write one result for people, JSON all of them for programs.
// Describe writes what files define as JSON, Table for people.
//
// # Concurrency
//
// Functions keep no state.
//
// # Failure
//
// Functions return text and never fail.
package report
