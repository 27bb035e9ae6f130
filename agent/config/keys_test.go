package config

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/falco-rules/corpus"
)

// keyCases has every key that has an effect.
var keyCases = []struct {
	key     string
	value   string // other than the default
	set     func(*Config)
	wrong   string // a scalar that the key cannot have; "" for keys that take any
	warning string // what is said of wrong; the default is kept
	err     string // what is said of wrong, which stops the agent
}{
	{
		key: "json_output", value: "true", set: func(c *Config) { c.JSONOutput = true },
		wrong: "1", warning: `found "1", want true or false; the default, false, is kept`,
	},
	{
		key: "json_include_output_property", value: "false", set: func(c *Config) { c.JSONIncludeOutputProperty = false },
		wrong: "tRue", warning: `found "tRue", want true or false; the default, true, is kept`,
	},
	{
		key: "json_include_tags_property", value: "no", set: func(c *Config) { c.JSONIncludeTagsProperty = false },
		wrong: "never", warning: `found "never", want true or false; the default, true, is kept`,
	},
	{
		key: "json_include_message_property", value: "On", set: func(c *Config) { c.JSONIncludeMessageProperty = true },
		wrong: "2.5", warning: `found "2.5", want true or false; the default, false, is kept`,
	},
	{
		key: "json_include_output_fields_property", value: "OFF", set: func(c *Config) { c.JSONIncludeOutputFieldsProperty = false },
		wrong: `""`, warning: `found "", want true or false; the default, true, is kept`,
	},
	{
		key: "time_format_iso_8601", value: "y", set: func(c *Config) { c.TimeFormatISO8601 = true },
		wrong: "utc", warning: `found "utc", want true or false; the default, false, is kept`,
	},
	{
		key: "buffered_outputs", value: `"true"`, set: func(c *Config) { c.BufferedOutputs = true },
		wrong: "line", warning: `found "line", want true or false; the default, false, is kept`,
	},
	{
		key: "priority", value: "WARNING", set: func(c *Config) { c.Priority = schema.Warning },
		wrong: "7", err: `found "7", want one of emergency, alert, critical, error, warning, notice, informational, debug`,
	},
	{
		key: "rule_matching", value: "All", set: func(c *Config) { c.RuleMatching = MatchAll },
		wrong: "last", err: `found "last", want first or all`,
	},
	{
		key: "rules_files", value: "[/etc/falco/a.yaml, rules.d]", set: func(c *Config) { c.RulesFiles = []string{"/etc/falco/a.yaml", "rules.d"} },
		wrong: `""`, err: "found an empty path, want the path of a rules file or folder, or a list of them",
	},
	{
		key: "rules", value: "[{disable: {tag: network}}, {enable: {rule: 'My*', tag: x}, disable: {rule: y}}]",
		set: func(c *Config) {
			c.Rules = []RuleSelection{{Tag: "network"}, {Enable: true, Rule: "My*", Tag: "x"}}
		},
		wrong: "all", err: `found "all", want a list of entries like {disable: {tag: network}} or {enable: {rule: My*}}`,
	},
	{
		key: "stdout_output.enabled", value: "true", set: func(c *Config) { c.StdoutOutput.Enabled = true },
		wrong: "stdout", warning: `found "stdout", want true or false; the default, false, is kept`,
	},
	{
		key: "nats_output.enabled", value: "false", set: func(c *Config) { c.NATSOutput.Enabled = false },
		wrong: "1", err: `found "1", want true or false`,
	},
	{
		key: "nats_output.url", value: "nats://10.0.0.1:4222,tls://10.0.0.2", set: func(c *Config) { c.NATSOutput.URL = "nats://10.0.0.1:4222,tls://10.0.0.2" },
	},
	{
		key: "nats_output.listen", value: "127.0.0.1:0", set: func(c *Config) { c.NATSOutput.Listen = "127.0.0.1:0" },
	},
	{
		key: "nats_output.store_dir", value: "/tmp/saker", set: func(c *Config) { c.NATSOutput.StoreDir = "/tmp/saker" },
	},
	{
		key: "nats_output.subject", value: "alerts.<rule>", set: func(c *Config) { c.NATSOutput.Subject = "alerts.<rule>" },
	},
	{
		key: "nats_output.stream", value: "ALERTS", set: func(c *Config) { c.NATSOutput.Stream = "ALERTS" },
	},
	{
		key: "nats_output.max_wait", value: "1m30s", set: func(c *Config) { c.NATSOutput.MaxWait = 90 * time.Second },
		wrong: "2000", err: `found "2000", want a duration above 0 with its unit, such as "2s" or "500ms"`,
	},
	{
		key: "outputs_queue.capacity", value: "1000", set: func(c *Config) { c.OutputsQueue.Capacity = 1000 },
		wrong: "-1", warning: `found "-1", want a whole number from 0; the default, 0, is kept`,
	},
	{
		key: "log_stderr", value: "yes", set: func(c *Config) { c.LogStderr = true },
		wrong: "stderr", warning: `found "stderr", want true or false; the default, false, is kept`,
	},
	{
		key: "log_level", value: "debug", set: func(c *Config) { c.LogLevel = schema.Debug },
		wrong: "Info", err: `found "Info", want one of emergency, alert, critical, error, warning, notice, info, debug, in lower case`,
	},
	{
		key: "engine.kind", value: "modern_ebpf", set: func(*Config) {},
		wrong: "ebpf", err: `found "ebpf", want modern_ebpf`,
	},
	{
		key: "engine.modern_ebpf.buf_size_preset", value: "6", set: func(c *Config) { c.Engine.ModernEBPF.BufSizePreset = 6 },
		wrong: "8MB", warning: `found "8MB", want a whole number from 1 to 10; the default, 4, is kept`,
	},
	{
		key: "engine.modern_ebpf.disable_iterators", value: "true", set: func(c *Config) { c.Engine.ModernEBPF.DisableIterators = true },
		wrong: "proc", warning: `found "proc", want true or false; the default, false, is kept`,
	},
	{
		key: "falco_libs.thread_table_size", value: "0x1000", set: func(c *Config) { c.FalcoLibs.ThreadTableSize = 4096 },
		wrong: "4294967296", warning: `found "4294967296", want a whole number from 0; the default, 262144, is kept`,
	},
}

// file returns YAML that gives a dotted key a value, one level a line, and where
// in it the last name and the value are.
func file(key, value string) (content, nameAt, valueAt string) {
	segments := strings.Split(key, ".")
	last := len(segments) - 1
	for depth, name := range segments[:last] {
		content += strings.Repeat("  ", depth) + name + ":\n"
	}
	indent, name := 2*last, segments[last]
	content += strings.Repeat(" ", indent) + name + ": " + value + "\n"
	return content,
		Position{"falco.yaml", last + 1, indent + 1}.String(),
		Position{"falco.yaml", last + 1, indent + len(name) + 3}.String()
}

func TestEveryKey(t *testing.T) {
	for _, c := range keyCases {
		t.Run(c.key, func(t *testing.T) {
			content, _, _ := file(c.key, c.value)
			if diff := cmp.Diff(result{Config: inFile(c.set)}, load(t, content)); diff != "" {
				t.Errorf("key in the file (-want +got):\n%s", diff)
			}
			if value := strings.Trim(c.value, `"`); !strings.HasPrefix(value, "[") {
				if diff := cmp.Diff(result{Config: inFile(c.set)}, load(t, "", c.key+"="+value)); diff != "" {
					t.Errorf("key as option (-want +got):\n%s", diff)
				}
			}
			if diff := cmp.Diff(result{Config: defaultInFile()}, load(t, "")); diff != "" {
				t.Errorf("key absent (-want +got):\n%s", diff)
			}

			content, nameAt, valueAt := file(c.key, "")
			want := result{Config: defaultInFile(), Warnings: []string{nameAt + ": " + c.key + ": has no value, its default is kept"}}
			if diff := cmp.Diff(want, load(t, content)); diff != "" {
				t.Errorf("key without a value (-want +got):\n%s", diff)
			}

			content, _, _ = file(c.key, "{a: b}")
			got := load(t, content)
			if prefix := valueAt + ": " + c.key + ": found a mapping, want "; len(got.Errors) != 1 || !strings.HasPrefix(got.Errors[0], prefix) {
				t.Errorf("mapping as value: errors %q, want one that begins %q", got.Errors, prefix)
			}

			if c.wrong == "" {
				return
			}
			content, _, _ = file(c.key, c.wrong)
			want = result{Config: defaultInFile()}
			if c.warning != "" {
				want.Warnings = []string{valueAt + ": " + c.key + ": " + c.warning}
			} else {
				want = result{Errors: []string{valueAt + ": " + c.key + ": " + c.err}}
			}
			if diff := cmp.Diff(want, load(t, content)); diff != "" {
				t.Errorf("wrong value (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEveryKeyHasACase(t *testing.T) {
	tested := map[string]bool{"rules_file": true} // TestOldNameOfRulesFiles
	for _, c := range keyCases {
		tested[c.key] = true
	}
	got := make(map[string]bool)
	for _, name := range settings("", known) {
		got[name] = true
	}
	if diff := cmp.Diff(tested, got); diff != "" {
		t.Errorf("keys (-tested +known):\n%s", diff)
	}
}

// settings returns the dotted keys that have an effect.
func settings(section string, keys []key) []string {
	var list []string
	for _, k := range keys {
		if full := join(section, k.name); k.read != nil {
			list = append(list, full)
		} else if !k.unused {
			list = append(list, settings(full, k.keys)...)
		}
	}
	return list
}

func TestKeysAreKnownOnce(t *testing.T) {
	var check func(section string, keys []key)
	check = func(section string, keys []key) {
		seen := make(map[string]bool)
		for _, k := range keys {
			full := join(section, k.name)
			if seen[k.name] {
				t.Errorf("%s is there twice", full)
			}
			seen[k.name] = true
			check(full, k.keys)
		}
	}
	check("", known)
}

// schemaNode is the part of a JSON schema that names keys.
type schemaNode struct {
	Ref         string                `json:"$ref"`
	Properties  map[string]schemaNode `json:"properties"`
	Definitions map[string]schemaNode `json:"definitions"`
}

func TestEveryKeyOfFalcosSchemaIsKnown(t *testing.T) {
	root := corpus.Decode[schemaNode](t, corpus.Path(t, "reference", "falco-cli", "config-schema.json"))
	var check func(section string, n schemaNode, keys []key)
	check = func(section string, n schemaNode, keys []key) {
		if n.Ref != "" {
			n = root.Definitions[filepath.Base(n.Ref)]
		}
		for _, name := range slices.Sorted(maps.Keys(n.Properties)) {
			full := join(section, name)
			k := slices.IndexFunc(keys, func(k key) bool { return k.name == name })
			switch {
			case full == "rule_files": // the schema misspells rules_file
			case k < 0:
				t.Errorf("%s is not known", full)
			case keys[k].read == nil && len(keys[k].keys) > 0:
				check(full, n.Properties[name], keys[k].keys)
			}
		}
	}
	check("", root, known)
}
