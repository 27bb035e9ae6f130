package translate_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/saker-project/saker/translate"
	"golang.org/x/tools/txtar"
	"gopkg.in/yaml.v3"
)

// FuzzLoad checks that no rules file makes Load panic, that errors and a ruleset
// exclude each other, that Validate agrees, and that OPA accepts whatever is written.
func FuzzLoad(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if strings.HasSuffix(file.Name, ".yaml") {
				f.Add(file.Data)
			}
		}
	}
	f.Add([]byte("- &a [*a]\n- rule: r\n  exceptions: [{name: n, fields: [f], values: &v [*v]}]\n"))
	f.Fuzz(checkLoad)
}

// FuzzCondition is FuzzLoad with a rule around whatever comes.
func FuzzCondition(f *testing.F) {
	f.Add("a rule", "evt.type = open and proc.name in (l, sh)", "%proc.name")
	f.Add("METADATA", `proc.args = "\xff" or not m and fd.net != 10.0.0.0/8`, "text")
	f.Add("x\ny", `proc.aname startswith anyof (l) and join(",", (proc.name, "x")) glob "[a-z]*"`, "*%10evt.num")
	f.Fuzz(func(t *testing.T, name, condition, output string) {
		content, err := yaml.Marshal([]map[string]any{
			{"list": "l", "items": []string{"a", "two words", "/x"}},
			{"macro": "m", "condition": condition},
			{"rule": name, "desc": output, "condition": condition, "output": output, "priority": "INFO"},
			{"rule": name + " not", "desc": name, "condition": "not m", "output": output, "priority": "INFO"},
		})
		if err != nil {
			t.Skip(err)
		}
		checkLoad(t, content)
	})
}

func checkLoad(t *testing.T, content []byte) {
	files := []translate.File{{Name: "f.yaml", Content: content}}
	rules, diagnostics := translate.Load(files, translate.Options{})
	if (rules == nil) != (translate.Join(diagnostics) != nil) {
		t.Fatalf("ruleset %v with diagnostics:\n%s", rules, describe(diagnostics))
	}
	for _, d := range diagnostics {
		if strings.Contains(d.Hint, "defect of saker") {
			t.Fatal(d)
		}
	}
	checkValidate(t, files, rules != nil)
	if rules == nil {
		return
	}
	compile(t, rules)
	checkFormat(t, rules)
	again, _ := translate.Load(files, translate.Options{})
	for i, m := range rules.Modules {
		if !bytes.Equal(m.Source, again.Modules[i].Source) {
			t.Fatalf("%s differs the second time", m.Path)
		}
	}
}

// checkValidate checks that Validate and Describe agree with Load on whether a file is
// good, and that every problem has a way and a snippet.
func checkValidate(t *testing.T, files []translate.File, good bool) {
	t.Helper()
	results, err := translate.Validate(files, translate.Options{})
	if valid := err == nil && results[0].Successful; valid != good {
		t.Fatalf("valid %v, loads %v: %v %+v", valid, good, err, results)
	}
	for _, r := range results {
		if len(r.Errors) > 1 || r.Successful == (len(r.Errors) == 1) {
			t.Fatalf("successful %v with %d errors", r.Successful, len(r.Errors))
		}
		for _, e := range append(r.Errors, r.Warnings...) {
			if len(e.Context) == 0 || !strings.HasSuffix(e.Snippet, "^\n") {
				t.Fatalf("%+v", e)
			}
		}
	}
	if _, err := translate.Describe(files, "", translate.Options{}); (err == nil) != good {
		t.Fatalf("described %v, loads %v", err, good)
	}
}
