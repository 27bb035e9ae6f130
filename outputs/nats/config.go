package nats

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Config are the settings of the output, the keys of nats_output. A field that is
// zero has the default named beside it, but for Enabled and Listen; DefaultConfig
// returns all defaults.
type Config struct {
	Enabled bool // default true; New ignores it

	// URL names an external server or several of a cluster, separated by commas:
	// "nats://10.0.0.1:4222". Empty, the default, starts a server in this process.
	URL string

	// Listen is where the server in this process serves other clients, which may
	// read but not change what is there. It must be an address of the loopback
	// interface, because the server asks for no credentials. Port 0 or -1, or an
	// empty Listen, takes any free port; see Output.ServerURL. The default is
	// "127.0.0.1:4222". Unused when URL is set.
	Listen string

	// StoreDir is the agent's folder; the server in this process keeps its streams
	// in the subfolder nats. One process at a time can have it. The default is
	// "/var/lib/saker". Unused when URL is set.
	StoreDir string

	// SyncAlways makes the server in this process write every alert through to
	// the disk before it acknowledges it. By default, false, an acknowledged alert
	// survives the end of the process but those of the last two minutes may not
	// survive a power failure. Unused when URL is set.
	SyncAlways bool

	// Subject is the template of the subject that an alert is published on.
	// "<priority>" and "<rule>" stand for the alert's, lower case, with every run
	// of other characters than a-z and 0-9 as one underscore. The first part must
	// be fixed text. The default, that of falcosidekick, is
	// "falco.<priority>.<rule>".
	Subject string

	// Stream is the name of the stream that holds the alerts, default
	// "SAKER_ALERTS". It is made when neither it nor any other stream takes the
	// subjects of Subject. A stream that is there keeps its settings; one of this
	// name that does not take these subjects gets them added.
	Stream string

	StreamMaxBytes int64         // bound of a stream that is made: the oldest alerts go; default 1 GiB
	StreamMaxAge   time.Duration // bound of a stream that is made, default 0: alerts do not age

	ConnectTimeout time.Duration // for one attempt to connect, and to find or make the stream; default 5s
	AckWait        time.Duration // for a connection that is down, and for an acknowledgement; default 2s
	ReadyWait      time.Duration // for the server in this process to read its store and listen; default 30s
}

// DefaultConfig returns the defaults.
func DefaultConfig() Config {
	return Config{
		Enabled:        true,
		Listen:         "127.0.0.1:4222",
		StoreDir:       "/var/lib/saker",
		Subject:        "falco.<priority>.<rule>",
		Stream:         "SAKER_ALERTS",
		StreamMaxBytes: 1 << 30,
		ConnectTimeout: 5 * time.Second,
		AckWait:        2 * time.Second,
		ReadyWait:      30 * time.Second,
	}
}

// withDefaults returns c with its zero fields filled in.
func (c Config) withDefaults() Config {
	d := DefaultConfig()
	setDefault(&c.StoreDir, d.StoreDir)
	setDefault(&c.Subject, d.Subject)
	setDefault(&c.Stream, d.Stream)
	setDefault(&c.StreamMaxBytes, d.StreamMaxBytes)
	setDefault(&c.ConnectTimeout, d.ConnectTimeout)
	setDefault(&c.AckWait, d.AckWait)
	setDefault(&c.ReadyWait, d.ReadyWait)
	return c
}

func setDefault[T comparable](field *T, value T) {
	if zero := *new(T); *field == zero {
		*field = value
	}
}

// check returns everything that is wrong with c, which has its defaults.
func (c Config) check() error {
	var errs []error
	if _, err := parseSubject(c.Subject); err != nil {
		errs = append(errs, fmt.Errorf("nats_output.subject: %w", err))
	}
	if strings.ContainsAny(c.Stream, ".*>/\\ \t\r\n") {
		errs = append(errs, fmt.Errorf("nats_output.stream: %q has a character that stream names cannot have", c.Stream))
	}
	if c.URL == "" {
		if _, _, err := splitListen(c.Listen); err != nil {
			errs = append(errs, fmt.Errorf("nats_output.listen: %w", err))
		}
	} else if err := checkURLs(c.URL); err != nil {
		errs = append(errs, fmt.Errorf("nats_output.url: %w", err))
	}
	for _, bound := range []struct {
		key   string
		value int64
	}{
		{"stream_max_bytes", c.StreamMaxBytes}, {"stream_max_age", int64(c.StreamMaxAge)},
		{"connect_timeout", int64(c.ConnectTimeout)}, {"ack_wait", int64(c.AckWait)}, {"ready_wait", int64(c.ReadyWait)},
	} {
		if bound.value < 0 {
			errs = append(errs, fmt.Errorf("nats_output.%s: is negative", bound.key))
		}
	}
	return errors.Join(errs...)
}

// splitListen returns host and port of a Listen address; port 0 is any free one.
func splitListen(listen string) (host string, port int, err error) {
	if listen == "" {
		return "127.0.0.1", 0, nil
	}
	host, text, err := net.SplitHostPort(listen)
	if err != nil {
		return "", 0, fmt.Errorf("%q is not host:port", listen)
	}
	port, err = strconv.Atoi(text)
	if err != nil || port < -1 || port > 65535 {
		return "", 0, fmt.Errorf("%q is not a port", text)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", 0, fmt.Errorf("%q is not a loopback address: the server in this process asks for no credentials, "+
			"so it serves this machine alone; listen on 127.0.0.1, or set nats_output.url to a server of your own", listen)
	}
	return host, max(port, 0), nil
}

// checkURLs checks a list of server URLs. Its errors do not repeat a URL, which
// may hold a password.
func checkURLs(list string) error {
	for i, text := range strings.Split(list, ",") {
		text = strings.TrimSpace(text)
		if !strings.Contains(text, "://") {
			text = "nats://" + text
		}
		u, err := url.Parse(text)
		if err != nil || u.Hostname() == "" {
			return fmt.Errorf("server %d of the list is not a URL such as nats://10.0.0.1:4222", i+1)
		}
	}
	return nil
}
