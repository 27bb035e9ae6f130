package builtin

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/saker-project/saker/falco-rules/corpus"
)

func TestGlob(t *testing.T) {
	tests := []struct {
		name           string
		value, pattern string
		want           bool
	}{
		{"an empty pattern matches an empty value", "", "", true},
		{"an empty pattern matches nothing else", "a", "", false},
		{"a pattern is compared with the whole value", "myexe", "my", false},
		{"a star matches any bytes", "myexe", "my*", true},
		{"a star matches nothing", "my", "my*", true},
		{"a star matches slashes", "/opt/dir/x.txt", "/opt/*.txt", true},
		{"a star matches a leading dot", ".hidden", "*", true},
		{"stars in a row are one", "abc", "a***c", true},
		{"an earlier star needs no second try", "a/b/c/d", "*/*/d", true},
		{"a question mark matches one byte", "dir", "di?", true},
		{"a question mark matches a slash", "a/b", "a?b", true},
		{"a question mark matches one byte of a rune", "é", "?", false},
		{"a set", "dir", "di[a-r]", true},
		{"a set that lacks the byte", "diz", "di[a-r]", false},
		{"a negated set", "diz", "di[!a-r]", true},
		{"a set negated with a circumflex", "diz", "di[^a-r]", true},
		{"a named class", "a1", "[[:alpha:]][[:digit:]]", true},
		{"a closing bracket first is a member", "]", "[]a]", true},
		{"a closing bracket first after the negation is a member", "]", "[!]a]", false},
		{"a hyphen last is a member", "-", "[a-]", true},
		{"an equivalence class is its byte", "a", "[[=a=]]", true},
		{"a collating symbol is its byte", "-", "[[.-.]]", true},
		{"a collating symbol ends a range", "b", "[a-[.c.]]", true},
		{"an unknown class fails the bracket", "a", "[[:foo:]]", false},
		{"an unknown class does not count once a member holds", "a", "[a[:foo:]]", true},
		{"an unterminated bracket is a byte", "[", "[", true},
		{"a range without an end fails the bracket", "[a-", "[a-", false},
		{"a backslash makes the star a byte", "my*", `my\*`, true},
		{"a backslash makes nothing else a star", "myx", `my\*`, false},
		{"a backslash in a bracket makes the closing bracket a member", "]", `[\]]`, true},
		{"a trailing backslash matches nothing", `a\`, `a\`, false},
		{"braces are bytes", "{my,your}exe", "{my,your}*", true},
		{"case counts", "DIR", "dir", false},
		{"bytes above ASCII are in ranges by value", "\xe9", "[\xe0-\xff]", true},
		{"bytes above ASCII are in no class", "\xe9", "[[:alpha:]]", false},
		{"a NUL ends the value", "ab\x00c", "ab", true},
		{"a NUL ends the pattern", "ab", "ab\x00c", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Glob(tt.value, tt.pattern); got != tt.want {
				t.Errorf("Glob(%q, %q) = %v", tt.value, tt.pattern, got)
			}
		})
	}
}

func TestIGlob(t *testing.T) {
	tests := []struct {
		name           string
		value, pattern string
		want           bool
	}{
		{"letters match in either case", "MyExe", "mY*E", true},
		{"an escaped letter matches in either case", "A", `\a`, true},
		{"ranges are folded", "b", "[A-Z]", true},
		{"ranges are folded before they are compared", "_", "[A-z]", false},
		{"classes see the value as it is", "a", "[[:upper:]]", false},
		{"an equivalence class sees the value as it is", "a", "[[=A=]]", false},
		{"only ASCII letters are folded", "É", "é", false},
		{"the Kelvin sign is not a k", "\u212a", "k", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := IGlob(tt.value, tt.pattern); got != tt.want {
				t.Errorf("IGlob(%q, %q) = %v", tt.value, tt.pattern, got)
			}
		})
	}
}

// globAlphabet holds every byte that means something in a pattern, and a few
// that do not.
const globAlphabet = "[]!^-\\:=.*?abAz/\x80"

func randomText(r *rand.Rand, alphabet string, limit int) string {
	b := make([]byte, r.IntN(limit+1))
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

func TestGlobEqualsFnmatch(t *testing.T) {
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		corpus.SkipOrFail(t, "needs gcc to ask the C library")
	}
	oracle := filepath.Join(t.TempDir(), "fnmatch")
	if out, err := exec.Command(gcc, "-O1", "-o", oracle, "testdata/fnmatch.c").CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}

	type question struct {
		pattern, value string
		fold           bool
	}
	var questions []question
	r := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"[:alpha:]", "[:upper:]", "[:foo:]", "[=a=]", "[=A=]", "[.a.]", "[.A.]", "[.ab.]", "a-b", "A-z", "*", "[", "]", "[!"}
	for len(questions) < 400_000 {
		var p strings.Builder
		for range r.IntN(4) {
			p.WriteString(randomText(r, globAlphabet, 4))
			if r.IntN(2) == 0 {
				p.WriteString(pieces[r.IntN(len(pieces))])
			}
		}
		pattern := p.String()
		value := randomText(r, globAlphabet, 4)
		if r.IntN(4) == 0 {
			value = pattern // literal matches are rare otherwise
		}
		questions = append(questions, question{pattern, value, r.IntN(2) == 0})
	}

	var in bytes.Buffer
	for _, q := range questions {
		fold := byte(0)
		if q.fold {
			fold = 1
		}
		in.WriteByte(fold)
		for _, s := range []string{q.pattern, q.value} {
			in.Write(binary.LittleEndian.AppendUint16(nil, uint16(len(s))))
			in.WriteString(s)
		}
	}
	command := exec.Command(oracle)
	command.Stdin = &in
	answers, err := command.Output()
	if err != nil || len(answers) != len(questions) {
		t.Fatalf("oracle: %d answers, %v", len(answers), err)
	}
	differ := 0
	for i, q := range questions {
		got := Glob(q.value, q.pattern)
		if q.fold {
			got = IGlob(q.value, q.pattern)
		}
		if want := answers[i] == '1'; got != want {
			differ++
			if differ < 20 {
				t.Errorf("value %q, pattern %q, fold %v: got %v, fnmatch says %v", q.value, q.pattern, q.fold, got, want)
			}
		}
	}
}

// naiveGlob tries every way to spread the value over the stars. It knows no
// brackets.
func naiveGlob(value, pattern string) bool {
	if pattern == "" {
		return value == ""
	}
	switch pattern[0] {
	case '*':
		return naiveGlob(value, pattern[1:]) || value != "" && naiveGlob(value[1:], pattern)
	case '\\':
		return len(pattern) > 1 && value != "" && value[0] == pattern[1] && naiveGlob(value[1:], pattern[2:])
	case '?':
		return value != "" && naiveGlob(value[1:], pattern[1:])
	}
	return value != "" && value[0] == pattern[0] && naiveGlob(value[1:], pattern[1:])
}

func FuzzGlob(f *testing.F) {
	f.Add("/opt/dir/file", "/opt/*/f?le")
	f.Add("a*b", `a\*b`)
	f.Add("aaaaab", "*a*a*b")
	f.Add("x", "[a-")
	f.Fuzz(func(t *testing.T, value, pattern string) {
		got := Glob(value, pattern)
		if len(value) > 12 || len(pattern) > 12 || strings.ContainsAny(pattern, "[\x00") || strings.Contains(value, "\x00") {
			return
		}
		if want := naiveGlob(value, pattern); got != want {
			t.Errorf("Glob(%q, %q) = %v", value, pattern, got)
		}
		if got && !IGlob(value, pattern) {
			t.Errorf("IGlob(%q, %q) is false although Glob is true", value, pattern)
		}
	})
}

func TestHostilePatternsTakeProductTime(t *testing.T) {
	value := strings.Repeat("a", 4096)
	for _, pattern := range []string{
		strings.Repeat("*a", 120) + "b",
		"*" + strings.Repeat("[!b]", 60) + "b",
		"*[" + strings.Repeat("b-c", 80) + "]",
	} {
		start := time.Now()
		if Glob(value, pattern) {
			t.Errorf("pattern %q matches", pattern)
		}
		// A product of lengths is about a million steps; backtracking into
		// earlier stars would take longer than the universe has.
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("pattern %.20q... took %v", pattern, took)
		}
	}
}
