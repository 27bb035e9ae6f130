package schema

import (
	"slices"
	"sync"
)

// EventType is a position in Falco's event table. The numbers are part of the
// capture file format and never change their meaning.
//
// The constants keep the spelling that the BPF programs and the capture format
// use (PPME_SYSCALL_OPENAT_2_X), so that one search finds an event everywhere.
type EventType uint16

// Info returns the entry of t, or nil when the table has none.
func (t EventType) Info() *Event {
	if int(t) >= len(events) {
		return nil
	}
	return &events[t]
}

// String returns the value of evt.type for t ("openat"), and "unknown" outside
// the table. Generic events have the name "syscall" here; their evt.type is the
// name of the system call that their first parameter gives.
func (t EventType) String() string {
	if info := t.Info(); info != nil {
		return info.Name
	}
	return "unknown"
}

// Event is one entry of the event table.
type Event struct {
	Type     EventType
	Symbol   string // name of the constant
	Name     string // evt.type; several entries share a name
	Exit     bool   // odd type: the return of a system call, evt.dir "<"
	Old      bool   // EF_OLD_VERSION: found in old capture files only
	Unused   bool   // EF_UNUSED: a hole in the table, named "NA"
	Generic  bool   // one of the two that stand for all system calls without entries of their own
	Category Category
	Flags    EventFlags
	Params   []Param // in the order events carry them
}

// Events returns the event table; the entry of EventType t is at index t.
func Events() []Event { return events[:] }

// EventFlags says how an event touches descriptors and state.
type EventFlags uint32

// Category is what an event is about (the low bits, see Base) and where it comes
// from (EC_SYSCALL and the bits above it).
type Category uint32

// Base returns the category without the bits of its origin.
func (c Category) Base() Category { return c & (EC_SYSCALL - 1) }

// Word returns the value of evt.category. It is empty for the I/O categories
// (EC_IO_READ, EC_IO_WRITE, EC_IO_OTHER), where the kind of the descriptor
// decides.
func (c Category) Word() string {
	switch c.Base() {
	case EC_OTHER:
		return "other"
	case EC_FILE:
		return "file"
	case EC_NET:
		return "net"
	case EC_IPC:
		return "IPC"
	case EC_MEMORY:
		return "memory"
	case EC_PROCESS:
		return "process"
	case EC_SLEEP:
		return "sleep"
	case EC_SYSTEM:
		return "system"
	case EC_SIGNAL:
		return "signal"
	case EC_USER:
		return "user"
	case EC_TIME:
		return "time"
	case EC_PROCESSING:
		return "processing"
	case EC_IO_READ, EC_IO_WRITE, EC_IO_OTHER:
		return ""
	case EC_WAIT:
		return "wait"
	case EC_SCHEDULER:
		return "scheduler"
	case EC_INTERNAL:
		return "internal"
	}
	return "unknown"
}

// typesByName holds the table entries of each name that evt.type can have.
var typesByName = sync.OnceValue(func() map[string][]EventType {
	types := make(map[string][]EventType, len(events)/2+len(syscalls))
	for i := range events {
		types[events[i].Name] = append(types[events[i].Name], events[i].Type)
	}
	generic := []EventType{PPME_GENERIC_E, PPME_GENERIC_X}
	for i := range syscalls {
		if _, ok := types[syscalls[i].Name]; !ok {
			types[syscalls[i].Name] = generic
		}
	}
	return types
})

// EventTypesNamed returns all table entries (enter, exit and old versions) with
// that evt.type name, ascending. For a system call whose name no entry has, it
// returns the two generic entries; for an unknown name nil. The caller owns the
// slice.
func EventTypesNamed(name string) []EventType { return slices.Clone(typesByName()[name]) }

// KnownEventName reports whether a condition may compare evt.type with name: an
// event of the table or a system call.
func KnownEventName(name string) bool {
	_, ok := typesByName()[name]
	return ok
}
