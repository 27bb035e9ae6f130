package falco

import (
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/translate/filter"
)

// Ruleset is what rules files come to. It is shared and read-only.
type Ruleset struct {
	Rules   []*Rule   // usable rules in order of first definition, enabled or not
	Macros  []*Macro  // the macros that Rules use, in order of first definition
	Skipped []Skipped // rules that were left out, in order of first definition
	// RequiredEngine is the greatest required_engine_version met, "0.0.0" without one.
	RequiredEngine string
}

// Skipped is a rule that was left out; a warning says the same.
type Skipped struct {
	Name, Source string
	Position     Position
	Reason       string
}

// Rule is a rule with its exceptions, lists and overrides applied.
type Rule struct {
	Name            string
	Desc            string
	Source          string
	Priority        schema.Priority
	Tags            []string // sorted, each once
	Enabled         bool
	Output          string // trimmed; not checked yet
	Capture         bool   // start a capture when the rule fires
	CaptureDuration uint32 // milliseconds; 0 means the configured default
	Position        Position
	Condition       *Condition
	Macros          []*Macro // that the condition uses, directly or not, in the order in which they are met
	// Compiled is Falco's canonical text of the condition with all macros replaced.
	Compiled string
	// EventTypes are the events the condition can be true for, sorted, old versions
	// and enter events among them.
	EventTypes []schema.EventType
}

// Macro is a macro that some rule uses.
type Macro struct {
	Name      string
	Position  Position
	Condition *Condition
}

// Condition is the tree of a condition. Macros are references by name.
type Condition struct {
	Tree filter.Node
	// Lists says which right sides are exactly one Falco list, empty ones included.
	// Where a list is only a part, the values name it.
	Lists map[*filter.List]string

	text    text
	written string   // the text before lists were substituted
	start   Position // of the item, for what stands in no file
}

// Position returns where a node of the tree was written.
func (c *Condition) Position(n interface{ Range() filter.Span }) Position {
	return c.text.position(n.Range().Start.Offset, c.start)
}
