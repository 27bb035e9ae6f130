package filter

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/saker-project/saker/falco-rules/corpus"
)

// ruleCase is a case of the corpus' rule-cases.yaml, as far as conditions go.
type ruleCase struct {
	ID       string            `yaml:"id"`
	Rules    string            `yaml:"rules"`
	Expect   string            `yaml:"expect"` // ok, warning or error
	Code     string            `yaml:"code"`
	Message  string            `yaml:"message"`
	Compiled map[string]string `yaml:"compiled"`
	EvtTypes any               `yaml:"evt_types"` // list of names, "all" or "none"
	Approx   bool              `yaml:"approx"`    // with "all": more than 100 types
	Types    map[string]string `yaml:"types"`     // fields that only the case has
}

// ruleItem is a macro or a rule.
type ruleItem struct {
	Macro     string
	Rule      string
	Condition string
}

// items returns the macros and rules of a case; false if it needs more of the
// rule language than conditions: lists, exceptions, appends, other sources.
func (c ruleCase) items() ([]ruleItem, bool) {
	if c.Rules == "" || c.Types != nil {
		return nil, false
	}
	var keyed []map[string]yaml.Node
	for d := yaml.NewDecoder(strings.NewReader(c.Rules)); ; {
		var document []map[string]yaml.Node
		err := d.Decode(&document)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, false
		}
		keyed = append(keyed, document...)
	}
	var items []ruleItem
	for _, k := range keyed {
		for _, unsupported := range []string{"list", "exceptions", "override", "append", "source"} {
			if _, ok := k[unsupported]; ok {
				return nil, false
			}
		}
		var it ruleItem
		for key, to := range map[string]*string{"macro": &it.Macro, "rule": &it.Rule, "condition": &it.Condition} {
			if n, ok := k[key]; ok && n.Decode(to) != nil {
				return nil, false
			}
		}
		if it.Condition == "" {
			return nil, false
		}
		items = append(items, it)
	}
	return items, true
}

// compile does what loading does with conditions: parse, put macros in place,
// validate. It returns the trees by rule.
func compile(items []ruleItem) (map[string]Node, error) {
	macros := make(map[string]Node)
	rules := make(map[string]Node)
	for _, it := range items {
		n, err := Parse(it.Condition)
		if err != nil {
			return nil, err
		}
		if it.Macro != "" {
			macros[it.Macro] = n
		} else {
			rules[it.Rule] = n
		}
	}
	var expand func(Node) Node
	expand = func(n Node) Node {
		if ref, ok := n.(*MacroRef); ok && macros[ref.Name] != nil {
			return Rewrite(Clone(macros[ref.Name]), expand)
		}
		return n
	}
	for name, n := range rules {
		rules[name] = Rewrite(n, expand)
		if problems := Validate(rules[name]); len(problems) > 0 {
			return nil, problems[0]
		}
		if _, _, err := EventTypes(rules[name]); err != nil {
			return nil, err
		}
	}
	return rules, nil
}

func TestRuleCases(t *testing.T) {
	cases := corpus.Decode[[]ruleCase](t, corpus.Path(t, "conformance", "rule-cases.yaml"))
	run := 0
	for _, c := range cases {
		items, ok := c.items()
		if !ok || !c.aboutConditions() {
			continue
		}
		run++
		t.Run(c.ID, func(t *testing.T) { c.check(t, items) })
	}
	t.Logf("%d of %d cases are about conditions alone", run, len(cases))
}

// aboutConditions reports whether what the case expects can be seen here.
func (c ruleCase) aboutConditions() bool {
	switch {
	case c.Expect == "error":
		return c.Code == "LOAD_ERR_COMPILE_CONDITION"
	case c.Code == "LOAD_UNKNOWN_FILTER":
		return !strings.Contains(c.Message, "unknown filter:") // the output's
	}
	return true
}

func (c ruleCase) check(t *testing.T, items []ruleItem) {
	rules, err := compile(items)
	// With LOAD_UNKNOWN_FILTER the same problem only drops the rule.
	if c.Expect == "error" || c.Code == "LOAD_UNKNOWN_FILTER" {
		if err == nil || !strings.Contains(err.Error(), c.Message) {
			t.Errorf("error %v, want one with %q", err, c.Message)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range c.Compiled {
		if got := Print(rules[name]); got != want {
			t.Errorf("rule %s prints as\n%s, want\n%s", name, got, want)
		}
	}
	if c.EvtTypes != nil {
		c.checkEventTypes(t, rules["r1"])
	}
}

func (c ruleCase) checkEventTypes(t *testing.T, n Node) {
	types, all, err := EventTypes(n)
	if err != nil {
		t.Fatal(err)
	}
	switch want := c.EvtTypes.(type) {
	case string:
		if got := len(types); want == "none" && got != 0 || want == "all" && !all && !(c.Approx && got > 100) {
			t.Errorf("%d types, all %v, want %s", got, all, want)
		}
	case []any:
		var got []any
		for _, typ := range types {
			if name := any(typ.String()); !slices.Contains(got, name) {
				got = append(got, name)
			}
		}
		slices.SortFunc(got, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestFilterStrings(t *testing.T) {
	cases := corpus.Decode[[]struct{ Test, Kind, Filter string }](t, corpus.Path(t, "conformance", "filter-strings.json"))
	for _, c := range cases {
		t.Run(c.Test, func(t *testing.T) {
			n, err := Parse(c.Filter)
			if accept := c.Kind != "test_reject"; accept != (err == nil) {
				t.Fatalf("Parse(%q) = %v, want %s", c.Filter, err, c.Kind)
			}
			if err == nil {
				checkStable(t, n)
			}
		})
	}
}

// TestDescribedConditions reads back what Falco 0.44.1 printed of the conditions
// of twelve public rule files.
func TestDescribedConditions(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(corpus.Path(t, "conformance", "falco-0.44.1", "describe"), "*.json.gz"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	read, unreadable := 0, 0
	for _, file := range files {
		for name, rule := range corpus.Decode[map[string]description](t, file) {
			if unreadableText.MatchString(rule.Condition) {
				unreadable++
				continue
			}
			read++
			t.Run(filepath.Base(file)+"/"+name, func(t *testing.T) { rule.check(t) })
		}
	}
	t.Logf("%d conditions read back; %d have values that canonical text does not quote", read, unreadable)
}

// unreadableText finds the values in the public rules that Falco's canonical
// text writes so that nobody can read them back: (systemd), the empty string and
// a lone backslash.
var unreadableText = regexp.MustCompile(`\(systemd\)|(, |= )\)|=  or|"\\\\"`)

func (d description) check(t *testing.T) {
	n, err := Parse(d.Condition)
	if err != nil {
		t.Fatal(err)
	}
	if got := Print(n); got != d.Condition {
		t.Errorf("prints as\n%s, want\n%s", got, d.Condition)
	}
	checkStable(t, n)
	for _, problem := range Validate(n) {
		t.Error(problem)
	}
	// 0.44.1 draws no conclusions from evt.num.
	n = Rewrite(n, func(n Node) Node {
		if c, ok := n.(*Check); ok && PrintOperand(c.Left) == "evt.num" {
			return &MacroRef{Name: "anything"}
		}
		return n
	})
	checkEvents(t, n, d.Events)
}

type description struct {
	Condition string   `json:"condition_compiled"`
	Events    []string `json:"events"`
}

func checkEvents(t *testing.T, n Node, want []string) {
	t.Helper()
	types, _, err := EventTypes(n)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{"asyncevent"} // which Falco adds to every rule
	for _, typ := range types {
		got = append(got, typ.String())
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(slices.Compact(want), slices.Compact(got)); diff != "" {
		t.Errorf("event types (-Falco +ours):\n%s", diff)
	}
}

// TestRandomFilters loads the random conditions that Falco 0.44.1 ran on captures.
func TestRandomFilters(t *testing.T) {
	text, err := os.ReadFile(corpus.Path(t, "conformance", "falco-0.44.1", "filters.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var c struct {
			Filter string
			Error  []string
		}
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		_, err := compile([]ruleItem{{Rule: "r", Condition: c.Filter}})
		switch {
		case c.Error == nil && err != nil:
			t.Errorf("%s: %v", c.Filter, err)
		case c.Error != nil && (err == nil || !strings.HasSuffix(c.Error[0], err.(*Error).Msg)):
			t.Errorf("%s: %v, want %s", c.Filter, err, c.Error[0])
		}
	}
}
