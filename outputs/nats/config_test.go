package nats

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/outputs"
)

func TestZeroConfigHasTheDefaults(t *testing.T) {
	want := DefaultConfig()
	want.Enabled, want.Listen = false, "" // the two that say something when they are zero
	if diff := cmp.Diff(want, Config{}.withDefaults()); diff != "" {
		t.Errorf("config (-want +got):\n%s", diff)
	}
	set := Config{Stream: "X", AckWait: time.Second, StreamMaxBytes: 5}
	got := set.withDefaults()
	if got.Stream != "X" || got.AckWait != time.Second || got.StreamMaxBytes != 5 {
		t.Errorf("set fields were changed: %+v", got)
	}
}

func TestConfigsThatAreRefused(t *testing.T) {
	for _, test := range []struct {
		name   string
		config Config
		want   string
	}{
		{"listening to the network", Config{Listen: "0.0.0.0:4222"},
			`nats_output.listen: "0.0.0.0:4222" is not a loopback address: the server in this process asks for no credentials, ` +
				`so it serves this machine alone; listen on 127.0.0.1, or set nats_output.url to a server of your own`},
		{"listening on all addresses", Config{Listen: ":4222"}, `nats_output.listen: ":4222" is not a loopback address`},
		{"listening on a name", Config{Listen: "example.com:4222"}, `nats_output.listen: "example.com:4222" is not a loopback address`},
		{"no port", Config{Listen: "127.0.0.1"}, `nats_output.listen: "127.0.0.1" is not host:port`},
		{"a port out of range", Config{Listen: "127.0.0.1:65536"}, `nats_output.listen: "65536" is not a port`},
		{"a broken URL", Config{URL: "nats://a:4222, nats://user:secret@:x"},
			`nats_output.url: server 2 of the list is not a URL such as nats://10.0.0.1:4222`},
		{"a stream name with a dot", Config{Stream: "a.b"}, `nats_output.stream: "a.b" has a character that stream names cannot have`},
		{"a negative time", Config{AckWait: -1}, `nats_output.ack_wait: is negative`},
		{"several at once", Config{Subject: "<rule>", Stream: "*"}, "nats_output.subject: the first part must be fixed text " +
			"and not begin with $, which the server keeps for itself\nnats_output.stream: \"*\" has a character that stream names cannot have"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := New(test.config, outputs.Format{}, nil)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Fatalf("error %v, want %s", err, test.want)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error shows a password: %v", err)
			}
		})
	}
}

func TestListenAddresses(t *testing.T) {
	for _, test := range []struct {
		listen, host string
		port         int
	}{
		{"", "127.0.0.1", 0},
		{"127.0.0.1:0", "127.0.0.1", 0},
		{"127.0.0.1:-1", "127.0.0.1", 0},
		{"127.0.0.1:4222", "127.0.0.1", 4222},
		{"127.9.9.9:1", "127.9.9.9", 1},
		{"localhost:4222", "localhost", 4222},
		{"[::1]:4222", "::1", 4222},
	} {
		t.Run(test.listen, func(t *testing.T) {
			host, port, err := splitListen(test.listen)
			if err != nil || host != test.host || port != test.port {
				t.Errorf("got %s, %d, %v, want %s, %d", host, port, err, test.host, test.port)
			}
		})
	}
}

func TestAListenThatIsNotUsedIsNotChecked(t *testing.T) {
	if _, err := New(Config{URL: "10.0.0.1:4222,tls://b", Listen: "0.0.0.0:1"}, outputs.Format{}, nil); err != nil {
		t.Error(err)
	}
}
