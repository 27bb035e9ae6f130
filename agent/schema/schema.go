// Package schema is the vocabulary of the agent, as data: the events and their
// parameters, the names of flags, system calls, priorities, the fields that
// rules may use, and the signatures of the falco.* builtins. It follows Falco
// 0.44 (driver schema 4.5.1), and nothing here reads an event.
//
// # Usage
//
// Numbers that come from the kernel or from a capture file have types and
// constants here (EventType, Category, EventFlags, ParamType, PrintFormat).
// Texts that come from rules are looked up with ParseField, ParsePriority and
// EventTypesNamed. ParseInput and FieldRef.Input translate between Falco's name
// of a field and its name in Rego's input document; nothing else does.
//
// The tables are made by internal/gen from the files in tables; bpf/schema.h,
// the same numbers for the BPF programs, is made with them.
//
// # Concurrency
//
// Everything returned is shared and read-only, and all functions are safe for
// concurrent use.
//
// # Failure
//
// Only texts from outside can be wrong; the errors carry Falco's wording where
// Falco has one, because rules may depend on it.
package schema

//go:generate go run ./internal/gen
