package builtin

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/saker-project/saker/agent/schema"
)

func TestEveryDeclaredBuiltinHasACall(t *testing.T) {
	declared := map[string]bool{}
	for _, b := range schema.Builtins() {
		declared[b.Name] = true
		if calls[b.Name] == nil {
			t.Errorf("%s has no call", b.Name)
		}
		if regoTypes[b.Result] == nil {
			t.Errorf("%s has the unknown type %q", b.Name, b.Result)
		}
		for _, arg := range b.Args {
			if regoTypes[arg.Type] == nil {
				t.Errorf("%s has an argument of the unknown type %q", b.Name, arg.Type)
			}
		}
	}
	for name := range calls {
		if !declared[name] {
			t.Errorf("%s is not declared", name)
		}
	}
}

// evaluate returns the value of a query, or nil when it is undefined.
func evaluate(t *testing.T, query string, input ast.Value) any {
	t.Helper()
	options := append(Functions(), rego.Query("x := "+query), rego.ParsedInput(input), rego.StrictBuiltinErrors(true))
	results, err := rego.New(options...).Eval(t.Context())
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	if len(results) == 0 {
		return nil
	}
	return results[0].Bindings["x"]
}

func TestBuiltinsFromRego(t *testing.T) {
	input := ast.MustParseTerm(`{"name": "MyExe", "n": 5, "b": true, "list": ["A", "b"], "mixed": ["a", 1]}`).Value
	tests := []struct {
		name, query string
		want        any
	}{
		{"a predicate that holds", `falco.glob(input.name, "My*")`, true},
		{"a predicate that does not", `falco.glob(input.name, "my*")`, false},
		{"a predicate of a number is false", `falco.glob(input.n, "5")`, false},
		{"a predicate of an array is false", `falco.icontains(input.list, "a")`, false},
		{"a predicate of a missing value is undefined", `falco.glob(input.absent, "*")`, nil},
		{"a bad pattern is false", `falco.regex(input.name, "[")`, false},
		{"a bad network is false", `falco.in_net("1.2.3.4", "x")`, false},
		{"a set of prefixes", `falco.pmatch("/etc/passwd", {"/opt", "/etc"})`, true},
		{"an empty set of prefixes", `falco.pmatch("/etc/passwd", set())`, false},
		{"a transformer", `falco.tolower(input.name)`, "myexe"},
		{"a transformer of a number is undefined", `falco.tolower(input.n)`, nil},
		{"a transformer over an array", `falco.toupper(input.list)`, []any{"A", "B"}},
		{"a transformer over an array with other elements is undefined", `falco.toupper(input.mixed)`, nil},
		{"base64 that is none is undefined", `falco.b64(input.name)`, nil},
		{"the length of a text is in bytes", `falco.len("é")`, "2"},
		{"the length of an array", `falco.len(input.list)`, "2"},
		{"the length of a number is undefined", `falco.len(input.n)`, nil},
		{"concat", `falco.concat([input.name, "/x"])`, "MyExe/x"},
		{"concat with a number is undefined", `falco.concat([input.name, input.n])`, nil},
		{"concat with a missing value is undefined", `falco.concat([input.name, input.absent])`, nil},
		{"join renders integers", `falco.join("-", [input.name, input.n])`, "MyExe-5"},
		{"join of nothing", `falco.join("-", [])`, ""},
		{"join with a boolean is undefined", `falco.join("-", [input.b])`, nil},
		{"getopt", `falco.getopt(["-nt", "v"], "nt:")`, []any{"n", "t", "v"}},
		{"the value of an option", `falco.getopt_option(["-nt", "v"], "nt:", "t")`, "v"},
		{"a flag is its letter", `falco.getopt_option(["-nt", "v"], "nt:", "n")`, "n"},
		{"an option that is not there is undefined", `falco.getopt_option(["-n"], "nt:", "t")`, nil},
		{"options among numbers are undefined", `falco.getopt_option(["-n", input.n], "n", "n")`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := evaluate(t, tt.query, input)
			if n, ok := got.(interface{ String() string }); ok {
				got = n.String() // json.Number
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNotOfAFalsePredicateHoldsOnlyWhenItIsFalse(t *testing.T) {
	for query, want := range map[string]bool{
		`not falco.glob("a", "[")`:        true,
		`not falco.glob("a", "a")`:        false,
		`not falco.in_net("x", "y")`:      true,
		`falco.regex("a", "[") == false`:  true,
		`not falco.pmatch("/a", {"/a*"})`: false,
	} {
		options := append(Functions(), rego.Query(query), rego.StrictBuiltinErrors(true))
		results, err := rego.New(options...).Eval(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		if got := results.Allowed(); got != want {
			t.Errorf("%s: %v", query, got)
		}
	}
}

func TestCapabilitiesAreThoseOfOPAAndOurs(t *testing.T) {
	want := len(ast.CapabilitiesForThisVersion().Builtins) + len(schema.Builtins())
	if got := Capabilities().Builtins; len(got) != want {
		t.Errorf("%d builtins, want %d", len(got), want)
	}
}
