package engine

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/saker-project/saker/agent/builtin"
	"github.com/saker-project/saker/agent/field"
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/translate/filter"
)

// transform computes what an output prints for a transformer, its fields and
// constants included.
type transform func(*field.Context) texts

// texts are values on their way through transformers.
type texts struct {
	values  []string
	list    bool // several values, or a list of one
	present bool
}

// notAvailable is printed for what is absent.
const notAvailable = "<NA>"

// text returns what an output prints.
func (t transform) text(c *field.Context) string {
	switch v := t(c); {
	case !v.present:
		return notAvailable
	case v.list:
		return "(" + strings.Join(v.values, ",") + ")"
	default:
		return v.values[0]
	}
}

func oneText(text string) texts { return texts{values: []string{text}, present: true} }

// newTransform compiles a transformer, or one of the operands in it.
func newTransform(operand filter.Operand) (transform, error) {
	switch o := operand.(type) {
	case *filter.Value:
		constant := oneText(o.Text)
		return func(*field.Context) texts { return constant }, nil
	case *filter.Field:
		ref, err := schema.ParseField(o.Text())
		if err != nil {
			return nil, err
		}
		return readTexts(field.Compile(ref)), nil
	case *filter.Tuple:
		return gather(o.Elems)
	case *filter.Transformer:
		return newTransformer(o)
	}
	return nil, fmt.Errorf("an output cannot print %T", operand)
}

func readTexts(x *field.Extractor) transform {
	return func(c *field.Context) texts {
		values, ok := x.Values(c, nil)
		if !ok {
			return texts{}
		}
		read := texts{list: x.Ref().Multi(), present: true}
		for i := range values {
			switch v := &values[i]; v.Kind {
			case schema.KindInt:
				read.values = append(read.values, strconv.FormatInt(v.Int, 10))
			case schema.KindUint:
				read.values = append(read.values, strconv.FormatUint(v.Uint, 10))
			case schema.KindString, schema.KindBytes:
				read.values = append(read.values, v.Str)
			default:
				return texts{} // no transformer takes other kinds
			}
		}
		return read
	}
}

// gather makes a list of the values of several operands, absent if one is.
func gather(operands []filter.Operand) (transform, error) {
	transforms := make([]transform, len(operands))
	for i, o := range operands {
		var err error
		if transforms[i], err = newTransform(o); err != nil {
			return nil, err
		}
	}
	return func(c *field.Context) texts {
		all := texts{list: true, present: true}
		for _, t := range transforms {
			v := t(c)
			if !v.present {
				return texts{}
			}
			all.values = append(all.values, v.values...)
		}
		return all
	}, nil
}

func newTransformer(t *filter.Transformer) (transform, error) {
	each, ok := outputTransformers[t.Name]
	if ok && len(t.Args) == 1 {
		argument, err := newTransform(t.Args[0])
		if err != nil {
			return nil, err
		}
		return argument.mapped(each), nil
	}
	switch {
	case t.Name == "len":
		// Falco's number has no format to print it with.
		return func(*field.Context) texts { return texts{} }, nil
	case t.Name == "concat":
		parts, err := gather(t.Args)
		if err != nil {
			return nil, err
		}
		return parts.joined(func(*field.Context) texts { return oneText("") }), nil
	case t.Name == "join" && len(t.Args) == 2:
		separator, err := newTransform(t.Args[0])
		if err != nil {
			return nil, err
		}
		parts, err := newTransform(t.Args[1])
		if err != nil {
			return nil, err
		}
		return parts.joined(separator), nil
	case t.Name == "getopt" && len(t.Args) == 2:
		arguments, err := newTransform(t.Args[0])
		if err != nil {
			return nil, err
		}
		optstring, err := newTransform(t.Args[1])
		if err != nil {
			return nil, err
		}
		return func(c *field.Context) texts {
			a, o := arguments(c), optstring(c)
			if !a.present || !o.present {
				return texts{}
			}
			if t.HasArg {
				text, ok := builtin.GetOptOption(a.values, o.values[0], t.Arg)
				return texts{values: []string{text}, present: ok}
			}
			return texts{values: builtin.GetOpt(a.values, o.values[0]), list: true, present: true}
		}, nil
	}
	return nil, fmt.Errorf("%s is not supported in outputs", filter.PrintOperand(t))
}

// outputTransformers are the transformers of one text, which apply to each element
// of a list.
var outputTransformers = map[string]func(string) (string, bool){
	"b64":      builtin.B64,
	"basename": func(s string) (string, bool) { return builtin.Basename(s), true },
	"tolower":  func(s string) (string, bool) { return builtin.ToLower(s), true },
	"toupper":  func(s string) (string, bool) { return builtin.ToUpper(s), true },
}

func (t transform) mapped(each func(string) (string, bool)) transform {
	return func(c *field.Context) texts {
		v := t(c)
		mapped := texts{list: v.list, present: v.present}
		for _, text := range v.values {
			result, ok := each(text)
			if !ok {
				return texts{}
			}
			mapped.values = append(mapped.values, result)
		}
		return mapped
	}
}

func (t transform) joined(separator transform) transform {
	return func(c *field.Context) texts {
		between, v := separator(c), t(c)
		if !between.present || !v.present {
			return texts{}
		}
		return oneText(strings.Join(v.values, between.values[0]))
	}
}
