package field

import (
	"strconv"
	"strings"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/agent/state"
)

// maxEnvDepth bounds how far up proc.aenv[NAME] looks, as in Falco.
const maxEnvDepth = 20

// ancestral compiles a field such as proc.aname: with an index it is an attribute
// of that ancestor, without one it has the values of all ancestors, and prints
// them with blanks between.
func ancestral(attribute func(*state.Thread) string) func(schema.FieldRef) getter {
	return func(ref schema.FieldRef) getter {
		if n, indexed := ref.Index(); indexed {
			return getter{str: of(ancestor(n), attribute)}
		}
		return getter{
			all: func(c *Context, dst []Value) ([]Value, bool) {
				return allAncestors(c, dst, func(t *state.Thread) Value { return stringValue(attribute(t)) })
			},
			text: func(c *Context) (string, bool) { return c.joinAncestors(attribute) },
		}
	}
}

// allAncestors appends a value for each ancestor; ok is false if there is none.
func allAncestors(c *Context, dst []Value, value func(*state.Thread) Value) (values []Value, ok bool) {
	if c.thread == nil {
		return dst, false
	}
	for a := range c.machine.Ancestors(c.thread) {
		dst, ok = append(dst, value(a)), true
	}
	return dst, ok
}

// joinAncestors makes one text of an attribute of all ancestors. As in Falco
// there is no blank before the first that is not empty, and an empty text counts
// as absent.
func (c *Context) joinAncestors(attribute func(*state.Thread) string) (string, bool) {
	if c.thread == nil {
		return "", false
	}
	start := len(c.text)
	for a := range c.machine.Ancestors(c.thread) {
		if len(c.text) > start {
			c.text = append(c.text, ' ')
		}
		c.text = append(c.text, attribute(a)...)
	}
	text := c.keep(start)
	return text, text != ""
}

// ancestralArgs compiles proc.aargs, which without an index is a single text.
func ancestralArgs(ref schema.FieldRef) getter {
	if n, indexed := ref.Index(); indexed {
		return getter{str: of(ancestor(n), argLine)}
	}
	return getter{str: func(c *Context) (string, bool) { return c.joinAncestors(argLine) }}
}

// ancestralPID compiles proc.apid, which without an index prints the process's
// own id, as in Falco.
func ancestralPID(ref schema.FieldRef) getter {
	if n, indexed := ref.Index(); indexed {
		return getter{int: of(ancestor(n), pid)}
	}
	return getter{
		all: func(c *Context, dst []Value) ([]Value, bool) {
			return allAncestors(c, dst, func(t *state.Thread) Value { return Value{Kind: schema.KindInt, Int: t.PID} })
		},
		text: func(c *Context) (string, bool) {
			if c.thread == nil || c.thread.PID == -1 {
				return "", false
			}
			start := len(c.text)
			c.text = strconv.AppendInt(c.text, c.thread.PID, 10)
			return c.keep(start), true
		},
	}
}

// ancestralEnv compiles proc.aenv: with a name the variable of the nearest
// ancestor that has it, with an index the environment of that ancestor, without
// an argument those of all; it prints the process's own. As in Falco a variable
// that nobody has is empty and not absent.
func ancestralEnv(ref schema.FieldRef) getter {
	n, indexed := ref.Index()
	switch {
	case indexed:
		who := ancestor(n)
		return getter{str: func(c *Context) (string, bool) { return c.env(who(c)) }}
	case ref.HasArg:
		return getter{str: func(c *Context) (string, bool) { return inheritedVariable(c, ref.Arg) }}
	}
	return getter{
		all: func(c *Context, dst []Value) ([]Value, bool) {
			return allAncestors(c, dst, func(t *state.Thread) Value {
				env, _ := c.env(t)
				return stringValue(env)
			})
		},
		text: func(c *Context) (string, bool) { return c.env(c.thread) },
	}
}

func inheritedVariable(c *Context, name string) (string, bool) {
	if c.thread == nil {
		return "", false
	}
	depth := 0
	for a := range c.machine.Ancestors(c.thread) {
		if depth++; depth > maxEnvDepth {
			break
		}
		if value, ok := a.Program.Getenv(name); ok {
			return strings.Trim(value, " "), true
		}
	}
	return "", true
}
