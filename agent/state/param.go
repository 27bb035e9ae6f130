package state

import (
	"unsafe"

	"github.com/saker-project/saker/agent/capture"
)

// Text returns b as a string without a trailing NUL. It does not copy: the
// string lives as long as b.
func Text(b []byte) string {
	if n := len(b); n > 0 && b[n-1] == 0 {
		b = b[:n-1]
	}
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// Uint decodes a little-endian unsigned integer of 1, 2, 4 or 8 bytes; ok is
// false for any other length, an absent parameter among them.
func Uint(b []byte) (value uint64, ok bool) {
	switch len(b) {
	case 1, 2, 4, 8:
		for i, c := range b {
			value |= uint64(c) << (8 * i)
		}
		return value, true
	}
	return 0, false
}

// Int decodes a little-endian signed integer of 1, 2, 4 or 8 bytes; ok is false
// for any other length, an absent parameter among them.
func Int(b []byte) (value int64, ok bool) {
	u, ok := Uint(b)
	shift := 64 - 8*len(b)
	if !ok {
		return 0, false
	}
	return int64(u<<shift) >> shift, true
}

// setUint stores parameter i in dst and leaves dst alone if the event has none.
func setUint[T ~uint32 | ~uint64](dst *T, ev *capture.Event, i int) {
	if v, ok := Uint(ev.Param(i)); ok {
		*dst = T(v)
	}
}

// setInt is setUint for signed parameters.
func setInt(dst *int64, ev *capture.Event, i int) {
	if v, ok := Int(ev.Param(i)); ok {
		*dst = v
	}
}
