package schema

import "testing"

func TestParsePriority(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Priority
	}{
		{"Emergency", Emergency},
		{"ALERT", Alert},
		{"critical", Critical},
		{"eRRoR", Error},
		{"warning", Warning},
		{"notice", Notice},
		{"informational", Informational},
		{"INFO", Informational},
		{"debug", Debug},
	} {
		if got, err := ParsePriority(tt.text); err != nil || got != tt.want {
			t.Errorf("%q: %v, %v", tt.text, got, err)
		}
	}
	for _, text := range []string{"", "warn", "err", "crit", "emerg", "0", "7", " debug", "debug ", "info\n"} {
		if got, err := ParsePriority(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestPriorityStringParsesBack(t *testing.T) {
	for p := range Debug + 1 {
		if got, err := ParsePriority(p.String()); err != nil || got != p {
			t.Errorf("%v: %v, %v", p, got, err)
		}
	}
	if got := Informational.String(); got != "Informational" {
		t.Error(got)
	}
	if got := (Debug + 1).String(); got != "Priority(8)" {
		t.Error(got)
	}
}
