package field

import (
	"net/netip"

	"github.com/saker-project/saker/agent/schema"
)

// Value is one value of a field.
type Value struct {
	Kind schema.Kind
	Str  string     // of KindString and KindBytes; valid until the next Reset
	Int  int64      // of KindInt
	Uint uint64     // of KindUint
	Bool bool       // of KindBool
	Addr netip.Addr // of KindAddr and KindNet
}

func stringValue(s string) Value { return Value{Kind: schema.KindString, Str: s} }

func uintValue(u uint64) Value { return Value{Kind: schema.KindUint, Uint: u} }
