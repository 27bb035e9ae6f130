package format

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/falco-rules/corpus"
)

// outputCase is a case of the corpus' rule-cases.yaml, as far as outputs go.
type outputCase struct {
	ID      string            `yaml:"id"`
	Topic   string            `yaml:"topic"`
	Rules   string            `yaml:"rules"`
	Expect  string            `yaml:"expect"`
	Code    string            `yaml:"code"`
	Message string            `yaml:"message"`
	Event   map[string]any    `yaml:"event"`
	Output  *string           `yaml:"output"` // of the event
	Types   map[string]string `yaml:"types"`  // fields that only the case has
	Extra   []any             `yaml:"extra_output"`
}

// outputs returns the outputs of the case's rules.
func (c outputCase) outputs(t *testing.T) []string {
	t.Helper()
	var items []struct{ Output string }
	if err := yaml.Unmarshal([]byte(c.Rules), &items); err != nil {
		t.Fatal(err)
	}
	var outputs []string
	for _, it := range items {
		outputs = append(outputs, it.Output)
	}
	return outputs
}

func TestRuleCases(t *testing.T) {
	cases := corpus.Decode[[]outputCase](t, corpus.Path(t, "conformance", "rule-cases.yaml"))
	run := 0
	for _, c := range cases {
		about := c.Topic == "output" || c.Topic == "output-load" || strings.Contains(c.Message, "unknown filter:")
		if !about || c.Types != nil || c.Extra != nil {
			continue
		}
		run++
		t.Run(c.ID, func(t *testing.T) {
			for _, output := range c.outputs(t) {
				c.check(t, output)
			}
		})
	}
	t.Logf("%d of %d cases are about outputs alone", run, len(cases))
}

func (c outputCase) check(t *testing.T, output string) {
	template, err := Parse(output)
	if c.Expect == "error" || c.Code == "LOAD_UNKNOWN_FILTER" {
		if err == nil || !strings.Contains(err.Error(), c.Message) {
			t.Errorf("error %v, want one with %q", err, c.Message)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if c.Output != nil {
		c.checkText(t, template)
	}
}

// checkText compares the text of the event, as far as it is literal text and
// strings; values of other types are for whoever prints them.
func (c outputCase) checkText(t *testing.T, template Template) {
	rest := *c.Output
	for _, s := range template {
		text := s.Literal
		if value, ok := c.Event[s.Text].(string); ok && s.Ref.Kind() == schema.KindString {
			text = value
			if s.Width > 0 {
				text = (text + strings.Repeat(" ", s.Width))[:s.Width]
			}
		}
		i := strings.Index(rest, text)
		if i < 0 {
			t.Fatalf("%q does not follow in %q", text, *c.Output)
		}
		rest = rest[i+len(text):]
	}
}

// TestDescribedOutputs compares the fields of the outputs of twelve public rule
// files with those that Falco 0.44.1 found in them.
func TestDescribedOutputs(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(corpus.Path(t, "conformance", "falco-0.44.1", "describe"), "*.json.gz"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	run := 0
	for _, file := range files {
		for name, rule := range corpus.Decode[map[string]description](t, file) {
			run++
			template, err := Parse(rule.Output)
			if err != nil {
				t.Errorf("%s, rule %s: %v", filepath.Base(file), name, err)
				continue
			}
			var got []string
			for _, ref := range template.Fields() {
				got = append(got, ref.String())
			}
			slices.Sort(got)
			slices.Sort(rule.Fields)
			if diff := cmp.Diff(slices.Compact(rule.Fields), got); diff != "" {
				t.Errorf("%s, rule %s: fields (-Falco +ours):\n%s", filepath.Base(file), name, diff)
			}
		}
	}
	t.Logf("%d outputs", run)
}

type description struct {
	Output string   `json:"output_compiled"`
	Fields []string `json:"output_fields"`
}
