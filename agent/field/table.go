package field

import (
	"maps"

	"github.com/saker-project/saker/agent/schema"
)

// table has a compile function for each field that can have a value, by its name
// without argument.
var table = merge(generalFields, eventFields, argFields, processFields, threadFields, userFields, fdFields, pathFields, containerFields)

// fields are part of the table.
type fields map[string]func(schema.FieldRef) getter

func merge(parts ...fields) fields {
	all := make(fields)
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

// plain compiles a field whose argument, if it may have one, makes no difference.
func plain(g getter) func(schema.FieldRef) getter {
	return func(schema.FieldRef) getter { return g }
}

func ofString(f func(*Context) (string, bool)) func(schema.FieldRef) getter {
	return plain(getter{str: f})
}

func ofInt(f func(*Context) (int64, bool)) func(schema.FieldRef) getter {
	return plain(getter{int: f})
}

func ofUint(f func(*Context) (uint64, bool)) func(schema.FieldRef) getter {
	return plain(getter{uint: f})
}

func ofBool(f func(*Context) (bool, bool)) func(schema.FieldRef) getter {
	return plain(getter{bool: f})
}
