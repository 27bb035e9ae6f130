package schema

import (
	"slices"
	"strconv"
	"strings"
)

// Param describes one parameter of an event.
type Param struct {
	Name    string
	Type    ParamType
	Format  PrintFormat
	Flags   *FlagTable     // names of the values of PT_FLAGS*, PT_ENUMFLAGS* and PT_MODE; else nil
	Dirfd   int            // for PT_FSRELPATH, the index of the parameter with the base descriptor; -1 for none
	Dynamic []DynamicParam // for PT_DYN, the types that the leading index byte selects
}

// DynamicParam is one type that a PT_DYN parameter can take.
type DynamicParam struct {
	Type   ParamType
	Format PrintFormat
}

// ParamType is the type of a parameter or a field, numbered as in Falco's event
// table.
type ParamType uint8

// String returns the name that Falco's messages use: "CHARBUF" for PT_CHARBUF.
func (t ParamType) String() string {
	if int(t) >= len(paramTypeNames) {
		return "ParamType(" + strconv.Itoa(int(t)) + ")"
	}
	return paramTypeNames[t]
}

// Size returns the bytes that a parameter of type t takes in an event, or 0 when
// that varies.
func (t ParamType) Size() int {
	switch t {
	case PT_INT8, PT_UINT8, PT_FLAGS8, PT_ENUMFLAGS8, PT_SIGTYPE, PT_L4PROTO, PT_SOCKFAMILY:
		return 1
	case PT_INT16, PT_UINT16, PT_FLAGS16, PT_ENUMFLAGS16, PT_SYSCALLID, PT_PORT:
		return 2
	case PT_INT32, PT_UINT32, PT_FLAGS32, PT_ENUMFLAGS32, PT_UID, PT_GID, PT_MODE, PT_BOOL, PT_SIGSET, PT_IPV4ADDR,
		PT_FD32, PT_PID32:
		return 4
	case PT_INT64, PT_UINT64, PT_ERRNO, PT_FD, PT_PID, PT_RELTIME, PT_ABSTIME, PT_DOUBLE:
		return 8
	case PT_IPV6ADDR:
		return 16
	}
	return 0
}

// Kind returns the kind of value that t holds.
func (t ParamType) Kind() Kind {
	switch t {
	case PT_INT8, PT_INT16, PT_INT32, PT_INT64, PT_ERRNO, PT_FD, PT_PID, PT_FD32, PT_PID32:
		return KindInt
	case PT_UINT8, PT_UINT16, PT_UINT32, PT_UINT64, PT_SYSCALLID, PT_SIGTYPE, PT_RELTIME, PT_ABSTIME, PT_PORT,
		PT_FLAGS8, PT_FLAGS16, PT_FLAGS32, PT_ENUMFLAGS8, PT_ENUMFLAGS16, PT_ENUMFLAGS32, PT_MODE:
		return KindUint
	case PT_DOUBLE:
		return KindFloat
	case PT_BOOL:
		return KindBool
	case PT_CHARBUF, PT_FSPATH, PT_FSRELPATH:
		return KindString
	case PT_BYTEBUF:
		return KindBytes
	case PT_IPV4ADDR, PT_IPV6ADDR, PT_IPADDR:
		return KindAddr
	case PT_IPV4NET, PT_IPV6NET, PT_IPNET:
		return KindNet
	}
	return KindOther
}

// Kind is the class of values that decides which operators a condition may use.
// KindInt, KindUint and KindFloat together are Falco's numeric class.
type Kind uint8

// The kinds.
const (
	KindOther  Kind = iota // only the operator exists: user ids, socket tuples, descriptor lists
	KindString             // text and paths; bytes without NUL
	KindInt                // signed, up to 64 bits
	KindUint               // unsigned, up to 64 bits; times in nanoseconds
	KindFloat
	KindBool
	KindBytes // bytes that may hold NUL
	KindAddr  // an IPv4 or IPv6 address
	KindNet   // an address that is compared with networks
)

// PrintFormat says how a number is written, numbered as in Falco's event table.
type PrintFormat uint8

// paramName is a name that parameters of events have.
type paramName struct {
	Name   string
	Type   ParamType // of the first event with the name
	Format PrintFormat
}

// longestParamName returns the longest parameter name that text begins with, or
// nil.
func longestParamName(text string) *paramName {
	for n := len(text); n > 0; n-- {
		i, found := slices.BinarySearchFunc(paramNames[:], text[:n], func(p paramName, name string) int {
			return strings.Compare(p.Name, name)
		})
		if found {
			return &paramNames[i]
		}
	}
	return nil
}
