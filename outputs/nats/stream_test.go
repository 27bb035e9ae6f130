package nats

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/saker-project/saker/outputs/outputtest"
)

// streamConfig returns the settings of a stream without what servers add.
func streamConfig(t *testing.T, js jetstream.JetStream, name string) jetstream.StreamConfig {
	t.Helper()
	stream, err := js.Stream(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return stream.CachedInfo().Config
}

func create(t *testing.T, js jetstream.JetStream, cfg jetstream.StreamConfig) {
	t.Helper()
	if _, err := js.CreateStream(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
}

func TestMakesAStreamBoundedAsConfigured(t *testing.T) {
	p := startPeer(t)
	_, js := client(t, p.url())
	connectOutput(t, Config{URL: p.url(), Stream: "MINE", StreamMaxBytes: 1 << 20, StreamMaxAge: time.Hour, Subject: "soc.<rule>"})
	got := streamConfig(t, js, "MINE")
	want := jetstream.StreamConfig{
		Name: "MINE", Subjects: []string{"soc.>"}, MaxBytes: 1 << 20, MaxAge: time.Hour,
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardOld, Storage: jetstream.FileStorage,
	}
	used := cmpopts.IgnoreFields(jetstream.StreamConfig{}, "Description", "MaxConsumers", "MaxMsgs", "MaxMsgsPerSubject",
		"MaxMsgSize", "Replicas", "Duplicates", "AllowDirect", "Metadata", "ConsumerLimits")
	if diff := cmp.Diff(want, got, used); diff != "" {
		t.Errorf("stream (-want +got):\n%s", diff)
	}
}

func TestLeavesAStreamThatTakesTheAlertsAsItIs(t *testing.T) {
	for _, test := range []struct {
		name   string
		stream jetstream.StreamConfig
	}{
		{"of our name", jetstream.StreamConfig{Name: "SAKER_ALERTS", Subjects: []string{"falco.>"}}},
		{"of our name with narrower subjects that suffice", jetstream.StreamConfig{Name: "SAKER_ALERTS", Subjects: []string{"falco.*.*"}}},
		{"of another name", jetstream.StreamConfig{Name: "SECURITY", Subjects: []string{"audit.>", "falco.*.*"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := startPeer(t)
			_, js := client(t, p.url())
			test.stream.MaxAge, test.stream.MaxMsgs, test.stream.Storage = 42*time.Minute, 17, jetstream.MemoryStorage
			create(t, js, test.stream)
			before := streamConfig(t, js, test.stream.Name)

			write(t, connectOutput(t, Config{URL: p.url()}), outputtest.Alert("r"))

			if diff := cmp.Diff(before, streamConfig(t, js, test.stream.Name)); diff != "" {
				t.Errorf("settings (-before +after):\n%s", diff)
			}
			if got := len(stored(t, js, test.stream.Name)); got != 1 {
				t.Errorf("%d alerts in it, want 1", got)
			}
		})
	}
}

func TestStreamsThatTakeTheAlertsBetweenThemAreUsed(t *testing.T) {
	p := startPeer(t)
	_, js := client(t, p.url())
	create(t, js, jetstream.StreamConfig{Name: "URGENT", Subjects: []string{"falco.emergency.*", "falco.alert.*", "falco.critical.*"}})
	create(t, js, jetstream.StreamConfig{Name: "REST", Subjects: []string{
		"falco.error.*", "falco.warning.*", "falco.notice.*", "falco.informational.*", "falco.debug.*"}})
	write(t, connectOutput(t, Config{URL: p.url()}), outputtest.Alert("r"))
	if got := len(stored(t, js, "REST")); got != 1 {
		t.Errorf("%d alerts in the stream of warnings, want 1", got)
	}
}

func TestAddsTheSubjectToAStreamOfOurName(t *testing.T) {
	p := startPeer(t)
	_, js := client(t, p.url())
	create(t, js, jetstream.StreamConfig{Name: "SAKER_ALERTS", Subjects: []string{"soc.>", "falco.critical.*"}, MaxAge: time.Hour})
	before := streamConfig(t, js, "SAKER_ALERTS")

	write(t, connectOutput(t, Config{URL: p.url()}), outputtest.Alert("r"))

	before.Subjects = []string{"soc.>", "falco.>"}
	if diff := cmp.Diff(before, streamConfig(t, js, "SAKER_ALERTS")); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

func TestStreamsThatCannotBeUsed(t *testing.T) {
	for _, test := range []struct {
		name   string
		stream jetstream.StreamConfig
		want   string
	}{
		{"one that takes a part of the alerts", jetstream.StreamConfig{Name: "CRITICAL", Subjects: []string{"falco.critical.*"}},
			"stream SAKER_ALERTS for [falco.>]: other streams take [falco.critical.*], which is a part of them: " +
				"widen these, or set nats_output.subject to something else: "},
		{"one of our name that confirms nothing", jetstream.StreamConfig{Name: "SAKER_ALERTS", Subjects: []string{"falco.>"}, NoAck: true},
			"stream SAKER_ALERTS for [falco.>]: it has no_ack set, so that nothing published to it is confirmed"},
		{"one of another name that confirms nothing", jetstream.StreamConfig{Name: "OTHER", Subjects: []string{"falco.>"}, NoAck: true},
			"stream OTHER for [falco.>]: it has no_ack set, so that nothing published to it is confirmed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := startPeer(t)
			_, js := client(t, p.url())
			create(t, js, test.stream)
			err := newOutput(t, Config{URL: p.url()}).Connect(t.Context())
			var typed *StreamError
			if !errors.As(err, &typed) || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("Connect: %v, want %s", err, test.want)
			}
		})
	}
}

func TestAStreamLargerThanTheDisk(t *testing.T) {
	cfg := embeddedConfig(t)
	cfg.StreamMaxBytes = 1 << 60
	err := newOutput(t, cfg).Connect(t.Context())
	want := "stream SAKER_ALERTS for [falco.>]: no room for 1152921504606846976 bytes: set nats_output.stream_max_bytes to less: "
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("Connect: %v, want %s", err, want)
	}
}

func TestConnectAgainAfterTheStreamWasMended(t *testing.T) {
	p := startPeer(t)
	_, js := client(t, p.url())
	create(t, js, jetstream.StreamConfig{Name: "CRITICAL", Subjects: []string{"falco.critical.*"}})
	o := newOutput(t, Config{URL: p.url()})
	if err := o.Connect(t.Context()); err == nil {
		t.Fatal("Connect: no error")
	}
	if err := js.DeleteStream(t.Context(), "CRITICAL"); err != nil {
		t.Fatal(err)
	}
	if err := o.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	write(t, o, outputtest.Alert("r"))
}
