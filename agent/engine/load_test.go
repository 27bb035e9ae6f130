package engine

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/agent/field"
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/translate"
)

func TestNewReportsProblems(t *testing.T) {
	source := func(text string) translate.Module { return translate.Module{Path: "x.rego", Source: []byte(text)} }
	tests := []struct {
		name   string
		module translate.Module
		want   string // each line must be in the line of the error at its place
	}{
		{"a field that does not exist", rule("x", `input.proc.nmae == "a"`),
			`x.rego:10:1: input.proc.nmae: filter_check called with nonexistent field proc.nmae; near it: proc.name, `},
		{"a field of another class", rule("x", `input.file.name == "a"`), `x.rego:10:1: input.file.name: filter_check called with nonexistent field file.name`},
		{"an argument that the field does not take", rule("x", `input.proc["name[1]"] == "a"`), `nonexistent field proc.name[1]; near it: proc.name`},
		{"a class without a name", rule("x", `input.proc != null`), `x.rego:10:1: input.proc is no field`},
		{"input as a whole", rule("x", "x := input\n\tx != {}"), `x.rego:10:6: input is no field: `},
		{"a name that is not constant", rule("x", "some name in [\"name\"]\n\tinput.proc[name] == \"a\""), `x.rego:11:2: input.proc[__local`},
		{"every field that does not exist", rule("x", "input.proc.a == 1\n\tinput.proc.b == 2"), "x.rego:10:1: input.proc.a\nx.rego:11:2: input.proc.b"},
		{"Rego that does not parse", rule("x", `input.proc.name = =`), `x.rego:10:19: rego_parse_error: unexpected eq token`},
		{"Rego that does not compile", rule("x", "nothing_like_that(input.proc.name)\n\tx := 1"), "x.rego:10:1: rego_type_error: undefined function nothing_like_that\nx.rego:11:2: rego_compile_error: assigned var x unused"},
		{"an import that is not used", source("package x\n\nimport data.falco.lists\n\np := 1\n"), `x.rego:3:1: rego_compile_error: import data.falco.lists unused`},
		{"an empty module", source(""), `x.rego: rego_parse_error: empty module`},
		{"a rule without match", source("# METADATA\n# custom:\n#   rule: x\n#   priority: Info\npackage x\n\np := 1\n"), `x.rego:1:1: METADATA: package defines no rule "match"`},
		{"a priority that does not exist", rule("x", "true", "priority: high"), `x.rego:1:1: METADATA: unknown priority "high"`},
		{"an event that does not exist", rule("x", "true", "events: [open, opne]"), `x.rego:1:1: METADATA: unknown event type opne`},
		{"events that are no list", rule("x", "true", "events: open"), `x.rego:1:1: METADATA: events is not a list`},
		{"a line that is no number", rule("x", "true", "line: a"), `x.rego:1:1: METADATA: line is not a line number`},
		{"tags that are no strings", rule("x", "true", "tags: [1]"), `x.rego:1:1: METADATA: tags holds something that is not a string`},
		{"an output that does not parse", rule("x", "true", "output: 100%"), `x.rego: output: `},
		{"a field that an output cannot have", rule("x", "true", `output: "%proc.nmae"`), `x.rego: output: `},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := New([]translate.Module{tt.module}, Options{MinPriority: schema.Debug})
			var problems Problems
			if !errors.As(err, &problems) {
				t.Fatalf("error is %v", err)
			}
			got := strings.Split(err.Error(), "\n")
			want := strings.Split(tt.want, "\n")
			if len(got) != len(want) {
				t.Fatalf("%d problems: %v", len(got), err)
			}
			for i := range want {
				if !strings.Contains(got[i], want[i]) {
					t.Errorf("problem is %q, want %q", got[i], want[i])
				}
			}
		})
	}
}

func TestNewReportsProblemsOfAllModules(t *testing.T) {
	_, err := New([]translate.Module{rule("a", "="), rule("b", "true", "priority: x"), rule("c", "=")}, Options{})
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	var modules []string
	for _, p := range problems {
		modules = append(modules, p.Module)
	}
	if diff := cmp.Diff([]string{"a.rego", "b.rego", "c.rego"}, modules); diff != "" {
		t.Errorf("%s\n%v", diff, err)
	}
	var one *Problem
	if !errors.As(err, &one) || one.Line != 10 {
		t.Errorf("the first problem is %+v", one)
	}
}

func TestRulesCannotAskTheWorld(t *testing.T) {
	for _, call := range []string{
		`http.send({"method": "GET", "url": "http://127.0.0.1/"})`, `net.lookup_ip_addr("localhost")`, `opa.runtime()`,
		`rand.intn("x", 2)`, `time.now_ns()`, `uuid.rfc4122("x")`,
	} {
		if _, err := New([]translate.Module{rule("a", call+" != null")}, Options{}); err == nil || !strings.Contains(err.Error(), "undefined function") {
			t.Errorf("%s: %v", call, err)
		}
	}
}

func TestTwoRulesCannotShare(t *testing.T) {
	a, b := rule("a", "true"), rule("b", "true")
	b.Source = []byte(strings.Replace(string(b.Source), "rule: b", "rule: a", 1))
	c := rule("a", "true")
	c.Path = "c.rego"
	c.Source = []byte(strings.Replace(string(c.Source), "rule: a", "rule: c", 1))
	for what, modules := range map[string][]translate.Module{
		`b.rego: rule "a" is in a.rego already`:                      {a, b},
		`a.rego: two modules have this path`:                         {a, a},
		`c.rego: package falco.rules.a has a rule in a.rego already`: {a, c},
	} {
		if _, err := New(modules, Options{}); err == nil || err.Error() != what {
			t.Errorf("error is %v, want %s", err, what)
		}
	}
}

func TestRulesCarryTheirMetadata(t *testing.T) {
	e := mustNew(t,
		translate.Module{Path: "lists.rego", Source: []byte("package falco.lists\n\nx := {1}\n")},
		rule("a", "true", "file: falco_rules.yaml", "line: 345", "priority: info", "source: syscall", "enabled: true", "tags: [b, a]", "events: [openat2]", "output: x"),
		rule("b", "true"),
	)
	want := []*Rule{
		{
			Name: "a", Package: "falco.rules.a", Module: "a.rego", Source: "syscall", Priority: schema.Informational, Tags: []string{"a", "b"},
			Output: "x", Enabled: true, File: "falco_rules.yaml", Line: 345, Events: schema.EventTypesNamed("openat2"),
		},
		{Name: "b", Package: "falco.rules.b", Module: "b.rego", Source: "syscall", Priority: schema.Notice, Enabled: true, AllEvents: true},
	}
	got := e.Rules()
	want[1].Events = got[1].Events
	if n := len(schema.Events()); len(want[1].Events) != n {
		t.Errorf("a rule for all events has %d, not %d", len(want[1].Events), n)
	}
	if diff := cmp.Diff(want, got, exported); diff != "" {
		t.Error(diff)
	}
}

// exported compares rules by what METADATA says.
var exported = cmp.FilterPath(func(p cmp.Path) bool {
	field, ok := p.Last().(cmp.StructField)
	return ok && strings.ToLower(field.Name()[:1]) == field.Name()[:1]
}, cmp.Ignore())

func TestRulesWithoutActiveSourceAreStillChecked(t *testing.T) {
	for _, metadata := range []string{"enabled: false", "source: other", "priority: Debug"} {
		_, err := New([]translate.Module{rule("a", `input.proc.nope == 1`, metadata)}, Options{MinPriority: schema.Error})
		if err == nil {
			t.Errorf("%s: no error", metadata)
		}
	}
}

func TestRulesSayWhichFieldsAreNeverThere(t *testing.T) {
	var dead []string
	for _, f := range schema.Fields() {
		ref, err := schema.ParseField(f.Name)
		if err == nil && !ref.Multi() && !field.Compile(ref).Supported() {
			dead = append(dead, ref.Input())
		}
	}
	if len(dead) < 2 {
		t.Fatal("every field has values: this test needs two that have none")
	}
	condition, output := dead[0], strings.TrimPrefix(dead[1], "input.")
	e := mustNew(t, rule("a", condition+` != null; input.proc.name == "a"`, "output: '%"+output+" %proc.pid'"))
	want := []string{strings.TrimPrefix(condition, "input."), output}
	slices.Sort(want)
	if diff := cmp.Diff(want, e.Rules()[0].Absent); diff != "" {
		t.Error(diff)
	}
}

func FuzzNew(f *testing.F) {
	f.Add(string(rule("a", `input.proc.name in {"a", "b"} and not { input.proc.aname[_] == "x" }`, "tags: [a]", "events: [open]").Source))
	f.Add("package a\n\nimport rego.v2\n\nx contains y if { some y in input.proc.aname; every z in [1, 2] { z == y } }\n")
	f.Add("# METADATA\n# custom:\n#   rule: a\n#   priority: Info\npackage a\n\nmatch := count([1 | falco.glob(input.fd.name, [\"a\"][_])]) == 1\n")
	f.Fuzz(func(t *testing.T, source string) {
		e, err := New([]translate.Module{{Path: "a.rego", Source: []byte(source)}}, Options{MinPriority: schema.Debug})
		if err != nil {
			return
		}
		evaluator := e.NewEvaluator()
		for _, r := range e.Rules() {
			if r.Active() {
				evaluator.stand(event{"proc.name": {text("a")}, "fd.name": {text("/etc")}, "proc.aname": {text("a"), text("b")}})
				r.guard(evaluator)
			}
		}
	})
}
