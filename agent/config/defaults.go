package config

import (
	_ "embed"
	"time"

	"github.com/saker-project/saker/agent/schema"
)

//go:embed saker.yaml
var defaultYAML string

// Default returns the configuration of an agent that is given none: alerts to
// stdout and NATS, messages to stderr. They are the values of the falco.yaml that
// comes with Falco 0.44, and our own for nats_output.
func Default() *Config {
	return &Config{
		JSONIncludeOutputProperty:       true,
		JSONIncludeTagsProperty:         true,
		JSONIncludeOutputFieldsProperty: true,
		Priority:                        schema.Debug,
		RuleMatching:                    MatchFirst,
		StdoutOutput:                    StdoutOutput{Enabled: true},
		NATSOutput: NATSOutput{
			Enabled:  true,
			Listen:   "127.0.0.1:4222",
			StoreDir: "/var/lib/saker",
			Subject:  "falco.<priority>.<rule>",
			Stream:   "SAKER_ALERTS",
			MaxWait:  2 * time.Second,
		},
		LogStderr: true,
		LogLevel:  schema.Informational,
		Engine: Engine{
			Kind:       EngineModernEBPF,
			ModernEBPF: ModernEBPF{BufSizePreset: defaultBufSizePreset},
		},
		FalcoLibs: FalcoLibs{ThreadTableSize: 262144},
	}
}

// defaultInFile returns what keys mean that a configuration file leaves out. Falco
// has other defaults for them than its own file shows, and so do we: people rely
// on an output that they have not named to be off.
func defaultInFile() *Config {
	c := Default()
	c.StdoutOutput.Enabled = false
	c.LogStderr = false
	return c
}

// DefaultYAML returns saker.yaml, a commented file that says what Default says.
// The caller owns it.
func DefaultYAML() []byte { return []byte(defaultYAML) }
