package engine

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/agent/schema"
)

func TestSelection(t *testing.T) {
	rules := []*Rule{
		{Name: "open a", Enabled: true, Source: SourceSyscall, Priority: schema.Warning, Tags: []string{"file"}},
		{Name: "open b", Enabled: true, Source: SourceSyscall, Priority: schema.Warning, Tags: []string{"file", "net"}},
		{Name: "connect", Source: SourceSyscall, Priority: schema.Notice, Tags: []string{"net"}},
		{Name: "chatty", Enabled: true, Source: SourceSyscall, Priority: schema.Debug},
		{Name: "audit", Enabled: true, Source: "k8s_audit", Priority: schema.Alert},
	}
	for _, tt := range []struct {
		name       string
		selections []Selection
		want       []string
	}{
		{"without one, what the files enable runs", nil, []string{"open a", "open b"}},
		{"a name is exact", []Selection{{Rule: "open"}}, []string{"open a", "open b"}},
		{"a star stands for any text", []Selection{{Rule: "open*"}}, nil},
		{"a tag names all its rules", []Selection{{Tag: "net"}}, []string{"open a"}},
		{"a rule off by default is switched on", []Selection{{Enable: true, Rule: "connect"}}, []string{"open a", "open b", "connect"}},
		{"the last one decides", []Selection{{Rule: "*"}, {Enable: true, Tag: "net"}}, []string{"open b", "connect"}},
		{"a rule switched on again goes to the end", []Selection{{Rule: "open a"}, {Enable: true, Rule: "open a"}}, []string{"open b", "open a"}},
		{"a rule that runs keeps its place", []Selection{{Enable: true, Rule: "open a"}}, []string{"open a", "open b"}},
		{"name or tag", []Selection{{Rule: "open a", Tag: "net"}}, nil},
		{"priority and source cannot be overruled", []Selection{{Enable: true, Rule: "*"}}, []string{"open a", "open b", "connect"}},
		{"what names nothing does nothing", []Selection{{Rule: "nothing"}, {Tag: "none"}}, []string{"open a", "open b"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, r := range selectRules(rules, tt.selections, schema.Notice) {
				got = append(got, r.Name)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("rules that run (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPatternsOfNames(t *testing.T) {
	for _, tt := range []struct {
		pattern, name string
		want          bool
	}{
		{"*", "", true},
		{"*", "any", true},
		{"a*", "abc", true},
		{"*c", "abc", true},
		{"a*c", "abc", true},
		{"a*c", "ac", true},
		{"a*a", "a", false},
		{"*rule", "my rule rule", true}, // Falco's own search stops at the first occurrence
		{"*b*d*", "abcde", true},
		{"*d*b*", "abcde", false},
		{"ABC", "abc", false},
		{"a?c", "abc", false},
	} {
		if got := matchesName(tt.pattern, tt.name); got != tt.want {
			t.Errorf("%q matches %q: %v", tt.pattern, tt.name, got)
		}
	}
}
