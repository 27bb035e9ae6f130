package nats

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/outputs"
)

func TestSubjectOfAnAlert(t *testing.T) {
	const usual = "falco.<priority>.<rule>"
	for _, test := range []struct {
		name, template string
		priority       schema.Priority
		rule, want     string
	}{
		{"punctuation and blanks become single underscores, none at the ends", usual, schema.Warning,
			"Read sensitive file / (untrusted)!", "falco.warning.read_sensitive_file_untrusted"},
		{"the priority is the full word", usual, schema.Informational, "a", "falco.informational.a"},
		{"digits stay", usual, schema.Emergency, "CVE-2021-44228", "falco.emergency.cve_2021_44228"},
		{"underscores of the rule count as punctuation", usual, schema.Debug, "__a__b__", "falco.debug.a_b"},
		{"dots do not make further parts", usual, schema.Error, "v1.2.3", "falco.error.v1_2_3"},
		{"wildcards do not stay", usual, schema.Error, "a.*.>", "falco.error.a"},
		{"letters outside of a to z go", usual, schema.Alert, "Überwachung größer", "falco.alert.berwachung_gr_er"},
		{"a letter whose lower case is ASCII stays", usual, schema.Alert, "\u212Aelvin", "falco.alert.kelvin"},
		{"a rule without any such letter still has a part", usual, schema.Critical, "规则", "falco.critical._"},
		{"an internal alert is one like the others", usual, schema.Debug, "Falco internal: syscall event drop",
			"falco.debug.falco_internal_syscall_event_drop"},
		{"the template may have the placeholders in any order", "soc.<rule>.x-<priority>", schema.Notice, "A b", "soc.a_b.x-notice"},
		{"the template may have no placeholder", "alerts", schema.Notice, "A b", "alerts"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := parseSubject(test.template)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.of(&outputs.Alert{Rule: test.rule, Priority: test.priority}); got != test.want {
				t.Errorf("subject %s, want %s", got, test.want)
			}
		})
	}
}

func TestSubjectsForAStream(t *testing.T) {
	eight := func(pattern string) []string {
		var all []string
		for _, p := range strings.Fields("emergency alert critical error warning notice informational debug") {
			all = append(all, strings.Replace(pattern, "P", p, 1))
		}
		return all
	}
	for _, test := range []struct {
		template, filter string
		patterns         []string
	}{
		{"falco.<priority>.<rule>", "falco.>", eight("falco.P.*")},
		{"org.falco.<rule>", "org.falco.>", []string{"org.falco.*"}},
		{"falco.x-<priority>.y.<rule>-z", "falco.>", eight("falco.x-P.y.*")},
		{"falco.alerts", "falco.alerts", []string{"falco.alerts"}},
	} {
		t.Run(test.template, func(t *testing.T) {
			s, err := parseSubject(test.template)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.filter(); got != test.filter {
				t.Errorf("filter %s, want %s", got, test.filter)
			}
			if diff := cmp.Diff(test.patterns, s.patterns()); diff != "" {
				t.Errorf("patterns (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSubjectTemplatesThatAreRefused(t *testing.T) {
	for name, test := range map[string]struct{ template, want string }{
		"an unknown placeholder":             {"falco.<host>", `"falco.<host>" has a placeholder other than <priority> and <rule>`},
		"an open placeholder":                {"falco.<rule", `"falco.<rule" has a placeholder other than <priority> and <rule>`},
		"a wildcard for one part":            {"falco.*", `"falco.*" has a blank, a control character or a wildcard`},
		"a wildcard for the rest":            {"falco.>", `"falco.>" has a blank, a control character or a wildcard`},
		"a blank":                            {"falco .x", `"falco .x" has a blank, a control character or a wildcard`},
		"an empty part":                      {"falco..<rule>", `"falco..<rule>" has an empty part`},
		"nothing":                            {"", `"" has an empty part`},
		"a placeholder first":                {"<priority>.<rule>", "the first part must be fixed text and not begin with $, which the server keeps for itself"},
		"a placeholder within the first":     {"f-<rule>", "the first part must be fixed text and not begin with $, which the server keeps for itself"},
		"a subject that is the server's own": {"$JS.<rule>", "the first part must be fixed text and not begin with $, which the server keeps for itself"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseSubject(test.template)
			if err == nil || err.Error() != test.want {
				t.Errorf("error %v, want %s", err, test.want)
			}
		})
	}
}

// FuzzSubject checks that every rule gets a subject that fits the stream.
func FuzzSubject(f *testing.F) {
	f.Add("Read sensitive file / (untrusted)!")
	f.Add("\xff.\x00*>")
	f.Add("")
	s, err := parseSubject(DefaultConfig().Subject)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, rule string) {
		parts := strings.Split(s.of(&outputs.Alert{Rule: rule}), ".")
		if len(parts) != 3 || parts[2] == "" || strings.Trim(parts[2], "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			t.Errorf("rule %q has the parts %q", rule, parts)
		}
	})
}
