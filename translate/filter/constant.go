package filter

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/saker-project/saker/agent/schema"
)

// maxConstant is the longest constant, in bytes, that Falco can hold.
const maxConstant = 255

// Constant is a constant of a check, read as the type of the left side says.
// Kind tells which of the other parts counts.
type Constant struct {
	Kind   schema.Kind
	Str    string       // KindString, KindBytes; for bcontains and bstartswith the hex digits as written
	Int    int64        // KindInt; KindFloat too, since constants have no fractions
	Uint   uint64       // KindUint
	Bool   bool         // KindBool
	Addr   netip.Addr   // KindAddr
	Prefix netip.Prefix // KindNet, with its host bits
}

// ParseConstant reads a constant that a field is compared with. Errors have
// Falco's words.
//
// As in Falco, numbers are cut to the width of the field, and negative ones wrap
// where the field is unsigned.
func ParseConstant(ref schema.FieldRef, op Op, text string) (Constant, error) {
	if ref.Field.Name == "evt.type" && !schema.KnownEventName(text) {
		return Constant{}, fmt.Errorf("unknown event type %s", text)
	}
	return FieldType(ref).ParseConstant(op, text)
}

// ParseConstant reads a constant that a value of type t is compared with.
func (t Type) ParseConstant(op Op, text string) (Constant, error) {
	if len(text) > maxConstant {
		return Constant{}, tooLong(t, text)
	}
	c := Constant{Kind: t.Kind()}
	var err error
	switch c.Kind {
	case schema.KindString:
		c.Str, err = text, checkString(op, text)
	case schema.KindBytes:
		c.Str, err = text, checkBytes(op, text)
	case schema.KindInt, schema.KindFloat:
		c.Int, err = parseInt(text, t.Param.Size()*8)
	case schema.KindUint:
		if t.Param == schema.PT_PORT {
			c.Uint, err = parsePort(text)
		} else {
			c.Uint, err = parseUint(text, t.Param.Size()*8)
		}
	case schema.KindBool:
		c.Bool, err = parseBool(text)
	case schema.KindAddr:
		c.Addr, err = parseAddr(text)
	case schema.KindNet:
		c.Prefix, err = parseNet(text)
	default:
		err = notSupported(op, fmt.Sprintf("for type '%s'", t.Param))
	}
	if err != nil {
		return Constant{}, err
	}
	return c, nil
}

func tooLong(t Type, text string) error {
	if t.Kind() == schema.KindBytes {
		return errors.New("filter parameter too long (byte buf)")
	}
	return fmt.Errorf("filter parameter too long (used=%d, available=%d):%s", len(text)+1, maxConstant+1, text)
}

func checkString(op Op, text string) error {
	if strings.IndexByte(text, 0) >= 0 {
		return errors.New(`filter error: filter value cannot contain a NUL byte (\x00)`)
	}
	if op != OpRegex {
		return nil
	}
	_, err := regexp.CompilePOSIX(text)
	var problem *syntax.Error
	if errors.As(err, &problem) {
		return fmt.Errorf("invalid regex pattern: %s: %s", problem.Code, problem.Expr)
	}
	return err
}

func checkBytes(op Op, text string) error {
	if op != OpBContains && op != OpBStartsWith {
		return nil
	}
	if len(text)%2 != 0 || span(text, isHex) != len(text) {
		return errors.New("filter error: bcontains and bstartswith operator support hex strings only")
	}
	return nil
}

func parseBool(text string) (bool, error) {
	switch text {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, fmt.Errorf("filter error: unrecognized boolean value %s", text)
}
