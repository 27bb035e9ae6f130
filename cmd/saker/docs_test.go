package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/saker-project/saker/agent/capture"
	"github.com/saker-project/saker/agent/schema"
)

func TestDocumentsNameEverything(t *testing.T) {
	for _, tt := range []struct {
		page  string
		names func(yield func(string) bool)
	}{
		{"rego.md", func(yield func(string) bool) {
			for _, b := range schema.Builtins() {
				if !yield("`" + b.Name + "(") {
					return
				}
			}
		}},
		{"dependencies.md", func(yield func(string) bool) {
			out, err := exec.Command("go", "list", "-m", "-f", "{{if not (or .Indirect .Main)}}`{{.Path}}`{{end}}", "all").Output()
			if err != nil {
				t.Fatal(err)
			}
			for _, module := range strings.Fields(string(out)) {
				if !yield(module) {
					return
				}
			}
		}},
		{"capture.md", func(yield func(string) bool) {
			for _, e := range capture.LiveEvents() {
				if !yield("`" + e.String() + "`") {
					return
				}
			}
		}},
	} {
		text, err := os.ReadFile("../../docs/" + tt.page)
		if err != nil {
			t.Fatal(err)
		}
		for name := range tt.names {
			if !strings.Contains(string(text), name) {
				t.Errorf("docs/%s does not mention %s", tt.page, name)
			}
		}
	}
}
