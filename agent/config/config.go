package config

import (
	"fmt"
	"time"

	"github.com/saker-project/saker/agent/schema"
)

// Config is what the agent can be told. Each field names its key and the default
// that Default gives it. The zero Config is usable but not the default: it runs
// the default rules with every output and log off and the strictest priorities;
// numbers and texts left zero mean the default to those who use them.
type Config struct {
	JSONOutput                      bool // json_output: alerts as JSON objects instead of text lines; default false
	JSONIncludeOutputProperty       bool // json_include_output_property: JSON alerts have "output"; default true
	JSONIncludeTagsProperty         bool // json_include_tags_property: JSON alerts have "tags"; default true
	JSONIncludeMessageProperty      bool // json_include_message_property: JSON alerts have "message"; default false
	JSONIncludeOutputFieldsProperty bool // json_include_output_fields_property: JSON alerts have "output_fields"; default true
	TimeFormatISO8601               bool // time_format_iso_8601: alert lines and logs have date and time in UTC; default false
	BufferedOutputs                 bool // buffered_outputs: stdout is not flushed after each alert; default false

	Priority     schema.Priority // priority: rules less severe are not evaluated; default Debug, that is none
	RuleMatching RuleMatching    // rule_matching: how many rules an event can match; default MatchFirst

	// RulesFiles are the rules files and folders in their order, as they were
	// written: nothing is known about their existence. Empty, the default, means
	// the embedded default rules. Key rules_files, or Falco's old rules_file.
	RulesFiles []string

	// Rules switch rules on and off, in their order, after all files are loaded;
	// the last one that names a rule decides. Key rules, default none.
	Rules []RuleSelection

	StdoutOutput StdoutOutput // stdout_output
	NATSOutput   NATSOutput   // nats_output, not known to Falco
	OutputsQueue OutputsQueue // outputs_queue

	LogStderr bool            // log_stderr: the agent's own messages on stderr; default true
	LogLevel  schema.Priority // log_level: messages less severe are not logged; default Informational

	Engine    Engine    // engine
	FalcoLibs FalcoLibs // falco_libs
}

// RuleSelection switches the rules on or off that it names, by a pattern, by a tag,
// or by either of both.
type RuleSelection struct {
	Enable bool   // from enable; false from disable
	Rule   string // name of a rule in which * stands for any text; "" for none
	Tag    string // tag of the rules; "" for none
}

// StdoutOutput is the output of alerts to standard output.
type StdoutOutput struct {
	Enabled bool // enabled; default true
}

// OutputsQueue is the queue between rules and outputs.
type OutputsQueue struct {
	// Capacity is how many alerts wait for one output; key capacity. 0, the
	// default, leaves the bound to the queue; in Falco it means without bound.
	Capacity int
}

// NATSOutput is the output of alerts to NATS. Its keys are ours, so a wrong value
// is always an error. Whether subjects, names and addresses are good is checked
// by the output itself.
type NATSOutput struct {
	Enabled bool // enabled; default true

	// URL names servers, separated by commas: "nats://10.0.0.1:4222". Empty, the
	// default, runs a server in this process. Key url, text or a list.
	URL string

	Listen   string        // listen: host:port of the server in this process; default 127.0.0.1:4222
	StoreDir string        // store_dir: folder for its streams; default /var/lib/saker
	Subject  string        // subject: template; <priority> and <rule> are the alert's; default falco.<priority>.<rule>
	Stream   string        // stream: JetStream stream that keeps the alerts; default SAKER_ALERTS
	MaxWait  time.Duration // max_wait: for an acknowledgement, above 0; default 2s
}

// Engine is where events come from.
type Engine struct {
	Kind       EngineKind // kind; default EngineModernEBPF
	ModernEBPF ModernEBPF // modern_ebpf
}

// ModernEBPF is capture from the running kernel.
type ModernEBPF struct {
	// BufSizePreset sets the size of a ring buffer, see BufferBytes: 1 to 10, 0
	// means 4, the default. Key buf_size_preset.
	BufSizePreset int

	DisableIterators bool // disable_iterators: find running processes through /proc, not BPF iterators; default false
}

const defaultBufSizePreset = 4

// BufferBytes returns the size of one ring buffer in bytes: 1 MiB for preset 1 and
// twice as much for each further preset, up to 512 MiB for 10.
func (m ModernEBPF) BufferBytes() int {
	preset := m.BufSizePreset
	if preset == 0 {
		preset = defaultBufSizePreset
	}
	return 1 << (19 + preset)
}

// FalcoLibs bounds what is known about the machine.
type FalcoLibs struct {
	ThreadTableSize int // thread_table_size: threads known at a time; 0 means the default, 262144
}

// RuleMatching says how many rules an event can match.
type RuleMatching uint8

const (
	MatchFirst RuleMatching = iota // only the first rule that matches raises an alert
	MatchAll                       // every rule that matches does
)

// String returns the word of the configuration: "first" or "all".
func (m RuleMatching) String() string {
	switch m {
	case MatchFirst:
		return "first"
	case MatchAll:
		return "all"
	}
	return fmt.Sprintf("RuleMatching(%d)", uint8(m))
}

// EngineKind is a source of events.
type EngineKind uint8

// EngineModernEBPF is the running kernel, seen through BPF. It is the only kind
// of this version.
const EngineModernEBPF EngineKind = iota

// String returns the word of the configuration: "modern_ebpf".
func (k EngineKind) String() string {
	if k == EngineModernEBPF {
		return "modern_ebpf"
	}
	return fmt.Sprintf("EngineKind(%d)", uint8(k))
}
