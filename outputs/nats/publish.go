package nats

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"

	natsgo "github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/saker-project/saker/outputs"
)

// payloadSize is room for the payload of most alerts.
const payloadSize = 2048

// Write publishes one alert and returns nil when a stream has acknowledged it.
func (o *Output) Write(ctx context.Context, a *outputs.Alert) error {
	if errs := o.WriteBatch(ctx, []*outputs.Alert{a}); errs != nil {
		return errs[0]
	}
	return nil
}

// WriteBatch publishes the alerts in order, then waits until each is
// acknowledged, refused, or has waited for Config.AckWait. When one cannot be
// sent for a reason that is not its own, those after it are not sent either, so
// that they do not overtake it.
func (o *Output) WriteBatch(ctx context.Context, alerts []*outputs.Alert) []error {
	errs := make([]error, len(alerts))
	s, err := o.ready(ctx)
	if err != nil {
		return fill(errs, err)
	}
	futures := make([]jetstream.PubAckFuture, 0, len(alerts))
	for i, a := range alerts {
		future, err := o.publish(s, a)
		if err != nil {
			errs[i] = o.judge(s, err)
			if !errors.Is(errs[i], outputs.ErrRejected) {
				fill(errs[i:], errs[i])
				break
			}
		}
		futures = append(futures, future)
	}
	failed := len(futures) < len(alerts)
	for i, future := range futures {
		if future != nil {
			if err := wait(ctx, future); err != nil {
				errs[i] = o.judge(s, err)
			}
		}
		failed = failed || errs[i] != nil
	}
	if !failed {
		return nil
	}
	return errs
}

// fill sets every element and returns the slice.
func fill(errs []error, err error) []error {
	for i := range errs {
		errs[i] = err
	}
	return errs
}

// ready returns a session that can be published to.
func (o *Output) ready(ctx context.Context) (*session, error) {
	if o.closed.Load() {
		return nil, os.ErrClosed
	}
	s := o.session.Load()
	if s == nil {
		return nil, fmt.Errorf("%w: Connect was not called", outputs.ErrUnavailable)
	}
	switch err := o.prepare(ctx, s); {
	case errors.Is(err, os.ErrClosed):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %w", outputs.ErrUnavailable, err)
	}
	return s, nil
}

// publish sends one alert without waiting.
func (o *Output) publish(s *session, a *outputs.Alert) (jetstream.PubAckFuture, error) {
	id := a.ID
	if id == "" {
		id = rand.Text()
	}
	msg := &natsgo.Msg{
		Subject: o.subject.of(a),
		Header:  natsgo.Header{jetstream.MsgIDHeader: {id}},
		Data:    o.format.Append(make([]byte, 0, payloadSize), a),
	}
	// Repeating is the queue's part, which keeps count.
	return s.js.PublishMsgAsync(msg, jetstream.WithRetryAttempts(0))
}

// wait waits for an acknowledgement.
func wait(ctx context.Context, future jetstream.PubAckFuture) error {
	select {
	case <-future.Ok():
		return nil
	case err := <-future.Err():
		return err
	case <-ctx.Done():
		return fmt.Errorf("no acknowledgement: %w", ctx.Err())
	}
}

// judge says what an error of publishing means to the caller. Unless it is the
// alert's own fault the alert can be published later.
func (o *Output) judge(s *session, err error) error {
	const badRequest = 400
	var api *jetstream.APIError
	switch {
	case errors.Is(err, natsgo.ErrConnectionClosed):
		return os.ErrClosed
	case errors.Is(err, natsgo.ErrMaxPayload), errors.Is(err, natsgo.ErrBadSubject),
		errors.As(err, &api) && api.Code == badRequest:
		return fmt.Errorf("%w: %w", outputs.ErrRejected, err)
	case errors.Is(err, jetstream.ErrNoStreamResponse):
		// The stream is gone, or its server still opens it.
		s.streamReady.Store(false)
	}
	return fmt.Errorf("%w: %w", outputs.ErrUnavailable, err)
}
