package builtin

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/types"

	"github.com/saker-project/saker/agent/schema"
)

// Declarations returns the signatures of the builtins for OPA's compiler, to be
// added to its capabilities. The caller owns the slice.
func Declarations() []*ast.Builtin {
	var declarations []*ast.Builtin
	for _, b := range schema.Builtins() {
		declarations = append(declarations, &ast.Builtin{Name: b.Name, Description: b.Doc, Decl: declaration(b)})
	}
	return declarations
}

// Functions returns options that give the builtins to a query of package rego.
func Functions() []func(*rego.Rego) {
	var options []func(*rego.Rego)
	for _, b := range schema.Builtins() {
		options = append(options, rego.FunctionDyn(function(b), implementation(b)))
	}
	return options
}

func function(b schema.Builtin) *rego.Function {
	return &rego.Function{Name: b.Name, Description: b.Doc, Decl: declaration(b)}
}

func implementation(b schema.Builtin) rego.BuiltinDyn {
	call := calls[b.Name]
	return func(_ rego.BuiltinContext, operands []*ast.Term) (*ast.Term, error) { return call(operands), nil }
}

func declaration(b schema.Builtin) *types.Function {
	args := make([]types.Type, len(b.Args))
	for i, arg := range b.Args {
		args[i] = types.Named(arg.Name, regoTypes[arg.Type]).Description(arg.Doc)
	}
	return types.NewFunction(args, regoTypes[b.Result])
}

var regoTypes = map[string]types.Type{
	"any":           types.A,
	"array[any]":    types.NewArray(nil, types.A),
	"array[string]": types.NewArray(nil, types.S),
	"boolean":       types.B,
	"number":        types.N,
	"set[string]":   types.NewSet(types.S),
	"string":        types.S,
}

// calls maps the name of each builtin to its call from Rego. A call returns nil
// for undefined.
var calls = map[string]func(operands []*ast.Term) *ast.Term{
	"falco.b64":           transformer(B64),
	"falco.basename":      transformer(always(Basename)),
	"falco.bcontains":     predicate(BContains),
	"falco.bstartswith":   predicate(BStartsWith),
	"falco.concat":        callConcat,
	"falco.getopt":        callGetOpt,
	"falco.getopt_option": callGetOptOption,
	"falco.glob":          predicate(Glob),
	"falco.icontains":     predicate(IContains),
	"falco.iglob":         predicate(IGlob),
	"falco.in_net":        predicate(InNet),
	"falco.join":          callJoin,
	"falco.len":           callLen,
	"falco.pmatch":        callPMatch,
	"falco.regex":         predicate(Regex),
	"falco.tolower":       transformer(always(ToLower)),
	"falco.toupper":       transformer(always(ToUpper)),
}

// predicate makes a call of a function over two texts. It is false for operands
// that are no texts.
func predicate(holds func(value, argument string) bool) func([]*ast.Term) *ast.Term {
	return func(operands []*ast.Term) *ast.Term {
		value, ok1 := operands[0].Value.(ast.String)
		argument, ok2 := operands[1].Value.(ast.String)
		return ast.InternedTerm(ok1 && ok2 && holds(string(value), string(argument)))
	}
}

// transformer makes a call of a function over one text, or over each element of
// an array. An element without a value leaves the whole without one.
func transformer(f func(string) (string, bool)) func([]*ast.Term) *ast.Term {
	one := func(t *ast.Term) *ast.Term {
		if value, ok := t.Value.(ast.String); ok {
			if result, ok := f(string(value)); ok {
				return ast.StringTerm(result)
			}
		}
		return nil
	}
	return func(operands []*ast.Term) *ast.Term {
		array, ok := operands[0].Value.(*ast.Array)
		if !ok {
			return one(operands[0])
		}
		results := make([]*ast.Term, array.Len())
		for i := range results {
			if results[i] = one(array.Elem(i)); results[i] == nil {
				return nil
			}
		}
		return ast.ArrayTerm(results...)
	}
}

func always(f func(string) string) func(string) (string, bool) {
	return func(value string) (string, bool) { return f(value), true }
}

func callPMatch(operands []*ast.Term) *ast.Term {
	value, ok1 := operands[0].Value.(ast.String)
	prefixes, ok2 := operands[1].Value.(ast.Set)
	return ast.InternedTerm(ok1 && ok2 && prefixes.Until(func(t *ast.Term) bool {
		prefix, ok := t.Value.(ast.String)
		return ok && PathPrefix(string(value), string(prefix))
	}))
}

func callLen(operands []*ast.Term) *ast.Term {
	switch value := operands[0].Value.(type) {
	case ast.String:
		return ast.InternedTerm(len(value))
	case *ast.Array:
		return ast.InternedTerm(value.Len())
	}
	return nil
}

func callConcat(operands []*ast.Term) *ast.Term {
	values, ok := texts(operands[0], false)
	if !ok {
		return nil
	}
	return ast.StringTerm(strings.Join(values, ""))
}

func callJoin(operands []*ast.Term) *ast.Term {
	separator, ok1 := operands[0].Value.(ast.String)
	values, ok2 := texts(operands[1], true)
	if !ok1 || !ok2 {
		return nil
	}
	return ast.StringTerm(strings.Join(values, string(separator)))
}

func callGetOpt(operands []*ast.Term) *ast.Term {
	arguments, ok1 := texts(operands[0], false)
	optstring, ok2 := operands[1].Value.(ast.String)
	if !ok1 || !ok2 {
		return nil
	}
	var found []*ast.Term
	for _, text := range GetOpt(arguments, string(optstring)) {
		found = append(found, ast.StringTerm(text))
	}
	return ast.ArrayTerm(found...)
}

func callGetOptOption(operands []*ast.Term) *ast.Term {
	arguments, ok1 := texts(operands[0], false)
	optstring, ok2 := operands[1].Value.(ast.String)
	option, ok3 := operands[2].Value.(ast.String)
	if !ok1 || !ok2 || !ok3 {
		return nil
	}
	text, ok := GetOptOption(arguments, string(optstring), string(option))
	if !ok {
		return nil
	}
	return ast.StringTerm(text)
}

// texts returns the elements of an array of strings, with integers too if they
// are allowed.
func texts(t *ast.Term, integers bool) ([]string, bool) {
	array, ok := t.Value.(*ast.Array)
	if !ok {
		return nil, false
	}
	values := make([]string, array.Len())
	for i := range values {
		switch element := array.Elem(i).Value.(type) {
		case ast.String:
			values[i] = string(element)
		case ast.Number:
			if !integers || strings.ContainsAny(string(element), ".eE") {
				return nil, false
			}
			values[i] = string(element)
		default:
			return nil, false
		}
	}
	return values, true
}
