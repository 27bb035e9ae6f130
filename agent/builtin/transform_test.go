package builtin

import (
	"encoding/base64"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCaseOfTransformers(t *testing.T) {
	if got := ToLower("MyEXE-É\xff"); got != "myexe-É\xff" {
		t.Errorf("ToLower gives %q", got)
	}
	if got := ToUpper("myExe-é\xff"); got != "MYEXE-é\xff" {
		t.Errorf("ToUpper gives %q", got)
	}
}

func TestB64(t *testing.T) {
	tests := []struct {
		name, value, want string
		ok                bool
	}{
		{"padded text", "Y2hhcmJ1Zg==", "charbuf", true},
		{"padding is optional", "Y2hhcmJ1Zg", "charbuf", true},
		{"half of the padding is enough", "Y2hhcmJ1Zg=", "charbuf", true},
		{"no text", "", "", true},
		{"the alphabet for URLs", "Y2hhcmJ1Zg_-", "", false},
		{"trailing bits that are not zero", "Y2hhcmJ1Zh==", "", false},
		{"a length that cannot be", "Y2hhc", "", false},
		{"a line break", "Y2hh\ncmJ1Zg==", "", false},
		{"three padding characters", "Y2hhcmJ1Zg===", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := B64(tt.value)
			if ok != tt.ok || ok && got != tt.want {
				t.Errorf("B64(%q) = %q, %v", tt.value, got, ok)
			}
		})
	}
}

func TestB64DecodesWhatWasEncoded(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 300 {
		value := make([]byte, n)
		for i := range value {
			value[i] = byte(r.Uint32())
		}
		got, ok := AppendB64([]byte("before"), base64.StdEncoding.EncodeToString(value))
		if !ok || string(got) != "before"+string(value) {
			t.Fatalf("%d bytes: %q, %v", n, got, ok)
		}
	}
}

func TestBasename(t *testing.T) {
	for value, want := range map[string]string{"/tmp/file": "file", "/dir/": "", "plain": "plain", "": "", "/": ""} {
		if got := Basename(value); got != want {
			t.Errorf("Basename(%q) = %q", value, got)
		}
	}
}

func TestGetOpt(t *testing.T) {
	tests := []struct {
		name      string
		arguments []string
		optstring string
		want      []string
	}{
		{"a cluster whose last letter takes the next argument", []string{"-nt", "hello"}, "nt:", []string{"n", "t", "hello"}},
		{"a value in the same argument", []string{"-thello", "-n"}, "nt:", []string{"t", "hello", "n"}},
		{"an unknown letter", []string{"-x", "-n"}, "n", []string{"?", "n"}},
		{"a colon is no option", []string{"-:"}, "n:", []string{"?"}},
		{"an argument that is no option ends", []string{"file", "-n"}, "n", []string{}},
		{"an empty argument ends", []string{"", "-n"}, "n", []string{}},
		{"a lone hyphen ends", []string{"-", "-n"}, "n", []string{}},
		{"two hyphens end", []string{"-n", "--", "-n"}, "n", []string{"n"}},
		{"a long option is skipped", []string{"--exec", "-n"}, "n", []string{"n"}},
		{"two hyphens may be a value", []string{"-t", "--", "-n"}, "nt:", []string{"t", "--", "n"}},
		{"a missing value leaves an empty string", []string{"-t"}, "t:", []string{""}},
		{"a leading colon is accepted", []string{"-t"}, ":t", []string{"t"}},
		{"a second colon is ignored", []string{"-t", "v"}, "t::", []string{"t", "v"}},
		{"no arguments", nil, "n", []string{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, GetOpt(tt.arguments, tt.optstring)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestGetOptOption(t *testing.T) {
	tests := []struct {
		name      string
		arguments []string
		optstring string
		option    string
		want      string
		found     bool
	}{
		{"the last one counts", []string{"-n", "-t", "v1", "-t", "v2"}, "nt:", "t", "v2", true},
		{"a value in the same argument", []string{"-tv"}, "t:", "t", "v", true},
		{"a flag is its letter", []string{"-xn"}, "n", "n", "n", true},
		{"not there", []string{"-n"}, "nt:", "t", "", false},
		{"its value is missing", []string{"-t"}, "t:", "t", "", true},
		{"a value is missing after one that is there", []string{"-t", "a", "-t"}, "t:", "t", "", true},
		{"a value that looks like the option", []string{"-t", "-n"}, "nt:", "n", "", false},
		{"not declared", []string{"-x"}, "n", "x", "", false},
		{"a question mark is not what is unknown", []string{"-x"}, "n?", "?", "", false},
		{"behind the end of the options", []string{"a", "-n"}, "n", "n", "", false},
		{"no option", []string{"-n"}, "n", "", "", false},
		{"no arguments", nil, "n", "n", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, found := GetOptOption(tt.arguments, tt.optstring, tt.option)
			if got != tt.want || found != tt.found {
				t.Errorf("%q, %v, want %q, %v", got, found, tt.want, tt.found)
			}
		})
	}
}
