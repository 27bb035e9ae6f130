package filter

import "github.com/saker-project/saker/agent/schema"

// Type is the type of a field or of a transformer's result.
type Type struct {
	Param schema.ParamType // of one element where List is set
	List  bool
}

// FieldType returns the type of a field.
func FieldType(ref schema.FieldRef) Type { return Type{Param: ref.Type(), List: ref.Field.List} }

// Kind returns the kind of the value, or of one element of a list.
func (t Type) Kind() schema.Kind { return t.Param.Kind() }

// String returns the type as messages name it: "CHARBUF", "CHARBUF (list)".
func (t Type) String() string {
	if t.List {
		return t.Param.String() + " (list)"
	}
	return t.Param.String()
}

// Text returns the field with its argument as schema.ParseField reads it.
func (f *Field) Text() string {
	if !f.HasArg {
		return f.Name
	}
	return f.Name + "[" + f.Arg + "]"
}

// Validator compares trees with the schema. The zero value knows the built-in
// fields.
type Validator struct {
	Fields schema.FieldParser
}

// TypeOf returns the type of a field, transformer, tuple or constant, or why it
// has none, in Falco's words. A tuple is a list of strings.
func (v Validator) TypeOf(o Operand) (Type, error) {
	s, err := v.resolve(o)
	return s.Type, err
}

// TypeOf is Validator.TypeOf for the built-in fields.
func TypeOf(o Operand) (Type, error) { return Validator{}.TypeOf(o) }
