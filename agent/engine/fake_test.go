package engine

import (
	"context"
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/saker-project/saker/agent/field"
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/translate"
)

// mustNew compiles modules for a test.
func mustNew(t testing.TB, modules ...translate.Module) *Engine {
	t.Helper()
	e, err := New(modules, Options{MinPriority: schema.Debug, RuleMatching: MatchAll})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// event is a made-up event: what each field holds. Fields that it does not name are
// absent.
type event map[string][]field.Value

// stand makes e stand at a made-up event, as if the fields had been read already.
func (e *Evaluator) stand(ev event) {
	e.epoch++
	for i, f := range e.engine.fields {
		values, defined := ev[f.ref.String()]
		s := &e.slots[i]
		*s = slot{epoch: e.epoch, defined: defined, values: values}
		if !f.multi && defined {
			s.value = values[0]
			s.present = &s.value
		}
	}
}

// verdicts returns what r's guard and OPA say about the event that e stands at.
func (e *Evaluator) verdicts(t testing.TB, r *Rule) (guard, opa bool) {
	t.Helper()
	opa, err := r.query.ask(context.Background(), e.input(r), e.cancel)
	if err != nil {
		t.Fatalf("%s: %v", r.Name, err)
	}
	return r.guard(e), opa
}

// check fails the test when the guard of r says no and OPA says yes, and when they
// differ although the guard understood the whole rule.
func (e *Evaluator) check(t testing.TB, r *Rule, ev event, source string) (matched bool) {
	t.Helper()
	e.stand(ev)
	guard, opa := e.verdicts(t, r)
	switch {
	case opa && !guard:
		t.Fatalf("rule %s: the guard holds back a match\nevent: %v\n%s", r.Name, ev, source)
	case guard && !opa && len(r.Opaque) == 0:
		t.Fatalf("rule %s: the guard is not exact\nevent: %v\n%s", r.Name, ev, source)
	}
	return opa
}

func text(s string) field.Value { return field.Value{Kind: schema.KindString, Str: s} }
func signed(n int64) field.Value {
	return field.Value{Kind: schema.KindInt, Int: n}
}
func unsigned(n uint64) field.Value { return field.Value{Kind: schema.KindUint, Uint: n} }
func truthValue(b bool) field.Value { return field.Value{Kind: schema.KindBool, Bool: b} }
func addr(s string) field.Value {
	return field.Value{Kind: schema.KindAddr, Addr: netip.MustParseAddr(s)}
}

// pick returns one of several values.
func pick[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }
