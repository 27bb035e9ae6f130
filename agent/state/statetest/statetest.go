// Package statetest makes events for the tests of the packages that read them.
package statetest

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"

	"github.com/saker-project/saker/agent/capture"
	"github.com/saker-project/saker/agent/schema"
)

// Params are the parameters of an event by their names; those left out are
// absent. Integers of any type are written in the schema's width. "ext" is a list
// of extension parameters.
type Params map[string]any

// Start is the time of events whose test does not care, in ns since the epoch.
const Start = 1_700_000_000_000_000_000

// Event makes an event of the leader of process tid. It panics if the event has
// no parameter of a name that params gives.
func Event(t schema.EventType, tid int64, params Params) *capture.Event {
	ev := &capture.Event{Num: 1, Type: t, TID: tid, PID: tid, Time: Start}
	var raw []byte
	used := 0
	for _, p := range t.Info().Params {
		value, ok := params[p.Name]
		if ok {
			used++
		}
		raw = capture.AppendParam(raw, encode(p.Type, value))
	}
	if ext, ok := params["ext"]; ok {
		used++
		for _, value := range ext.([]any) {
			raw = capture.AppendParam(raw, value)
		}
	}
	if used != len(params) {
		panic(fmt.Sprintf("statetest: %s has not all of the parameters %v", t.Info().Symbol, params))
	}
	if err := ev.SetParams(raw); err != nil {
		panic(err)
	}
	return ev
}

// encode gives integers the width of t and leaves the rest alone.
func encode(t schema.ParamType, value any) any {
	var n int64
	switch v := value.(type) {
	case int:
		n = int64(v)
	case int64:
		n = v
	case uint32:
		n = int64(v)
	case uint64:
		n = int64(v)
	default:
		return value
	}
	size := t.Size()
	if size == 0 {
		panic(fmt.Sprintf("statetest: a number for a parameter of type %v", t))
	}
	return binary.LittleEndian.AppendUint64(nil, uint64(n))[:size]
}

// List joins elements as parameters do: a NUL after each.
func List(elements ...string) string {
	var b strings.Builder
	for _, e := range elements {
		b.WriteString(e)
		b.WriteByte(0)
	}
	return b.String()
}

// Tuple makes a socket tuple parameter of two IPv4 or two IPv6 ends, such as
// "10.0.0.1:1234" and "[::1]:80".
func Tuple(source, destination string) []byte {
	s, d := netip.MustParseAddrPort(source), netip.MustParseAddrPort(destination)
	out := appendEnd([]byte{family(s)}, s)
	return appendEnd(out, d)
}

// Address makes a socket address parameter.
func Address(addr string) []byte {
	a := netip.MustParseAddrPort(addr)
	return appendEnd([]byte{family(a)}, a)
}

// UnixTuple makes the tuple of a Unix socket.
func UnixTuple(source, destination uint64, path string) []byte {
	out := binary.LittleEndian.AppendUint64([]byte{1}, source)
	out = binary.LittleEndian.AppendUint64(out, destination)
	return append(append(out, path...), 0)
}

func family(a netip.AddrPort) byte {
	if a.Addr().Is4() {
		return 2
	}
	return 10
}

func appendEnd(dst []byte, a netip.AddrPort) []byte {
	dst = append(dst, a.Addr().AsSlice()...)
	return binary.LittleEndian.AppendUint16(dst, a.Port())
}

// Clone makes the child's event of a fork by the thread ptid: a new process tid.
func Clone(tid, ptid int64, params Params) *capture.Event {
	all := Params{
		"res": 0, "exe": "/bin/bash", "args": List("-l"), "comm": "bash", "tid": tid, "pid": tid, "ptid": ptid,
		"fdlimit": 1024, "uid": 1000, "gid": 1000, "vtid": tid, "vpid": tid, "flags": 0,
	}
	for name, value := range params {
		all[name] = value
	}
	return Event(schema.PPME_SYSCALL_CLONE_20_X, tid, all)
}

// Exec makes a successful execve of process tid.
func Exec(tid, ptid int64, exepath string, params Params) *capture.Event {
	name := exepath[strings.LastIndexByte(exepath, '/')+1:]
	all := Params{
		"res": 0, "exe": name, "args": "", "tid": tid, "pid": tid, "ptid": ptid, "comm": name, "trusted_exepath": exepath,
		"filename": exepath, "uid": 1000, "gid": 1000, "pgid": tid, "vpgid": tid, "loginuid": uint32(1<<32 - 1),
	}
	for name, value := range params {
		all[name] = value
	}
	return Event(schema.PPME_SYSCALL_EXECVE_19_X, tid, all)
}

// Exit makes the end of a thread.
func Exit(tid int64, params Params) *capture.Event {
	return Event(schema.PPME_PROCEXIT_1_E, tid, params)
}

// Open makes an openat of name relative to the working directory.
func Open(tid int64, fd int, name string, params Params) *capture.Event {
	all := Params{"fd": fd, "dirfd": -100, "name": name, "flags": 1, "mode": 0}
	for name, value := range params {
		all[name] = value
	}
	return Event(schema.PPME_SYSCALL_OPENAT_2_X, tid, all)
}

// Connect makes a successful connect of an IPv4 or IPv6 socket.
func Connect(tid int64, fd int, source, destination string, params Params) *capture.Event {
	all := Params{"res": 0, "fd": fd, "tuple": Tuple(source, destination), "addr": Address(destination)}
	for name, value := range params {
		all[name] = value
	}
	return Event(schema.PPME_SOCKET_CONNECT_X, tid, all)
}

// Task makes the event for a process that was there at the start.
func Task(tid, ppid int64, comm string, params Params) *capture.Event {
	all := Params{
		"ppid": ppid, "pgid": tid, "vpgid": tid, "sid": tid, "comm": comm, "argv": List("/bin/" + comm), "exepath": "/bin/" + comm,
		"cwd": "/", "euid": 0, "egid": 0, "vtgid": tid, "vpid": tid, "loginuid": uint32(1<<32 - 1), "start_time": uint64(Start - 60e9),
	}
	for name, value := range params {
		all[name] = value
	}
	return Event(schema.PPME_ITER_TASK_E, tid, all)
}
