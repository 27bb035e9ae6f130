package config

import "testing"

func TestBooleans(t *testing.T) {
	for _, words := range []struct {
		value bool
		texts []string
	}{
		{true, []string{"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"}},
		{false, []string{"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"}},
	} {
		for _, text := range words.texts {
			if value, ok := parseBool(text); !ok || value != words.value {
				t.Errorf("parseBool(%q) = %v, %v, want %v", text, value, ok, words.value)
			}
		}
	}
	for _, text := range []string{"", "1", "0", "yEs", "tRUE", "oN", "nO", "t", "f", "true ", "é", "\xff"} {
		if value, ok := parseBool(text); ok {
			t.Errorf("parseBool(%q) = %v, want no boolean", text, value)
		}
	}
}

func TestWholeNumbers(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "12": 12, "+12": 12, "-12": -12, "0x1F": 31, "010": 8, "-0x10": -16} {
		if got, ok := parseInt(text); !ok || got != want {
			t.Errorf("parseInt(%q) = %d, %v, want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "x", "1.5", "1e3", "08", "0b1", "-0B1", "0o7", "1_000", "9223372036854775808", "1 "} {
		if got, ok := parseInt(text); ok {
			t.Errorf("parseInt(%q) = %d, want no number", text, got)
		}
	}
}
