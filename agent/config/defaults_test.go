package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/saker-project/saker/agent/schema"
)

func TestSakerYAMLSaysWhatDefaultSays(t *testing.T) {
	got := load(t, string(DefaultYAML()))
	if diff := cmp.Diff(result{Config: Default()}, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-Default +saker.yaml):\n%s", diff)
	}
}

func TestSakerYAMLHasEveryKey(t *testing.T) {
	var found problems
	root := parseTree("saker.yaml", DefaultYAML(), &found).root
	for _, name := range settings("", known) {
		if name == "rules_file" { // an old name
			continue
		}
		n := root
		for _, segment := range strings.Split(name, ".") {
			at := lookup(n, segment)
			if at < 0 {
				t.Errorf("%s is missing", name)
				break
			}
			n = n.Content[at]
		}
	}
}

func TestDefaultsBelongToTheCaller(t *testing.T) {
	DefaultYAML()[0] = 'x'
	if DefaultYAML()[0] == 'x' {
		t.Error("DefaultYAML returns the same bytes twice")
	}
	Default().NATSOutput.URL = "changed"
	if Default().NATSOutput.URL != "" {
		t.Error("Default returns the same Config twice")
	}
}

func TestBufferBytes(t *testing.T) {
	const MiB = 1 << 20
	for preset, want := range []int{8 * MiB, MiB, 2 * MiB, 4 * MiB, 8 * MiB, 16 * MiB, 32 * MiB, 64 * MiB, 128 * MiB, 256 * MiB, 512 * MiB} {
		if got := (ModernEBPF{BufSizePreset: preset}).BufferBytes(); got != want {
			t.Errorf("preset %d: %d bytes, want %d", preset, got, want)
		}
	}
}

func TestWordsOfValues(t *testing.T) {
	for want, value := range map[string]interface{ String() string }{
		"first":           MatchFirst,
		"all":             MatchAll,
		"RuleMatching(9)": RuleMatching(9),
		"modern_ebpf":     EngineModernEBPF,
		"EngineKind(9)":   EngineKind(9),
	} {
		if got := value.String(); got != want {
			t.Errorf("String() = %q, want %q", got, want)
		}
	}
}

func TestLogLevels(t *testing.T) {
	for text, want := range map[string]schema.Priority{
		"emergency": schema.Emergency, "alert": schema.Alert, "critical": schema.Critical, "error": schema.Error,
		"warning": schema.Warning, "notice": schema.Notice, "info": schema.Informational, "debug": schema.Debug,
	} {
		if got := run(t, Options{Overrides: []string{"log_level=" + text}}); got.Errors != nil || got.Config.LogLevel != want {
			t.Errorf("log_level %s: %+v, want %v", text, got, want)
		}
	}
}
