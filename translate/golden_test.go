package translate_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/saker-project/saker/translate"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite diagnostics and Rego in testdata")

// TestGolden loads the rules files of each archive in testdata, in their order, and
// compares diagnostics and Rego modules with those in the archive. Lines of the file
// "events" are an event, "=>", and the rules that match it; -update leaves them alone.
func TestGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { runGolden(t, path) })
	}
}

func runGolden(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var files []translate.File
	var kept []txtar.File
	var events string
	want := make(map[string]string)
	for _, f := range archive.Files {
		switch {
		case strings.HasSuffix(f.Name, ".yaml"):
			files = append(files, translate.File{Name: f.Name, Content: f.Data})
			kept = append(kept, f)
		case f.Name == "events":
			events = string(f.Data)
			kept = append(kept, f)
		default:
			want[f.Name] = string(f.Data)
		}
	}
	rules, diagnostics := translate.Load(files, translate.Options{})
	written := outputOf(rules, diagnostics)
	if *update {
		writeArchive(t, path, &txtar.Archive{Comment: archive.Comment, Files: append(kept, written...)})
	} else {
		got := make(map[string]string)
		for _, f := range written {
			got[f.Name] = string(f.Data)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("output (-want +got):\n%s", diff)
		}
	}
	if rules == nil {
		if events != "" {
			t.Fatalf("rules do not load:\n%s", describe(diagnostics))
		}
		return
	}
	checkFormat(t, rules)
	checkEvents(t, rules, events)
}

func outputOf(rules *translate.Ruleset, diagnostics []translate.Diagnostic) []txtar.File {
	var out []txtar.File
	if len(diagnostics) > 0 {
		out = append(out, txtar.File{Name: "diagnostics", Data: []byte(describe(diagnostics))})
	}
	if rules != nil {
		for _, m := range rules.Modules {
			out = append(out, txtar.File{Name: m.Path, Data: m.Source})
		}
	}
	return out
}

// checkEvents evaluates all rules on each event.
func checkEvents(t *testing.T, rules *translate.Ruleset, events string) {
	t.Helper()
	compiler := compile(t, rules)
	for line := range strings.Lines(events) {
		text, want, ok := strings.Cut(strings.TrimSpace(line), " => ")
		if !ok {
			t.Fatalf("event without =>: %s", line)
		}
		var event map[string]any
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&event); err != nil {
			t.Fatalf("event %s: %v", text, err)
		}
		var matched []string
		for _, r := range rules.Rules {
			if matches(t, compiler, r.Package, event) {
				matched = append(matched, r.Name)
			}
		}
		got := strings.Join(matched, ", ")
		if got == "" {
			got = "nothing"
		}
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func writeArchive(t *testing.T, path string, a *txtar.Archive) {
	t.Helper()
	if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}
