package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRuleSelection(t *testing.T) {
	const want = `want a list of entries like {disable: {tag: network}} or {enable: {rule: My*}}`
	for _, tt := range []struct {
		name    string
		options []string
		rules   []RuleSelection
		errors  []string
	}{
		{
			name:    "appended on the command line, in order",
			options: []string{"rules[].disable.tag=network", `rules[]={"enable": {"rule": "x"}}`},
			rules:   []RuleSelection{{Tag: "network"}, {Enable: true, Rule: "x"}},
		},
		{name: "neither rule nor tag", options: []string{"rules[]={enable: {}}"}, errors: []string{"-o rules[]: rules: found a mapping, " + want}},
		{name: "neither enable nor disable", options: []string{"rules[]={rule: x}"}, errors: []string{"-o rules[]: rules: found a mapping, " + want}},
		{name: "a list for a name", options: []string{"rules[]={enable: {rule: [x]}}"}, errors: []string{"-o rules[]: rules: found a list, " + want}},
		{name: "a name alone", options: []string{"rules[]=x"}, errors: []string{`-o rules[]: rules: found "x", ` + want}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := load(t, "", tt.options...)
			if diff := cmp.Diff(tt.errors, got.Errors); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			if len(tt.errors) == 0 {
				if diff := cmp.Diff(tt.rules, got.Config.Rules); diff != "" {
					t.Errorf("rules (-want +got):\n%s", diff)
				}
			}
		})
	}
}
