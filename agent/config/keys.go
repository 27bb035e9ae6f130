package config

import (
	"math"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/saker-project/saker/agent/schema"
)

// key is a key of the configuration: one that sets something, a section, or one
// that only Falco knows.
type key struct {
	name   string
	read   reader // sets what the key stands for; nil for a section and for an unused key
	keys   []key  // those below a section; of an unused key nil when any are allowed
	unused bool   // Falco has it, but it has no effect in this version
}

// reader sets fields of d.cfg from the value of the key path. The value is no
// alias and not null.
type reader func(d *decoder, path string, value *yaml.Node)

func setting(name string, read reader) key { return key{name: name, read: read} }

func section(name string, keys ...key) key { return key{name: name, keys: keys} }

// unused is a key of Falco that has no effect here, with the names below it.
func unused(name string, below ...string) key {
	k := key{name: name, unused: true}
	for _, name := range below {
		k.keys = append(k.keys, key{name: name, unused: true})
	}
	return k
}

// known are all keys: those that have an effect, in the order of Config; then those
// of Falco 0.44 that have none; then those of earlier releases, which old files
// still have.
var known = []key{
	setting("json_output", boolean.into(func(c *Config) *bool { return &c.JSONOutput })),
	setting("json_include_output_property", boolean.into(func(c *Config) *bool { return &c.JSONIncludeOutputProperty })),
	setting("json_include_tags_property", boolean.into(func(c *Config) *bool { return &c.JSONIncludeTagsProperty })),
	setting("json_include_message_property", boolean.into(func(c *Config) *bool { return &c.JSONIncludeMessageProperty })),
	setting("json_include_output_fields_property", boolean.into(func(c *Config) *bool { return &c.JSONIncludeOutputFieldsProperty })),
	setting("time_format_iso_8601", boolean.into(func(c *Config) *bool { return &c.TimeFormatISO8601 })),
	setting("buffered_outputs", boolean.into(func(c *Config) *bool { return &c.BufferedOutputs })),
	setting("priority", priority.into(func(c *Config) *schema.Priority { return &c.Priority })),
	setting("rule_matching", ruleMatching.into(func(c *Config) *RuleMatching { return &c.RuleMatching })),
	setting("rules_files", readRulesFiles),
	setting("rules_file", readRulesFile),
	setting("rules", readRules),
	section("stdout_output",
		setting("enabled", boolean.into(func(c *Config) *bool { return &c.StdoutOutput.Enabled })),
	),
	section("nats_output",
		setting("enabled", boolean.ours().into(func(c *Config) *bool { return &c.NATSOutput.Enabled })),
		setting("url", readNATSURL),
		setting("listen", anyText.into(func(c *Config) *string { return &c.NATSOutput.Listen })),
		setting("store_dir", anyText.into(func(c *Config) *string { return &c.NATSOutput.StoreDir })),
		setting("subject", anyText.into(func(c *Config) *string { return &c.NATSOutput.Subject })),
		setting("stream", anyText.into(func(c *Config) *string { return &c.NATSOutput.Stream })),
		setting("max_wait", duration.into(func(c *Config) *time.Duration { return &c.NATSOutput.MaxWait })),
	),
	section("outputs_queue",
		setting("capacity", whole(0, math.MaxInt64).into(func(c *Config) *int { return &c.OutputsQueue.Capacity })),
	),
	setting("log_stderr", boolean.into(func(c *Config) *bool { return &c.LogStderr })),
	setting("log_level", logLevel.into(func(c *Config) *schema.Priority { return &c.LogLevel })),
	section("engine",
		setting("kind", readEngineKind),
		section("modern_ebpf",
			setting("buf_size_preset", bufSizePreset.into(func(c *Config) *int { return &c.Engine.ModernEBPF.BufSizePreset })),
			setting("disable_iterators", boolean.into(func(c *Config) *bool { return &c.Engine.ModernEBPF.DisableIterators })),
			unused("cpus_for_each_buffer"),
			unused("drop_failed_exit"),
		),
		unused("kmod", "buf_size_preset", "drop_failed_exit"),
		unused("replay", "capture_file"),
		unused("ebpf"),
		unused("gvisor"),
	),
	section("falco_libs",
		setting("thread_table_size", whole(0, math.MaxUint32).into(func(c *Config) *int { return &c.FalcoLibs.ThreadTableSize })),
		unused("thread_table_auto_purging_interval_s"),
		unused("thread_table_auto_purging_thread_timeout_s"),
		unused("snaplen"),
	),

	unused("append_output"),
	unused("base_syscalls", "custom_set", "repair", "all"),
	unused("buffer_format_base64"),
	unused("capture", "enabled", "path_prefix", "mode", "default_duration", "max_file_size_mb"),
	unused("config_files"),
	unused("file_output", "enabled", "keep_alive", "filename"),
	unused("http_output", "enabled", "url", "user_agent", "insecure", "ca_cert", "ca_bundle", "ca_path", "mtls",
		"client_cert", "client_key", "echo", "compress_uploads", "keep_alive", "max_consecutive_timeouts"),
	unused("libs_logger", "enabled", "severity"),
	unused("load_plugins"),
	unused("log_syslog"),
	unused("metrics", "enabled", "interval", "output_rule", "output_file", "rules_counters_enabled",
		"resource_utilization_enabled", "state_counters_enabled", "kernel_event_counters_enabled",
		"kernel_event_counters_per_cpu_enabled", "kernel_iter_event_counters_enabled", "libbpf_stats_enabled",
		"plugins_metrics_enabled", "jemalloc_stats_enabled", "convert_memory_to_mb", "include_empty_values"),
	unused("output_timeout"),
	unused("plugins"),
	unused("plugins_hostinfo"),
	unused("program_output", "enabled", "keep_alive", "program"),
	unused("static_fields"),
	unused("syscall_event_drops", "threshold", "actions", "rate", "max_burst", "simulate_drops"),
	unused("syscall_event_timeouts", "max_consecutives"),
	unused("syslog_output", "enabled"),
	unused("watch_config_files"),
	unused("webserver", "enabled", "threadiness", "listen_port", "listen_address", "k8s_healthz_endpoint",
		"prometheus_metrics_enabled", "ssl_enabled", "ssl_certificate"),

	unused("container_engines"),
	unused("grpc"),
	unused("grpc_output"),
	unused("gvisor"),
	unused("metadata_download"),
	unused("modern_bpf"),
	unused("outputs"),
	unused("syscall_buf_size_preset"),
	unused("syscall_drop_failed_exit"),
}

const wantRulesFiles = "the path of a rules file or folder, or a list of them"

func readRulesFiles(d *decoder, path string, n *yaml.Node) {
	files, ok := d.texts(path, n, wantRulesFiles)
	if !ok {
		return
	}
	for _, file := range files {
		if file == "" {
			d.fail(d.tree.position(n), path, "found an empty path, want %s", wantRulesFiles)
			return
		}
	}
	d.cfg.RulesFiles = files
}

// readRulesFile reads the name that rules_files had before.
func readRulesFile(d *decoder, path string, n *yaml.Node) {
	if lookup(d.tree.root, "rules_files") >= 0 {
		d.fail(d.tree.position(n), path, "is an old name of rules_files, only one of the two can be set")
		return
	}
	d.warn(d.tree.position(n), path, "is an old name of rules_files")
	readRulesFiles(d, path, n)
}

const wantSelection = "a list of entries like {disable: {tag: network}} or {enable: {rule: My*}}"

// readRules reads the selection of rules. An entry with both enable and disable
// counts as enable, as in Falco.
func readRules(d *decoder, path string, n *yaml.Node) {
	entries := n.Content
	if n.Kind == yaml.MappingNode {
		entries = []*yaml.Node{n} // one entry stands for a list of one
	} else if n.Kind != yaml.SequenceNode {
		d.fail(d.tree.position(n), path, "found %s, want %s", describe(n), wantSelection)
		return
	}
	var selections []RuleSelection
	for _, entry := range entries {
		if s, ok := d.selection(path, resolve(entry)); ok {
			selections = append(selections, s)
		}
	}
	d.cfg.Rules = selections
}

func (d *decoder) selection(path string, entry *yaml.Node) (s RuleSelection, ok bool) {
	refuse := func(n *yaml.Node) (RuleSelection, bool) {
		d.fail(d.tree.position(n), path, "found %s, want %s", describe(n), wantSelection)
		return RuleSelection{}, false
	}
	if entry.Kind != yaml.MappingNode {
		return refuse(entry)
	}
	at := lookup(entry, "enable")
	if s.Enable = at >= 0; !s.Enable {
		at = lookup(entry, "disable")
	}
	if at < 0 {
		return refuse(entry)
	}
	what := resolve(entry.Content[at])
	if what.Kind != yaml.MappingNode {
		return refuse(what)
	}
	for name, into := range map[string]*string{"rule": &s.Rule, "tag": &s.Tag} {
		if i := lookup(what, name); i >= 0 {
			value := resolve(what.Content[i])
			if value.Kind != yaml.ScalarNode || isNull(value) {
				return refuse(value)
			}
			*into = value.Value
		}
	}
	if s.Rule == "" && s.Tag == "" {
		return refuse(what)
	}
	return s, true
}

func readNATSURL(d *decoder, path string, n *yaml.Node) {
	if urls, ok := d.texts(path, n, "the address of a NATS server, or a list of them"); ok {
		d.cfg.NATSOutput.URL = strings.Join(urls, ",")
	}
}

func readEngineKind(d *decoder, path string, n *yaml.Node) {
	const want = "modern_ebpf"
	kind, ok := d.text(path, n, want)
	if !ok {
		return
	}
	at := d.tree.position(n)
	switch kind {
	case EngineModernEBPF.String():
	case "kmod":
		d.warn(at, path, "there is no kernel module in this version, modern_ebpf is used in place of kmod")
	case "replay", "nodriver":
		d.fail(at, path, "%q is not available in this version, want %s", kind, want)
	default:
		d.fail(at, path, "found %q, want %s", kind, want)
	}
}
