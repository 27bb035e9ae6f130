package config

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestVariablesInText(t *testing.T) {
	env := map[string]string{"A": "a", "B": "b", "NESTED": "<${A}${B}>", "LITERAL": "$${A}", "DOLLAR": "$", "LOOP": "x${LOOP}"}
	tests := []struct {
		name, text, want string
		empty            []string
	}{
		{name: "no variable", text: "plain", want: "plain"},
		{name: "a variable", text: "${A}", want: "a"},
		{name: "variables within text", text: "x${A}y${B}z", want: "xaybz"},
		{name: "a variable that is not set is nothing", text: "x${NONE}y", want: "xy", empty: []string{"NONE"}},
		{name: "variables in variables", text: "${NESTED}", want: "<ab>"},
		{name: "two dollars make it literal", text: "$${A}", want: "${A}"},
		{name: "a literal does not end the search", text: "$${A}${A}", want: "${A}a"},
		{name: "a literal in a variable", text: "${LITERAL}", want: "${A}"},
		{name: "only the dollar before the last is taken", text: "$$$${A}", want: "$$${A}"},
		{name: "a name without braces stays", text: "$A", want: "$A"},
		{name: "a single dollar does not end the search", text: "$A ${A} $", want: "$A a $"},
		{name: "what is not closed stays", text: "${A} ${A $${B", want: "a ${A $${B"},
		{name: "the first brace closes", text: "${A${B}}", want: "}", empty: []string{"A${B"}},
		{name: "the empty name", text: "${}", want: "", empty: []string{""}},
		{name: "text of a variable joins what follows", text: "${DOLLAR}{A}", want: "a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, empty, err := expandText(tt.text, func(name string) string { return env[name] })
			if got != tt.want || !slices.Equal(empty, tt.empty) || err != nil {
				t.Errorf("expandText(%q) = %q, %q, %v, want %q, %q", tt.text, got, empty, err, tt.want, tt.empty)
			}
		})
	}
	if got, _, err := expandText("${LOOP}", func(name string) string { return env[name] }); err == nil {
		t.Errorf("a variable that contains itself: %q, want an error", got)
	}
}

func TestVariablesInTheFile(t *testing.T) {
	env := map[string]string{"YES": "true", "FILE": "/etc/a.yaml", "N": "77", "LIST": "[a, b]", "NULL": "null"}
	tests := []struct {
		name     string
		content  string
		options  []string
		config   *Config
		warnings []string
		errors   []string
	}{
		{
			name:    "what they contain has the type that the key wants",
			content: "json_output: \"${YES}\"\noutputs_queue: {capacity: \"${N}0\"}\n",
			config:  inFile(func(c *Config) { c.JSONOutput, c.OutputsQueue.Capacity = true, 770 }),
		},
		{
			name:    "they are expanded in lists",
			content: "rules_files: [\"${FILE}\", b.yaml]\n",
			config:  inFile(func(c *Config) { c.RulesFiles = []string{"/etc/a.yaml", "b.yaml"} }),
		},
		{
			name:    "they make no list",
			content: "rules_files: ${LIST}\n",
			config:  inFile(func(c *Config) { c.RulesFiles = []string{"[a, b]"} }),
		},
		{
			name:     "they make no null",
			content:  "log_stderr: ${NULL}\n",
			config:   defaultInFile(),
			warnings: []string{`falco.yaml:1:13: log_stderr: found "null", want true or false; the default, false, is kept`},
		},
		{
			name:     "they are not expanded in keys",
			content:  "${YES}: true\n",
			config:   defaultInFile(),
			warnings: []string{"falco.yaml:1:1: ${YES}: unknown key"},
		},
		{
			name:    "they are not expanded in options",
			options: []string{"nats_output.url=${FILE}"},
			config:  inFile(func(c *Config) { c.NATSOutput.URL = "${FILE}" }),
		},
		{
			name:     "one without a value is a warning",
			content:  "nats_output:\n  url: [\"${NATS}\"]\n",
			config:   defaultInFile(),
			warnings: []string{`falco.yaml:2:9: nats_output.url[0]: the environment variable "NATS" is empty or not set`},
		},
		{
			name:    "one that contains itself is an error",
			content: "json_output: ${LOOP}\n",
			errors:  []string{"falco.yaml:1:14: json_output: more than 100 environment variables in one value, does one contain itself?"},
		},
	}
	env["LOOP"] = "${LOOP}"
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := loadWith(t, tt.content, env, tt.options...)
			if tt.errors != nil {
				got.Config, got.Warnings = nil, nil
			}
			if diff := cmp.Diff(result{tt.config, tt.warnings, tt.errors}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheEnvironmentOfTheProcessIsTheDefault(t *testing.T) {
	t.Setenv("SAKER_TEST_URL", "nats://env")
	got := run(t, Options{Path: writeFile(t, "nats_output: {url: \"${SAKER_TEST_URL}\"}")})
	if got.Errors != nil || got.Config.NATSOutput.URL != "nats://env" {
		t.Errorf("Load: %+v", got)
	}
}

func FuzzExpand(f *testing.F) {
	for _, text := range []string{"${A}", "$${A}", "${A${B}}", "$", "${", "$${", "a${NESTED}b", "$$${A}}"} {
		f.Add(text, "x${B}")
	}
	f.Fuzz(func(t *testing.T, text, a string) {
		getenv := func(name string) string {
			if name == "A" {
				return a
			}
			return ""
		}
		got, _, err := expandText(text, getenv)
		if err == nil && !strings.Contains(text, "$") && got != text {
			t.Errorf("expandText(%q) = %q without a variable", text, got)
		}
	})
}
