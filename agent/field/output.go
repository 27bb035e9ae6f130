package field

import (
	"strconv"
	"strings"

	"github.com/saker-project/saker/agent/schema"
)

// maxListText bounds the text of a list, without its last parenthesis.
const maxListText = 1023

// AppendText appends what an output prints for the field, "<NA>" if it is absent,
// and returns dst.
func (x *Extractor) AppendText(dst []byte, c *Context) []byte {
	if x.printsNothing() {
		return append(dst, notAvailable...)
	}
	switch {
	case x.get.text != nil:
		if text, ok := x.get.text(c); ok {
			return append(dst, text...)
		}
	case x.get.all != nil:
		if values, ok := x.Values(c, nil); ok {
			return x.appendList(dst, values)
		}
	default:
		if v, ok := x.Value(c); ok {
			return x.appendValue(dst, v)
		}
	}
	return append(dst, notAvailable...)
}

// printsNothing reports whether the field is for conditions only. The networks of
// one side of a socket are that too, but Falco prints a mark for them.
func (x *Extractor) printsNothing() bool {
	return x.ref.Field.FilterOnly && x.get.addr == nil
}

func (x *Extractor) appendList(dst []byte, values []Value) []byte {
	start := len(dst)
	dst = append(dst, '(')
	for i, v := range values {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = x.appendValue(dst, v)
	}
	return append(dst[:min(len(dst), start+maxListText)], ')')
}

func (x *Extractor) appendValue(dst []byte, v Value) []byte {
	switch v.Kind {
	case schema.KindString:
		return append(dst, v.Str...)
	case schema.KindBytes:
		return appendPrintable(dst, []byte(v.Str))
	case schema.KindInt:
		return appendInt(dst, v.Int, 8*max(x.ref.Type().Size(), 1), x.ref.Format())
	case schema.KindUint:
		return appendUint(dst, v.Uint, x.ref.Format())
	case schema.KindBool:
		return strconv.AppendBool(dst, v.Bool)
	case schema.KindAddr:
		return v.Addr.AppendTo(dst)
	case schema.KindNet:
		return append(dst, "<IPNET>"...)
	}
	return append(dst, notAvailable...)
}

// JSON returns what an alert's field map holds for the field: nil if it is absent,
// a string, int64, uint64, bool, or a []any of those. It owns what it returns.
func (x *Extractor) JSON(c *Context) any {
	switch {
	case x.printsNothing():
		return nil
	case isTimeText(x.ref.Field.Name):
		return int64(c.event.Time)
	case x.get.text != nil:
		if text, ok := x.get.text(c); ok {
			return x.jsonText(text)
		}
		return nil
	case x.get.all != nil:
		values, ok := x.Values(c, nil)
		if !ok {
			return nil
		}
		list := make([]any, len(values))
		for i, v := range values {
			list[i] = x.jsonValue(v)
		}
		return list
	}
	if v, ok := x.Value(c); ok {
		return x.jsonValue(v)
	}
	return nil
}

// jsonText turns the text of a field with several values into what its type is.
func (x *Extractor) jsonText(text string) any {
	if x.kind == schema.KindInt {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	}
	return strings.Clone(text)
}

func (x *Extractor) jsonValue(v Value) any {
	switch v.Kind {
	case schema.KindInt:
		if x.isNumber() {
			return v.Int
		}
	case schema.KindUint:
		if x.isNumber() {
			return v.Uint
		}
	case schema.KindBool:
		return v.Bool
	case schema.KindOther:
		return nil
	}
	return string(x.appendValue(nil, v))
}

// isNumber reports whether JSON has the field's numbers as numbers. Those that are
// not printed in decimal, or padded, are strings; except for the times of the
// event.
func (x *Extractor) isNumber() bool {
	switch x.ref.Format() {
	case schema.PF_HEX, schema.PF_OCT:
		return false
	case schema.PF_10_PADDED_DEC:
		for _, family := range []string{"evt.rawtime", "evt.reltime", "evt.deltatime", "evt.latency"} {
			if strings.HasPrefix(x.ref.Field.Name, family) {
				return true
			}
		}
		return false
	}
	return true
}

// isTimeText reports whether a field prints the event's time as text; in JSON it
// is ns since the epoch.
func isTimeText(name string) bool {
	switch name {
	case "evt.time", "evt.time.s", "evt.time.iso8601", "evt.datetime", "evt.datetime.s", "evt.outputtime":
		return true
	}
	return false
}
