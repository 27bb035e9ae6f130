package capture

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/saker-project/saker/agent/schema"
)

// MaxParams bounds the parameters of one event: 32 of the widest schema entry
// (task) plus the extensions the kernel appends.
const MaxParams = 36

// Flags are facts about how an event was captured. The values are shared with
// the BPF programs (bpf/record.h).
type Flags uint32

// The bits of Flags.
const (
	FlagCompat    Flags = 1 << iota // a 32-bit system call; its number has been translated
	FlagTruncated                   // a parameter was cut to its limit
	FlagFault                       // user memory could not be read; that parameter is empty
)

// Event is one thing the kernel reported, in the vocabulary of agent/schema.
//
// The parameters alias the memory of the Source that produced the event and are
// valid until that Source's next call; Clone keeps them. Not safe for
// concurrent use.
type Event struct {
	Num         uint64           // position in the source, from 1 (evt.num)
	Time        uint64           // nanoseconds since the Unix epoch
	Type        schema.EventType // which entry of the event table
	CPU         int              // processor that recorded it
	TID, PID    int64            // thread and thread group, as the host numbers them
	CgroupID    uint64           // inode of the thread's cgroup v2 directory; 0 if unknown
	ThreadStart uint64           // start of the thread group, ns since boot; tells a reused PID apart; 0 if unknown
	Return      int64            // result of the system call; 0 for events that have none
	Flags       Flags

	data []byte
	end  [MaxParams]uint32 // end of parameter i in data; its length prefix stands before it
	n    int
}

// NumParams returns how many parameters the event carries. It can exceed the
// schema's count: what follows are extensions, documented in docs/capture.md.
func (e *Event) NumParams() int { return e.n }

// Param returns the raw bytes of parameter i in the schema's encoding: integers
// little endian in the schema's width, strings without their NUL. It returns nil
// for a parameter that is absent or empty.
func (e *Event) Param(i int) []byte {
	if uint(i) >= uint(e.n) {
		return nil
	}
	start := uint32(2)
	if i > 0 {
		start += e.end[i-1]
	}
	if start >= e.end[i] {
		return nil
	}
	return e.data[start:e.end[i]:e.end[i]]
}

// Ext returns extension i: the parameters that live capture appends to those of
// the schema. It returns nil when the source gives none.
func (e *Event) Ext(i int) []byte {
	info := e.Type.Info()
	if info == nil {
		return nil
	}
	return e.Param(len(info.Params) + i)
}

var errParams = errors.New("parameters overrun the record")

// SetParams points the event at params: for each parameter a little-endian
// 16-bit length and that many bytes. The event keeps params.
func (e *Event) SetParams(params []byte) error {
	e.data, e.n = params, 0
	at := 0
	for at < len(params) {
		if e.n == MaxParams || at+2 > len(params) {
			e.n = 0
			return errParams
		}
		at += 2 + int(binary.LittleEndian.Uint16(params[at:]))
		if at > len(params) {
			e.n = 0
			return errParams
		}
		e.end[e.n] = uint32(at)
		e.n++
	}
	return nil
}

// Clone returns a copy that owns its parameters.
func (e *Event) Clone() *Event {
	c := *e
	c.data = append([]byte(nil), e.data...)
	return &c
}

// AppendParam appends one parameter to dst in the form that SetParams reads. A
// value is a string, a []byte, a fixed-size integer or a bool (one byte); nil is
// an absent parameter. It panics on any other type and on values over 64 KiB.
func AppendParam(dst []byte, value any) []byte {
	at := len(dst)
	dst = append(dst, 0, 0)
	switch v := value.(type) {
	case nil:
	case string:
		dst = append(dst, v...)
	case []byte:
		dst = append(dst, v...)
	default:
		var err error
		if dst, err = binary.Append(dst, binary.LittleEndian, v); err != nil {
			panic(fmt.Sprintf("capture: parameter of type %T", value))
		}
	}
	n := len(dst) - at - 2
	if n > 0xffff {
		panic("capture: parameter over 64 KiB")
	}
	binary.LittleEndian.PutUint16(dst[at:], uint16(n))
	return dst
}
