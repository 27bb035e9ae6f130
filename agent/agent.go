// Package agent is the running agent: it joins capture, state, rules and outputs
// into one pipeline.
//
//	capture.Source -> state.Machine -> engine.Evaluator -> outputs.Queue
//
// # Usage
//
// New checks and builds everything that can fail before the kernel is touched,
// Run captures until its context ends, and Summary tells what happened.
//
// # Concurrency
//
// One goroutine takes events through capture, state and rules, so that the alerts
// of a process keep their order; each output has its own. Summary may be called
// at any time.
//
// # Failure
//
// New and Run return errors that say what to do. A lost event or alert is
// counted where it is lost and appears in the Summary; new losses are logged once
// a second.
package agent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/saker-project/saker/agent/capture"
	"github.com/saker-project/saker/agent/engine"
	"github.com/saker-project/saker/agent/field"
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/agent/state"
	"github.com/saker-project/saker/outputs"
	"github.com/saker-project/saker/translate"
)

// drainTime bounds how long Run waits for the outputs after its context ended.
const drainTime = 5 * time.Second

// Options says what the agent runs. Rules and Outputs are needed.
type Options struct {
	Rules   []translate.Module  // the Rego modules to decide with
	Outputs []outputs.Output    // where alerts go; the agent closes them
	Engine  engine.Options      // how rules are chosen; Hostname and Failed are set
	Capture capture.LiveOptions // how to capture; Events is set from the rules
	Threads int                 // bound of the thread table; 0 means the default of package state
	Queue   outputs.QueueOptions
	Log     *slog.Logger // nil means slog.Default()
}

// Agent captures, decides and reports. Make one with New.
type Agent struct {
	opt       Options
	log       *slog.Logger
	engine    *engine.Engine
	evaluator *engine.Evaluator
	machine   *state.Machine
	procfs    *state.Procfs

	events atomic.Uint64
	mu     sync.Mutex
	drops  []capture.Drop
	rules  map[string]*RuleCount // by name
	stats  []outputs.Stats
}

// New compiles the rules and connects the outputs. Nothing is captured yet.
func New(ctx context.Context, opt Options) (*Agent, error) {
	a := &Agent{opt: opt, log: opt.Log, rules: make(map[string]*RuleCount)}
	if a.log == nil {
		a.log = slog.Default()
	}
	var err error
	if a.opt.Engine.Hostname, err = hostname(); err != nil {
		return nil, err
	}
	a.opt.Engine.Failed = func(r *engine.Rule, err error) {
		a.log.Error("a rule failed and counts as no match; further failures are only counted", "rule", r.Name, "error", err)
	}
	if a.engine, err = engine.New(opt.Rules, a.opt.Engine); err != nil {
		return nil, err
	}
	a.evaluator = a.engine.NewEvaluator()
	// The host's files, also from inside a container that has them mounted; the
	// variable is Falco's.
	root := os.Getenv("HOST_ROOT")
	if a.procfs, err = state.NewProcfs(filepath.Join(root, "/proc")); err != nil {
		return nil, err
	}
	a.machine = state.New(state.Options{
		MaxThreads: opt.Threads,
		Lookup:     a.procfs.Lookup,
		Alive:      a.procfs.Alive,
		Users:      state.NewUsers(filepath.Join(root, "/")),
		RootOf:     a.procfs.RootOf,
		Addresses:  state.InterfaceAddresses,
	})
	for _, o := range opt.Outputs {
		if err := o.Connect(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("output %s: %w", o.Name(), err), a.closeOutputs(opt.Outputs))
		}
	}
	return a, nil
}

func (a *Agent) closeOutputs(all []outputs.Output) error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	var errs []error
	for _, o := range all {
		errs = append(errs, o.Close(ctx))
	}
	return errors.Join(errs...)
}

// hostname is the name that alerts carry; FALCO_HOSTNAME overrides the
// machine's, as in Falco.
func hostname() (string, error) {
	if name := os.Getenv("FALCO_HOSTNAME"); name != "" {
		return name, nil
	}
	name, err := os.Hostname()
	if err != nil {
		return "", fmt.Errorf("host name for alerts: %w", err)
	}
	return name, nil
}

// ActiveRules returns how many rules can fire: enabled, severe enough, and with
// an event type that is captured.
func (a *Agent) ActiveRules() int {
	n := -len(a.Blind())
	for _, r := range a.engine.Rules() {
		if r.Active() {
			n++
		}
	}
	return n
}

// Blind is a rule that cannot fire, because nothing that it asks for is captured.
type Blind struct {
	Rule    string
	Missing []string // the event types it names, sorted
}

// Blind returns the enabled rules of which no event type is captured, in the
// order of the rules.
func (a *Agent) Blind() []Blind {
	captured := capture.LiveEvents()
	var blind []Blind
	for _, r := range a.engine.Rules() {
		if !r.Active() ||
			slices.ContainsFunc(r.Events, func(t schema.EventType) bool { return slices.Contains(captured, t) }) {
			continue
		}
		names := make(map[string]bool)
		for _, t := range r.Events {
			names[t.String()] = true
		}
		blind = append(blind, Blind{r.Name, slices.Sorted(maps.Keys(names))})
	}
	return blind
}

// Run captures until ctx ends, then delivers what was captured before, drains
// the outputs and closes them. ready is called once the kernel reports.
func (a *Agent) Run(ctx context.Context, ready func()) error {
	opt := a.opt.Capture
	opt.Events = a.engine.EventTypes()
	live, err := capture.OpenLive(opt)
	if err != nil {
		return errors.Join(err, a.closeOutputs(a.opt.Outputs))
	}
	if err := live.SnapshotError(); err != nil {
		a.log.Warn("existing processes are read from /proc; one that starts or ends meanwhile may be missed", "because", err)
		for thread := range a.procfs.Scan() {
			a.machine.Add(thread)
		}
	}
	queue := outputs.NewQueue(a.opt.Queue, a.opt.Outputs...)
	stop := context.AfterFunc(ctx, func() {
		if err := live.Close(); err != nil {
			a.log.Error("stop capturing", "error", err)
		}
	})
	defer stop()

	watched := make(chan struct{})
	watching, unwatch := context.WithCancel(context.Background())
	go func() {
		defer close(watched)
		a.watch(watching, live, queue)
	}()
	ready()
	err = a.pipeline(live, queue)
	a.countFailures()
	unwatch()
	<-watched

	drain, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	err = errors.Join(err, queue.Close(drain))
	a.count(live, queue)
	return errors.Join(err, live.Free())
}

// pipeline takes every event through state and rules. It has its own thread:
// the scheduler would otherwise move it around between the wakeups.
func (a *Agent) pipeline(source capture.Source, queue *outputs.Queue) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var ev capture.Event
	fields := field.NewContext(a.machine)
	fields.Hostname = a.opt.Engine.Hostname
	emit := func(m *engine.Match) {
		a.countAlert(m.Rule)
		queue.Enqueue(m.Alert)
	}
	for {
		err := source.Next(&ev)
		if errors.Is(err, os.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		a.machine.Apply(&ev)
		if ev.Type == schema.PPME_ITER_TASK_E {
			continue // the snapshot is state, not an event
		}
		a.events.Add(1)
		fields.Reset(&ev)
		a.evaluator.Evaluate(fields, emit)
	}
}

// ruleCount returns the counts of a rule. The caller holds a.mu.
func (a *Agent) ruleCount(r *engine.Rule) *RuleCount {
	c := a.rules[r.Name]
	if c == nil {
		c = &RuleCount{Rule: r.Name, Priority: r.Priority}
		a.rules[r.Name] = c
	}
	return c
}

func (a *Agent) countAlert(r *engine.Rule) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ruleCount(r).Alerts++
}

// countFailures takes over the evaluator's counts when the pipeline has ended.
func (a *Agent) countFailures() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, s := range a.evaluator.Stats().Rules {
		if s.Errors > 0 {
			a.ruleCount(a.engine.Rules()[i]).Failures = s.Errors
		}
	}
}

// watch reports new losses once a second, and nothing else.
func (a *Agent) watch(ctx context.Context, source capture.Source, queue *outputs.Queue) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	var before uint64
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		a.count(source, queue)
		total := uint64(0)
		for _, d := range a.Summary().Drops {
			total += d.Count
		}
		if total > before {
			a.log.Warn("events dropped in the kernel: the rings were full", "new", total-before, "total", total)
			before = total
		}
	}
}

// count takes over the counters of what is about to be closed.
func (a *Agent) count(source capture.Source, queue *outputs.Queue) {
	drops, err := source.Drops()
	if err != nil {
		a.log.Error("read the drop counters", "error", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.drops = drops
	a.stats = queue.Stats()
}

// Summary is what the agent has done so far.
type Summary struct {
	Events  uint64          // events that went through the rules
	Alerts  uint64          // alerts raised
	Rules   []RuleCount     // the rules that raised them or failed, most alerts first
	Drops   []capture.Drop  // events lost before the rules, by type and reason
	Outputs []outputs.Stats // what became of the alerts
}

// RuleCount counts what one rule did.
type RuleCount struct {
	Rule     string
	Priority schema.Priority
	Alerts   uint64
	Failures uint64 // queries that failed and so counted as no match; known when Run has ended
}

// Summary returns the counts so far; those of drops and outputs are up to a
// second old while the agent runs.
func (a *Agent) Summary() Summary {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := Summary{Events: a.events.Load(), Drops: slices.Clone(a.drops), Outputs: slices.Clone(a.stats)}
	for _, c := range a.rules {
		s.Alerts += c.Alerts
		s.Rules = append(s.Rules, *c)
	}
	slices.SortFunc(s.Rules, func(x, y RuleCount) int {
		return cmp.Or(cmp.Compare(y.Alerts, x.Alerts), cmp.Compare(x.Rule, y.Rule))
	})
	return s
}
