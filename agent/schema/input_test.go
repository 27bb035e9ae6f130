package schema

import (
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

func TestInput(t *testing.T) {
	for _, tt := range []struct {
		test, text, class, rest, rego string
	}{
		{"an identifier stands after a dot", "proc.name", "proc", "name", "input.proc.name"},
		{"a second dot needs brackets", "fd.sip.name", "fd", "sip.name", `input.fd["sip.name"]`},
		{"an index needs brackets", "proc.aname[2]", "proc", "aname[2]", `input.proc["aname[2]"]`},
		{"a parameter needs brackets", "evt.arg.flags", "evt", "arg.flags", `input.evt["arg.flags"]`},
		{"a key needs brackets", "proc.env[HOME]", "proc", "env[HOME]", `input.proc["env[HOME]"]`},
		{"the class ends at the first dot", "fs.path.name", "fs", "path.name", `input.fs["path.name"]`},
		{"a class with digits", "k8s.ns.name", "k8s", "ns.name", `input.k8s["ns.name"]`},
		{"quotes and backslashes are escaped", `proc.env[a"\]`, "proc", `env[a"\]`, `input.proc["env[a\"\\]"]`},
		{"signs of HTML are not", "container.label[<&>]", "container", "label[<&>]", `input.container["label[<&>]"]`},
	} {
		t.Run(tt.test, func(t *testing.T) {
			ref, err := ParseField(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if class, rest := ref.InputPath(); class != tt.class || rest != tt.rest {
				t.Errorf("InputPath() = %q, %q", class, rest)
			}
			if got := ref.Input(); got != tt.rego {
				t.Errorf("Input() = %s, want %s", got, tt.rego)
			}
		})
	}
}

func TestInputPutsKeywordsInBrackets(t *testing.T) {
	for key, want := range map[string]string{
		"env": "input.static.env", "not": `input.static["not"]`, "or": `input.static["or"]`, "a-b": `input.static["a-b"]`,
		"1st": `input.static["1st"]`, "_x1": "input.static._x1",
	} {
		ref, err := ParseInput("static", key)
		if err != nil {
			t.Fatal(err)
		}
		if got := ref.Input(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestInputOfEveryFieldReadsBack(t *testing.T) {
	sampleFields(func(text string) {
		ref, err := ParseField(text)
		if err != nil {
			t.Error(err)
			return
		}
		class, rest := ref.InputPath()
		if back, err := ParseInput(class, rest); err != nil || back != ref {
			t.Errorf("%s: %q, %q reads back as %v, %v", text, class, rest, back, err)
		}
		want := ast.Ref{ast.InputRootDocument, ast.StringTerm(class), ast.StringTerm(rest)}
		if got, err := ast.ParseRef(ref.Input()); err != nil || !got.Equal(want) {
			t.Errorf("%s: OPA reads %s as %v, %v", text, ref.Input(), got, err)
		}
	})
}

func TestParseInputRefuses(t *testing.T) {
	for _, tt := range []struct{ test, class, rest string }{
		{"an unknown field", "proc", "nosuch"},
		{"a class with a dot", "fs.path", "name"},
		{"no rest", "proc", ""},
		{"no class", "", "proc.name"},
		{"a static field without a key", "static", ""},
		{"a static key that is not UTF-8", "static", "\xff"},
	} {
		t.Run(tt.test, func(t *testing.T) {
			if ref, err := ParseInput(tt.class, tt.rest); err == nil {
				t.Errorf("parses as %s", ref)
			}
		})
	}
}
