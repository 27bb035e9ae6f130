package translate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/falco-rules/corpus"
	"github.com/saker-project/saker/translate"
)

func readFile(t testing.TB, path string) translate.File {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return translate.File{Name: filepath.Base(path), Content: content}
}

func TestPublishedRulesFilesLoad(t *testing.T) {
	for _, path := range corpus.RulesFiles(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			file := readFile(t, path)
			rules, diagnostics := translate.Load([]translate.File{file}, translate.Options{})
			if rules == nil {
				t.Fatalf("does not load:\n%s", describe(diagnostics))
			}
			if len(rules.Skipped) > 0 {
				t.Errorf("skipped: %v", rules.Skipped)
			}
			compile(t, rules)
			checkFormat(t, rules)

			again, _ := translate.Load([]translate.File{file}, translate.Options{})
			for i, m := range again.Modules {
				if !bytes.Equal(m.Source, rules.Modules[i].Source) {
					t.Errorf("%s differs the second time", m.Path)
				}
			}
		})
	}
}

// checkFormat checks that opa fmt leaves modules alone.
func checkFormat(t *testing.T, rules *translate.Ruleset) {
	t.Helper()
	for _, m := range rules.Modules {
		formatted, err := format.SourceWithOpts(m.Path, m.Source, format.Opts{RegoVersion: ast.RegoV1})
		if err != nil {
			t.Fatalf("format %s: %v", m.Path, err)
		}
		if diff := cmp.Diff(string(formatted), string(m.Source)); diff != "" {
			t.Errorf("%s is not as opa fmt writes it (-fmt +ours):\n%s", m.Path, diff)
		}
	}
}

func TestStableRulesFileHasAllItsRules(t *testing.T) {
	rules, diagnostics := translate.Load([]translate.File{readFile(t, corpus.Path(t, "rules", "falco-rules-5.1.0.yaml"))}, translate.Options{})
	if rules == nil || len(diagnostics) > 0 {
		t.Fatalf("diagnostics:\n%s", describe(diagnostics))
	}
	if got, want := len(rules.Rules), 25; got != want {
		t.Errorf("%d rules, want %d", got, want)
	}
}

// conformanceCase is a case of conformance/rule-cases.yaml.
type conformanceCase struct {
	ID, Topic, Rules string
	Files            []string
	FileIndex        int `yaml:"file_index"`
	Expect           string
	Code, Message    string
	Compiled         map[string]string
	OutputCompiled   map[string]string `yaml:"output_compiled"`
	EventTypes       any               `yaml:"evt_types"`
	Event            map[string]any
	Match            *bool
	Defect           bool `yaml:"upstream_defect"`
	Enabled          *int
	Tags             map[string][]string
	Types            map[string]string
	ExtraOutput      any `yaml:"extra_output"`
	Select           any
	MinPriority      string `yaml:"min_priority"`
	Config           any
}

// Cases that this package answers differently, and why.
var conformanceExceptions = map[string]string{
	"ver-014":  "needs a plugin that is not built in",
	"yaml-045": "unused items are reported once, for the state after the last file",
	"opq-003":  "Go's [^x] does not match a newline; the builtin of these tests is Go's",
	"trf-029":  "getopt with a selector has no translation yet",
	"trf-030":  "getopt with a selector has no translation yet",
	"trf-031":  "getopt with a selector has no translation yet",
}

func TestConformance(t *testing.T) {
	cases := corpus.Decode[[]conformanceCase](t, corpus.Path(t, "conformance", "rule-cases.yaml"))
	ran := 0
	for _, c := range cases {
		if _, ok := conformanceExceptions[c.ID]; ok || c.Types != nil || c.ExtraOutput != nil || c.Config != nil {
			continue // mock fields, or settings of the configuration
		}
		ran++
		t.Run(c.ID, c.run)
	}
	t.Logf("%d of %d cases", ran, len(cases))
}

func (c *conformanceCase) run(t *testing.T) {
	var files []translate.File
	for _, text := range append(c.Files, c.Rules) {
		if text != "" {
			files = append(files, translate.File{Name: fmt.Sprintf("f%d.yaml", len(files)), Content: []byte(text)})
		}
	}
	rules, diagnostics := translate.Load(files, translate.Options{})
	c.checkDiagnostics(t, rules, diagnostics)
	if rules == nil {
		return
	}
	checkFormat(t, rules)
	compiler := compile(t, rules)
	for _, r := range rules.Rules {
		if want, ok := c.Compiled[r.Name]; ok && r.Condition != want {
			t.Errorf("condition of %s\n got %s\nwant %s", r.Name, r.Condition, want)
		}
		if want, ok := c.OutputCompiled[r.Name]; ok && r.Output != want {
			t.Errorf("output of %s: %q, want %q", r.Name, r.Output, want)
		}
		if want, ok := c.Tags[r.Name]; ok && !slices.Equal(r.Tags, want) {
			t.Errorf("tags of %s: %q, want %q", r.Name, r.Tags, want)
		}
	}
	if len(rules.Rules) == 0 {
		return
	}
	c.checkEventTypes(t, rules.Rules[0])
	if c.Match != nil {
		want := *c.Match != c.Defect // where Falco is evidently wrong, the sane answer is the other one
		if got := matches(t, compiler, rules.Rules[0].Package, withDerived(c.Event)); got != want {
			t.Errorf("match: %v, want %v\n%s", got, want, rules.Modules[len(rules.Modules)-1].Source)
		}
	}
}

func (c *conformanceCase) checkDiagnostics(t *testing.T, rules *translate.Ruleset, diagnostics []translate.Diagnostic) {
	t.Helper()
	found := false
	for _, d := range diagnostics {
		if d.Code == c.Code && strings.Contains(d.Message, c.Message) && (d.Severity == translate.Error) == (c.Expect == "error") {
			found = true
		}
	}
	switch {
	case c.Expect == "error" && rules != nil:
		t.Errorf("loads")
	case c.Expect != "error" && rules == nil:
		t.Errorf("does not load")
	case c.Expect == "ok" && len(diagnostics) > 0 && !c.Defect:
		t.Errorf("has diagnostics")
	case c.Expect != "ok" && !found:
		t.Errorf("no %s %q", c.Code, c.Message)
	default:
		return
	}
	t.Log("diagnostics:\n" + describe(diagnostics))
}

func (c *conformanceCase) checkEventTypes(t *testing.T, r *translate.Rule) {
	t.Helper()
	got := eventNames(r.EventTypes)
	switch want := c.EventTypes.(type) {
	case string:
		if want == "none" && len(got) > 0 || want == "all" && len(r.EventTypes) <= 100 {
			t.Errorf("%d event types, want %s", len(r.EventTypes), want)
		}
	case []any:
		var wanted []string
		for _, n := range want {
			wanted = append(wanted, n.(string))
		}
		if !slices.Equal(got, wanted) {
			t.Errorf("event types %q, want %q", got, wanted)
		}
	}
}

// eventNames returns the sorted names of event types.
func eventNames(types []schema.EventType) []string {
	names := make(map[string]bool)
	for _, et := range types {
		names[et.String()] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// withDerived adds the fields that follow from those of a case: both ends of a socket,
// ancestors by number.
func withDerived(event map[string]any) map[string]any {
	out := maps.Clone(event)
	if out == nil {
		out = make(map[string]any)
	}
	ends := func(client, server string) []any {
		all := []any{}
		for _, f := range []string{client, server} {
			if v, ok := event[f]; ok {
				all = append(all, v)
			}
		}
		return all
	}
	if _, ok := event["fd.type"]; ok {
		out["fd.ip"], out["fd.net"], out["fd.port"] = ends("fd.cip", "fd.sip"), ends("fd.cip", "fd.sip"), ends("fd.cport", "fd.sport")
	}
	if v, ok := event["fd.sip"]; ok {
		out["fd.snet"] = v
	}
	if v, ok := event["proc.aname"].([]any); ok {
		out["proc.aname[0]"] = event["proc.name"]
		for i, name := range v {
			out[fmt.Sprintf("proc.aname[%d]", i+1)] = name
		}
	}
	return out
}

// TestWarningsAsFalco compares the warnings about whole files with those that Falco
// 0.44.1 printed for them.
func TestWarningsAsFalco(t *testing.T) {
	for _, path := range corpus.RulesFiles(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			content, err := os.ReadFile(corpus.Path(t, "conformance", "falco-0.44.1", "validate", filepath.Base(path)+".json"))
			if err != nil {
				t.Fatal(err)
			}
			type entry struct{ Code string }
			var printed struct {
				Result struct {
					Results []struct{ Errors, Warnings []entry } `json:"falco_load_results"`
				}
			}
			if err := json.Unmarshal(content, &printed); err != nil {
				t.Fatal(err)
			}
			want := make(map[string]int)
			for _, r := range printed.Result.Results {
				for _, w := range append(r.Errors, r.Warnings...) {
					want[w.Code]++
				}
			}
			_, diagnostics := translate.Load([]translate.File{readFile(t, path)}, translate.Options{})
			got := make(map[string]int)
			for _, d := range diagnostics {
				got[d.Code]++
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("diagnostics by code (-falco +ours):\n%s", diff)
			}
		})
	}
}

// TestRulesAsFalco compares every rule with what Falco 0.44.1 says of it.
func TestRulesAsFalco(t *testing.T) {
	for _, path := range corpus.RulesFiles(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			type description struct {
				Condition string `json:"condition_compiled"`
				Enabled   bool
				Events    []string
				Priority  string
				Tags      []string
			}
			want := corpus.Decode[map[string]description](t, corpus.Path(t, "conformance", "falco-0.44.1", "describe", filepath.Base(path)+".json.gz"))
			rules, _ := translate.Load([]translate.File{readFile(t, path)}, translate.Options{})
			got := make(map[string]description)
			for _, r := range rules.Rules {
				got[r.Name] = description{
					Condition: r.Condition, Enabled: r.Enabled, Events: eventNames(r.EventTypes), Priority: r.Priority.String(), Tags: r.Tags,
				}
			}
			for name, d := range want {
				d.Events = slices.DeleteFunc(d.Events, func(n string) bool { return n == "asyncevent" }) // always there
				slices.Sort(d.Events)
				if len(got[name].Events) == 0 {
					d.Events = nil // newer engines know that a check of evt.num can never be true, 0.44.1 did not
				}
				want[name] = d
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("rules (-falco +ours):\n%s", diff)
			}
		})
	}
}
