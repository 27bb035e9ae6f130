// Package nats publishes alerts to NATS JetStream.
//
// # Usage
//
// Each alert is one message on a subject made from its priority and rule,
// "falco.warning.read_sensitive_file_untrusted", as falcosidekick names it. The
// payload is the line that stdout prints with json_output. The header
// Nats-Msg-Id is Alert.ID, by which the stream tells a repeated message.
// Without a URL, the output starts a NATS server in this process, which keeps the
// alerts on disk and serves other clients of this machine; see Config.
//
// # Concurrency
//
// The methods may be called from any goroutine. WriteBatch publishes its alerts
// in order and waits for all acknowledgements together, so throughput does not
// end at one alert per round trip.
//
// # Failure
//
// An alert is accepted when the server has acknowledged that a stream holds it.
// While there is no connection, Write waits up to Config.AckWait and then returns
// ErrUnavailable; the connection is tried again in the background. An alert whose
// acknowledgement was lost is published again: the stream keeps one of them, if
// its window for duplicates has not passed, but subscribers that bypass the
// stream see both.
//
// # Testing
//
// The tests run real servers on free ports of the loopback interface.
package nats

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	natsgo "github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/saker-project/saker/outputs"
)

const (
	// The pause before a new attempt to connect, between these.
	leastReconnectWait = 50 * time.Millisecond
	mostReconnectWait  = 5 * time.Second

	// pingInterval finds a peer that vanished without a word after two of them.
	pingInterval = 10 * time.Second
)

// Output is the output; see the package comment.
type Output struct {
	cfg     Config
	subject subject
	format  outputs.Format
	log     *slog.Logger

	mu     sync.Mutex // serialises Connect and Close; guards server
	server *embedded  // nil with an external server, and before Connect

	session atomic.Pointer[session] // nil before Connect
	closed  atomic.Bool
}

// session is the connection that an Output has until Close. It outlives the loss
// of a server.
type session struct {
	conn *natsgo.Conn
	js   jetstream.JetStream

	streamReady atomic.Bool // ensureStream has succeeded, and no answer since said otherwise
	complained  atomic.Bool // an asynchronous error was logged as such since the last connect
}

// New returns an output that is not connected. The format's JSON is set, the rest
// of it applies. Errors name each setting that is wrong. A nil log means
// slog.Default().
func New(cfg Config, format outputs.Format, log *slog.Logger) (*Output, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	template, err := parseSubject(cfg.Subject)
	if err != nil {
		return nil, err
	}
	if log == nil {
		log = slog.Default()
	}
	format.JSON = true
	return &Output{cfg: cfg, subject: template, format: format, log: log.With("output", "nats")}, nil
}

// Name returns "nats".
func (o *Output) Name() string { return "nats" }

// ServerURL returns where the server in this process serves other clients,
// "nats://127.0.0.1:4222", or "" when there is none or it is not started.
func (o *Output) ServerURL() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.server == nil {
		return ""
	}
	return o.server.server.ClientURL()
}

// Connect starts the server in this process, unless there is a URL, connects, and
// finds or makes the stream. An external server that cannot be reached is no
// error: the connection is made in the background. Errors are *StoreDirError,
// *AddressTakenError, *StartError, *StreamError or nats.go's. After an error,
// Connect may be called again; Close releases what was begun.
func (o *Output) Connect(ctx context.Context) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed.Load() {
		return os.ErrClosed
	}
	if o.cfg.URL == "" && o.server == nil {
		server, err := startServer(ctx, o.cfg, o.log)
		if err != nil {
			return err
		}
		o.server = server
		o.log.Info("NATS server started", "url", server.server.ClientURL(), "store", o.cfg.StoreDir)
	}
	if o.session.Load() == nil {
		s, err := o.dial()
		if err != nil {
			return fmt.Errorf("connect: %w", err)
		}
		o.session.Store(s)
	}
	s := o.session.Load()
	if !s.conn.IsConnected() {
		if err := s.conn.LastError(); err != nil {
			o.log.Warn("NATS server cannot be reached yet; alerts wait", "error", err)
		}
		return nil // otherwise the first attempt is still under way
	}
	return o.prepare(ctx, s)
}

// dial returns a session, connected or about to be.
func (o *Output) dial() (*session, error) {
	s := &session{}
	options := []natsgo.Option{
		natsgo.Name("saker"),
		natsgo.Timeout(o.cfg.ConnectTimeout),
		natsgo.PingInterval(pingInterval),
		natsgo.RetryOnFailedConnect(true),
		natsgo.MaxReconnects(-1),
		natsgo.IgnoreAuthErrorAbort(), // rights may be given back
		natsgo.CustomReconnectDelay(func(failures int) time.Duration {
			return outputs.Backoff(failures, leastReconnectWait, mostReconnectWait)
		}),
		// What is published without a connection fails at once: the queue holds
		// alerts, the client does not.
		natsgo.ReconnectBufSize(-1),
		natsgo.NoCallbacksAfterClientClose(),
		natsgo.DisconnectErrHandler(func(_ *natsgo.Conn, err error) {
			o.log.Warn("NATS connection lost", "error", err)
		}),
		natsgo.ReconnectHandler(func(c *natsgo.Conn) {
			s.complained.Store(false)
			o.log.Info("NATS connected again", "server", c.ConnectedUrlRedacted())
		}),
		natsgo.ErrorHandler(func(_ *natsgo.Conn, _ *natsgo.Subscription, err error) {
			// A missing permission comes back for every alert.
			level := slog.LevelWarn
			if s.complained.Swap(true) {
				level = slog.LevelDebug
			}
			o.log.Log(context.Background(), level, "NATS server objects", "error", err)
		}),
	}
	if o.server != nil {
		own, err := o.server.options()
		if err != nil {
			return nil, err
		}
		options = append(options, own...)
	} else {
		options = append(options, natsgo.ConnectHandler(func(c *natsgo.Conn) {
			o.log.Info("NATS connected", "server", c.ConnectedUrlRedacted())
		}))
	}
	var err error
	if s.conn, err = natsgo.Connect(o.cfg.URL, options...); err != nil {
		return nil, err
	}
	if s.js, err = jetstream.New(s.conn, jetstream.WithPublishAsyncTimeout(o.cfg.AckWait)); err != nil {
		s.conn.Close()
		return nil, err
	}
	return s, nil
}

// prepare waits for a connection and finds or makes the stream.
func (o *Output) prepare(ctx context.Context, s *session) error {
	if err := s.wait(ctx, o.cfg.AckWait); err != nil {
		return err
	}
	if s.streamReady.Load() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, o.cfg.ConnectTimeout)
	defer cancel()
	if err := o.ensureStream(ctx, s.js); err != nil {
		return err
	}
	s.streamReady.Store(true)
	return nil
}

// errDisconnected says that there is no connection and none came in time.
var errDisconnected = errors.New("no connection to the NATS server")

// wait waits for a connection, at most for the given time.
func (s *session) wait(ctx context.Context, limit time.Duration) error {
	if s.conn.IsConnected() {
		return nil
	}
	changes := s.conn.StatusChanged(natsgo.CONNECTED, natsgo.CLOSED)
	defer s.conn.RemoveStatusListener(changes)
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for !s.conn.IsConnected() {
		if s.conn.IsClosed() {
			return os.ErrClosed
		}
		select {
		case <-changes:
		case <-timer.C:
			return errDisconnected
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", errDisconnected, ctx.Err())
		}
	}
	return nil
}

// Close waits for acknowledgements that are due, as long as ctx allows, closes
// the connection, and stops the server in this process, whose store is complete
// when Close returns nil. Even when ctx is done it takes a moment for that.
func (o *Output) Close(ctx context.Context) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed.Swap(true) {
		return nil
	}
	var errs []error
	if s := o.session.Load(); s != nil {
		select {
		case <-s.js.PublishAsyncComplete():
		case <-ctx.Done():
			if n := s.js.PublishAsyncPending(); n > 0 {
				errs = append(errs, fmt.Errorf("%d acknowledgements are due: %w", n, ctx.Err()))
			}
		}
		s.conn.Close()
	}
	if o.server != nil {
		errs = append(errs, o.server.close(ctx))
	}
	return errors.Join(errs...)
}
