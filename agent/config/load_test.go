package config

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/falco-rules/corpus"
)

func TestWithoutAFileTheDefaultsHold(t *testing.T) {
	if diff := cmp.Diff(result{Config: Default()}, run(t, Options{})); diff != "" {
		t.Errorf("Load of nothing (-want +got):\n%s", diff)
	}
}

func TestFilesThatSayNothing(t *testing.T) {
	for name, content := range map[string]string{
		"empty":                           "",
		"comments only":                   "# nothing\n",
		"an empty document":               "---\n",
		"sections with all keys comments": "engine:\n  # kind: kmod\nstdout_output:\n",
		"an empty mapping":                "{}",
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(result{Config: defaultInFile()}, load(t, content)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAFileThatIsMissingIsAnError(t *testing.T) {
	cfg, _, err := Load(Options{Path: filepath.Join(t.TempDir(), "falco.yaml")})
	if cfg != nil || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Load: %v, %v; want fs.ErrNotExist", cfg, err)
	}
}

// TestProblems has what no single key is about.
func TestProblems(t *testing.T) {
	tests := []struct {
		name     string
		content  string
		options  []string
		config   *Config // nil for an error
		warnings []string
		errors   []string
	}{
		{
			name:     "keys of Falco that have no effect are named, with everything below them once",
			content:  "webserver:\n  enabled: true\n  listen_port: 8765\nengine:\n  kmod:\n    buf_size_preset: 4\n  modern_ebpf:\n    cpus_for_each_buffer: 2\nplugins: []\n",
			config:   defaultInFile(),
			warnings: []string{"falco.yaml:1:1: webserver: is accepted but has no effect in this version", "falco.yaml:5:3: engine.kmod: is accepted but has no effect in this version", "falco.yaml:8:5: engine.modern_ebpf.cpus_for_each_buffer: is accepted but has no effect in this version", "falco.yaml:9:1: plugins: is accepted but has no effect in this version"},
		},
		{
			name:     "an unknown key comes with the nearest one of its section",
			content:  "json_ouput: true\nengine:\n  modern_ebpf:\n    buff_size_preset: 5\n",
			config:   defaultInFile(),
			warnings: []string{"falco.yaml:1:1: json_ouput: unknown key, did you mean json_output?", "falco.yaml:4:5: engine.modern_ebpf.buff_size_preset: unknown key, did you mean engine.modern_ebpf.buf_size_preset?"},
		},
		{
			name:     "an unknown key that is in another section comes with that",
			content:  "thread_table_size: 1000\nlisten: 127.0.0.1:1\n",
			config:   defaultInFile(),
			warnings: []string{"falco.yaml:1:1: thread_table_size: unknown key, did you mean falco_libs.thread_table_size?", "falco.yaml:2:1: listen: unknown key, did you mean nats_output.listen?"},
		},
		{
			name:     "an unknown key in a section without effect is named too",
			content:  "http_output:\n  uri: http://localhost\n",
			config:   defaultInFile(),
			warnings: []string{"falco.yaml:1:1: http_output: is accepted but has no effect in this version", "falco.yaml:2:3: http_output.uri: unknown key, did you mean http_output.url?"},
		},
		{
			name:     "a key that resembles none comes without a guess",
			content:  "completely: different\n<<: {}\n? [a]\n: 1\n",
			config:   defaultInFile(),
			warnings: []string{"falco.yaml:1:1: completely: unknown key", "falco.yaml:2:1: <<: unknown key", "falco.yaml:3:3: unknown key"},
		},
		{
			name:     "of a key given twice the first counts",
			content:  "json_output: true\njson_output: false\n",
			config:   inFile(func(c *Config) { c.JSONOutput = true }),
			warnings: []string{"falco.yaml:2:1: json_output: is given more than once, the first one counts"},
		},
		{
			name:     "documents after the first are not read",
			content:  "json_output: true\n---\njson_output: false\n",
			config:   inFile(func(c *Config) { c.JSONOutput = true }),
			warnings: []string{"falco.yaml:2:1: only the first document of a file is read"},
		},
		{
			name:    "an alias stands for its anchor",
			content: "outputs_queue: {capacity: &n 12}\nfalco_libs:\n  thread_table_size: *n\n",
			config:  inFile(func(c *Config) { c.OutputsQueue.Capacity, c.FalcoLibs.ThreadTableSize = 12, 12 }),
		},
		{
			name:    "a single rules file needs no list",
			content: "rules_files: a.yaml\n",
			config:  inFile(func(c *Config) { c.RulesFiles = []string{"a.yaml"} }),
		},
		{
			name:    "an empty list of rules files is the default rules",
			content: "rules_files: []\n",
			config:  inFile(func(c *Config) { c.RulesFiles = []string{} }),
		},
		{
			name:    "NATS servers can be a list",
			content: "nats_output:\n  url:\n    - nats://a\n    - nats://b\n",
			config:  inFile(func(c *Config) { c.NATSOutput.URL = "nats://a,nats://b" }),
		},
		{
			name:     "kmod means modern_ebpf",
			content:  "engine: {kind: kmod}\n",
			config:   defaultInFile(),
			warnings: []string{"falco.yaml:1:16: engine.kind: there is no kernel module in this version, modern_ebpf is used in place of kmod"},
		},
		{
			name:    "everything that is wrong is reported at once",
			content: "stdout_output: true\nengine:\n  kind: replay\n  modern_ebpf:\n    buf_size_preset: 11\npriority: loud\nrules_files:\n  - a.yaml\n  - b: c\njson_output: [true]\n",
			options: []string{"log_level=loud", "engine"},
			errors: []string{
				`-o engine: no "=", want key=value`,
				`falco.yaml:1:16: stdout_output: found "true", want a section with the keys enabled`,
				`falco.yaml:3:9: engine.kind: "replay" is not available in this version, want modern_ebpf`,
				`falco.yaml:5:22: engine.modern_ebpf.buf_size_preset: found "11", want a whole number from 1 to 10`,
				`falco.yaml:6:11: priority: found "loud", want one of emergency, alert, critical, error, warning, notice, informational, debug`,
				`falco.yaml:9:5: rules_files: found a mapping, want the path of a rules file or folder, or a list of them`,
				`falco.yaml:10:14: json_output: found a list, want true or false`,
				`-o log_level: found "loud", want one of emergency, alert, critical, error, warning, notice, info, debug, in lower case`,
			},
		},
		{
			name:    "an element without a value is no text",
			content: "rules_files:\n  - ~\n  - a.yaml\n",
			errors:  []string{"falco.yaml:2:5: rules_files: found no value, want the path of a rules file or folder, or a list of them"},
		},
		{
			name:    "nodriver is not available",
			options: []string{"engine.kind=nodriver"},
			errors:  []string{`-o engine.kind: "nodriver" is not available in this version, want modern_ebpf`},
		},
		{
			name:    "a duration has to be above 0",
			content: "nats_output: {max_wait: 0s}\n",
			errors:  []string{`falco.yaml:1:25: nats_output.max_wait: found "0s", want a duration above 0 with its unit, such as "2s" or "500ms"`},
		},
		{
			name:    "a file has to be a mapping",
			content: "- json_output\n",
			errors:  []string{"falco.yaml:1:1: found a list, want a mapping of keys to values"},
		},
		{
			name:    "a file has to be YAML",
			content: "json_output: [\n",
			errors:  []string{"falco.yaml: yaml: line 1: did not find expected node content"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := result{tt.config, tt.warnings, tt.errors}
			if diff := cmp.Diff(want, load(t, tt.content, tt.options...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestOldNameOfRulesFiles(t *testing.T) {
	const old = "falco.yaml:1:13: rules_file: is an old name of rules_files"
	want := result{Config: inFile(func(c *Config) { c.RulesFiles = []string{"a.yaml"} }), Warnings: []string{old}}
	if diff := cmp.Diff(want, load(t, "rules_file: a.yaml\n")); diff != "" {
		t.Errorf("alone (-want +got):\n%s", diff)
	}
	want = result{Errors: []string{old + ", only one of the two can be set"}}
	if diff := cmp.Diff(want, load(t, "rules_file: a.yaml\nrules_files: [b.yaml]\n")); diff != "" {
		t.Errorf("with its new name (-want +got):\n%s", diff)
	}
}

func TestRulesFilesOfTheCommandLineReplaceThose(t *testing.T) {
	files := []string{"c.yaml", "d"}
	cfg, _, err := Load(Options{Overrides: []string{"rules_files[]=a.yaml"}, RulesFiles: files})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"c.yaml", "d"}, cfg.RulesFiles); diff != "" {
		t.Errorf("rules files (-want +got):\n%s", diff)
	}
	files[0] = "changed"
	if cfg.RulesFiles[0] != "c.yaml" {
		t.Error("the Config shares its rules files with the Options")
	}
}

func TestErrorsAreOneText(t *testing.T) {
	_, _, err := Load(Options{Overrides: []string{"a", "b"}})
	const want = "2 problems in the configuration:\n" +
		"  -o a: no \"=\", want key=value\n" +
		"  -o b: no \"=\", want key=value"
	if err == nil || err.Error() != want {
		t.Errorf("two problems: %v, want %s", err, want)
	}
	_, _, err = Load(Options{Overrides: []string{"a"}})
	if err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("one problem: %v, want one line", err)
	}
}

// TestAConfigurationOfFalcoLoads takes the configuration that a Falco 0.44.1 ran
// with.
func TestAConfigurationOfFalcoLoads(t *testing.T) {
	support := corpus.Decode[struct{ Config string }](t, corpus.Path(t, "reference", "falco-cli", "support.json"))
	got := load(t, support.Config)
	want := inFile(func(c *Config) {
		c.RulesFiles = []string{"/opt/rules/falco_rules.yaml"}
		c.StdoutOutput.Enabled, c.LogStderr = true, true
	})
	if diff := cmp.Diff(result{Config: want}, result{got.Config, nil, got.Errors}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, warning := range got.Warnings {
		if !strings.HasSuffix(warning, "is accepted but has no effect in this version") {
			t.Errorf("warning %s", warning)
		}
	}
}
