package translate_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/saker-project/saker/translate"
	"github.com/saker-project/saker/translate/filter"
)

// generated are the fields of random conditions, each with values that events and
// constants take.
var generated = []struct {
	name   string
	ops    []string
	values []any
	list   bool // the event has several values at once
}{
	{name: "proc.name", ops: stringOps, values: []any{"", "a", "ab", "abc", "A", "b"}},
	{name: "fd.name", ops: stringOps, values: []any{"/a", "/a/b", "a", "/", "ab"}},
	{name: "tolower(proc.args)", ops: stringOps, values: []any{"a", "b", "ab"}},
	{name: "proc.aname", ops: stringOps[:10], values: []any{"a", "b", "ab"}, list: true},
	{name: "proc.aname[2]", ops: stringOps, values: []any{"a", "b"}},
	{name: "proc.pid", ops: numberOps, values: []any{-1, 0, 1, 5, 10}},
	{name: "proc.apid", ops: numberOps, values: []any{1, 5, 10}, list: true},
	{name: "evt.is_open_read", ops: []string{"=", "!=", "in", "exists"}, values: []any{true, false}},
	{name: "fd.sip", ops: []string{"=", "!=", "in", "exists"}, values: []any{"10.0.0.1", "10.0.0.2", "::1"}},
	{name: "fd.ip", ops: []string{"=", "!=", "in", "exists"}, values: []any{"10.0.0.1", "10.0.0.2", "::1"}, list: true},
	{name: "fd.port", ops: numberOps[:8], values: []any{22, 80}, list: true},
	{name: "fd.snet", ops: []string{"=", "!=", "in", "exists"}, values: []any{"10.0.0.0/31", "10.0.0.0/8", "::/8"}},
	{name: "fd.net", ops: []string{"=", "!=", "in", "exists"}, values: []any{"10.0.0.0/31", "10.0.0.0/8", "::/8"}, list: true},
	{name: "fd.types", ops: []string{"in", "intersects", "exists"}, values: []any{"file", "ipv4", "ipv6"}, list: true},
}

var (
	stringOps = []string{"=", "!=", "in", "contains", "startswith", "endswith", "glob", "iglob", "icontains", "pmatch", "exists",
		"regex", "= oneof", "= anyof", "startswith anyof", "contains allof", "endswith oneof", "!= allof", "!= anyof"}
	numberOps = []string{"=", "!=", "<", "<=", ">", ">=", "in", "exists"}
)

// addresses are what events have where conditions have networks.
var addresses = []any{"10.0.0.1", "10.200.0.1", "192.0.2.1", "::1", "2001:db8::1"}

func randomCheck(r *rand.Rand) string {
	f := generated[r.IntN(len(generated))]
	constant := func() string {
		text := fmt.Sprint(f.values[r.IntN(len(f.values))])
		if text == "" {
			text = "c" // canonical text cannot show the empty one
		}
		return strconv.Quote(text)
	}
	op := f.ops[r.IntN(len(f.ops))]
	if f.name == "proc.name" && r.IntN(8) == 0 {
		return fmt.Sprintf("proc.name %s val(fd.name)", []string{"=", "!=", "contains"}[r.IntN(3)])
	}
	switch {
	case op == "exists":
		return f.name + " exists"
	case strings.ContainsAny(op, "<>"):
		return fmt.Sprintf("%s %s %v", f.name, op, f.values[r.IntN(len(f.values))])
	case op == "in" || op == "intersects" || op == "pmatch" || strings.Contains(op, "of"):
		list := make([]string, r.IntN(4))
		for i := range list {
			list[i] = constant()
		}
		text := "(" + strings.Join(list, ", ") + ")"
		if (op == "in" || op == "pmatch") && f.name == "proc.name" && r.IntN(2) == 0 {
			text = []string{"(known)", "(a, known)", "(empty)"}[r.IntN(3)]
		}
		return fmt.Sprintf("%s %s %s", f.name, op, text)
	}
	return fmt.Sprintf("%s %s %s", f.name, op, constant())
}

func randomCondition(r *rand.Rand, depth int) string {
	if depth == 0 || r.IntN(4) == 0 {
		if r.IntN(6) == 0 {
			return fmt.Sprintf("m%d", r.IntN(macroCount))
		}
		return randomCheck(r)
	}
	if r.IntN(4) == 0 {
		return "not (" + randomCondition(r, depth-1) + ")"
	}
	parts := make([]string, 2+r.IntN(2))
	for i := range parts {
		parts[i] = "(" + randomCondition(r, depth-1) + ")"
	}
	return strings.Join(parts, []string{" and ", " or "}[r.IntN(2)])
}

func randomEvent(r *rand.Rand) map[string]any {
	event := make(map[string]any)
	for _, f := range generated {
		if r.IntN(3) == 0 {
			continue // absent
		}
		values := f.values
		if strings.HasSuffix(f.name, "net") {
			values = addresses
		}
		name := strings.TrimSuffix(strings.TrimPrefix(f.name, "tolower("), ")")
		if !f.list {
			event[name] = values[r.IntN(len(values))]
			continue
		}
		several := []any{}
		for range r.IntN(3) {
			several = append(several, values[r.IntN(len(values))])
		}
		if len(several) > 0 || strings.HasPrefix(name, "fd.") {
			event[name] = several // a process without ancestors has no such field
		}
	}
	return event
}

const macroCount = 5

// TestRandomRulesMeanWhatFalcoMeans compares the verdicts of Rego with those of a naive
// evaluator of Falco's conditions.
func TestRandomRulesMeanWhatFalcoMeans(t *testing.T) {
	const rulesPerSet, sets, events = 150, 4, 60
	for seed := range uint64(sets) {
		r := rand.New(rand.NewPCG(seed, 1))
		var b strings.Builder
		b.WriteString("- list: known\n  items: [a, abc]\n- list: empty\n  items: []\n")
		for i := range macroCount {
			fmt.Fprintf(&b, "- macro: m%d\n  condition: '%s'\n", i, randomCheck(r))
		}
		for i := range rulesPerSet {
			fmt.Fprintf(&b, "- rule: r%d\n  desc: d\n  condition: '%s'\n  output: o\n  priority: INFO\n  warn_evttypes: false\n", i, randomCondition(r, 3))
		}
		checkRandomSet(t, r, b.String(), events)
	}
}

func checkRandomSet(t *testing.T, r *rand.Rand, text string, events int) {
	t.Helper()
	rules, diagnostics := translate.Load([]translate.File{{Name: "random.yaml", Content: []byte(text)}}, translate.Options{})
	if rules == nil {
		t.Fatalf("does not load:\n%s\n%s", describe(diagnostics), text)
	}
	checkFormat(t, rules)
	query, err := rego.New(rego.Query("x = data.falco.rules"), rego.Compiler(compile(t, rules))).PrepareForEval(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	trees := make(map[string]filter.Node)
	for _, rule := range rules.Rules {
		if trees[rule.Package], err = filter.Parse(rule.Condition); err != nil {
			t.Fatal(err)
		}
	}
	matched := 0
	for range events {
		event := randomEvent(r)
		result, err := query.Eval(context.Background(), rego.EvalInput(inputOf(t, event)))
		if err != nil {
			t.Fatal(err)
		}
		verdicts := result[0].Bindings["x"].(map[string]any)
		for _, rule := range rules.Rules {
			verdict, _ := verdicts[strings.TrimPrefix(rule.Package, "falco.rules.")].(map[string]any)
			got := verdict["match"] == true
			if want := naiveMatch(trees[rule.Package], event); got != want {
				t.Fatalf("%s\nis %v, want %v\nevent %v", rule.Condition, got, want, describeEvent(event))
			}
			if got {
				matched++
			}
		}
	}
	t.Logf("%d of %d verdicts are matches, %d rules without translation", matched, events*len(rules.Rules), len(rules.Skipped))
}

func describeEvent(event map[string]any) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(event)) {
		fmt.Fprintf(&b, "%s=%v ", name, event[name])
	}
	return b.String()
}
