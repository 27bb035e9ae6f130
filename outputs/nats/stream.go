package nats

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nats-io/nats-server/v2/server"
	natsgo "github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// errNoAck says that a stream's setting no_ack makes deliveries unprovable.
var errNoAck = errors.New("it has no_ack set, so that nothing published to it is confirmed")

// storageExceeded is the server's code for a stream whose bound is above the disk
// space or the account's limit (JSStorageResourcesExceededErr of nats-server).
const storageExceeded jetstream.ErrorCode = 10047

// ensureStream sees to it that what is published on the configured subjects
// lands in a stream that confirms it:
//
//   - a stream of the configured name that takes the subjects is left as it is;
//   - one of that name that does not gets them added and keeps all else;
//   - other streams that take the subjects are used as they are;
//   - otherwise the stream is made.
//
// Its errors are *StreamError.
func (o *Output) ensureStream(ctx context.Context, js jetstream.JetStream) error {
	fail := func(err error) error {
		return &StreamError{Stream: o.cfg.Stream, Subjects: []string{o.subject.filter()}, Err: err}
	}
	stream, err := js.Stream(ctx, o.cfg.Stream)
	switch {
	case err == nil:
		cfg := stream.CachedInfo().Config
		if cfg.NoAck {
			return fail(errNoAck)
		}
		if o.covered(cfg.Subjects) {
			return nil
		}
		// Subjects that the new one takes in would overlap it.
		cfg.Subjects = slices.DeleteFunc(slices.Clone(cfg.Subjects), func(s string) bool {
			return server.SubjectMatchesFilter(s, o.subject.filter())
		})
		cfg.Subjects = append(cfg.Subjects, o.subject.filter())
		if _, err := js.UpdateStream(ctx, cfg); err != nil {
			return fail(fmt.Errorf("add the subject: %w", err))
		}
		return nil
	case errors.Is(err, natsgo.ErrNoResponders):
		return fail(fmt.Errorf("the server has JetStream disabled, or has not started it yet: %w", err))
	case !errors.Is(err, jetstream.ErrStreamNotFound):
		return fail(err)
	}

	var others []string // subjects of other streams that overlap ours
	streams := js.ListStreams(ctx, jetstream.WithStreamListSubject(o.subject.filter()))
	for info := range streams.Info() {
		if info.Config.NoAck {
			return &StreamError{Stream: info.Config.Name, Subjects: info.Config.Subjects, Err: errNoAck}
		}
		others = append(others, info.Config.Subjects...)
	}
	if err := streams.Err(); err != nil {
		return fail(err)
	}
	if o.covered(others) {
		return nil
	}
	_, err = js.CreateStream(ctx, jetstream.StreamConfig{
		Name:        o.cfg.Stream,
		Description: "Alerts in Falco's JSON format, made by saker",
		Subjects:    []string{o.subject.filter()},
		Storage:     jetstream.FileStorage,
		Retention:   jetstream.LimitsPolicy,
		Discard:     jetstream.DiscardOld,
		MaxBytes:    o.cfg.StreamMaxBytes,
		MaxAge:      o.cfg.StreamMaxAge,
	})
	var api *jetstream.APIError
	switch {
	case errors.As(err, &api) && api.ErrorCode == storageExceeded:
		return fail(fmt.Errorf("no room for %d bytes: set nats_output.stream_max_bytes to less: %w", o.cfg.StreamMaxBytes, err))
	case err != nil && len(others) > 0:
		return fail(fmt.Errorf("other streams take %v, which is a part of them: widen these, or set nats_output.subject to something else: %w", others, err))
	case err != nil:
		return fail(err)
	}
	return nil
}

// covered reports whether streams with these subjects take every alert.
func (o *Output) covered(subjects []string) bool {
	for _, pattern := range o.subject.patterns() {
		if !slices.ContainsFunc(subjects, func(s string) bool { return server.SubjectMatchesFilter(pattern, s) }) {
			return false
		}
	}
	return true
}
