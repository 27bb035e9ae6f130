package outputs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"
)

// lane is one output with its queue and its goroutine.
type lane struct {
	output   Output
	batch    BatchOutput // output, if it takes batches
	opt      QueueOptions
	log      *slog.Logger
	alerts   chan *Alert // closed by Queue.Close
	counters counters

	ctx    context.Context // ends when Close has no more time
	cancel context.CancelFunc
	done   chan struct{} // closed when run has returned

	connected atomic.Bool
	failing   bool // the last write failed, and that is logged; run's own
}

// startLane returns a lane whose goroutine runs until close.
func startLane(opt QueueOptions, output Output) *lane {
	l := &lane{
		output: output,
		opt:    opt,
		log:    opt.Log.With("output", output.Name()),
		alerts: make(chan *Alert, opt.Capacity),
		done:   make(chan struct{}),
	}
	l.batch, _ = output.(BatchOutput)
	l.ctx, l.cancel = context.WithCancel(context.Background())
	go l.run()
	return l
}

// enqueue adds an alert to the queue if there is room. The caller holds the lock
// that keeps alerts open.
func (l *lane) enqueue(a *Alert) {
	select {
	case l.alerts <- a:
		l.counters.accepted.Add(1)
	default:
		l.lose(LossQueueFull, 1, nil)
	}
}

// lose counts n lost alerts. The first for each reason is logged; the rest is in
// Stats, because a log line per loss would only add to the trouble.
func (l *lane) lose(reason Loss, n uint64, err error) {
	if l.counters.lost[reason].Add(n) == n {
		l.log.Error("alert lost; further ones are only counted", "reason", reason.String(), "error", err)
	}
}

// run connects the output and writes what arrives until alerts is closed and
// empty.
func (l *lane) run() {
	defer close(l.done)
	if !l.connect() {
		l.abandon()
		return
	}
	limit := 1
	if l.batch != nil {
		limit = maxBatch
	}
	batch := make([]*Alert, 0, limit)
	for a := range l.alerts {
		batch = append(batch[:0], a)
		for len(batch) < limit && len(l.alerts) > 0 {
			batch = append(batch, <-l.alerts)
		}
		l.deliver(batch)
		clear(batch[:cap(batch)]) // do not keep alerts alive while idle
	}
}

// connect connects the output, however often it takes. It reports false when
// the lane ends before that.
func (l *lane) connect() bool {
	for failures := 1; ; failures++ {
		err := l.output.Connect(l.ctx)
		if err == nil {
			l.connected.Store(true)
			return true
		}
		if l.ctx.Err() != nil {
			return false
		}
		if failures == 1 {
			l.log.Error("output does not connect; its alerts wait", "error", err)
		}
		if !sleep(l.ctx, Backoff(failures, firstRetryWait, l.opt.RetryWait)) {
			return false
		}
	}
}

// deliver writes the alerts until each is delivered or lost. It changes the
// slice.
func (l *lane) deliver(alerts []*Alert) {
	var attempts []int // of each alert, once a write has failed
	for failures := 1; ; failures++ {
		errs := l.write(alerts)
		if errs == nil {
			l.counters.delivered.Add(uint64(len(alerts)))
			if l.failing {
				l.failing = false
				l.log.Info("output works again")
			}
			return
		}
		if attempts == nil {
			attempts = make([]int, len(alerts))
		}
		left := 0
		var cause error
		for i, err := range errs {
			switch {
			case err == nil:
				l.counters.delivered.Add(1)
				continue
			case errors.Is(err, ErrRejected):
				l.lose(LossRejected, 1, err)
				continue
			case !errors.Is(err, ErrUnavailable) && l.ctx.Err() == nil:
				attempts[i]++
			}
			if attempts[i] >= l.opt.Attempts {
				l.lose(LossWrite, 1, err)
				continue
			}
			alerts[left], attempts[left] = alerts[i], attempts[i]
			left++
			cause = err
		}
		alerts = alerts[:left]
		if left == 0 {
			return
		}
		if !l.failing {
			l.failing = true
			l.log.Warn("output fails; its alerts wait", "error", cause)
		}
		if !sleep(l.ctx, Backoff(failures, firstRetryWait, l.opt.RetryWait)) {
			l.lose(LossShutdown, uint64(left), cause)
			return
		}
	}
}

// write calls the output once. It returns nil when it accepted all alerts,
// otherwise one error for each.
func (l *lane) write(alerts []*Alert) []error {
	if l.batch != nil {
		return l.batch.WriteBatch(l.ctx, alerts)
	}
	if err := l.output.Write(l.ctx, alerts[0]); err != nil {
		return []error{err}
	}
	return nil
}

// close waits until the queue is empty or ctx is done, then closes the output.
// The lane's alerts channel must be closed.
func (l *lane) close(ctx context.Context) error {
	defer l.cancel()
	if len(l.alerts) == 0 && !l.connected.Load() {
		l.cancel() // nothing waits for the connection
	}
	select {
	case <-l.done:
	case <-ctx.Done():
		l.cancel()
		select {
		case <-l.done:
		case <-time.After(stuckWait):
			l.abandon()
			return errors.Join(l.undelivered(ctx), fmt.Errorf("%s: a call does not return: %w", l.output.Name(), ctx.Err()))
		}
	}
	return errors.Join(l.undelivered(ctx), l.closeOutput(ctx))
}

// undelivered says how many alerts the end of ctx cost, nil for none.
func (l *lane) undelivered(ctx context.Context) error {
	stats := l.counters.read(l.output.Name())
	n := stats.Lost[LossShutdown] + stats.Pending
	if n == 0 {
		return nil
	}
	return fmt.Errorf("%s: %d alerts not delivered: %w", stats.Output, n, ctx.Err())
}

func (l *lane) closeOutput(ctx context.Context) error {
	if err := l.output.Close(ctx); err != nil {
		return fmt.Errorf("%s: close: %w", l.output.Name(), err)
	}
	return nil
}

// abandon counts what is still queued as lost. It waits until alerts is closed.
func (l *lane) abandon() {
	for range l.alerts {
		l.lose(LossShutdown, 1, l.ctx.Err())
	}
}
