package report_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/falco-rules/corpus"
	"github.com/saker-project/saker/translate/falco"
	"github.com/saker-project/saker/translate/report"
)

// suggested is what Falco's own configuration appends to outputs with the container
// plugin loaded.
const suggested = "container_id=%container.id container_name=%container.name container_image_repository=%container.image.repository " +
	"container_image_tag=%container.image.tag k8s_pod_name=%k8s.pod.name k8s_ns_name=%k8s.ns.name"

func read(t *testing.T, path string) falco.File {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return falco.File{Name: filepath.Base(path), Content: content}
}

// TestJSONAsFalco compares the JSON of results with Falco's, snippets aside, which
// the published results leave out.
func TestJSONAsFalco(t *testing.T) {
	for _, path := range corpus.RulesFiles(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			type oracle struct{ Result any }
			want := corpus.Decode[oracle](t, corpus.Path(t, "conformance", "falco-0.44.1", "validate", filepath.Base(path)+".json")).Result
			results, err := falco.Validate([]falco.File{read(t, path)})
			if err != nil {
				t.Fatal(err)
			}
			got := decode(t, report.JSON(results, nil, ""))
			dropSnippets(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-falco +ours:\n%s", diff)
			}
		})
	}
}

func decode(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func dropSnippets(v any) {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "snippet")
		for _, e := range v {
			dropSnippets(e)
		}
	case []any:
		for _, e := range v {
			dropSnippets(e)
		}
	}
}

// TestVerboseAsFalco compares texts with those that Falco's engine wrote.
func TestVerboseAsFalco(t *testing.T) {
	type testCase struct{ ID, Rules, Text string }
	for _, c := range corpus.Decode[[]testCase](t, corpus.Path(t, "conformance", "rule-cases.yaml")) {
		if c.Text == "" {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			results, err := falco.Validate([]falco.File{{Name: "f0.yaml", Content: []byte(c.Rules)}})
			if err != nil {
				t.Fatal(err)
			}
			got := strings.TrimRight(report.Verbose(results[0]), "\n")
			if diff := cmp.Diff(strings.TrimRight(c.Text, "\n"), got); diff != "" {
				t.Errorf("-falco +ours:\n%s", diff)
			}
		})
	}
}

func TestSummary(t *testing.T) {
	results, err := falco.Validate([]falco.File{{Name: "a.yaml", Content: []byte("- list: l\n  items: [x]\n- list: m\n  items: 1\n- nothing: 1\n")}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(strings.Split(report.Summary(results[0]), "\n")[:1], ""), "a.yaml: Invalid"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if text := report.Summary(results[0]); !strings.HasSuffix(text,
		"\n 1 errors: [LOAD_ERR_YAML_VALIDATE (Error validating internal structure of YAML file)]") {
		t.Error(text)
	}
}

// sortSets sorts all sequences of texts but outputs' fields: Falco has them in the order of a
// hash table.
func sortSets(v any, key string) {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			sortSets(e, k)
		}
	case []any:
		for _, e := range v {
			sortSets(e, "")
		}
		if _, texts := first(v).(string); texts && key != "output_fields" && key != "items" && key != "items_compiled" {
			slices.SortFunc(v, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
		}
	}
}

func first(v []any) any {
	if len(v) == 0 {
		return nil
	}
	return v[0]
}
