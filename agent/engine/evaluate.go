package engine

import (
	"context"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/saker-project/saker/agent/field"
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/outputs"
)

// Evaluator judges events one after the other. It holds what an Engine must not:
// the values of the current event's fields and the counters. It is not safe for
// concurrent use.
type Evaluator struct {
	engine  *Engine
	context *field.Context

	// An epoch is one event. What slots and memos hold counts only if it is of
	// the current epoch, so nothing has to be cleared between events.
	epoch    uint64
	slots    []slot
	memos    []memo
	cursors  []*field.Value // where the scans of guards stand
	computed []computed     // results of transformers
	scratch  [2][]byte      // see text

	cancel topdown.Cancel // never cancelled; it spares a goroutine per query
	stats  Stats
}

// slot keeps what a field has for the current event.
type slot struct {
	epoch   uint64
	present *field.Value  // value, or nil when the field is absent
	values  []field.Value // of a field that has several
	defined bool          // whether that field is there at all
	value   field.Value
}

// Match is a rule that matches the current event.
type Match struct {
	Rule  *Rule
	Alert *outputs.Alert // owns its memory
}

// NewEvaluator returns an Evaluator for one goroutine.
func (e *Engine) NewEvaluator() *Evaluator {
	return &Evaluator{
		engine:   e,
		slots:    make([]slot, len(e.fields)),
		memos:    make([]memo, e.memos),
		cursors:  make([]*field.Value, e.cursors),
		computed: make([]computed, e.places),
		cancel:   topdown.NewCancel(),
		stats:    newStats(len(e.rules)),
	}
}

// Evaluate judges the event that c has been reset to, and calls emit for each
// match, in definition order. The Match is valid until emit returns, its Alert
// for good. An event that passes no guard allocates nothing.
func (e *Evaluator) Evaluate(c *field.Context, emit func(*Match)) {
	e.stats.Events++
	rules := e.engine.index.rules(c.Event().Type)
	if len(rules) == 0 {
		return
	}
	e.stats.Judged++
	e.context = c
	e.epoch++
	for _, r := range rules {
		counts := &e.stats.Rules[r.position]
		counts.Evaluations++
		if !r.guard(e) {
			continue
		}
		counts.Queries++
		matches, err := r.query.ask(context.Background(), e.input(r), e.cancel)
		if err != nil {
			counts.Errors++
			e.stats.LastError = err
			if report := e.engine.options.Failed; report != nil && counts.Errors == 1 {
				report(r, err)
			}
		}
		if !matches {
			continue
		}
		counts.Matches++
		emit(&Match{Rule: r, Alert: e.engine.alert(r, c)})
		if e.engine.options.RuleMatching == MatchFirst {
			return
		}
	}
}

// value returns the value of a field, or nil when it is absent.
func (e *Evaluator) value(index int) *field.Value {
	s := &e.slots[index]
	if s.epoch != e.epoch {
		e.read(s, index)
	}
	return s.present
}

// read reads a field of one value from the current event.
func (e *Evaluator) read(s *slot, index int) {
	s.epoch = e.epoch
	s.present = nil
	v, ok := e.engine.fields[index].extractor.Value(e.context)
	if !ok {
		return
	}
	if v.Kind == schema.KindOther {
		// All that is known of such a value is that there is one.
		v = field.Value{Kind: schema.KindBool, Bool: true}
	}
	s.value = v
	s.present = &s.value
}

// values returns the values of a field that has several, and whether it is there
// at all.
func (e *Evaluator) values(index int) ([]field.Value, bool) {
	s := &e.slots[index]
	if s.epoch != e.epoch {
		s.epoch = e.epoch
		s.values, s.defined = e.engine.fields[index].extractor.Values(e.context, s.values[:0])
	}
	return s.values, s.defined
}

// input builds the input of r's query. It owns its memory, because OPA's caches may
// keep parts of it.
func (e *Evaluator) input(r *Rule) ast.Value {
	input := ast.NewObject()
	for _, class := range r.input.classes {
		object := ast.NewObject()
		for _, f := range class.fields {
			if value := e.inputValue(f.slot); value != nil {
				object.Insert(f.name, value)
			}
		}
		input.Insert(class.name, ast.NewTerm(object))
	}
	return input
}

// inputValue returns what the input holds for a field, or nil when it is absent.
func (e *Evaluator) inputValue(slot int) *ast.Term {
	if !e.engine.fields[slot].multi {
		if v := e.value(slot); v != nil {
			return inputTerm(v)
		}
		return nil
	}
	values, ok := e.values(slot)
	if !ok {
		return nil
	}
	elements := make([]*ast.Term, len(values))
	for i := range values {
		elements[i] = inputTerm(&values[i])
	}
	return ast.ArrayTerm(elements...)
}

// inputTerm returns the value in the input document. Addresses are strings.
func inputTerm(v *field.Value) *ast.Term {
	switch v.Kind {
	case schema.KindBool:
		return ast.InternedTerm(v.Bool)
	case schema.KindInt:
		return ast.NewTerm(ast.Number(strconv.FormatInt(v.Int, 10)))
	case schema.KindUint:
		return ast.NewTerm(ast.Number(strconv.FormatUint(v.Uint, 10)))
	case schema.KindAddr, schema.KindNet:
		return ast.StringTerm(v.Addr.String())
	}
	return ast.StringTerm(strings.Clone(v.Str))
}
