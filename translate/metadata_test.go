package translate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/saker-project/saker/translate"
	"gopkg.in/yaml.v3"
)

// TestMetadataSaysWhatTheRuleSays reads METADATA back the way the engine does.
func TestMetadataSaysWhatTheRuleSays(t *testing.T) {
	for _, text := range []string{
		"plain", "two\nlines\n", "a\n\n\n  b ", "# METADATA", "METADATA", "x\nMETADATA\ntitle: y", "null", "yes", "12", "{a: b}",
		"- a", "\"'", "\t tab", "trailing \n space ", "é\u2028\u0085", "a: b # c", "%proc.name", "|", "\r\nx", "package x",
	} {
		t.Run(text, func(t *testing.T) {
			content, err := yaml.Marshal([]map[string]any{{
				"rule": text, "desc": text, "condition": "evt.type = open", "output": strings.ReplaceAll(strings.TrimSpace(text), "%", ""),
				"priority": "INFO", "tags": []string{text, "a"},
			}})
			if err != nil {
				t.Fatal(err)
			}
			rules, diagnostics := translate.Load([]translate.File{{Name: "dir/f.yaml", Content: content}}, translate.Options{})
			if rules == nil {
				t.Fatalf("does not load:\n%s", describe(diagnostics))
			}
			rule := rules.Rules[0]
			annotations := annotationsOf(t, rules, rule.Package)
			if annotations.Title != text || annotations.Description != text {
				t.Errorf("title %q, description %q", annotations.Title, annotations.Description)
			}
			tags := make([]any, len(rule.Tags))
			for i, tag := range rule.Tags {
				tags[i] = tag
			}
			want := map[string]any{
				"rule": text, "file": "dir/f.yaml", "line": "1", "priority": "Informational", "source": "syscall", "enabled": true,
				"tags": tags, "events": []any{"open"}, "output": rule.Output,
			}
			got := annotations.Custom
			got["line"] = fmt.Sprint(got["line"])
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("custom (-want +got):\n%s", diff)
			}
		})
	}
}

func annotationsOf(t *testing.T, rules *translate.Ruleset, pkg string) *ast.Annotations {
	t.Helper()
	for _, m := range rules.Modules {
		if m.Package != pkg {
			continue
		}
		module, err := ast.ParseModuleWithOpts(m.Path, string(m.Source), ast.ParserOptions{ProcessAnnotation: true, RegoVersion: ast.RegoV1})
		if err != nil {
			t.Fatalf("%v\n%s", err, m.Source)
		}
		if len(module.Annotations) != 1 || module.Annotations[0].Scope != "package" {
			t.Fatalf("annotations: %v\n%s", module.Annotations, m.Source)
		}
		return module.Annotations[0]
	}
	t.Fatalf("no module of package %s", pkg)
	return nil
}
