package nats

import (
	"context"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	natsgo "github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/saker-project/saker/outputs"
	"github.com/saker-project/saker/outputs/outputtest"
)

// peer is a NATS server that is not ours, on a port of its own that stays the
// same over restarts.
type peer struct {
	server *server.Server
	port   int
	dir    string
}

func newPeer(t testing.TB) *peer {
	t.Helper()
	p := &peer{port: freePort(t), dir: t.TempDir()}
	t.Cleanup(func() { p.stop(t) })
	return p
}

func startPeer(t testing.TB) *peer {
	t.Helper()
	p := newPeer(t)
	p.start(t)
	return p
}

func (p *peer) url() string { return fmt.Sprintf("nats://127.0.0.1:%d", p.port) }

// start starts the server; each option changes its settings.
func (p *peer) start(t testing.TB, options ...func(*server.Options)) {
	t.Helper()
	settings := &server.Options{
		Host: "127.0.0.1", Port: p.port, JetStream: true, StoreDir: p.dir, NoSigs: true, NoLog: true,
	}
	for _, option := range options {
		option(settings)
	}
	var err error
	p.server, err = server.NewServer(settings)
	if err != nil {
		t.Fatal(err)
	}
	p.server.Start()
	if !p.server.ReadyForConnections(10 * time.Second) {
		t.Fatalf("server on port %d is not ready", p.port)
	}
}

func (p *peer) stop(testing.TB) {
	if p.server != nil {
		p.server.Shutdown()
		p.server.WaitForShutdown()
	}
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// embeddedConfig is for a server in this process on any free port.
func embeddedConfig(t testing.TB) Config {
	return Config{StoreDir: t.TempDir()}
}

func newOutput(t testing.TB, cfg Config) *Output {
	t.Helper()
	o, err := New(cfg, outputs.DefaultFormat(), outputtest.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeOutput(t, o) })
	return o
}

func connectOutput(t testing.TB, cfg Config) *Output {
	t.Helper()
	o := newOutput(t, cfg)
	if err := o.Connect(context.Background()); err != nil {
		t.Fatalf("Connect: %v", err)
	}
	return o
}

func closeOutput(t testing.TB, o *Output) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := o.Close(ctx); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func write(t testing.TB, o *Output, alerts ...*outputs.Alert) {
	t.Helper()
	for _, a := range alerts {
		if err := o.Write(context.Background(), a); err != nil {
			t.Fatalf("Write: %v", err)
		}
	}
}

// client returns a connection of somebody else.
func client(t testing.TB, url string, options ...natsgo.Option) (*natsgo.Conn, jetstream.JetStream) {
	t.Helper()
	nc, err := natsgo.Connect(url, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return nc, js
}

// stored returns all messages of a stream, read through a consumer.
func stored(t testing.TB, js jetstream.JetStream, stream string) []jetstream.Msg {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	consumer, err := js.OrderedConsumer(ctx, stream, jetstream.OrderedConsumerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	info, err := consumer.Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if info.NumPending == 0 {
		return nil
	}
	batch, err := consumer.Fetch(int(info.NumPending), jetstream.FetchMaxWait(5*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	var messages []jetstream.Msg
	for m := range batch.Messages() {
		messages = append(messages, m)
	}
	if err := batch.Error(); err != nil {
		t.Fatal(err)
	}
	return messages
}
