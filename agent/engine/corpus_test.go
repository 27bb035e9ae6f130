package engine

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/saker-project/saker/translate"
)

// corpus returns a path in the folder of shared test material. Without that folder
// the test is skipped, or fails where nothing may be skipped.
func corpus(t testing.TB, path ...string) string {
	t.Helper()
	root := os.Getenv("SAKER_CORPUS")
	if root == "" {
		dir, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for !exists(filepath.Join(dir, "go.mod")) {
			dir = filepath.Dir(dir)
		}
		root = filepath.Join(dir, "..", "shared")
	}
	if !exists(root) {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no test material in %s", root)
		}
		t.Skipf("no test material in %s", root)
	}
	return filepath.Join(append([]string{root}, path...)...)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// The rules that Falco's project publishes.
const (
	stableRules     = "falco-rules-5.1.0.yaml"
	incubatingRules = "falco-incubating-rules-6.0.1.yaml"
	sandboxRules    = "falco-sandbox-rules-6.1.0.yaml"
)

// stockModules translates rules files of the corpus.
func stockModules(t testing.TB, names ...string) []translate.Module {
	t.Helper()
	var files []translate.File
	for _, name := range names {
		content, err := os.ReadFile(corpus(t, "rules", name))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, translate.File{Name: name, Content: content})
	}
	rules, diagnostics := translate.Load(files, translate.Options{})
	if rules == nil {
		t.Fatal(translate.Join(diagnostics))
	}
	return rules.Modules
}

// enabled enables the rules that their authors have disabled.
func enabled(modules []translate.Module) []translate.Module {
	var result []translate.Module
	for _, m := range modules {
		m.Source = bytes.Replace(m.Source, []byte("#   enabled: false"), []byte("#   enabled: true"), 1)
		result = append(result, m)
	}
	return result
}
