// Package state knows what the events say about the machine: its threads and
// processes, their descriptors, users and containers. Rules see it through
// package field.
//
// # Usage
//
// A Machine is fed every event in order with Apply. Until the next Apply, Thread
// and Descriptor are the event's own; removals that an event causes (a thread
// that exited, a descriptor that was closed) wait until then, so a rule that
// looks at the event still sees what it is about.
//
// The same code serves the running machine and recorded events. What only the
// running machine has (its /proc, its interfaces, its user database) comes in
// through Options; without them a Machine depends on its events alone.
//
// # Memory
//
// The thread table and each descriptor table are bounded, and what had to be
// left out or thrown out is counted (Stats). Strings are shared: a process that
// only forked refers to the program of its parent.
//
// # Concurrency
//
// A Machine belongs to one goroutine; Stats may be called from any.
//
// # Failure
//
// Events can be lost, truncated or late, so nothing here fails: an unknown
// thread becomes a placeholder that the next fork or exec repairs, and a missing
// parameter leaves what was known.
//
// Meanings follow Falco 0.44 (libsinsp), its evident defects excepted; each
// place says so.
package state
