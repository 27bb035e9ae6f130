package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/saker-project/saker/falco-rules/corpus"
)

func TestInspectingRulesFiles(t *testing.T) {
	file := filesIn(t, t.TempDir())
	const rule = "- rule: Some rule\n  desc: What it says.\n  output: o\n  priority: INFO\n  condition: "
	good := file("good.yaml", rule+"evt.type = execve\n")
	unused := file("unused.yaml", "- macro: unused\n  condition: evt.type = open\n")
	bad := file("bad.yaml", rule+"proc.nmae = cat\n")
	for _, tt := range []struct {
		name           string
		args           []string
		code           int
		stdout, stderr []string // parts of them
	}{
		{"a clean file", []string{"-V", good}, 0, []string{good + ": Ok\n"}, nil},
		{"the stock rules", []string{"-V", corpus.Path(t, "rules", "falco-rules-5.1.0.yaml")}, 0, []string{": Ok\n"}, nil},
		{"warnings go to the log", []string{"-V", unused}, 0, []string{unused + ": Ok, with warnings\n"}, []string{"LOAD_UNUSED_MACRO"}},
		{
			"an error is on both streams", []string{"-V", bad}, 1,
			[]string{bad + ": Invalid\n1 Errors:\n", "LOAD_ERR_COMPILE_CONDITION", "nonexistent field proc.nmae"},
			[]string{"Error: " + bad + ": Invalid\n", "LOAD_ERR_COMPILE_CONDITION"},
		},
		{"a bad file spoils the next", []string{"-V", bad, "-V", unused}, 1, []string{unused + ": Invalid\n"}, []string{"Error:"}},
		{"no such file", []string{"-V", "/nope.yaml"}, 1, nil, []string{"/nope.yaml"}},
		{"all rules", []string{"-L", "-r", good}, 0, []string{"Rule  ", "Description\n", "Some rule  ", "What it says."}, nil},
		{"one rule", []string{"-l", "Some rule", "-r", good}, 0, []string{"Some rule  "}, nil},
		{"a rule that is not there", []string{"-l", "other", "-r", good}, 1, nil, []string{`Rule "other" is not loaded`}},
		{"rules of a bad file", []string{"-L", "-r", bad}, 1, nil, []string{bad, "LOAD_ERR_COMPILE_CONDITION"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			if code := Main(tt.args, &stdout, &stderr); code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			for _, want := range tt.stdout {
				if !strings.Contains(stdout.String(), want) {
					t.Errorf("standard output lacks %q:\n%s", want, stdout.String())
				}
			}
			for _, want := range tt.stderr {
				if !strings.Contains(stderr.String(), want) {
					t.Errorf("standard error lacks %q:\n%s", want, stderr.String())
				}
			}
		})
	}
	t.Run("as JSON", func(t *testing.T) {
		var stdout, stderr strings.Builder
		if code := Main([]string{"-V", good, "-l", "Some rule", "-o", "json_output=true"}, &stdout, &stderr); code != 0 {
			t.Fatalf("exit code %d:\n%s", code, stderr.String())
		}
		var printed struct {
			Results []struct {
				Name       string
				Successful bool
			} `json:"falco_load_results"`
			Described struct {
				Rules []struct{ Info struct{ Name string } }
			} `json:"falco_describe_results"`
		}
		if err := json.Unmarshal([]byte(stdout.String()), &printed); err != nil {
			t.Fatalf("%v:\n%s", err, stdout.String())
		}
		if len(printed.Results) != 1 || !printed.Results[0].Successful || printed.Results[0].Name != good {
			t.Errorf("results %+v", printed.Results)
		}
	})
}
