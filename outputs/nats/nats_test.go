package nats

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/saker-project/saker/outputs"
	"github.com/saker-project/saker/outputs/outputtest"
)

func TestBehavesAsAnOutput(t *testing.T) {
	t.Run("with a server elsewhere", func(t *testing.T) {
		outputtest.Run(t, func(t *testing.T) outputtest.Fixture {
			p := startPeer(t)
			return outputtest.Fixture{
				Output: newOutput(t, Config{URL: p.url()}),
				Rules: func(t *testing.T) []string {
					_, js := client(t, p.url())
					return rules(t, js)
				},
				Stop:  func(t *testing.T) { p.stop(t) },
				Start: func(t *testing.T) { p.start(t) },
			}
		})
	})
	t.Run("with a server in this process", func(t *testing.T) {
		outputtest.Run(t, func(t *testing.T) outputtest.Fixture {
			cfg := embeddedConfig(t)
			return outputtest.Fixture{
				Output: newOutput(t, cfg),
				Rules: func(t *testing.T) []string {
					again := connectOutput(t, cfg)
					_, js := client(t, again.ServerURL())
					return rules(t, js)
				},
			}
		})
	})
}

// rules returns the rules of the alerts in the default stream.
func rules(t *testing.T, js jetstream.JetStream) []string {
	t.Helper()
	var names []string
	for _, m := range stored(t, js, DefaultConfig().Stream) {
		var object struct{ Rule string }
		if err := json.Unmarshal(m.Data(), &object); err != nil {
			t.Fatal(err)
		}
		names = append(names, object.Rule)
	}
	return names
}

func TestPublishesWhatStdoutPrintsInJSON(t *testing.T) {
	for _, test := range []struct {
		name   string
		config func(*testing.T) Config
	}{
		{"to a server in this process", func(t *testing.T) Config { return embeddedConfig(t) }},
		{"to a server elsewhere", func(t *testing.T) Config { return Config{URL: startPeer(t).url()} }},
	} {
		t.Run(test.name, func(t *testing.T) {
			cfg := test.config(t)
			o := connectOutput(t, cfg)
			url := o.ServerURL()
			if url == "" {
				url = cfg.URL
			}
			nc, js := client(t, url)
			subscription, err := nc.SubscribeSync("falco.>")
			if err != nil {
				t.Fatal(err)
			}
			if err := nc.Flush(); err != nil {
				t.Fatal(err)
			}

			a := outputtest.Alert("Read sensitive file / (untrusted)!")
			write(t, o, a)

			format := outputs.DefaultFormat()
			format.JSON = true
			type message struct{ Subject, ID, Data string }
			want := message{"falco.warning.read_sensitive_file_untrusted", a.ID, string(format.Append(nil, a))}
			live, err := subscription.NextMsg(5 * time.Second)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, message{live.Subject, live.Header.Get("Nats-Msg-Id"), string(live.Data)}); diff != "" {
				t.Errorf("a subscriber sees (-want +got):\n%s", diff)
			}
			kept := stored(t, js, "SAKER_ALERTS")
			if len(kept) != 1 {
				t.Fatalf("%d messages in the stream, want 1", len(kept))
			}
			if diff := cmp.Diff(want, message{kept[0].Subject(), kept[0].Headers().Get("Nats-Msg-Id"), string(kept[0].Data())}); diff != "" {
				t.Errorf("the stream holds (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStoresAnAlertWrittenTwiceOnce(t *testing.T) {
	o := connectOutput(t, embeddedConfig(t))
	a, b := outputtest.Alert("same"), outputtest.Alert("other")
	write(t, o, a, a, b)
	_, js := client(t, o.ServerURL())
	if diff := cmp.Diff([]string{"same", "other"}, rules(t, js)); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}

func TestPublishesAlertsWithoutIDEachAsItsOwn(t *testing.T) {
	o := connectOutput(t, embeddedConfig(t))
	a := outputtest.Alert("r")
	a.ID = ""
	write(t, o, a, a)
	_, js := client(t, o.ServerURL())
	if got := len(stored(t, js, "SAKER_ALERTS")); got != 2 {
		t.Errorf("%d messages, want 2", got)
	}
}

func TestServerDownAtStart(t *testing.T) {
	p := newPeer(t)
	o := newOutput(t, Config{URL: p.url(), AckWait: 100 * time.Millisecond})
	if err := o.Connect(t.Context()); err != nil {
		t.Fatalf("Connect: %v, want to wait in the background", err)
	}
	if err := o.Write(t.Context(), outputtest.Alert("r")); !errors.Is(err, outputs.ErrUnavailable) {
		t.Errorf("Write: %v, want ErrUnavailable", err)
	}

	opt := outputs.QueueOptions{Capacity: 10, RetryWait: 200 * time.Millisecond, Log: outputtest.Discard}
	q := outputs.NewQueue(opt, o)
	for range 10 {
		q.Enqueue(outputtest.Alert("r"))
	}
	time.Sleep(300 * time.Millisecond)
	if s := q.Stats()[0]; s.Delivered != 0 || s.Pending != 10 {
		t.Errorf("before the server is there: %+v, want 10 pending and none delivered", s)
	}
	p.start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := q.Close(ctx); err != nil {
		t.Error(err)
	}
	if s := q.Stats()[0]; s.Delivered != 10 {
		t.Errorf("after: %+v, want 10 delivered", s)
	}
	_, js := client(t, p.url())
	if got := len(rules(t, js)); got != 10 {
		t.Errorf("%d stored, want 10", got)
	}
}

func TestQueueClosesInTimeWhileTheServerIsDown(t *testing.T) {
	o := newOutput(t, Config{URL: newPeer(t).url()})
	q := outputs.NewQueue(outputs.QueueOptions{Log: outputtest.Discard}, o)
	for range 3 {
		q.Enqueue(outputtest.Alert("r"))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	err := q.Close(ctx)
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("Close took %v", took)
	}
	if want := "nats: 3 alerts not delivered: context deadline exceeded"; err == nil || err.Error() != want {
		t.Errorf("Close: %v, want %s", err, want)
	}
	if s := q.Stats()[0]; s.Lost[outputs.LossShutdown] != 3 || s.Delivered != 0 {
		t.Errorf("%+v, want 3 lost", s)
	}
}

func TestNothingIsDeliveredBeforeItsAcknowledgement(t *testing.T) {
	p := startPeer(t)
	nc, js := client(t, p.url())
	// Somebody takes the subjects with a stream, then the stream goes and only a
	// subscriber is left, which a publisher cannot tell from a stream.
	o := connectOutput(t, Config{URL: p.url(), AckWait: 200 * time.Millisecond})
	if _, err := nc.SubscribeSync("falco.>"); err != nil {
		t.Fatal(err)
	}
	if err := nc.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := js.DeleteStream(t.Context(), "SAKER_ALERTS"); err != nil {
		t.Fatal(err)
	}
	err := o.Write(t.Context(), outputtest.Alert("r"))
	if !errors.Is(err, outputs.ErrUnavailable) || !errors.Is(err, jetstream.ErrAsyncPublishTimeout) {
		t.Errorf("Write: %v, want a timeout that is ErrUnavailable", err)
	}
}

func TestAStreamThatVanishesIsMadeAgain(t *testing.T) {
	p := startPeer(t)
	_, js := client(t, p.url())
	o := connectOutput(t, Config{URL: p.url()})
	if err := js.DeleteStream(t.Context(), "SAKER_ALERTS"); err != nil {
		t.Fatal(err)
	}
	a := outputtest.Alert("r")
	if err := o.Write(t.Context(), a); !errors.Is(err, outputs.ErrUnavailable) {
		t.Errorf("first Write: %v, want ErrUnavailable", err)
	}
	write(t, o, a)
	if diff := cmp.Diff([]string{"r"}, rules(t, js)); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}

func TestAnAlertLargerThanTheServerTakesIsRejectedAlone(t *testing.T) {
	o := connectOutput(t, embeddedConfig(t))
	large := outputtest.Alert("large")
	large.Message = string(make([]byte, 2<<20))
	errs := o.WriteBatch(t.Context(), []*outputs.Alert{outputtest.Alert("a"), large, outputtest.Alert("b")})
	if len(errs) != 3 || errs[0] != nil || !errors.Is(errs[1], outputs.ErrRejected) || errs[2] != nil {
		t.Errorf("errors %v, want only the second, ErrRejected", errs)
	}
	_, js := client(t, o.ServerURL())
	if diff := cmp.Diff([]string{"a", "b"}, rules(t, js)); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}

func TestAFullStreamThatTakesNoMoreIsUnavailable(t *testing.T) {
	p := startPeer(t)
	_, js := client(t, p.url())
	if _, err := js.CreateStream(t.Context(), jetstream.StreamConfig{
		Name: "SAKER_ALERTS", Subjects: []string{"falco.>"}, MaxMsgs: 1, Discard: jetstream.DiscardNew,
	}); err != nil {
		t.Fatal(err)
	}
	o := connectOutput(t, Config{URL: p.url()})
	write(t, o, outputtest.Alert("first"))
	if err := o.Write(t.Context(), outputtest.Alert("second")); !errors.Is(err, outputs.ErrUnavailable) {
		t.Errorf("Write: %v, want ErrUnavailable: there may be room later", err)
	}
}

func TestWriteBeforeConnect(t *testing.T) {
	if err := newOutput(t, embeddedConfig(t)).Write(t.Context(), outputtest.Alert("r")); !errors.Is(err, outputs.ErrUnavailable) {
		t.Errorf("Write: %v, want ErrUnavailable", err)
	}
}

func TestConnectReportsAServerWithoutJetStream(t *testing.T) {
	p := newPeer(t)
	p.start(t, func(settings *server.Options) { settings.JetStream = false })
	o := newOutput(t, Config{URL: p.url()})
	err := o.Connect(t.Context())
	var stream *StreamError
	if !errors.As(err, &stream) || !strings.Contains(err.Error(), "the server has JetStream disabled") {
		t.Errorf("Connect: %v, want a StreamError that says so", err)
	}
}

func TestARefusedLoginWaitsForItsRights(t *testing.T) {
	p := newPeer(t)
	p.start(t, func(settings *server.Options) { settings.Authorization = "secret" })
	o := newOutput(t, Config{URL: p.url(), AckWait: 100 * time.Millisecond})
	if err := o.Connect(t.Context()); err != nil {
		t.Fatalf("Connect: %v", err)
	}
	if err := o.Write(t.Context(), outputtest.Alert("r")); !errors.Is(err, outputs.ErrUnavailable) {
		t.Errorf("Write: %v, want ErrUnavailable", err)
	}
	p.stop(t)
	p.start(t)
	deadline := time.Now().Add(20 * time.Second)
	for o.Write(t.Context(), outputtest.Alert("r")) != nil {
		if time.Now().After(deadline) {
			t.Fatal("not delivered after the server takes everyone")
		}
	}
}
