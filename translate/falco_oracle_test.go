package translate_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/falco-rules/corpus"
	"github.com/saker-project/saker/translate"
)

// validated is what a test compares of an entry.
type validated struct {
	Code, Message, Field string
	Locations            []translate.Location
}

func comparable(entries []translate.Entry) []validated {
	var out []validated
	for _, e := range entries {
		out = append(out, validated{e.Code, e.Message, e.DeprecatedField, e.Context})
	}
	return out
}

// printedEntry is an entry in the JSON of Falco.
type printedEntry struct {
	Code, Message   string
	DeprecatedField string `json:"deprecated_field"`
	Context         struct {
		Locations []struct {
			ItemName string `json:"item_name"`
			ItemType string `json:"item_type"`
			Position struct {
				Name                 string
				Line, Column, Offset int
			}
		}
	}
}

func printed(entries []printedEntry) []validated {
	var out []validated
	for _, e := range entries {
		v := validated{Code: e.Code, Message: e.Message, Field: e.DeprecatedField}
		for _, l := range e.Context.Locations {
			v.Locations = append(v.Locations, translate.Location{ItemType: l.ItemType, ItemName: l.ItemName, Mark: translate.Mark(l.Position)})
		}
		out = append(out, v)
	}
	return out
}

// TestValidateAsFalco compares what is said of the published rules files with what
// Falco 0.44.1 printed, in its order.
func TestValidateAsFalco(t *testing.T) {
	for _, path := range corpus.RulesFiles(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			type oracle struct {
				Result struct {
					Results []struct {
						Errors, Warnings []printedEntry
						Successful       bool
						SchemaValid      bool `json:"schema_valid"`
					} `json:"falco_load_results"`
				}
			}
			want := corpus.Decode[oracle](t, corpus.Path(t, "conformance", "falco-0.44.1", "validate", filepath.Base(path)+".json")).Result.Results[0]
			results, err := translate.Validate([]translate.File{readFile(t, path)}, translate.Options{})
			if err != nil {
				t.Fatal(err)
			}
			got := results[0]
			if diff := cmp.Diff(printed(want.Warnings), comparable(got.Warnings)); diff != "" {
				t.Errorf("warnings (-falco +ours):\n%s", diff)
			}
			if diff := cmp.Diff(printed(want.Errors), comparable(got.Errors)); diff != "" {
				t.Errorf("errors (-falco +ours):\n%s", diff)
			}
			if got.Successful != want.Successful || (got.Schema == translate.SchemaOK) != want.SchemaValid {
				t.Errorf("successful %v, schema %s %q", got.Successful, got.Schema, got.SchemaWarnings)
			}
		})
	}
}

// ruleLoadCase is a case of Falco's own tests of its loader.
type ruleLoadCase struct {
	Name       string
	RulesFiles []struct{ YAML string } `json:"rules_files"`
	LoadOK     bool                    `json:"load_ok"`
	Schema     []string                `json:"schema_validation"`
	Warnings   []expectedText
	Errors     []expectedText
	Compiled   []struct{ Rule, Compiled string } `json:"compiled_conditions"`
}

type expectedText struct {
	Present bool
	Text    string
}

// Cases of ruleLoadCase that are answered differently, and why.
var ruleLoadDeviations = map[string]string{
	"exceptions_condition": "the condition is quoted as C++ source has it, with backslashes before quotes",
}

const ruleLoadDeviationCount = 1

func TestRuleLoadAsFalco(t *testing.T) {
	if len(ruleLoadDeviations) != ruleLoadDeviationCount {
		t.Fatalf("%d deviations", len(ruleLoadDeviations))
	}
	cases := corpus.Decode[[]ruleLoadCase](t, corpus.Path(t, "conformance", "rule-load.json"))
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			if why, ok := ruleLoadDeviations[c.Name]; ok {
				t.Skip(why)
			}
			var files []translate.File
			for _, f := range c.RulesFiles {
				files = append(files, translate.File{Name: "f.yaml", Content: []byte(f.YAML)})
			}
			results, err := translate.Validate(files, translate.Options{})
			if err != nil {
				t.Fatal(err)
			}
			r := results[len(results)-1]
			if r.Successful != c.LoadOK {
				t.Errorf("successful %v: %+v", r.Successful, r.Errors)
			}
			for _, want := range c.Schema {
				if got := "validation_" + string(r.Schema); got != want {
					t.Errorf("schema %s, want %s: %q", got, want, r.SchemaWarnings)
				}
			}
			checkTexts(t, r.Warnings, c.Warnings)
			checkTexts(t, r.Errors, c.Errors)
			if len(c.Compiled) == 0 {
				return
			}
			rules, _ := translate.Load(files, translate.Options{})
			if rules == nil {
				t.Fatal("no rules")
			}
			compiled := make(map[string]string)
			for _, r := range rules.Rules {
				compiled[r.Name] = r.Condition
			}
			for _, want := range c.Compiled {
				if got := compiled[want.Rule]; got != want.Compiled {
					t.Errorf("condition of %s\n got %s\nwant %s", want.Rule, got, want.Compiled)
				}
			}
		})
	}
}

func checkTexts(t *testing.T, entries []translate.Entry, want []expectedText) {
	t.Helper()
	for _, w := range want {
		found := false
		for _, e := range entries {
			found = found || strings.Contains(e.Message, w.Text) || strings.Contains(e.Snippet, w.Text)
		}
		if found != w.Present {
			t.Errorf("%q: %v in %+v", w.Text, found, entries)
		}
	}
}

// Cases about loading in the old test suite that are answered differently, and why.
var loadingDeviations = map[string]string{
	"invalid_append_macro_dangling": "the message was changed since: it names override as well",
	"invalid_rule_append_dangling":  "the message was changed since: it names override as well",
	"validate_skip_unknown_noevt":   "the code is LOAD_UNKNOWN_FILTER since",
	"engine_version_mismatch":       "engine versions are three numbers since",
}

const loadingDeviationCount = 4

// TestLoadingCases runs the cases about loading of Falco's older test suite.
func TestLoadingCases(t *testing.T) {
	if len(loadingDeviations) != loadingDeviationCount {
		t.Fatalf("%d deviations", len(loadingDeviations))
	}
	type expected struct {
		Type     string `json:"item_type"`
		Name     string `json:"item_name"`
		Code     string
		Message  string
		Contains string `json:"message_contains"`
	}
	type testCase struct {
		Name, Class string
		Files       []string `json:"validate_rules_files"`
		Expect      struct {
			Errors   []expected `json:"validate_errors"`
			Warnings []expected `json:"validate_warnings"`
			OK       []string   `json:"validate_ok"`
		}
	}
	for _, c := range corpus.Decode[[]testCase](t, corpus.Path(t, "conformance", "detection", "cases.json")) {
		if c.Class != "rule-loading" && c.Name != "test_warnings" {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			if why, ok := loadingDeviations[c.Name]; ok {
				t.Skip(why)
			}
			var files []translate.File
			for _, f := range c.Files {
				files = append(files, readFile(t, corpus.Path(t, "conformance", "detection", f)))
			}
			results, err := translate.Validate(files, translate.Options{})
			if err != nil {
				t.Fatal(err)
			}
			check := func(all []translate.Entry, want expected) {
				for _, e := range all {
					named := false
					for _, l := range e.Context {
						named = named || l.ItemType == want.Type && l.ItemName == want.Name
					}
					if named && e.Code == want.Code && (e.Message == want.Message || want.Contains != "" && strings.Contains(e.Message, want.Contains)) {
						return
					}
				}
				t.Errorf("no %+v in\n%+v", want, all)
			}
			var warnings, errors []translate.Entry
			for _, r := range results {
				warnings, errors = append(warnings, r.Warnings...), append(errors, r.Errors...)
			}
			for _, w := range c.Expect.Warnings {
				check(warnings, w)
			}
			for _, w := range c.Expect.Errors {
				check(errors, w)
			}
			for i := range c.Expect.OK {
				if !results[i].Successful {
					t.Errorf("%s: %+v", results[i].Name, results[i].Errors)
				}
			}
			if results[len(results)-1].Successful != (len(c.Expect.Errors) == 0) {
				t.Errorf("successful: %v", results[len(results)-1].Successful)
			}
		})
	}
}

// Rule cases that Validate answers differently, and why.
var validateDeviations = map[string]string{
	"ver-014": "needs a plugin that is not built in",
}

const validateDeviationCount = 1

// TestValidateConformance runs the rule cases through Validate, whose results are for
// the file of the case, and whose first error is the only one.
func TestValidateConformance(t *testing.T) {
	if len(validateDeviations) != validateDeviationCount {
		t.Fatalf("%d deviations", len(validateDeviations))
	}
	type testCase struct {
		conformanceCase `yaml:",inline"`
		SchemaOK        *bool `yaml:"schema_ok"`
		ErrorContext    *struct {
			ItemType string `yaml:"item_type"`
			Name     string
			Line     int
			Column   int
			Offset   int
		} `yaml:"error_context"`
	}
	ran := 0
	for _, c := range corpus.Decode[[]testCase](t, corpus.Path(t, "conformance", "rule-cases.yaml")) {
		if c.Types != nil || c.ExtraOutput != nil || c.Config != nil {
			continue // mock fields, or settings of the configuration
		}
		ran++
		t.Run(c.ID, func(t *testing.T) {
			if why, ok := validateDeviations[c.ID]; ok {
				t.Skip(why)
			}
			var files []translate.File
			for _, text := range append(c.Files, c.Rules) {
				if text != "" || len(c.Files) == 0 {
					files = append(files, translate.File{Name: fmt.Sprintf("f%d.yaml", len(files)), Content: []byte(text)})
				}
			}
			results, err := translate.Validate(files, translate.Options{})
			if err != nil {
				if c.Expect != "error" || !strings.Contains(err.Error(), c.Message) {
					t.Error(err)
				}
				return
			}
			r := results[len(results)-1]
			if len(c.Files) > 0 {
				r = results[c.FileIndex]
			}
			entries := r.Warnings
			if c.Expect == "error" {
				entries = r.Errors
			}
			found := slices.ContainsFunc(entries, func(e translate.Entry) bool {
				return e.Code == c.Code && strings.Contains(e.Message, c.Message)
			})
			switch {
			case r.Successful != (c.Expect != "error"):
				t.Errorf("successful %v", r.Successful)
			case c.Expect == "ok" && len(r.Warnings) > 0 && !c.Defect:
				t.Errorf("has warnings")
			case c.Expect != "ok" && !found:
				t.Errorf("no %s %q", c.Code, c.Message)
			}
			if c.SchemaOK != nil && (r.Schema == translate.SchemaOK) != *c.SchemaOK {
				t.Errorf("schema %s: %q", r.Schema, r.SchemaWarnings)
			}
			if want := c.ErrorContext; want != nil && len(r.Errors) > 0 {
				context := r.Errors[0].Context
				wanted := translate.Location{ItemType: want.ItemType, Mark: translate.Mark{Name: want.Name, Line: want.Line, Column: want.Column, Offset: want.Offset}}
				if got := context[len(context)-1]; got != wanted {
					t.Errorf("context %+v, want %+v", got, wanted)
				}
			}
			if t.Failed() {
				t.Logf("%+v\n%+v", r.Errors, r.Warnings)
			}
		})
	}
	t.Logf("%d cases", ran)
}
