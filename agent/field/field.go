// Package field extracts the fields that rules name from an event and from what
// package state knows at that moment.
//
// # Usage
//
// Compile turns the name of a field into an Extractor, once. For each event a
// Context is Reset after Machine.Apply, and extractors read from it:
//
//	machine.Apply(ev)
//	context.Reset(ev)
//	value, ok := extractor.Value(context)
//
// A field without a value is absent, which is not the same as an empty string or
// 0: every comparison with it is false. Fields that nothing here can fill are
// always absent, and Supported says so.
//
// # Memory
//
// Extracting a single value allocates nothing, apart from the first use of a text
// that a process keeps (its command line). A value's string is memory of the
// event, of the state or of the Context, and is valid until the next Reset.
//
// # Concurrency
//
// A Context belongs to the goroutine of its Machine. Extractors are shared and
// read-only.
//
// # Failure
//
// Nothing fails; what an event lacks is absent.
//
// Meanings and texts follow Falco 0.44, its evident defects excepted; each place
// says so.
package field
