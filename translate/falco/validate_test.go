package falco

import (
	"slices"
	"strings"
	"testing"
)

func TestSnippet(t *testing.T) {
	long := strings.Repeat("a", 100)
	for _, tt := range []struct {
		name, text string
		offset     int
		want       string
	}{
		{"the line of the offset", "- a\n- bc\n- d", 7, "- bc\n   ^\n"},
		{"a line end is the end of its line", "- a\n- b", 3, "- a\n  ^\n"},
		{"past the end is the end", "- a\n\n", 99, "- a\n  ^\n"},
		{"nothing", "", 3, "\n^\n"},
		{"a long line is cut on both sides", long + "x" + long, 100,
			"..." + strings.Repeat("a", 80) + "x" + strings.Repeat("a", 79) + "...\n" + strings.Repeat(" ", 83) + "^\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := snippet(tt.text, tt.offset); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func TestSchemaProblems(t *testing.T) {
	for _, tt := range []struct {
		name, yaml string
		status     SchemaStatus
		first      string
	}{
		{"no document", "", SchemaNone, ""},
		{"no item", "[]", SchemaOK, ""},
		{"not a list", "a: 1", SchemaFailed, "failed for <root>: The value has the wrong type."},
		{"keys of other kinds", "- list: a\n  items: [1]\n  priority: INFO", SchemaOK, ""},
		{"an unknown key", "- list: a\n  item: [1]", SchemaFailed, "failed for <root>[0]: There is no property 'item'."},
		{"an empty override", "- list: a\n  override: {}", SchemaFailed, "failed for <root>[0][override]: There must be at least one property."},
		{"a plugin without a version", "- required_plugin_versions: [{name: a}]", SchemaFailed,
			"failed for <root>[0][required_plugin_versions][0]: The property 'version' is missing."},
		{"the second document", "- list: a\n---\n- rule: [a]", SchemaFailed, "failed for <root>[0][rule]: The value has the wrong type."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, problems := checkSchema(File{Content: []byte(tt.yaml)})
			var first string
			if len(problems) > 0 {
				first = problems[0]
			}
			if status != tt.status || first != tt.first {
				t.Errorf("%s %q, want %s %q", status, problems, tt.status, tt.first)
			}
		})
	}
}

func TestUnknownKeysAreCheckedAfterTheItem(t *testing.T) {
	for _, tt := range []struct {
		name, yaml string
		want       []string
	}{
		{"an item without an error", "- list: l\n  items: [x]\n  item: 1\n", []string{WarnUnknownKey, WarnUnusedList}},
		{"an item with one", "- list: l\n  items: [x]\n  item: 1\n  override: {items: append}\n", []string{ErrValidate}},
		{"errors after the first", "- macro: 1a\n- macro: b\n", []string{WarnInvalidMacroName, ErrYAMLValidate}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			results, err := Validate([]File{{Name: "f.yaml", Content: []byte(tt.yaml)}})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range append(results[0].Warnings, results[0].Errors...) {
				got = append(got, e.Code)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestBadFilesAreTheOnesAfterAsWell(t *testing.T) {
	results, err := Validate([]File{
		{"bad.yaml", []byte("- macro: m\n  condition: a and\n")},
		{"good.yaml", []byte("- list: l\n  items: [x]\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Successful || len(r.Errors) != 1 || r.Errors[0].Context[0].Name != "bad.yaml" {
			t.Errorf("%s: %+v", r.Name, r.Errors)
		}
	}
}
