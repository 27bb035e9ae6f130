package agent

import (
	"context"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/agent/engine"
	"github.com/saker-project/saker/agent/field"
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/agent/state"
	"github.com/saker-project/saker/agent/state/statetest"
	"github.com/saker-project/saker/falco-rules/corpus"
	"github.com/saker-project/saker/translate"
)

// stockRules translates a rules file of the corpus.
func stockRules(tb testing.TB, name string) []translate.Module {
	tb.Helper()
	content, err := os.ReadFile(corpus.Path(tb, "rules", name))
	if err != nil {
		tb.Fatal(err)
	}
	ruleset, diagnostics := translate.Load([]translate.File{{Name: name, Content: content}}, translate.Options{})
	if err := translate.Join(diagnostics); err != nil {
		tb.Fatal(err)
	}
	return ruleset.Modules
}

func TestRulesThatCannotFireAreNamed(t *testing.T) {
	a, err := New(context.Background(), Options{
		Rules:  stockRules(t, "falco-rules-5.1.0.yaml"),
		Engine: engine.Options{MinPriority: schema.Debug},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []Blind{
		{"Create Symlink Over Sensitive Files", []string{"symlink", "symlinkat"}},
		{"Create Hardlink Over Sensitive Files", []string{"link", "linkat"}},
		{"Packet socket created in container", []string{"socket"}},
		{"Redirect STDOUT/STDIN to Network Connection in Container", []string{"dup", "dup2", "dup3"}},
		{"Linux Kernel Module Injection Detected", []string{"finit_module", "init_module"}},
		{"PTRACE attached to process", []string{"ptrace"}},
		{"PTRACE anti-debug attempt", []string{"ptrace"}},
	}
	if diff := cmp.Diff(want, a.Blind()); diff != "" {
		t.Errorf("blind rules (-want +got):\n%s", diff)
	}
	if got := a.ActiveRules(); got != 25-len(want) {
		t.Errorf("%d active rules, want %d", got, 25-len(want))
	}
}

// From state through fields to the guards: what nearly every event goes through.
func TestEventThatMatchesNothingAllocatesNothing(t *testing.T) {
	e, err := engine.New(stockRules(t, "falco-rules-5.1.0.yaml"), engine.Options{MinPriority: schema.Debug, RuleMatching: engine.MatchAll})
	if err != nil {
		t.Fatal(err)
	}
	machine := state.New(state.Options{})
	fields := field.NewContext(machine)
	evaluator := e.NewEvaluator()
	for _, p := range []struct {
		tid, ptid int64
		path      string
	}{{2, 1, "/usr/lib/systemd/systemd"}, {3, 2, "/usr/bin/bash"}, {4, 3, "/usr/bin/cc1"}} {
		machine.Apply(statetest.Clone(p.tid, p.ptid, nil))
		machine.Apply(statetest.Exec(p.tid, p.ptid, p.path, statetest.Params{"args": statetest.List("-O2", "x.c")}))
	}
	for name, ev := range map[string]struct {
		name  string
		fd    int
		flags int
	}{
		"open for reading":        {"/usr/include/stdio.h", 3, schema.PPM_O_RDONLY},
		"open for writing":        {"/tmp/ccAbCd.s", 4, schema.PPM_O_WRONLY | schema.PPM_O_CREAT | schema.PPM_O_TRUNC},
		"open that failed":        {"/usr/local/include/stdio.h", -2, schema.PPM_O_RDONLY},
		"open of a relative name": {"../include/x.h", 5, schema.PPM_O_RDONLY},
	} {
		t.Run(name, func(t *testing.T) {
			open := statetest.Open(4, ev.fd, ev.name, statetest.Params{"flags": ev.flags, "ext": []any{"/home/u/src"}})
			matches := 0
			allocs := testing.AllocsPerRun(1000, func() {
				machine.Apply(open)
				fields.Reset(open)
				evaluator.Evaluate(fields, func(*engine.Match) { matches++ })
			})
			if allocs != 0 || matches != 0 {
				t.Errorf("%v allocations and %d matches, want none", allocs, matches)
			}
		})
	}
}
