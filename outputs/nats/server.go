package nats

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	natsgo "github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// shutdownGrace is how long the server may take to close its store when there is
// no more time for it.
const shutdownGrace = 5 * time.Second

// errStoreInUse says that another process holds the store's lock.
var errStoreInUse = errors.New("another process uses it")

// embedded is a NATS server in this process.
type embedded struct {
	server  *server.Server
	started chan struct{} // closed when the server's Start has returned
	lock    *os.File      // of the store; released when it is closed
	user    nkeys.KeyPair // who may publish; made anew at each start and never written down
}

// readerPublishes is what other clients may publish: requests that read streams,
// and their own consumers' traffic. They can subscribe to everything, but neither
// forge alerts nor erase them: the listener asks for no credentials, and any
// process of this machine can reach it.
var readerPublishes = []string{
	"$JS.API.INFO",
	"$JS.API.STREAM.NAMES",
	"$JS.API.STREAM.LIST",
	"$JS.API.STREAM.INFO.>",
	"$JS.API.STREAM.MSG.GET.>",
	"$JS.API.DIRECT.GET.>",
	"$JS.API.CONSUMER.>",
	"$JS.ACK.>",
	"$JS.FC.>",
}

// startServer starts a server and waits until it is ready, at most
// cfg.ReadyWait. Its errors are *StoreDirError, *AddressTakenError or
// *StartError.
func startServer(ctx context.Context, cfg Config, log *slog.Logger) (*embedded, error) {
	host, port, err := splitListen(cfg.Listen)
	if err != nil {
		return nil, err
	}
	if err := probe(net.JoinHostPort(host, strconv.Itoa(port))); err != nil {
		return nil, err
	}
	return launch(ctx, cfg, host, port, log)
}

// launch is startServer for an address that was free a moment ago.
func launch(ctx context.Context, cfg Config, host string, port int, log *slog.Logger) (*embedded, error) {
	dir := filepath.Join(cfg.StoreDir, "nats")
	lock, err := lockStore(dir)
	if err != nil {
		return nil, &StoreDirError{Dir: dir, Err: err}
	}
	e := &embedded{lock: lock}
	if err := e.start(ctx, cfg, host, port, dir, log); err != nil {
		// What close could add says nothing about why.
		_ = e.close(ctx)
		address := net.JoinHostPort(host, strconv.Itoa(port))
		if strings.Contains(err.Error(), syscall.EADDRINUSE.Error()) {
			return nil, &AddressTakenError{Address: address}
		}
		return nil, &StartError{Address: address, Err: err}
	}
	return e, nil
}

// probe checks that the address can be listened on. The server itself reports
// that only to its log, and after it has opened its store.
func probe(address string) error {
	l, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return &AddressTakenError{Address: address}
	case err != nil:
		return &StartError{Address: address, Err: err}
	}
	return l.Close()
}

// lockStore makes the folder and locks it for this process, which also shows
// that it can be written: two servers in one store destroy it.
func lockStore(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errStoreInUse
		}
		return nil, &os.PathError{Op: "lock", Path: lock.Name(), Err: err}
	}
	return lock, nil
}

func (e *embedded) start(ctx context.Context, cfg Config, host string, port int, dir string, log *slog.Logger) error {
	var err error
	if e.user, err = nkeys.CreateUser(); err != nil {
		return err
	}
	own, err := e.user.PublicKey()
	if err != nil {
		return err
	}
	// Clients without credentials become the reader, whose key nobody has.
	reader, err := newPublicKey()
	if err != nil {
		return err
	}
	if port == 0 {
		port = server.RANDOM_PORT
	}
	e.server, err = server.NewServer(&server.Options{
		ServerName: "saker",
		Host:       host,
		Port:       port,
		JetStream:  true,
		StoreDir:   dir,
		SyncAlways: cfg.SyncAlways,
		NoSigs:     true, // signals are the agent's
		Nkeys: []*server.NkeyUser{
			{Nkey: own},
			{Nkey: reader, Permissions: &server.Permissions{Publish: &server.SubjectPermission{Allow: readerPublishes}}},
		},
		NoAuthUser:             reader,
		DisableJetStreamBanner: true,
	})
	if err != nil {
		return err
	}
	fatal := make(chan error, 1)
	e.server.SetLoggerV2(&serverLog{log: log, fatal: fatal}, false, false, false)

	e.started = make(chan struct{})
	ready := make(chan bool, 1)
	go func() {
		e.server.Start()
		close(e.started)
		ready <- e.server.ReadyForConnections(cfg.ReadyWait)
	}()
	timer := time.NewTimer(cfg.ReadyWait)
	defer timer.Stop()
	select {
	case err := <-fatal:
		return err
	case ok := <-ready:
		if !ok {
			return fmt.Errorf("%w: waited %v", ErrNotReady, cfg.ReadyWait)
		}
		return nil
	case <-timer.C:
		return fmt.Errorf("%w: waited %v", ErrNotReady, cfg.ReadyWait)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// newPublicKey returns the public half of a key whose other half is forgotten.
func newPublicKey() (string, error) {
	pair, err := nkeys.CreateUser()
	if err != nil {
		return "", err
	}
	defer pair.Wipe()
	return pair.PublicKey()
}

// options returns how our own client connects.
func (e *embedded) options() ([]natsgo.Option, error) {
	public, err := e.user.PublicKey()
	if err != nil {
		return nil, err
	}
	return []natsgo.Option{natsgo.InProcessServer(e.server), natsgo.Nkey(public, e.user.Sign)}, nil
}

// close stops the server, which completes its store, and gives the store free. It
// waits until ctx is done and shutdownGrace longer; what is not done by then goes
// on behind its back.
func (e *embedded) close(ctx context.Context) error {
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		defer e.lock.Close()
		if e.started == nil {
			return
		}
		<-e.started // a server that is shut down while it starts leaves its store open
		e.server.Shutdown()
		e.server.WaitForShutdown()
	}()
	select {
	case <-stopped:
		return nil
	case <-ctx.Done():
	}
	select {
	case <-stopped:
		return nil
	case <-time.After(shutdownGrace):
		return fmt.Errorf("the NATS server still closes its store: %w", ctx.Err())
	}
}

// serverLog passes the server's log on. What it says as a matter of course goes
// to debug.
type serverLog struct {
	log   *slog.Logger
	fatal chan<- error // receives the first fatal error
}

func (l *serverLog) print(level slog.Level, format string, v []any) {
	if l.log.Enabled(context.Background(), level) {
		l.log.Log(context.Background(), level, fmt.Sprintf(format, v...))
	}
}

func (l *serverLog) Noticef(format string, v ...any) { l.print(slog.LevelDebug, format, v) }
func (l *serverLog) Debugf(format string, v ...any)  { l.print(slog.LevelDebug, format, v) }
func (l *serverLog) Tracef(format string, v ...any)  { l.print(slog.LevelDebug, format, v) }
func (l *serverLog) Warnf(format string, v ...any)   { l.print(slog.LevelWarn, format, v) }
func (l *serverLog) Errorf(format string, v ...any)  { l.print(slog.LevelError, format, v) }

// Fatalf is the only place where the server says that it cannot start. Unlike
// its own logger this one does not end the process.
func (l *serverLog) Fatalf(format string, v ...any) {
	select {
	case l.fatal <- fmt.Errorf(format, v...): // startServer returns it
	default:
		l.print(slog.LevelError, format, v)
	}
}
