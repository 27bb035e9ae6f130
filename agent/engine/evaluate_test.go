package engine

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/agent/capture"
	"github.com/saker-project/saker/agent/field"
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/agent/state"
	"github.com/saker-project/saker/agent/state/statetest"
	"github.com/saker-project/saker/outputs"
	"github.com/saker-project/saker/translate"
)

// rule writes a module with one rule. The lines of metadata come after the rule's
// name.
func rule(name, body string, metadata ...string) translate.Module {
	var b strings.Builder
	fmt.Fprintf(&b, "# METADATA\n# custom:\n#   rule: %s\n", name)
	if !strings.Contains(strings.Join(metadata, "\n"), "priority:") {
		metadata = append(metadata, "priority: Notice")
	}
	for _, line := range metadata {
		fmt.Fprintf(&b, "#   %s\n", line)
	}
	fmt.Fprintf(&b, "package falco.rules.%s\n\nimport rego.v2\n\nmatch if {\n%s\n}\n", name, body)
	return translate.Module{Path: name + ".rego", Package: "falco.rules." + name, Source: []byte(b.String())}
}

// scene is a machine with a few processes and an Evaluator that watches it.
type scene struct {
	machine   *state.Machine
	context   *field.Context
	evaluator *Evaluator
}

func newScene(t testing.TB, opt Options, modules ...translate.Module) *scene {
	t.Helper()
	e, err := New(modules, opt)
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{machine: state.New(state.Options{}), evaluator: e.NewEvaluator()}
	s.context = field.NewContext(s.machine)
	s.populate()
	return s
}

func (s *scene) populate() {
	s.happen(statetest.Task(1, 0, "init", nil))
	s.happen(statetest.Task(100, 1, "sshd", nil))
	s.happen(statetest.Task(200, 100, "bash", nil))
	s.happen(statetest.Task(300, 200, "cat", nil))
	s.happen(statetest.Task(400, 200, "curl", nil))
}

// happen goes on to an event without judging it.
func (s *scene) happen(ev *capture.Event) {
	s.machine.Apply(ev)
	s.context.Reset(ev)
}

// judge goes on to an event and returns the alerts about it.
func (s *scene) judge(ev *capture.Event) []*outputs.Alert {
	s.happen(ev)
	var alerts []*outputs.Alert
	s.evaluator.Evaluate(s.context, func(m *Match) { alerts = append(alerts, m.Alert) })
	return alerts
}

func names(alerts []*outputs.Alert) []string {
	names := []string{}
	for _, a := range alerts {
		names = append(names, a.Rule)
	}
	return names
}

func TestEvaluate(t *testing.T) {
	const opened = `input.evt.type in {"openat"}; input.fd.name == "/etc/shadow"`
	all := Options{RuleMatching: MatchAll, MinPriority: schema.Debug}
	tests := []struct {
		name    string
		options Options
		modules []translate.Module
		want    []string
	}{
		{"a rule matches", all, []translate.Module{rule("a", opened)}, []string{"a"}},
		{"a rule does not match", all, []translate.Module{rule("a", `input.fd.name == "/etc/passwd"`)}, []string{}},
		{"all matches come in the order of the modules", all,
			[]translate.Module{rule("c", opened), rule("a", "false"), rule("b", opened)}, []string{"c", "b"}},
		{"only the first match is wanted", Options{MinPriority: schema.Debug},
			[]translate.Module{rule("x", "false"), rule("c", opened), rule("b", opened)}, []string{"c"}},
		{"less severe rules do not run", Options{RuleMatching: MatchAll, MinPriority: schema.Warning},
			[]translate.Module{rule("a", opened, "priority: NOTICE"), rule("b", opened, "priority: warning"), rule("c", opened, "priority: Emergency")},
			[]string{"b", "c"}},
		{"disabled rules do not run", all, []translate.Module{rule("a", opened, "enabled: false"), rule("b", opened)}, []string{"b"}},
		{"rules of other sources do not run", all, []translate.Module{rule("a", opened, "source: k8s_audit"), rule("b", opened)}, []string{"b"}},
		{"rules for other events do not run", all,
			[]translate.Module{rule("a", opened, "events: [open, connect]"), rule("b", opened, "events: [close, openat]"), rule("c", opened, "events: all")},
			[]string{"b", "c"}},
		{"a rule for no event does not run", all, []translate.Module{rule("a", opened, "events: []")}, []string{}},
		{"a match that is false is none", all,
			[]translate.Module{{Path: "a", Source: []byte("# METADATA\n# custom:\n#   rule: a\n#   priority: Info\npackage a\n\ndefault match := false\n")}}, []string{}},
		{"a match with another value is none", all,
			[]translate.Module{{Path: "a", Source: []byte("# METADATA\n# custom:\n#   rule: a\n#   priority: Info\npackage a\n\nmatch := 1\n")}}, []string{}},
		{"OPA decides what the guard does not understand", all,
			[]translate.Module{rule("a", `count(input.proc.aname) == 3`), rule("b", `count(input.proc.aname) == 4`)}, []string{"a"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newScene(t, tt.options, tt.modules...)
			got := names(s.judge(statetest.Open(300, 3, "/etc/shadow", nil)))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEveryEventIsJudgedByItself(t *testing.T) {
	macros := translate.Module{Path: "macros", Source: []byte("package falco.macros\n\nimport rego.v2\n\nsecret if startswith(input.fd.name, \"/etc/\")\n")}
	s := newScene(t, Options{MinPriority: schema.Debug}, macros, rule("a", `data.falco.macros.secret; some a in input.proc.aname; a == "sshd"`))
	for range 2 {
		if got := s.judge(statetest.Open(300, 3, "/etc/shadow", nil)); len(got) != 1 {
			t.Errorf("%d alerts about a match", len(got))
		}
		if got := s.judge(statetest.Open(300, 4, "/tmp/x", nil)); len(got) != 0 {
			t.Errorf("%d alerts about an event that does not match", len(got))
		}
		if got := s.judge(statetest.Open(100, 4, "/etc/shadow", nil)); len(got) != 0 {
			t.Errorf("%d alerts about a process that has not the ancestor", len(got))
		}
	}
}

func TestAlert(t *testing.T) {
	tests := []struct {
		name, output, message string
		fields                []outputs.Field
	}{
		{"literal text", "no fields", "no fields", nil},
		{"a field", "file %fd.name opened", "file /etc/shadow opened", []outputs.Field{{Name: "fd.name", Value: "/etc/shadow"}}},
		{"numbers are numbers", "%fd.num %proc.pid", "3 300", []outputs.Field{{Name: "fd.num", Value: int64(3)}, {Name: "proc.pid", Value: int64(300)}}},
		{"an absent field", "ip=%fd.sip.", "ip=<NA>.", []outputs.Field{{Name: "fd.sip", Value: nil}}},
		{"a field that is named twice", "%fd.num%fd.num", "33", []outputs.Field{{Name: "fd.num", Value: int64(3)}}},
		{"an index", "%proc.aname[2]", "sshd", []outputs.Field{{Name: "proc.aname[2]", Value: "sshd"}}},
		{"a width cuts", "%4fd.name|", "/etc|", []outputs.Field{{Name: "fd.name", Value: "/etc/shadow"}}},
		{"a width pads", "%6proc.name|", "cat   |", []outputs.Field{{Name: "proc.name", Value: "cat"}}},
		{"a transformer", "%toupper(proc.name)", "CAT", []outputs.Field{{Name: "proc.name", Value: "cat"}}},
		{"transformers in transformers", `%concat(basename(fd.name), "-", proc.name)`, "shadow-cat",
			[]outputs.Field{{Name: "fd.name", Value: "/etc/shadow"}, {Name: "proc.name", Value: "cat"}}},
		{"join", `%join("->", (proc.name, proc.pid)) end`, "cat->300 end",
			[]outputs.Field{{Name: "proc.name", Value: "cat"}, {Name: "proc.pid", Value: int64(300)}}},
		{"a transformer of an absent field", "%toupper(evt.arg.path)%b64(evt.res)", "<NA><NA>",
			[]outputs.Field{{Name: "evt.arg.path", Value: nil}, {Name: "evt.res", Value: "SUCCESS"}}},
		{"the length of a field is not printed", "%len(proc.name)", "<NA>", []outputs.Field{{Name: "proc.name", Value: "cat"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newScene(t, Options{MinPriority: schema.Debug, Hostname: "host"},
				rule("a", "true", "output: '"+tt.output+"'", "priority: CRITICAL", "tags: [b, a, b]"))
			got := s.judge(statetest.Open(300, 3, "/etc/shadow", nil))
			if len(got) != 1 {
				t.Fatalf("%d alerts", len(got))
			}
			want := &outputs.Alert{
				Time: time.Unix(0, statetest.Start), Rule: "a", Priority: schema.Critical, Source: "syscall", Tags: []string{"a", "b"}, Hostname: "host",
				Message: tt.message, Fields: withTime(tt.fields),
			}
			if diff := cmp.Diff(want, got[0]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// withTime adds evt.time in its place.
func withTime(fields []outputs.Field) []outputs.Field {
	all := append(slices.Clone(fields), outputs.Field{Name: "evt.time", Value: int64(statetest.Start)})
	slices.SortFunc(all, func(a, b outputs.Field) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func TestAlertSaysWhetherItsOutputNamesTheTime(t *testing.T) {
	s := newScene(t, Options{MinPriority: schema.Debug, RuleMatching: MatchAll},
		rule("a", "true", "output: at %evt.time"), rule("b", "true", "output: x"))
	got := s.judge(statetest.Open(300, 3, "/etc/shadow", nil))
	if !got[0].NamesTime || got[1].NamesTime {
		t.Errorf("NamesTime is %v and %v", got[0].NamesTime, got[1].NamesTime)
	}
	if len(got[0].Fields) != 1 {
		t.Errorf("fields are %v", got[0].Fields)
	}
}

func TestAlertOutlivesItsEvent(t *testing.T) {
	s := newScene(t, Options{MinPriority: schema.Debug}, rule("a", "true", "output: '%fd.name %proc.cmdline'"))
	first := s.judge(statetest.Open(300, 3, "/etc/shadow", nil))[0]
	before := fmt.Sprint(*first)
	for range 10 {
		s.judge(statetest.Open(200, 4, "/other/path/of/the/same/length", nil))
	}
	if after := fmt.Sprint(*first); after != before {
		t.Errorf("the alert changed from %s to %s", before, after)
	}
}

func TestStats(t *testing.T) {
	s := newScene(t, Options{MinPriority: schema.Debug},
		rule("a", `input.fd.name == "/etc/shadow"`, "events: [openat]"),
		rule("b", `count(input.proc.aname) > 100`, "events: [openat]"))
	s.judge(statetest.Open(300, 3, "/etc/shadow", nil))
	s.judge(statetest.Open(300, 4, "/etc/passwd", nil))
	s.judge(statetest.Connect(300, 5, "10.0.0.1:1000", "10.0.0.2:80", nil))
	want := Stats{Events: 3, Judged: 2, Rules: []RuleStats{{Evaluations: 2, Queries: 1, Matches: 1}, {Evaluations: 1, Queries: 1}}}
	if diff := cmp.Diff(want, s.evaluator.Stats()); diff != "" {
		t.Error(diff)
	}
}

func TestQueryThatFailsIsNoMatch(t *testing.T) {
	conflict := translate.Module{Path: "a", Source: []byte(`# METADATA
# custom:
#   rule: a
#   priority: Info
package a

match := x if some x in input.proc.aname
`)}
	var failed []string
	s := newScene(t, Options{MinPriority: schema.Debug, Failed: func(r *Rule, _ error) { failed = append(failed, r.Name) }}, conflict)
	for range 2 {
		if got := s.judge(statetest.Open(300, 3, "/etc/shadow", nil)); len(got) != 0 {
			t.Errorf("%d alerts", len(got))
		}
	}
	if len(failed) != 1 || failed[0] != "a" {
		t.Errorf("told of %v, want once of a", failed)
	}
	stats := s.evaluator.Stats()
	if stats.Rules[0].Errors != 2 || stats.LastError == nil || !strings.Contains(stats.LastError.Error(), "conflict") {
		t.Errorf("stats are %+v", stats)
	}
}

func TestEngineSaysWhichEventsItNeeds(t *testing.T) {
	e := mustNew(t, rule("a", "true", "events: [openat2]"), rule("b", "true", "events: [connect]", "enabled: false"))
	want := schema.EventTypesNamed("openat2")
	if diff := cmp.Diff(want, e.EventTypes()); diff != "" {
		t.Error(diff)
	}
	if a, b := e.Rules()[0], e.Rules()[1]; !a.Active() || b.Active() {
		t.Errorf("active: %v and %v", a.Active(), b.Active())
	}
}

func TestEvaluatorsShareAnEngine(t *testing.T) {
	e := mustNew(t, rule("a", `falco.glob(input.fd.name, "/etc/*"); count(input.proc.aname) > 1`, "output: '%fd.name'"))
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			s := &scene{machine: state.New(state.Options{}), evaluator: e.NewEvaluator()}
			s.context = field.NewContext(s.machine)
			s.populate()
			for i := range 50 {
				path := fmt.Sprintf("/etc/%d", i)
				if got := s.judge(statetest.Open(300, 3, path, nil)); len(got) != 1 || got[0].Message != path {
					t.Errorf("alerts are %v", got)
				}
			}
		})
	}
	group.Wait()
}

func TestEventThatMatchesNothingAllocatesNothing(t *testing.T) {
	own := []translate.Module{
		rule("scan", `some a in input.proc.aname; a == "nginx"`),
		rule("text", `falco.tolower(input.proc.name) == "dog"; input.proc.pid > 7`),
		rule("net", `every end in input.fd.ip { end != "10.0.0.1" }; falco.in_net(input.fd.sip, "10.0.0.0/8")`),
		rule("path", `falco.pmatch(input.fd.name, {"/opt", "/srv/*/data"}) or falco.glob(input.fd.name, "/home/*/.ssh/*")`),
	}
	for name, modules := range map[string]func(*testing.T) []translate.Module{
		"shapes":          func(*testing.T) []translate.Module { return own },
		"published rules": func(t *testing.T) []translate.Module { return stockModules(t, stableRules, incubatingRules) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, Options{MinPriority: schema.Debug}, modules(t)...)
			for what, ev := range map[string]*capture.Event{
				"openat":  statetest.Open(300, 3, "/usr/lib/x86_64-linux-gnu/libc.so.6", nil),
				"connect": statetest.Connect(400, 5, "192.168.0.1:1000", "192.168.0.2:80", nil),
				"exit":    statetest.Exit(999, nil),
			} {
				s.happen(ev)
				allocs := testing.AllocsPerRun(100, func() {
					s.evaluator.Evaluate(s.context, func(m *Match) { t.Errorf("%s matches %s", what, m.Rule.Name) })
				})
				if allocs != 0 {
					t.Errorf("%s: %v allocations", what, allocs)
				}
			}
		})
	}
}

// With the fields of a real context, everything in caches; ns, bytes and
// allocations per event. 2026-11-24, 2 vCPU Xeon, Go 1.26, OPA 1.22.2:
//
//	openat/stable     268      0   0
//	openat/all        684      0   0
//	execve/stable     325      0   0
//	connect/stable    164      0   0
//	match/stable    39000  15000 390
func BenchmarkEvaluate(b *testing.B) {
	stable := stockModules(b, stableRules)
	all := stockModules(b, stableRules, incubatingRules, sandboxRules)
	for _, bench := range []struct {
		name    string
		modules []translate.Module
		event   *capture.Event
	}{
		{"openat/stable", stable, statetest.Open(300, 3, "/usr/lib/x86_64-linux-gnu/libc.so.6", nil)},
		{"openat/all", all, statetest.Open(300, 3, "/usr/lib/x86_64-linux-gnu/libc.so.6", nil)},
		{"execve/stable", stable, statetest.Exec(300, 200, "/usr/bin/ls", nil)},
		{"connect/stable", stable, statetest.Connect(400, 5, "192.168.0.1:1000", "192.168.0.2:80", nil)},
		{"match/stable", stable, statetest.Open(300, 3, "/etc/shadow", nil)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			s := newScene(b, Options{MinPriority: schema.Debug}, bench.modules...)
			s.happen(bench.event)
			matches := 0
			b.ReportAllocs()
			for b.Loop() {
				s.evaluator.Evaluate(s.context, func(*Match) { matches++ })
			}
			if (matches > 0) != strings.HasPrefix(bench.name, "match") {
				b.Errorf("%d matches", matches)
			}
		})
	}
}
