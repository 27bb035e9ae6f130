// Package outputtest checks the behaviours that every output must show. The
// tests of an output describe it in a Fixture and call Run.
package outputtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/outputs"
)

// Fixture is one output with its destination, fresh for each test.
type Fixture struct {
	Output outputs.Output

	// Rules returns the rule names of the alerts that the destination holds, in
	// its order. It may be called after the output was closed.
	Rules func(t *testing.T) []string

	// Stop and Start take the destination away and bring it back with what it
	// held. Both are nil when the output has none that could go away.
	Stop, Start func(t *testing.T)
}

// Alert returns a small alert of the given rule.
func Alert(rule string) *outputs.Alert {
	now := time.Now()
	return &outputs.Alert{
		ID: fmt.Sprintf("%s-%d", rule, now.UnixNano()), Time: now, Rule: rule, Priority: schema.Warning,
		Source: "syscall", Tags: []string{"a", "b"}, Hostname: "host", Message: "message of " + rule,
		Fields: []outputs.Field{
			{Name: "evt.time", Value: now.UnixNano()},
			{Name: "fd.name", Value: "/tmp/<a>&\"b\""},
			{Name: "proc.pname", Value: nil},
		},
	}
}

// Discard is a log that keeps nothing.
var Discard = slog.New(slog.NewTextHandler(io.Discard, nil))

// Run runs all checks against fixtures made by fresh.
func Run(t *testing.T, fresh func(t *testing.T) Fixture) {
	connected := func(t *testing.T) Fixture {
		f := fresh(t)
		connect(t, f.Output)
		return f
	}
	t.Run("has a name", func(t *testing.T) {
		if fresh(t).Output.Name() == "" {
			t.Error("Name is empty")
		}
	})
	t.Run("connects twice", func(t *testing.T) {
		f := connected(t)
		connect(t, f.Output)
		closeNow(t, f.Output)
	})
	t.Run("delivers what Write accepts, in order", func(t *testing.T) {
		f := connected(t)
		for _, rule := range rules(10) {
			if err := f.Output.Write(t.Context(), Alert(rule)); err != nil {
				t.Fatalf("Write: %v", err)
			}
		}
		closeNow(t, f.Output)
		checkRules(t, f, rules(10))
	})
	t.Run("delivers what a queue gives it, in order", func(t *testing.T) {
		f := fresh(t)
		q := outputs.NewQueue(outputs.QueueOptions{Log: Discard}, f.Output)
		for _, rule := range rules(1000) {
			q.Enqueue(Alert(rule))
		}
		closeQueue(t, q)
		checkRules(t, f, rules(1000))
	})
	t.Run("returns from Write when the context is done", func(t *testing.T) {
		f := connected(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		start := time.Now()
		err := f.Output.Write(ctx, Alert("r"))
		if took := time.Since(start); took > time.Second {
			t.Errorf("Write took %v", took)
		}
		closeNow(t, f.Output)
		if err == nil {
			checkRules(t, f, []string{"r"})
		}
	})
	t.Run("closes without having been connected", func(t *testing.T) {
		closeNow(t, fresh(t).Output)
	})
	t.Run("closes when the time is already up", func(t *testing.T) {
		f := connected(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		start := time.Now()
		// An error is allowed, hanging is not.
		_ = f.Output.Close(ctx)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("Close took %v", took)
		}
	})
	t.Run("refuses everything after Close", func(t *testing.T) {
		f := connected(t)
		closeNow(t, f.Output)
		closeNow(t, f.Output)
		if err := f.Output.Write(t.Context(), Alert("r")); !errors.Is(err, os.ErrClosed) {
			t.Errorf("Write after Close: %v, want os.ErrClosed", err)
		}
		if err := f.Output.Connect(t.Context()); !errors.Is(err, os.ErrClosed) {
			t.Errorf("Connect after Close: %v, want os.ErrClosed", err)
		}
	})
	t.Run("loses nothing while its destination restarts", func(t *testing.T) {
		f := fresh(t)
		if f.Stop == nil {
			t.Skip("the destination cannot go away")
		}
		q := outputs.NewQueue(outputs.QueueOptions{Log: Discard}, f.Output)
		const each = 500
		all := rules(4 * each)
		steps := []func(){
			func() {}, // the first alerts are written
			func() { f.Stop(t) },
			func() { time.Sleep(300 * time.Millisecond); f.Start(t) },
			func() {}, // the last ones find it back
		}
		for i, step := range steps {
			half := all[i*each : i*each+each/2]
			for _, rule := range half {
				q.Enqueue(Alert(rule))
			}
			step()
			for _, rule := range all[i*each+each/2 : (i+1)*each] {
				q.Enqueue(Alert(rule))
			}
		}
		closeQueue(t, q)
		if s := q.Stats()[0]; s.Delivered != uint64(len(all)) {
			t.Errorf("delivered %d of %d: %+v", s.Delivered, len(all), s)
		}
		checkRules(t, f, all)
	})
}

func rules(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("rule %04d", i)
	}
	return names
}

func connect(t *testing.T, o outputs.Output) {
	t.Helper()
	if err := o.Connect(t.Context()); err != nil {
		t.Fatalf("Connect: %v", err)
	}
}

func closeNow(t *testing.T, o outputs.Output) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := o.Close(ctx); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func closeQueue(t *testing.T, q *outputs.Queue) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := q.Close(ctx); err != nil {
		t.Errorf("Close of the queue: %v", err)
	}
}

func checkRules(t *testing.T, f Fixture, want []string) {
	t.Helper()
	if diff := cmp.Diff(want, f.Rules(t)); diff != "" {
		t.Errorf("alerts at the destination (-want +got):\n%s", diff)
	}
}
