package rego

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPackages(t *testing.T) {
	for _, tt := range []struct {
		name string
		want map[string]string // package by rule
	}{
		{"letters and digits stay, the rest is one underscore", map[string]string{
			"Read  sensitive-file (2)!": "falco.rules.read_sensitive_file_2"}},
		{"names with one slug all get a hash", map[string]string{
			"a b": "falco.rules.a_b_c8687a08", "a-b": "falco.rules.a_b_d44362d6", "c": "falco.rules.c"}},
		{"a digit does not come first", map[string]string{"1st": "falco.rules._1st_e01ddf65"}},
		{"keywords get a hash", map[string]string{"or": "falco.rules.or_7175517a"}},
		{"a name without letters of ASCII is its hash", map[string]string{"検": "falco.rules._27913cd6"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var names []string
			for n := range tt.want {
				names = append(names, n)
			}
			if diff := cmp.Diff(tt.want, packages(names)); diff != "" {
				t.Errorf("packages (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNamesWithAPlaceOfTheirOwn(t *testing.T) {
	for name, want := range map[string]bool{
		"open_write": true, "_x": true, "x1": true,
		"some": false, "or": false, "contains": false, // keywords
		"startswith": false, "count": false, "net": false, "regex": false, // builtins
		"input": false, "data": false, "falco": false, "lists": false, "macros": false, // documents
		"my-list": false, "1x": false, "": false, "_": false, "é": false, // no identifiers
	} {
		if got := isPlain(name); got != want {
			t.Errorf("isPlain(%q) = %v", name, got)
		}
	}
}
