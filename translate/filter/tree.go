package filter

// Pos is a place in a condition. Offset counts bytes from 0, Line and Column
// from 1. A carriage return and a line feed each start a new line, and columns
// count bytes, as in Falco. The zero Pos is no place (a node made by hand).
type Pos struct {
	Offset, Line, Column int
}

// Span is the piece of text a node was parsed from: Start up to, and without,
// byte End. Every node embeds one.
type Span struct {
	Start Pos
	End   int
}

// Range returns the span itself; nodes get the method by embedding.
func (s Span) Range() Span { return s }

// Node is a boolean expression: *And, *Or, *Not, *Check or *MacroRef.
type Node interface {
	Range() Span
	node()
}

// And is true when all Children are. There are two or more of them; parentheses
// in the text make an And below an And, a chain of "and" makes one node.
type And struct {
	Span
	Children []Node
}

// Or is true when one of its two or more Children is.
type Or struct {
	Span
	Children []Node
}

// Not negates Child. A run of "not" words in the text is one Not or none.
type Not struct {
	Span
	Child Node
}

// MacroRef is a macro's name where a check could stand.
type MacroRef struct {
	Span
	Name string
}

// Check compares Left with Right.
type Check struct {
	Span
	Left     Operand // *Field or *Transformer
	Op       Op
	Modifier Modifier // NoModifier, or one of three words; then Right is a *List or a *Value
	Right    Operand  // nil for exists; else *Value, *List, *Val or *Transformer
}

// Constants returns the values on the right side: the elements of a list, the one
// constant otherwise, nothing for exists, val() and transformers. A list
// operator or a modifier with a bare name on the right has that name as its only
// value.
func (c *Check) Constants() []*Value {
	switch r := c.Right.(type) {
	case *Value:
		return []*Value{r}
	case *List:
		return r.Values
	}
	return nil
}

// Operand is one side of a check or an argument of a transformer: *Field,
// *Transformer, *Val, *Value, *List or *Tuple.
type Operand interface {
	Range() Span
	operand()
}

// Field names a field of an event, as written.
type Field struct {
	Span
	Name   string // "proc.aname"; whether such a field exists is not known to the parser
	Arg    string // text between the brackets, unquoted
	HasArg bool   // tells proc.env[""] from proc.env
}

// Val is val(field) on the right side of a check: the field's value.
type Val struct {
	Span
	Field  *Field
	Arg    string // an argument of val itself: val(a.b)[x]; never legal, reported by Validate
	HasArg bool
}

// Transformer is a function applied to fields: tolower(proc.name). Its
// arguments are *Field, *Transformer, *Value (quoted text or a number) or *Tuple.
type Transformer struct {
	Span
	Name   string // "tolower", without the parenthesis
	Args   []Operand
	Arg    string // selector after the closing parenthesis: getopt(...)[c]
	HasArg bool
}

// Tuple is a parenthesised argument of a transformer: the second one of
// join(",", (proc.name, "x")). Elements are *Field, *Transformer or *Value.
type Tuple struct {
	Span
	Elems []Operand
}

// List is the parenthesised right side of a check. It may be empty.
type List struct {
	Span
	Values []*Value
}

// Value is a constant. Its type is decided by the field it is compared with,
// see ParseConstant.
type Value struct {
	Span
	Text   string // after unquoting
	Quoted bool
	List   string // name of the Falco list it was substituted from; "" if written in place
}

// Op is a comparison operator, spelled as in the text.
type Op string

// The operators of a check. OpEq and OpEqEq mean the same.
const (
	OpExists      Op = "exists"
	OpEq          Op = "="
	OpEqEq        Op = "=="
	OpNe          Op = "!="
	OpLt          Op = "<"
	OpLe          Op = "<="
	OpGt          Op = ">"
	OpGe          Op = ">="
	OpGlob        Op = "glob"
	OpIGlob       Op = "iglob"
	OpContains    Op = "contains"
	OpIContains   Op = "icontains"
	OpBContains   Op = "bcontains"
	OpStartsWith  Op = "startswith"
	OpBStartsWith Op = "bstartswith"
	OpEndsWith    Op = "endswith"
	OpRegex       Op = "regex"
	OpIn          Op = "in"
	OpIntersects  Op = "intersects"
	OpPMatch      Op = "pmatch"
)

// Modifier says how a string operator is applied to several values.
type Modifier string

// OneOf wants exactly one value to match, AnyOf at least one, AllOf every one.
// No modifier matches an empty list.
const (
	NoModifier Modifier = ""
	OneOf      Modifier = "oneof"
	AnyOf      Modifier = "anyof"
	AllOf      Modifier = "allof"
)

func (*And) node()      {}
func (*Or) node()       {}
func (*Not) node()      {}
func (*Check) node()    {}
func (*MacroRef) node() {}

func (*Field) operand()       {}
func (*Val) operand()         {}
func (*Transformer) operand() {}
func (*Tuple) operand()       {}
func (*List) operand()        {}
func (*Value) operand()       {}
