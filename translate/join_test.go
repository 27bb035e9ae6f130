package translate_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-multierror"
	"github.com/saker-project/saker/translate"
)

func TestJoinListsErrorsAndLeavesWarningsOut(t *testing.T) {
	_, diagnostics := translate.Load([]translate.File{{Name: "r.yaml", Content: []byte(`
- macro: unused
  condition: evt.type = open
- rule: bad
  desc: d
  condition: evt.type = open and proc.nosuch = 1
  priority: LOUD
- list: worse
`)}}, translate.Options{})
	err := translate.Join(diagnostics)
	want := `3 problems in the rules:
  r.yaml:4:3: rule "bad": Item has no mapping for key 'output' (LOAD_ERR_YAML_VALIDATE)
    add "output" to this rule
  r.yaml:7:13: rule "bad": Invalid priority (LOAD_ERR_YAML_VALIDATE)
    use one of emergency, alert, critical, error, warning, notice, informational, debug
  r.yaml:8:3: list "worse": Item has no mapping for key 'items' (LOAD_ERR_YAML_VALIDATE)
    add "items" to this list`
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	var all *multierror.Error
	if !errors.As(err, &all) || len(all.Errors) != 3 {
		t.Errorf("not a list of 3 errors: %#v", err)
	}
	var first translate.Diagnostic
	if !errors.As(err, &first) || first.Name != "bad" {
		t.Errorf("diagnostics are not to be found in the error")
	}
}

func TestJoinIsNilWithoutErrors(t *testing.T) {
	if err := translate.Join([]translate.Diagnostic{{Severity: translate.Warning}}); err != nil {
		t.Error(err)
	}
}
