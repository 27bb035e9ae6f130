package outputs

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// QueueOptions are the bounds of a Queue. The zero value is usable.
type QueueOptions struct {
	// Capacity bounds the alerts that wait for one output; 0 means
	// DefaultCapacity. A full queue loses the newest alert, as Falco does. Up to
	// one batch more is being written at any time.
	Capacity int

	// Attempts is how often an alert is written whose write fails for a reason
	// other than ErrUnavailable and ErrRejected; 0 means DefaultAttempts.
	Attempts int

	// RetryWait bounds the pause between two attempts, which starts at
	// firstRetryWait and doubles; 0 means DefaultRetryWait.
	RetryWait time.Duration

	// Log is told when an output fails, recovers, or loses its first alert for
	// a reason; nil means slog.Default().
	Log *slog.Logger
}

// The defaults of QueueOptions.
const (
	DefaultCapacity  = 8192 // some 30 MB of alerts as the stock rules make them
	DefaultAttempts  = 5
	DefaultRetryWait = 5 * time.Second
)

const (
	// maxBatch bounds the alerts of one WriteBatch. Acknowledged writes to a
	// server on the same machine gain little above it.
	maxBatch = 256

	// firstRetryWait is short because most failures are a peer that restarts.
	firstRetryWait = 50 * time.Millisecond

	// stuckWait is how long Close waits for a write to return after it has
	// cancelled it, before it leaves the output behind.
	stuckWait = 500 * time.Millisecond
)

// Queue gives every alert to every output. It owns the outputs: it connects them,
// repeats failed writes, and closes them. Its methods may be called from any
// goroutine.
type Queue struct {
	mu     sync.RWMutex // held for reading while enqueueing, so that Close can end the lanes
	closed bool
	lanes  []*lane
}

// NewQueue returns a running queue in front of the outputs. An output that
// cannot connect is tried again until Close; its alerts wait meanwhile.
func NewQueue(opt QueueOptions, outputs ...Output) *Queue {
	if opt.Capacity <= 0 {
		opt.Capacity = DefaultCapacity
	}
	if opt.Attempts <= 0 {
		opt.Attempts = DefaultAttempts
	}
	if opt.RetryWait <= 0 {
		opt.RetryWait = DefaultRetryWait
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	q := &Queue{}
	for _, output := range outputs {
		q.lanes = append(q.lanes, startLane(opt, output))
	}
	return q
}

// Enqueue hands an alert to every output and returns at once. The alert must not
// be changed any more. An output whose queue is full loses it, and counts that.
func (q *Queue) Enqueue(a *Alert) {
	if a.ID == "" {
		a.ID = rand.Text()
	}
	q.mu.RLock()
	defer q.mu.RUnlock()
	for _, l := range q.lanes {
		if q.closed {
			l.lose(LossClosed, 1, nil)
			continue
		}
		l.enqueue(a)
	}
}

// Stats returns the counts of each output, in the order NewQueue was given them.
// It may be called after Close.
func (q *Queue) Stats() []Stats {
	stats := make([]Stats, len(q.lanes))
	for i, l := range q.lanes {
		stats[i] = l.counters.read(l.output.Name())
	}
	return stats
}

// Close takes no more alerts, writes those that wait, and closes the outputs, all
// of them at the same time. What is not written when ctx is done is lost and
// counted as LossShutdown, and the error says how many that are per output. Later
// calls return nil at once.
func (q *Queue) Close(ctx context.Context) error {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return nil
	}
	q.closed = true
	for _, l := range q.lanes {
		close(l.alerts)
	}
	q.mu.Unlock()

	errs := make([]error, len(q.lanes))
	var closing sync.WaitGroup
	for i, l := range q.lanes {
		closing.Go(func() { errs[i] = l.close(ctx) })
	}
	closing.Wait()
	return errors.Join(errs...)
}
