package outputs

import (
	"context"
	"math/rand/v2"
	"time"
)

// Backoff returns how long to wait after the given number of failures in a row,
// counted from 1: least after the first, doubling up to most, and each time a
// random part between half of that and all of it, so that many agents that lost
// the same peer do not return at the same moment.
func Backoff(failures int, least, most time.Duration) time.Duration {
	wait := least
	for ; failures > 1 && wait < most; failures-- {
		wait *= 2
	}
	wait = min(wait, most)
	return wait/2 + rand.N(wait/2+1)
}

// sleep waits for d and reports whether it did so before ctx was done.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
