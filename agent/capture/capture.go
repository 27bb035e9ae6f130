// Package capture is where events come from. A Source delivers the kernel's
// events in order, counts what it could not deliver, and keeps memory bounded.
// Live is the running kernel, seen through the programs of package bpf.
//
// # Concurrency
//
// Next is called from one goroutine; Close and the counters from any.
//
// # Failure
//
// OpenLive explains what the machine lacks (*bpf.Unsupported). Once open, a
// source loses events only where Drops counts them.
package capture

import "github.com/saker-project/saker/agent/schema"

// Source delivers events.
type Source interface {
	// Next fills ev with the next event, waiting for one. The event's parameters
	// are valid until the following call. It returns io.EOF at the end of a source
	// that ends, and os.ErrClosed after Close, when what had been captured before
	// has been delivered.
	Next(ev *Event) error
	// Drops returns what was lost so far.
	Drops() ([]Drop, error)
	// Close stops the source. Next may still be called, to drain it.
	Close() error
}

// Drop counts the events of one type that were lost for one reason.
type Drop struct {
	Type   schema.EventType
	Reason string // "ring_full", "scratch_full"
	Count  uint64
}
