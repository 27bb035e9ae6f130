package outputs

import "sync/atomic"

// Loss is a reason why an output did not deliver an alert. Names and numbers
// are append-only.
type Loss uint8

// The reasons. Alerts lost as QueueFull or Closed never entered the queue and
// are not Accepted; the others are.
const (
	LossQueueFull Loss = iota // the output's queue was full: the newest alert goes
	LossRejected              // the destination refuses this alert for good
	LossWrite                 // every attempt to write it failed
	LossShutdown              // Close's time ran out; a destination may still have it
	LossClosed                // enqueued after Close

	// NumLosses is how many reasons there are.
	NumLosses = iota
)

var lossNames = [NumLosses]string{"queue_full", "rejected", "write_error", "shutdown", "closed"}

// String returns the reason as metrics and logs call it: "queue_full".
func (l Loss) String() string {
	if int(l) >= len(lossNames) {
		return "unknown"
	}
	return lossNames[l]
}

// Stats counts the alerts of one output since the queue was made. Those accepted
// but neither delivered nor lost are Pending.
type Stats struct {
	Output    string            // the output's Name
	Accepted  uint64            // entered the queue
	Delivered uint64            // Write returned nil
	Lost      [NumLosses]uint64 // by reason, indexed by Loss
	Pending   uint64            // in the queue or being written
}

// TotalLost returns how many alerts were lost for any reason.
func (s Stats) TotalLost() uint64 {
	var total uint64
	for _, n := range s.Lost {
		total += n
	}
	return total
}

// counters are the Stats of a running output.
type counters struct {
	accepted, delivered atomic.Uint64
	lost                [NumLosses]atomic.Uint64
}

// read returns the counters. An alert on its way may be counted in one and not
// yet in another.
func (c *counters) read(output string) Stats {
	s := Stats{Output: output, Delivered: c.delivered.Load()}
	for i := range c.lost {
		s.Lost[i] = c.lost[i].Load()
	}
	s.Accepted = c.accepted.Load()
	if done := s.Delivered + s.Lost[LossRejected] + s.Lost[LossWrite] + s.Lost[LossShutdown]; done < s.Accepted {
		s.Pending = s.Accepted - done
	}
	return s
}
