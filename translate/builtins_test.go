package translate_test

import (
	"encoding/base64"
	"encoding/hex"
	"net/netip"
	"regexp"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/types"
	"github.com/saker-project/saker/agent/schema"
)

// The builtins of this file are the plainest possible versions of falco.*, written
// for the tests alone: what they say is not taken from the agent.

func init() {
	for _, b := range schema.Builtins() {
		register(b)
	}
}

func register(b schema.Builtin) {
	args := make([]types.Type, len(b.Args))
	for i, a := range b.Args {
		args[i] = regoType(a.Type)
	}
	rego.RegisterBuiltinDyn(&rego.Function{Name: b.Name, Decl: types.NewFunction(args, regoType(b.Result))},
		func(_ rego.BuiltinContext, terms []*ast.Term) (*ast.Term, error) {
			values := make([]any, len(args))
			for i, t := range terms[:len(args)] { // a place for the result may follow
				v, err := ast.ValueToInterface(t.Value, nil)
				if err != nil {
					return nil, err
				}
				values[i] = v
			}
			switch result := naive(strings.TrimPrefix(b.Name, "falco."), values).(type) {
			case nil:
				if b.Result == "boolean" {
					return ast.BooleanTerm(false), nil
				}
				return nil, nil // undefined
			default:
				v, err := ast.InterfaceToValue(result)
				return ast.NewTerm(v), err
			}
		})
}

func regoType(name string) types.Type {
	switch name {
	case "string":
		return types.S
	case "number":
		return types.N
	case "boolean":
		return types.B
	case "any":
		return types.A
	case "array[string]":
		return types.NewArray(nil, types.S)
	case "array[any]":
		return types.NewArray(nil, types.A)
	case "set[string]":
		return types.NewSet(types.S)
	}
	panic("type " + name)
}

// naive returns nil where a value is of the wrong type or there is no result.
func naive(name string, v []any) any {
	texts := make([]string, len(v))
	for i := range v {
		texts[i], _ = v[i].(string)
	}
	if _, ok := v[0].(string); !ok && name != "len" && name != "concat" && name != "getopt" {
		return nil
	}
	switch name {
	case "glob":
		return globExpr(texts[1]).MatchString(texts[0])
	case "iglob":
		return globExpr(strings.ToLower(texts[1])).MatchString(strings.ToLower(texts[0]))
	case "icontains":
		return strings.Contains(strings.ToLower(texts[0]), strings.ToLower(texts[1]))
	case "regex":
		found := regexp.MustCompilePOSIX(texts[1]).FindStringIndex(texts[0])
		return found != nil && found[0] == 0 && found[1] == len(texts[0])
	case "pmatch":
		for _, prefix := range v[1].([]any) {
			if pathPrefix(texts[0], prefix.(string)) {
				return true
			}
		}
		return false
	case "in_net":
		addr, err := netip.ParseAddr(texts[0])
		return err == nil && netip.MustParsePrefix(texts[1]).Masked().Contains(addr)
	case "bcontains":
		raw, _ := hex.DecodeString(texts[1])
		return strings.Contains(texts[0], string(raw))
	case "bstartswith":
		raw, _ := hex.DecodeString(texts[1])
		return strings.HasPrefix(texts[0], string(raw))
	}
	return naiveTransformer(name, v, texts)
}

func naiveTransformer(name string, v []any, texts []string) any {
	switch name {
	case "tolower":
		return strings.ToLower(texts[0])
	case "toupper":
		return strings.ToUpper(texts[0])
	case "b64":
		raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(texts[0], "="))
		if err != nil {
			return nil
		}
		return string(raw)
	case "basename":
		return texts[0][strings.LastIndexByte(texts[0], '/')+1:]
	case "len":
		if list, ok := v[0].([]any); ok {
			return len(list)
		}
		return len(texts[0])
	case "join":
		return strings.Join(textsOf(v[1]), texts[0])
	case "concat":
		return strings.Join(textsOf(v[0]), "")
	case "getopt":
		return getopt(textsOf(v[0]), texts[1])
	}
	panic("builtin " + name)
}

func textsOf(list any) []string {
	var out []string
	for _, e := range list.([]any) {
		v, _ := ast.InterfaceToValue(e)
		if s, ok := v.(ast.String); ok {
			out = append(out, string(s))
			continue
		}
		out = append(out, v.String())
	}
	return out
}

// globExpr turns a pattern of fnmatch into a regular expression.
func globExpr(pattern string) *regexp.Regexp {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; c {
		case '*':
			b.WriteString("(?s:.*)")
		case '?':
			b.WriteString("(?s:.)")
		case '\\':
			i++
			b.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		case '[':
			end := strings.IndexByte(pattern[i:], ']')
			b.WriteString(strings.Replace(pattern[i:i+end+1], "[!", "[^", 1))
			i += end
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	return regexp.MustCompile("^" + b.String() + "$")
}

func pathPrefix(path, prefix string) bool {
	have, want := components(path), components(prefix)
	if len(want) > len(have) {
		return false
	}
	for i, w := range want {
		if w != have[i] && !(strings.ContainsAny(w, "*?[") && globExpr(w).MatchString(have[i])) {
			return false
		}
	}
	return true
}

func components(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

// getopt finds options as getopt(3) does, without selector.
func getopt(args []string, options string) any {
	found := []string{}
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "--" || a == "" || a == "-" || a[0] != '-':
			return found
		case strings.HasPrefix(a, "--"):
			continue
		}
		for j := 1; j < len(args[i]); j++ {
			letter := args[i][j : j+1]
			at := strings.Index(options, letter)
			switch {
			case at < 0:
				found = append(found, "?")
			case !strings.HasPrefix(options[at+1:], ":"):
				found = append(found, letter)
			case j+1 < len(args[i]):
				return append(found, letter, args[i][j+1:])
			case i+1 < len(args):
				return append(found, letter, args[i+1])
			default:
				return append(found, "")
			}
		}
	}
	return found
}
