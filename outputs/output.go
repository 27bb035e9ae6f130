package outputs

import (
	"context"
	"errors"
)

// Output is a destination of alerts. It lives as long as the agent does and may
// be given to one Queue, which makes its calls one after another. Others may call
// Close during a Write.
type Output interface {
	// Name says which output it is, in logs and metrics: "nats".
	Name() string

	// Connect makes the output ready. It is idempotent, and a later call may
	// mend what an earlier one could not. An output that can wait for its peer
	// returns nil and waits in Write. ctx bounds the call, not the connection.
	Connect(ctx context.Context) error

	// Write delivers one alert. It returns nil only when the alert was accepted
	// as the output documents it. Otherwise the caller may repeat the call with
	// the same alert, unless the error is ErrRejected. Write bounds its own
	// waiting and returns soon after ctx is done. After Close it returns an error
	// that is os.ErrClosed.
	Write(ctx context.Context, a *Alert) error

	// Close completes what Write has begun, as long as ctx allows, and releases
	// everything even when ctx is already done. It is idempotent.
	Close(ctx context.Context) error
}

// BatchOutput is an Output that delivers several alerts in one go, which is worth
// it where each delivery waits for an answer.
type BatchOutput interface {
	Output

	// WriteBatch is Write for several alerts, in their order. It returns nil when
	// all were accepted, otherwise one error, or nil, for each.
	WriteBatch(ctx context.Context, alerts []*Alert) []error
}

var (
	// ErrUnavailable is wrapped by errors of Write that say nothing about the
	// alert: the destination cannot be reached or does not answer. The queue
	// repeats such a write for as long as it runs.
	ErrUnavailable = errors.New("destination unavailable")

	// ErrRejected is wrapped by errors of Write that no repetition changes, such
	// as an alert larger than the destination takes.
	ErrRejected = errors.New("alert rejected")
)
