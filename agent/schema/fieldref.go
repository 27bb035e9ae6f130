package schema

import (
	"math"
	"strconv"
)

// FieldRef is a field with its argument, as a rule names it. It is made by
// ParseField or ParseInput, comparable, and may be the key of a map.
type FieldRef struct {
	Field  *Field
	Arg    string // without brackets, quotes or the leading dot
	HasArg bool
	Dotted bool // the argument follows a dot instead of standing in brackets
}

// String returns Falco's canonical text: "proc.aname[2]", "evt.arg.flags".
func (r FieldRef) String() string {
	switch {
	case r.Dotted:
		return r.Field.Name + "." + r.Arg
	case r.HasArg:
		return r.Field.Name + "[" + r.Arg + "]"
	}
	return r.Field.Name
}

// Type returns the type of the value, or of one element of a list. The type of
// evt.rawarg.<name> is that of the first event with such a parameter; the current
// event's can differ.
func (r FieldRef) Type() ParamType {
	if p := r.param(); p != nil {
		return p.Type
	}
	return r.Field.Type
}

// Format returns how outputs write the value when it is a number.
func (r FieldRef) Format() PrintFormat {
	if p := r.param(); p != nil {
		return p.Format
	}
	return r.Field.Format
}

// param returns the parameter that gives the field its type, or nil.
func (r FieldRef) param() *paramName {
	if r.Field.Arg != ArgParam {
		return nil
	}
	return longestParamName(r.Arg)
}

// Kind returns the kind of the value, or of one element where there are several.
func (r FieldRef) Kind() Kind { return r.Type().Kind() }

// Multi reports whether the field has several values at once: a list, or a field
// that a condition tries on all ancestors or on both ends of a socket.
func (r FieldRef) Multi() bool { return r.Field.List || r.Field.Scan && !r.HasArg }

// Index returns the argument as a number and true when it is an index: not when
// it is a name, a key or the time of evt.around.
func (r FieldRef) Index() (int, bool) {
	if !r.HasArg || r.Dotted {
		return 0, false
	}
	switch r.Field.Arg {
	case ArgKey, ArgTime:
		return 0, false
	case ArgIndexOrKey:
		if len(r.Arg) > 1 && r.Arg[0] == '0' {
			return 0, false
		}
	}
	return parseIndex(r.Arg)
}

// parseIndex reads a decimal index. Falco's are 32 bits wide.
func parseIndex(text string) (int, bool) {
	if !allDigits(text) {
		return 0, false
	}
	n, err := strconv.ParseUint(text, 10, 64)
	return int(n), err == nil && n <= math.MaxInt32
}

func allDigits(text string) bool {
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return text != ""
}
