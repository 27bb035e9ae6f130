// Package outputs carries alerts out of the agent: what an Alert is, how it is
// printed (Format), what a destination promises (Output), and the Queue between
// the rule engine and the destinations. Each destination has a folder here.
//
// # Usage
//
// The agent builds outputs, gives them to NewQueue, and enqueues each alert
// once. Connect may be called on an output before, to stop at a fault that no
// waiting mends, such as a port that another process has.
//
// # Concurrency
//
// Queue.Enqueue never blocks and may be called from any goroutine. Each output
// has its own bounded queue and its own goroutine, so one that is slow or down
// does not hold back the others. An alert is immutable once enqueued.
//
// # Failure
//
// "Delivered" means accepted as the output documents it. An alert that is not
// delivered is counted under the reason why; see Stats and Loss. While an output
// is unreachable its alerts wait, up to the bound of its queue.
//
// # Testing
//
// Package outputtest holds the behaviours that every output must show.
package outputs
