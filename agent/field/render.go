package field

import (
	"encoding/binary"
	"strconv"
	"time"
	"unsafe"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/agent/state"
)

// oldNull is how old drivers wrote an absent string.
const oldNull = "(NULL)\x00"

// emptyText returns what stands for an absent parameter of type t.
func emptyText(t schema.ParamType) string {
	switch t {
	case schema.PT_BYTEBUF, schema.PT_SOCKTUPLE, schema.PT_FDLIST, schema.PT_CHARBUFARRAY, schema.PT_CHARBUF_PAIR_ARRAY, schema.PT_DYN:
		return "NULL"
	}
	return notAvailable
}

// bytesAsString returns b as a string without copying it.
func bytesAsString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// appendPrintable appends b with a dot for each byte that is not printable ASCII.
func appendPrintable(dst, b []byte) []byte {
	for _, c := range b {
		if c < ' ' || c > '~' {
			c = '.'
		}
		dst = append(dst, c)
	}
	return dst
}

// appendInteger appends an integer parameter; it appends nothing if b is none.
func appendInteger(dst []byte, t schema.ParamType, format schema.PrintFormat, b []byte) []byte {
	if v, ok := state.Int(b); ok && t.Kind() == schema.KindInt {
		return appendInt(dst, v, 8*len(b), format)
	}
	if v, ok := state.Uint(b); ok {
		return appendUint(dst, v, format)
	}
	return dst
}

// appendInt appends v, a number of that many bits. In hexadecimal and octal a
// negative number is its two's complement.
func appendInt(dst []byte, v int64, bits int, format schema.PrintFormat) []byte {
	if v < 0 && (format == schema.PF_HEX || format == schema.PF_OCT) {
		return appendUint(dst, uint64(v)<<(64-bits)>>(64-bits), format)
	}
	if v < 0 {
		return appendUint(append(dst, '-'), -uint64(v), format)
	}
	return appendUint(dst, uint64(v), format)
}

// appendUint appends v in the format: decimal, upper-case hexadecimal without a
// prefix, octal with a leading 0, or decimal of at least nine digits.
func appendUint(dst []byte, v uint64, format schema.PrintFormat) []byte {
	switch format {
	case schema.PF_HEX:
		return appendUpperHex(dst, v)
	case schema.PF_OCT:
		if v != 0 {
			dst = append(dst, '0')
		}
		return strconv.AppendUint(dst, v, 8)
	case schema.PF_10_PADDED_DEC:
		for limit := uint64(1e8); limit > v && limit > 1; limit /= 10 {
			dst = append(dst, '0')
		}
	}
	return strconv.AppendUint(dst, v, 10)
}

func appendUpperHex(dst []byte, v uint64) []byte {
	start := len(dst)
	dst = strconv.AppendUint(dst, v, 16)
	for i := start; i < len(dst); i++ {
		if dst[i] >= 'a' {
			dst[i] -= 'a' - 'A'
		}
	}
	return dst
}

// appendFlags appends the names of the bits of v. The entries of the table are
// tried in order, and one counts if all its bits are still there to be named.
func appendFlags(dst []byte, table *schema.FlagTable, v uint32) []byte {
	if table == nil {
		return dst
	}
	start := len(dst)
	rest := v
	for _, f := range table.Flags {
		if f.Value&rest != f.Value || f.Value == 0 && v != 0 {
			continue
		}
		dst = appendName(dst, start, f.Name)
		rest &^= f.Value
		if f.Value == v {
			break
		}
	}
	return dst
}

// appendEnum appends the names that v has in the table.
func appendEnum(dst []byte, table *schema.FlagTable, v uint32) []byte {
	if table == nil {
		return dst
	}
	start := len(dst)
	for _, f := range table.Flags {
		if f.Value == v {
			dst = appendName(dst, start, f.Name)
		}
	}
	return dst
}

// appendName appends a name, after a bar if it is not the first since start.
func appendName(dst []byte, start int, name string) []byte {
	if len(dst) > start {
		dst = append(dst, '|')
	}
	return append(dst, name...)
}

// appendSeconds appends a duration in ns as seconds.
func appendSeconds(dst []byte, ns uint64) []byte {
	if ns == 1<<64-1 {
		return dst
	}
	dst = strconv.AppendFloat(dst, float64(ns)/float64(second), 'g', -1, 64)
	return append(dst, 's')
}

// appendTime appends a time in ns since the epoch with date and zone.
func appendTime(dst []byte, ns uint64) []byte {
	return time.Unix(0, int64(ns)).AppendFormat(dst, "2006-01-02 15:04:05.000000000 -0700")
}

// dynamicVariant returns the type that a parameter of varying type has here, which
// its first byte says; nil if that makes no sense.
func dynamicVariant(p *schema.Param, b []byte) *schema.DynamicParam {
	if len(b) == 0 || int(b[0]) >= len(p.Dynamic) || p.Dynamic[b[0]].Type == schema.PT_DYN {
		return nil
	}
	return &p.Dynamic[b[0]]
}

// appendFDList appends the descriptors of a poll: "4:f1 5:p1", a number, the
// letter of the kind ("?" if unknown) and flags in hexadecimal.
func (c *Context) appendFDList(dst, b []byte) []byte {
	const header, entry = 2, 10
	if len(b) < header {
		return dst
	}
	n := int(binary.LittleEndian.Uint16(b))
	b = b[header:]
	for i := 0; i < n && len(b) >= entry; i++ {
		fd := int64(binary.LittleEndian.Uint64(b))
		flags := binary.LittleEndian.Uint16(b[8:])
		b = b[entry:]
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = strconv.AppendInt(dst, fd, 10)
		letter := "?"
		if c.thread != nil {
			if d := c.thread.Descriptor(fd); d != nil {
				letter = d.Kind.Char()
			}
		}
		dst = append(append(dst, ':'), letter...)
		dst = strconv.AppendUint(dst, uint64(flags), 16)
	}
	return dst
}
