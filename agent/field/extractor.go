package field

import (
	"net/netip"

	"github.com/saker-project/saker/agent/schema"
)

// Extractor reads one field.
type Extractor struct {
	ref  schema.FieldRef
	kind schema.Kind
	get  getter
}

// getter has the function for the kind of value that a field has; all are nil if
// the field is always absent.
type getter struct {
	str   func(*Context) (string, bool)
	int   func(*Context) (int64, bool)
	uint  func(*Context) (uint64, bool)
	bool  func(*Context) (bool, bool)
	addr  func(*Context) (netip.Addr, bool)
	other func(*Context) bool // whether there is a value that only exists

	// all appends every value of a field that has several.
	all func(*Context, []Value) ([]Value, bool)

	// text is what an output prints for a field that has several values, where
	// that is not a list.
	text func(*Context) (string, bool)
}

// Compile returns the extractor for a field.
func Compile(ref schema.FieldRef) *Extractor {
	x := &Extractor{ref: ref, kind: ref.Kind()}
	if compile, ok := table[ref.Field.Name]; ok {
		x.get = compile(ref)
	}
	return x
}

// Ref returns the field that x reads.
func (x *Extractor) Ref() schema.FieldRef { return x.ref }

// Supported reports whether the field can have a value here. It is false for
// fields whose source does not exist (yet), which are always absent.
func (x *Extractor) Supported() bool {
	g := &x.get
	return g.str != nil || g.int != nil || g.uint != nil || g.bool != nil || g.addr != nil || g.other != nil || g.all != nil
}

// Value returns the value of the field, or the zero Value and false if it is
// absent. A field with several values is absent here: see Values.
func (x *Extractor) Value(c *Context) (v Value, ok bool) {
	v.Kind = x.kind
	switch g := &x.get; {
	case g.str != nil:
		v.Str, ok = g.str(c)
	case g.int != nil:
		v.Int, ok = g.int(c)
	case g.uint != nil:
		v.Uint, ok = g.uint(c)
	case g.bool != nil:
		v.Bool, ok = g.bool(c)
	case g.addr != nil:
		v.Addr, ok = g.addr(c)
	case g.other != nil:
		ok = g.other(c)
	}
	if !ok {
		return Value{}, false
	}
	return v, true
}

// Values appends all values of the field to dst; ok is false if it is absent. It
// serves every field, and one that is present can still have no values: fd.ip of a
// file exists, but no address compares with it.
func (x *Extractor) Values(c *Context, dst []Value) (values []Value, ok bool) {
	if x.get.all != nil {
		return x.get.all(c, dst)
	}
	v, ok := x.Value(c)
	if !ok {
		return dst, false
	}
	return append(dst, v), true
}
