package outputs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fake is an Output that remembers what it accepted.
type fake struct {
	name    string
	connect func() error                              // nil: connects
	write   func(ctx context.Context, a *Alert) error // nil: accepts

	mu     sync.Mutex
	rules  []string // of the accepted alerts
	writes int
	closed int
}

func (f *fake) Name() string { return f.name }

func (f *fake) Connect(context.Context) error {
	if f.connect == nil {
		return nil
	}
	return f.connect()
}

func (f *fake) Write(ctx context.Context, a *Alert) error {
	f.mu.Lock()
	f.writes++
	f.mu.Unlock()
	if f.write != nil {
		if err := f.write(ctx, a); err != nil {
			return err
		}
	}
	f.mu.Lock()
	f.rules = append(f.rules, a.Rule)
	f.mu.Unlock()
	return nil
}

func (f *fake) Close(context.Context) error {
	f.closed++
	return nil
}

// fakeBatch is a fake that takes batches.
type fakeBatch struct {
	fake
	sizes []int
}

func (f *fakeBatch) WriteBatch(ctx context.Context, alerts []*Alert) []error {
	f.sizes = append(f.sizes, len(alerts))
	errs, failed := make([]error, len(alerts)), false
	for i, a := range alerts {
		errs[i] = f.Write(ctx, a)
		failed = failed || errs[i] != nil
	}
	if !failed {
		return nil
	}
	return errs
}

var quiet = QueueOptions{Log: slog.New(slog.NewTextHandler(io.Discard, nil))}

func enqueue(q *Queue, rules ...string) {
	for _, rule := range rules {
		q.Enqueue(&Alert{Rule: rule})
	}
}

func numbered(n int) []string {
	rules := make([]string, n)
	for i := range rules {
		rules[i] = fmt.Sprint(i)
	}
	return rules
}

func checkStats(t *testing.T, got []Stats, want ...Stats) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
}

func checkRules(t *testing.T, f *fake, want ...string) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if diff := cmp.Diff(want, f.rules); diff != "" {
		t.Errorf("accepted by %s (-want +got):\n%s", f.name, diff)
	}
}

func TestQueueGivesEveryAlertToEveryOutputInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := &fake{name: "one"}, &fakeBatch{fake: fake{name: "two"}}
		q := NewQueue(quiet, one, two)
		enqueue(q, numbered(1000)...)
		if err := q.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		checkRules(t, one, numbered(1000)...)
		checkRules(t, &two.fake, numbered(1000)...)
		checkStats(t, q.Stats(),
			Stats{Output: "one", Accepted: 1000, Delivered: 1000},
			Stats{Output: "two", Accepted: 1000, Delivered: 1000})
		if one.closed != 1 || two.closed != 1 {
			t.Errorf("closed %d and %d times, want once each", one.closed, two.closed)
		}
	})
}

func TestQueueNamesAlertsThatHaveNoID(t *testing.T) {
	q := NewQueue(quiet)
	a, b, c := &Alert{}, &Alert{}, &Alert{ID: "mine"}
	q.Enqueue(a)
	q.Enqueue(b)
	q.Enqueue(c)
	if a.ID == "" || a.ID == b.ID {
		t.Errorf("IDs %q and %q, want two different ones", a.ID, b.ID)
	}
	if c.ID != "mine" {
		t.Errorf("ID %q, want the one it had", c.ID)
	}
}

func TestQueueSlowOutputHoldsNobodyBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		slow := &fake{name: "slow", write: func(context.Context, *Alert) error { <-release; return nil }}
		fast := &fake{name: "fast"}
		opt := quiet
		opt.Capacity = 4
		q := NewQueue(opt, slow, fast)
		for _, rule := range numbered(10) {
			enqueue(q, rule)
			synctest.Wait() // for everyone to have done what can be done
		}
		checkRules(t, fast, numbered(10)...)
		checkStats(t, q.Stats(),
			Stats{Output: "slow", Accepted: 5, Lost: [NumLosses]uint64{LossQueueFull: 5}, Pending: 5},
			Stats{Output: "fast", Accepted: 10, Delivered: 10})

		close(release)
		if err := q.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		checkRules(t, slow, numbered(5)...)
	})
}

func TestQueueWritesWhatPiledUpInBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		b := &fakeBatch{fake: fake{name: "batch", write: func(context.Context, *Alert) error { <-release; return nil }}}
		q := NewQueue(quiet, b)
		enqueue(q, "first")
		synctest.Wait()
		enqueue(q, numbered(maxBatch+1)...)
		close(release)
		if err := q.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]int{1, maxBatch, 1}, b.sizes); diff != "" {
			t.Errorf("sizes of the batches (-want +got):\n%s", diff)
		}
	})
}

func TestQueueRepeatsWrites(t *testing.T) {
	broken := errors.New("broken")
	for _, test := range []struct {
		name   string
		err    error
		fails  int // how often the alert "bad" fails
		writes int
		want   Stats
	}{
		{"until the destination is available again", ErrUnavailable, 50, 52, Stats{Delivered: 2}},
		{"until a write succeeds", broken, DefaultAttempts - 1, DefaultAttempts + 1, Stats{Delivered: 2}},
		{"until every attempt failed", broken, DefaultAttempts, DefaultAttempts + 1,
			Stats{Delivered: 1, Lost: [NumLosses]uint64{LossWrite: 1}}},
		{"not at all for an alert that is refused", ErrRejected, 1, 2,
			Stats{Delivered: 1, Lost: [NumLosses]uint64{LossRejected: 1}}},
	} {
		for _, batch := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, batches %v", test.name, batch), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := &fakeBatch{}
					b.name = "o"
					fails := test.fails
					b.write = func(_ context.Context, a *Alert) error {
						if a.Rule == "bad" && fails > 0 {
							fails--
							return fmt.Errorf("wrapped: %w", test.err)
						}
						return nil
					}
					var output Output = &b.fake
					if batch {
						output = b
					}
					q := NewQueue(quiet, output)
					enqueue(q, "good", "bad")
					if err := q.Close(t.Context()); err != nil {
						t.Fatal(err)
					}
					want := test.want
					want.Output, want.Accepted = "o", 2
					checkStats(t, q.Stats(), want)
					if b.writes != test.writes {
						t.Errorf("%d writes, want %d", b.writes, test.writes)
					}
				})
			})
		}
	}
}

func TestQueueWaitsForAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fails := 5
		o := &fake{name: "o", connect: func() error {
			if fails--; fails >= 0 {
				return errors.New("refused")
			}
			return nil
		}}
		q := NewQueue(quiet, o)
		enqueue(q, "a", "b")
		if err := q.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		checkRules(t, o, "a", "b")
	})
}

func TestQueueCloseWithNothingToWriteDoesNotWaitForAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &fake{name: "o", connect: func() error { return errors.New("refused") }}
		q := NewQueue(quiet, o)
		time.Sleep(time.Minute)
		start := time.Now()
		if err := q.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("took %v", took)
		}
		if o.closed != 1 {
			t.Errorf("closed %d times, want once", o.closed)
		}
	})
}

func TestQueueCloseLosesWhatTheDeadlineCuts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &fake{name: "slow", write: func(ctx context.Context, _ *Alert) error {
			if !sleep(ctx, time.Second) {
				return fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
			}
			return nil
		}}
		down := &fake{name: "down", write: func(context.Context, *Alert) error { return ErrUnavailable }}
		unconnected := &fake{name: "unconnected", connect: func() error { return errors.New("refused") }}
		q := NewQueue(quiet, slow, down, unconnected)
		enqueue(q, numbered(10)...)
		ctx, cancel := context.WithTimeout(t.Context(), 3500*time.Millisecond)
		defer cancel()
		err := q.Close(ctx)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the deadline", err)
		}
		want := "slow: 7 alerts not delivered: context deadline exceeded\n" +
			"down: 10 alerts not delivered: context deadline exceeded\n" +
			"unconnected: 10 alerts not delivered: context deadline exceeded"
		if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
			t.Errorf("error (-want +got):\n%s", diff)
		}
		checkStats(t, q.Stats(),
			Stats{Output: "slow", Accepted: 10, Delivered: 3, Lost: [NumLosses]uint64{LossShutdown: 7}},
			Stats{Output: "down", Accepted: 10, Lost: [NumLosses]uint64{LossShutdown: 10}},
			Stats{Output: "unconnected", Accepted: 10, Lost: [NumLosses]uint64{LossShutdown: 10}})
		if slow.closed != 1 || down.closed != 1 || unconnected.closed != 1 {
			t.Error("not every output was closed")
		}
	})
}

func TestQueueCloseLeavesAStuckOutputBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		stuck := &fake{name: "stuck", write: func(context.Context, *Alert) error { <-release; return nil }}
		q := NewQueue(quiet, stuck)
		enqueue(q, "a", "b", "c")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		err := q.Close(ctx)
		if took := time.Since(start); took != time.Second+stuckWait {
			t.Errorf("took %v", took)
		}
		want := "stuck: 3 alerts not delivered: context deadline exceeded\n" +
			"stuck: a call does not return: context deadline exceeded"
		if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
			t.Errorf("error (-want +got):\n%s", diff)
		}
		checkStats(t, q.Stats(), Stats{Output: "stuck", Accepted: 3, Lost: [NumLosses]uint64{LossShutdown: 2}, Pending: 1})
		close(release)
	})
}

func TestQueueAfterCloseLosesAndCounts(t *testing.T) {
	q := NewQueue(quiet, &fake{name: "o"})
	if err := q.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	enqueue(q, "late")
	checkStats(t, q.Stats(), Stats{Output: "o", Lost: [NumLosses]uint64{LossClosed: 1}})
	if err := q.Close(t.Context()); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

func TestQueueUnderConcurrentUseAccountsForEveryAlert(t *testing.T) {
	b := &fakeBatch{fake: fake{name: "o"}}
	opt := quiet
	opt.Capacity = 16
	q := NewQueue(opt, b)
	var producers sync.WaitGroup
	const each = 2000
	for range 4 {
		producers.Go(func() {
			for range each {
				enqueue(q, "r")
				q.Stats()
			}
		})
	}
	time.Sleep(time.Millisecond)
	if err := q.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	producers.Wait()
	s := q.Stats()[0]
	if got := s.Delivered + s.TotalLost(); got != 4*each || s.Pending != 0 {
		t.Errorf("%d of %d alerts accounted for: %+v", got, 4*each, s)
	}
	if uint64(len(b.rules)) != s.Delivered {
		t.Errorf("%d delivered, %d seen", s.Delivered, len(b.rules))
	}
}

func TestBackoffGrowsToItsBoundAndVaries(t *testing.T) {
	const least, most = 100 * time.Millisecond, time.Second
	for failures, want := range map[int]time.Duration{0: least, 1: least, 2: 2 * least, 4: 8 * least, 5: most, 1000: most} {
		seen := map[time.Duration]bool{}
		for range 100 {
			got := Backoff(failures, least, most)
			if got < want/2 || got > want {
				t.Errorf("after %d failures: %v, want %v to %v", failures, got, want/2, want)
			}
			seen[got] = true
		}
		if len(seen) < 50 {
			t.Errorf("after %d failures only %d different waits", failures, len(seen))
		}
	}
}

// BenchmarkEnqueue makes an alert and gives it to two outputs.
//
// 2026-11-24, Go 1.26.8, 2 cores of an AMD EPYC: 483 ns, 2 allocs (the alert, its ID)
func BenchmarkEnqueue(b *testing.B) {
	q := NewQueue(QueueOptions{Log: quiet.Log}, &fakeBatch{}, &fakeBatch{})
	b.ReportAllocs()
	for b.Loop() {
		q.Enqueue(&Alert{Rule: "r"})
	}
}
