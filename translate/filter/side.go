package filter

import (
	"errors"
	"fmt"
	"slices"

	"github.com/saker-project/saker/agent/schema"
)

// side is an operand as the rules about types see it.
type side struct {
	Type
	name string          // as messages call it
	ref  schema.FieldRef // the field it is, or the one inside transformers of one argument; else zero
}

// field returns the schema's row of the field; one without properties for the
// zero ref.
func (s side) field() *schema.Field {
	if s.ref.Field == nil {
		return &schema.Field{}
	}
	return s.ref.Field
}

func textSide(o Operand) side {
	return side{Type: Type{Param: schema.PT_CHARBUF}, name: PrintOperand(o)}
}

func (v Validator) resolve(o Operand) (side, error) {
	switch o := o.(type) {
	case *Field:
		ref, err := v.Fields.Parse(o.Text())
		if err != nil {
			return side{}, err
		}
		return side{Type: FieldType(ref), name: ref.Field.Name, ref: ref}, nil
	case *Val:
		if o.HasArg {
			return side{}, noArgument(valWord)
		}
		return v.resolve(o.Field)
	case *Transformer:
		return v.resolveTransformer(o)
	case *Tuple:
		for _, elem := range o.Elems {
			if _, err := v.resolveArg(elem); err != nil {
				return side{}, err
			}
		}
		s := textSide(o)
		s.List = true
		return s, nil
	}
	return textSide(o), nil
}

// resolveArg resolves an argument of a transformer.
func (v Validator) resolveArg(o Operand) (side, error) {
	s, err := v.resolve(o)
	if err == nil && s.field().NoTransformer {
		return side{}, fmt.Errorf("field '%s' does not support transformers", s.name)
	}
	return s, err
}

// resolveTransformer applies the rules of each transformer about its arguments.
func (v Validator) resolveTransformer(t *Transformer) (side, error) {
	args := make([]side, len(t.Args))
	for i, arg := range t.Args {
		var err error
		if args[i], err = v.resolveArg(arg); err != nil {
			return side{}, err
		}
	}
	if t.HasArg && t.Name != "getopt" {
		return side{}, noArgument(t.Name)
	}
	var check func(*Transformer, []side) error
	result := textSide(t)
	switch t.Name {
	case "join":
		check = checkJoin
	case "concat":
		check = checkConcat
	case "getopt":
		check = checkGetopt
		result.List = !t.HasArg
	default:
		if len(args) > 1 {
			return side{}, fmt.Errorf("unknown multivalue transformer '%s'", t.Name)
		}
		return transformed(t.Name, args[0])
	}
	if len(args) == 1 {
		return side{}, fmt.Errorf("unknown field transfomer '%s'", t.Name) // Falco's spelling
	}
	return result, check(t, args)
}

func noArgument(transformer string) error {
	return fmt.Errorf("filter error: transformer '%s' does not support field arguments", transformer)
}

var (
	textTypes  = []schema.ParamType{schema.PT_CHARBUF, schema.PT_FSPATH, schema.PT_FSRELPATH}
	bytesTypes = []schema.ParamType{schema.PT_CHARBUF, schema.PT_BYTEBUF}
	lenTypes   = append([]schema.ParamType{schema.PT_BYTEBUF}, textTypes...)
)

// transformed returns the result of a transformer of one argument.
func transformed(name string, arg side) (side, error) {
	result, accepted := arg, textTypes
	switch name {
	case "b64":
		accepted = bytesTypes
	case "len":
		accepted = lenTypes
		if arg.List {
			accepted = []schema.ParamType{arg.Param}
		}
		result.Type = Type{Param: schema.PT_UINT64}
	}
	if slices.Contains(accepted, arg.Param) {
		return result, nil
	}
	list := ""
	if arg.List {
		list = "list "
	}
	return side{}, fmt.Errorf(
		"can't add field transformer: type '%s' is not supported by '%s' transformer applied on %sfield '%s'",
		arg.Param, name, list, arg.name)
}

func checkJoin(t *Transformer, args []side) error {
	if len(args) != 2 {
		return errors.New("join() requires exactly 2 arguments: separator and list")
	}
	if args[0].List {
		return errors.New("join() first argument (separator) must be a single value, not a list")
	}
	// What getopt finds is a list too, but not one that Falco joins.
	if inner, ok := t.Args[1].(*Transformer); !args[1].List || ok && inner.Name == "getopt" {
		return errors.New("join() second argument must be a list")
	}
	return nil
}

func checkConcat(_ *Transformer, args []side) error {
	for _, arg := range args {
		if arg.Param != schema.PT_CHARBUF || arg.List {
			return errors.New("concat() arguments must be strings")
		}
	}
	return nil
}

func checkGetopt(t *Transformer, args []side) error {
	if len(args) != 2 {
		return errors.New("getopt() requires exactly 2 arguments: args list and optstring")
	}
	if !args[0].List {
		return errors.New("getopt() first argument must be a list")
	}
	if args[1].List {
		return errors.New("getopt() second argument (optstring) must be a single value")
	}
	if args[0].Param != schema.PT_CHARBUF || args[1].Param != schema.PT_CHARBUF {
		return errors.New("getopt() arguments must be strings")
	}
	if t.HasArg && len(t.Arg) != 1 {
		return errors.New("getopt() field argument must be a single option character")
	}
	return nil
}
