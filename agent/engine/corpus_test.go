package engine

import (
	"bytes"
	"os"
	"testing"

	"github.com/saker-project/saker/falco-rules/corpus"
	"github.com/saker-project/saker/translate"
)

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
		content, err := os.ReadFile(corpus.Path(t, "rules", name))
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
