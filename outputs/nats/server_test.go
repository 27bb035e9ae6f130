package nats

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	natsgo "github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/saker-project/saker/outputs/outputtest"
)

func TestServerKeepsItsAlertsOverARestart(t *testing.T) {
	cfg := embeddedConfig(t)
	first := connectOutput(t, cfg)
	write(t, first, outputtest.Alert("before"))
	closeOutput(t, first)

	second := connectOutput(t, cfg)
	write(t, second, outputtest.Alert("after"))
	_, js := client(t, second.ServerURL())
	if diff := cmp.Diff([]string{"before", "after"}, rules(t, js)); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	if _, err := os.Stat(filepath.Join(cfg.StoreDir, "nats", "jetstream")); err != nil {
		t.Errorf("the store is not where it should be: %v", err)
	}
}

func TestServerListensWhereItShould(t *testing.T) {
	cfg := embeddedConfig(t)
	if got := newOutput(t, cfg).ServerURL(); got != "" {
		t.Errorf("URL before Connect is %q", got)
	}
	address := freeAddress(t)
	cfg.Listen = address
	o := connectOutput(t, cfg)
	if got := o.ServerURL(); got != "nats://"+address {
		t.Errorf("URL %s, want nats://%s", got, address)
	}
	closeOutput(t, o)
	if l, err := net.Listen("tcp", address); err != nil {
		t.Errorf("the port is still taken after Close: %v", err)
	} else {
		l.Close()
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestPortTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	address := l.Addr().String()
	cfg := embeddedConfig(t)
	cfg.Listen = address
	want := "another process listens on " + address + ": set nats_output.listen to another address, " +
		"or nats_output.url to nats://" + address + " to use the server that is there"

	t.Run("is an error of Connect that names both ways out", func(t *testing.T) {
		err := newOutput(t, cfg).Connect(t.Context())
		var typed *AddressTakenError
		if !errors.As(err, &typed) || typed.Address != address || err.Error() != want {
			t.Errorf("Connect: %v, want %s", err, want)
		}
	})
	t.Run("since the probe is the same error", func(t *testing.T) {
		_, err := launch(t.Context(), cfg.withDefaults(), "127.0.0.1", l.Addr().(*net.TCPAddr).Port, outputtest.Discard)
		var typed *AddressTakenError
		if !errors.As(err, &typed) || err.Error() != want {
			t.Errorf("launch: %v, want %s", err, want)
		}
	})
	t.Run("no more lets Connect succeed", func(t *testing.T) {
		o := newOutput(t, cfg)
		if err := o.Connect(t.Context()); err == nil {
			t.Fatal("Connect: no error")
		}
		l.Close()
		if err := o.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		write(t, o, outputtest.Alert("r"))
	})
}

func TestAnAddressThatIsNotOfThisMachine(t *testing.T) {
	err := probe("192.0.2.1:4222")
	var typed *StartError
	if !errors.As(err, &typed) || typed.Address != "192.0.2.1:4222" {
		t.Errorf("error %v, want a StartError", err)
	}
}

func TestStoreThatCannotBeUsed(t *testing.T) {
	connect := func(t *testing.T, dir string) error {
		return newOutput(t, Config{StoreDir: dir}).Connect(t.Context())
	}
	t.Run("because a file is in the way", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		err := connect(t, file)
		var typed *StoreDirError
		var path *fs.PathError
		if !errors.As(err, &typed) || !errors.As(err, &path) || typed.Dir != filepath.Join(file, "nats") {
			t.Errorf("Connect: %v, want a StoreDirError with the path", err)
		}
	})
	t.Run("because it cannot be made", func(t *testing.T) {
		err := connect(t, "/proc/saker")
		want := "store of the NATS server in /proc/saker/nats: mkdir /proc/saker: no such file or directory: " +
			"set nats_output.store_dir to a folder that this process can write"
		if err == nil || err.Error() != want {
			t.Errorf("Connect: %v, want %s", err, want)
		}
	})
	t.Run("because another server has it", func(t *testing.T) {
		cfg := embeddedConfig(t)
		connectOutput(t, cfg)
		err := connect(t, cfg.StoreDir)
		want := "store of the NATS server in " + filepath.Join(cfg.StoreDir, "nats") +
			": another process uses it: set nats_output.store_dir to a folder that this process can write"
		if err == nil || err.Error() != want {
			t.Errorf("Connect: %v, want %s", err, want)
		}
	})
	t.Run("because the streams in it cannot be read", func(t *testing.T) {
		cfg := embeddedConfig(t)
		if err := os.MkdirAll(filepath.Join(cfg.StoreDir, "nats"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(cfg.StoreDir, "nats", "jetstream"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		err := connect(t, cfg.StoreDir)
		var typed *StartError
		if !errors.As(err, &typed) || !strings.Contains(err.Error(), "Can't start JetStream") {
			t.Errorf("Connect: %v, want a StartError with the server's words", err)
		}
	})
}

func TestServerNotReadyInTime(t *testing.T) {
	cfg := embeddedConfig(t)
	cfg.ReadyWait = time.Nanosecond
	o := newOutput(t, cfg)
	err := o.Connect(t.Context())
	if !errors.Is(err, ErrNotReady) || !strings.HasSuffix(err.Error(), "not ready in time: waited 1ns") {
		t.Errorf("Connect: %v, want ErrNotReady", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := newOutput(t, embeddedConfig(t)).Connect(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Connect with a context that is done: %v, want context.Canceled", err)
	}
}

func TestOthersMayReadAlertsButNotForgeOrEraseThem(t *testing.T) {
	o := connectOutput(t, embeddedConfig(t))
	write(t, o, outputtest.Alert("r"))
	denied := make(chan error, 10)
	nc, js := client(t, o.ServerURL(), natsgo.ErrorHandler(func(_ *natsgo.Conn, _ *natsgo.Subscription, err error) { denied <- err }))

	for name, attempt := range map[string]func(context.Context) error{
		"publishing an alert": func(ctx context.Context) error { _, err := js.Publish(ctx, "falco.warning.r", nil); return err },
		"deleting the stream": func(ctx context.Context) error { return js.DeleteStream(ctx, "SAKER_ALERTS") },
		"making a stream": func(ctx context.Context) error {
			_, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "X"})
			return err
		},
		"emptying the stream": func(ctx context.Context) error {
			s, err := js.Stream(ctx, "SAKER_ALERTS")
			return errors.Join(err, s.Purge(ctx))
		},
		"deleting one message": func(ctx context.Context) error {
			s, err := js.Stream(ctx, "SAKER_ALERTS")
			return errors.Join(err, s.DeleteMsg(ctx, 1))
		},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		if err := attempt(ctx); err == nil {
			t.Errorf("%s works", name)
		}
		cancel()
		select {
		case err := <-denied:
			if !errors.Is(err, natsgo.ErrPermissionViolation) {
				t.Errorf("%s: %v, want a permissions violation", name, err)
			}
		case <-time.After(5 * time.Second):
			t.Errorf("%s was not denied", name)
		}
	}

	consumer, err := js.CreateConsumer(t.Context(), "SAKER_ALERTS", jetstream.ConsumerConfig{Durable: "siem", AckPolicy: jetstream.AckExplicitPolicy})
	if err != nil {
		t.Fatalf("a durable consumer: %v", err)
	}
	m, err := consumer.Next(jetstream.FetchMaxWait(5 * time.Second))
	if err != nil {
		t.Fatalf("reading: %v", err)
	}
	if err := m.DoubleAck(t.Context()); err != nil {
		t.Errorf("acknowledging what was read: %v", err)
	}
	if nc.LastError() == nil {
		t.Error("the denials left no error at all")
	}
	if diff := cmp.Diff([]string{"r"}, rules(t, js)); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}

func TestServerThatSyncsEveryAlert(t *testing.T) {
	cfg := embeddedConfig(t)
	cfg.SyncAlways = true
	o := connectOutput(t, cfg)
	write(t, o, outputtest.Alert("r"))
	_, js := client(t, o.ServerURL())
	if diff := cmp.Diff([]string{"r"}, rules(t, js)); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}
