package builtin

import (
	"regexp"
	"strings"
	"testing"
)

// predicateTest is one line of a table about a predicate.
type predicateTest struct {
	name            string
	value, argument string
	want            bool
}

func checkPredicate(t *testing.T, holds func(value, argument string) bool, tests []predicateTest) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := holds(tt.value, tt.argument); got != tt.want {
				t.Errorf("(%q, %q) is %v", tt.value, tt.argument, got)
			}
		})
	}
}

func TestIContains(t *testing.T) {
	checkPredicate(t, IContains, []predicateTest{
		{"a part in the other case", "/opt/dir/SUBDIR/x", "/subdir", true},
		{"a part that is not there", "/opt/dir", "notthis", false},
		{"the empty part", "x", "", true},
		{"the empty part of the empty value", "", "", true},
		{"a part longer than the value", "ab", "abc", false},
		{"a part at the end", "abcD", "cd", true},
		{"the whole value", "ABC", "abc", true},
		{"only ASCII letters fold", "\u212aELVIN", "kelvin", false},
		{"bytes that differ by the case bit only", "[", "{", false},
	})
}

func FuzzIContains(f *testing.F) {
	f.Add("/opt/SUBDIR", "subdir")
	f.Add("aaaaaaaaab", "AAB")
	f.Fuzz(func(t *testing.T, value, part string) {
		want := strings.Contains(ToLower(value), ToLower(part))
		if got := IContains(value, part); got != want {
			t.Errorf("IContains(%q, %q) = %v", value, part, got)
		}
	})
}

func TestPathPrefix(t *testing.T) {
	checkPredicate(t, PathPrefix, []predicateTest{
		{"the path itself", "/opt/dir", "/opt/dir", true},
		{"a path below", "/opt/dir/x", "/opt/dir", true},
		{"a sibling with a longer name", "/opt/dir2", "/opt/dir", false},
		{"a part of a component", "/opt/dir", "/opt/di", false},
		{"a longer prefix", "/opt/dir", "/opt/dir/x", false},
		{"the root has everything below it", "/opt", "/", true},
		{"the root has the empty path below it", "", "/", true},
		{"the empty path is the root", "/opt", "", true},
		{"a trailing slash does not count", "/etc", "/etc/", true},
		{"slashes in a row are one", "//opt///dir", "/opt//dir", true},
		{"relative paths have components too", "myexe", "myexe", true},
		{"a leading slash does not count", "opt/dir", "/opt", true},
		{"dots are components", "/opt/../etc", "/etc", false},
		{"a star is one component", "/opt/dir/SUBDIR/file", "/opt/*/SUBDIR", true},
		{"a star is not two components", "/opt/a/b/SUBDIR", "/opt/*/SUBDIR", false},
		{"a star needs a component", "/opt", "/opt/*", false},
		{"a set in a component", "/opt/dir", "/opt/di[!r]", false},
		{"a question mark in a component", "/opt/dir", "/opt/di?", true},
		{"a backslash alone makes no glob", `/opt/a`, `/opt/\a`, false},
		{"a component that is spelled like the pattern", `/opt/[`, "/opt/[", true},
		{"case counts", "/OPT", "/opt", false},
	})
}

func TestPMatchTriesEveryPrefix(t *testing.T) {
	if !PMatch("/etc/passwd", []string{"/opt/*", "/etc"}) {
		t.Error("the second prefix is not tried")
	}
	// Falco's prefix tree goes on with the wrong component after the first
	// glob has failed.
	if !PMatch("/opt/a/b", []string{"/o*/x/y", "/op*/a/b"}) {
		t.Error("a second glob at the same level is not tried")
	}
	if PMatch("/etc", nil) {
		t.Error("no prefix matches")
	}
}

func TestRegex(t *testing.T) {
	checkPredicate(t, Regex, []predicateTest{
		{"the whole value must match", "myexe", "ex", false},
		{"a whole value", "myexe", "my.*", true},
		{"any alternative may match the whole value", "ab", "a|ab", true},
		{"anchors may be written", "myexe", "^m[a-z]{3}e$", true},
		{"case counts", "myexe", "M[a-z]+", false},
		{"a named class", "12", "[[:digit:]]+", true},
		{"a dot does not match a newline", "a\nc", "a.c", false},
		{"a negated class matches a newline", "a\nc", "a[^x]c", true},
		{"a negated named class matches a newline", "a\nc", "a[^[:alpha:]]c", true},
		{"a space class matches a newline", "a\nc", "a[[:space:]]c", true},
		{"anchors match at line ends", "a\nb", "a$[^x]^b", true},
		{"an invalid byte is a replacement character", "a\xffc", "a\uFFFDc", true},
		{"a dot matches an invalid byte", "a\xffc", "a.c", true},
		{"a dot matches a rune", "aéc", "a.c", true},
		{"the empty pattern matches the empty value", "", "", true},
		{"the empty pattern matches nothing else", "a", "", false},
		{"Perl classes do not compile", "1", `\d`, false},
		{"groups with flags do not compile", "ABC", "(?i)abc", false},
		{"an unclosed class does not compile", "[unclosed", "[unclosed", false},
		{"letters of the dot's escape", "a.c", `a\.c`, true},
		{"a repetition", "aaa", "a{2,3}", true},
	})
}

func TestCompileRegexAcceptsWhatPOSIXAccepts(t *testing.T) {
	for _, pattern := range []string{"", "a", "(", ")", "[", "]", "a**", "a{1001}", "a{2", `\d`, `\.`, `\Q`, "(?:a)", "(?P<x>a)", "[[:foo:]]", "[z-a]", "x|*", "^*", `\pL`, `\b`, `\A`, `\z`, "\xff"} {
		_, want := regexp.CompilePOSIX(pattern)
		_, got := CompileRegex(pattern)
		if (got == nil) != (want == nil) {
			t.Errorf("pattern %q: CompileRegex says %v, POSIX says %v", pattern, got, want)
		}
	}
}

func FuzzRegex(f *testing.F) {
	f.Add("myexe", "my.*")
	f.Add("a\nb", "a[^x]b")
	f.Fuzz(func(t *testing.T, value, pattern string) {
		got := Regex(value, pattern)
		posix, err := regexp.CompilePOSIX(pattern)
		if err != nil {
			if got {
				t.Errorf("pattern %q does not compile and matches", pattern)
			}
			return
		}
		if strings.Contains(value, "\n") {
			return // where CompilePOSIX differs
		}
		span := posix.FindStringIndex(value)
		want := span != nil && span[0] == 0 && span[1] == len(value)
		if want && !got {
			t.Errorf("Regex(%q, %q) is false", value, pattern)
		}
		if got && !want && span != nil && span[0] == 0 {
			t.Errorf("Regex(%q, %q) is true, the longest match is %v", value, pattern, span)
		}
	})
}

func TestRegexForgetsPatternsBeyondItsLimit(t *testing.T) {
	for i := range 3 * regexLimit {
		Regex("a", strings.Repeat("a", i%500)+string(rune('b'+i%20)))
	}
	if n := len(regexes.known); n > regexLimit {
		t.Errorf("%d patterns are remembered", n)
	}
}

func TestInNet(t *testing.T) {
	checkPredicate(t, InNet, []predicateTest{
		{"an address inside", "10.1.2.3", "10.0.0.0/8", true},
		{"an address outside", "11.1.2.3", "10.0.0.0/8", false},
		{"host bits of the network do not count", "10.1.2.3", "10.9.9.9/8", true},
		{"a network of one address", "10.1.2.3", "10.1.2.3/32", true},
		{"every IPv4 address", "1.2.3.4", "0.0.0.0/0", true},
		{"an IPv6 address is in no IPv4 network", "::1", "0.0.0.0/0", false},
		{"an IPv4 address is in no IPv6 network", "1.2.3.4", "::/1", false},
		{"a mapped address is IPv6", "::ffff:1.2.3.4", "1.0.0.0/8", false},
		{"an IPv6 address inside", "2001:4860::8888", "2001:4860::/32", true},
		{"text that is no address", "<NA>", "0.0.0.0/0", false},
		{"text that is no network", "1.2.3.4", "1.2.3.4", false},
		{"a length out of range", "1.2.3.4", "1.2.3.4/33", false},
	})
}

func TestBContains(t *testing.T) {
	checkPredicate(t, BContains, []predicateTest{
		{"bytes in the middle", "hello", "656c6C", true},
		{"bytes that are not there", "hello", "6565", false},
		{"a second try", "\x01\x02\x01\x03", "0103", true},
		{"NUL is a byte", "a\x00b", "00", true},
		{"no bytes", "x", "", true},
		{"an odd number of digits", "hello", "656", false},
		{"other characters", "hello", "zz", false},
	})
}

func TestBStartsWith(t *testing.T) {
	checkPredicate(t, BStartsWith, []predicateTest{
		{"bytes at the start", "hello", "6865", true},
		{"bytes elsewhere", "hello", "65", false},
		{"more bytes than the value", "h", "6865", false},
		{"no bytes", "", "", true},
		{"an odd number of digits", "hello", "686", false},
	})
}

func TestPredicatesDoNotAllocate(t *testing.T) {
	path := "/home/User/.ssh/" + strings.Repeat("x", 300)
	prefixes := []string{"/opt/*/x", "/etc", "/home/u*"}
	tests := []struct {
		name string
		call func() bool
	}{
		{"Glob", func() bool { return Glob(path, "/home/*/.s[[:alpha:]]h/y*") }},
		{"IGlob", func() bool { return IGlob(path, "/HOME/*/.s[[:alpha:]]h/y*") }},
		{"IContains", func() bool { return IContains(path, ".SSH/y") }},
		{"PMatch", func() bool { return PMatch(path, prefixes) }},
		{"Regex", func() bool { return Regex(path, "/home/[^/]*/.ssh/y*") }},
		{"InNet", func() bool { return InNet("192.168.255.255", "10.0.0.0/8") }},
		{"BContains", func() bool { return BContains(path, "7879") }},
		{"BStartsWith", func() bool { return BStartsWith(path, "2f6870") }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if allocs := testing.AllocsPerRun(100, func() {
				if tt.call() {
					t.Error("holds")
				}
			}); allocs != 0 {
				t.Errorf("%v allocations", allocs)
			}
		})
	}
}
