package report_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/falco-rules/corpus"
	"github.com/saker-project/saker/translate/falco"
	"github.com/saker-project/saker/translate/report"
)

// neverTrue drops, and counts, the events of conditions that ours knows can never be true, by a
// check of evt.num: newer engines do, 0.44.1 did not.
func neverTrue(want, got map[string]any) int {
	events, _ := got["events"].([]any)
	if known, _ := want["events"].([]any); len(events) != 1 || len(known) == 1 {
		return 0
	}
	want["events"] = got["events"]
	return 1
}

// How many conditions neverTrue is about, in all rules files and in the listing.
const (
	neverTrueRules   = 4
	neverTrueListing = 13
)

// TestDescribeAsFalco compares every rule with what Falco 0.44.1 says of it.
func TestDescribeAsFalco(t *testing.T) {
	deviations := 0
	for _, path := range corpus.RulesFiles(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			want := corpus.Decode[map[string]map[string]any](t, corpus.Path(t, "conformance", "falco-0.44.1", "describe", filepath.Base(path)+".json.gz"))
			d, err := falco.Describe([]falco.File{read(t, path)}, suggested)
			if err != nil {
				t.Fatal(err)
			}
			if len(d.Rules) != len(want) {
				t.Errorf("%d rules, want %d", len(d.Rules), len(want))
			}
			all := decode(t, report.Describe(d, "")).(map[string]any)
			for _, r := range all["rules"].([]any) {
				info, details := r.(map[string]any)["info"].(map[string]any), r.(map[string]any)["details"].(map[string]any)
				w := want[info["name"].(string)]
				t.Run(info["name"].(string), func(t *testing.T) {
					got := make(map[string]any)
					for key := range w {
						if got[key] = details[key]; got[key] == nil {
							got[key] = info[key]
						}
					}
					deviations += neverTrue(w, got)
					sortSets(w, "")
					sortSets(got, "")
					if diff := cmp.Diff(w, got); diff != "" {
						t.Errorf("-falco +ours:\n%s", diff)
					}
				})
			}
		})
	}
	if deviations != neverTrueRules {
		t.Errorf("%d deviations", deviations)
	}
}

// TestListingAsFalco compares the whole of -L with Falco's.
func TestListingAsFalco(t *testing.T) {
	want := corpus.Decode[map[string]any](t, corpus.Path(t, "reference", "falco-cli", "L-rules.json"))
	d := stable(t)
	got := decode(t, report.Describe(d, "")).(map[string]any)
	sortSets(want, "")
	sortSets(got, "")
	deviations := 0
	for _, kind := range []string{"rules", "macros", "lists"} {
		w, g := want[kind].([]any), got[kind].([]any)
		if len(w) != len(g) {
			t.Errorf("%d %s, want %d", len(g), kind, len(w))
			continue
		}
		for i := range w {
			w, g := w[i].(map[string]any), g[i].(map[string]any)
			deviations += neverTrue(w["details"].(map[string]any), g["details"].(map[string]any))
			t.Run(kind+"/"+w["info"].(map[string]any)["name"].(string), func(t *testing.T) {
				if diff := cmp.Diff(w, g); diff != "" {
					t.Errorf("-falco +ours:\n%s", diff)
				}
			})
		}
	}
	if deviations != neverTrueListing {
		t.Errorf("%d deviations", deviations)
	}
	for _, key := range []string{"required_engine_version", "required_plugin_versions"} {
		if diff := cmp.Diff(want[key], got[key]); diff != "" {
			t.Errorf("%s (-falco +ours):\n%s", key, diff)
		}
	}
}

// stable describes the rules file that Falco's listings are of.
func stable(t *testing.T) *falco.Description {
	t.Helper()
	d, err := falco.Describe([]falco.File{read(t, corpus.Path(t, "rules", "falco-rules-5.1.0.yaml"))}, suggested)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTableAsFalco(t *testing.T) {
	want, err := os.ReadFile(corpus.Path(t, "reference", "falco-cli", "L-rules.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), report.Table(stable(t), "")); diff != "" {
		t.Errorf("-falco +ours:\n%s", diff)
	}
}

func TestDescribeOneRule(t *testing.T) {
	const rule = "Run shell untrusted"
	d := stable(t)
	if !d.Has(rule) || d.Has("no such rule") {
		t.Error("the rules are not those of the file")
	}
	got := decode(t, report.Describe(d, rule)).(map[string]any)
	if rules := got["rules"].([]any); len(got) != 1 || len(rules) != 1 {
		t.Errorf("%d keys, %d rules", len(got), len(rules))
	}
}

func TestValidateOK(t *testing.T) {
	results, err := falco.Validate([]falco.File{read(t, corpus.Path(t, "rules", "falco-rules-5.1.0.yaml"))})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := report.Verbose(results[0]), "falco-rules-5.1.0.yaml: Ok"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
