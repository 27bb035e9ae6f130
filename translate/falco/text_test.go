package falco

import (
	"strings"
	"testing"
)

// texts makes a condition and the values of a list, all of them without a place.
func texts(values ...string) []text {
	var out []text
	for _, v := range values {
		out = append(out, quoted(glue(v)))
	}
	return out
}

func TestSubstitute(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		values   []string
		want     string
	}{
		{"inside parentheses", "a in (l)", []string{"x", "y"}, "a in ( x, y )"},
		{"between commas", "a in (p,l,q)", []string{"x", "y"}, "a in (p, x, y ,q)"},
		{"white space around the name is one blank", "a in (\tl\n )", []string{"x"}, "a in ( x )"},
		{"as the whole text", "l", []string{"x"}, "x "},
		{"every occurrence", "(l) (l)", []string{"x"}, "( x ) ( x )"},
		{"not inside a word", "all l_ l.l -l", []string{"x"}, "all l_ l.l -l"},
		{"not inside its own values", "(l)", []string{"l", "l"}, "( l, l )"},
		{"values with a blank get quotes", "(l)", []string{"two words", "'it is'"}, `( "two words", 'it is' )`},
		{"an empty list takes the comma before it", "(a, l, b)", nil, "(a  , b)"},
		{"or the one after it", "(l, b)", nil, "(   b)"},
		{"an empty list alone", "(l)", nil, "(  )"},
		{"an empty value at the head leaves no trace", "(l)", []string{"", "x"}, "( x )"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, used := glue(tt.in).substitute("l", texts(tt.values...))
			if used != (tt.in != "all l_ l.l -l") {
				t.Errorf("used: %v", used)
			}
			if got.value != tt.want {
				t.Errorf("got %q\nwant %q", got.value, tt.want)
			}
			checkPieces(t, got)
		})
	}
}

// checkPieces checks that the pieces of a text are in order and cover it.
func checkPieces(t *testing.T, in text) {
	t.Helper()
	at := 0
	for i, p := range in.pieces {
		if i == 0 && p.start != 0 || p.start < at || p.start > len(in.value) {
			t.Fatalf("piece %d starts at %d: %+v", i, p.start, in.pieces)
		}
		at = p.start
	}
}

func TestPositionsInScalars(t *testing.T) {
	for _, tt := range []struct {
		name, yaml, word string
		line, column     int
	}{
		{"plain", "- macro: m\n  condition: aa bb", "bb", 2, 17},
		{"plain over two lines", "- macro: m\n  condition: aa\n    bb", "bb", 3, 5},
		{"folded", "- macro: m\n  condition: >-\n\n    aa\n\n    bb cc", "cc", 6, 8},
		{"literal with a comment after its mark", "- macro: m\n  condition: | # why\n    aa\n      bb", "bb", 4, 7},
		{"single quotes", "- macro: m\n  condition: 'a''a bb'", "bb", 2, 20},
		{"double quotes", "- macro: m\n  condition: \"aa bb\"", "bb", 2, 18},
		{"double quotes with an escape before it", `- macro: m` + "\n" + `  condition: "a\ta bb"`, "bb", 2, 14},
		{"after letters of more than one byte", "- macro: m\n  condition: éé bb", "bb", 2, 17},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := &loader{refused: make(map[itemKey]bool)}
			l.read(newSource(File{Name: "f.yaml", Content: []byte(tt.yaml)}), []byte(tt.yaml))
			if len(l.macros) != 1 {
				t.Fatalf("diagnostics: %v", l.diagnostics)
			}
			condition := l.macros[0].condition
			got := condition.position(strings.Index(condition.value, tt.word), Position{})
			if want := (Position{"f.yaml", tt.line, tt.column}); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestBooleans(t *testing.T) {
	for text, want := range map[string]string{
		"true": "true", "Yes": "true", "ON": "true", "y": "true", "false": "false", "No": "false", "OFF": "false", "N": "false",
		"tRue": "none", "1": "none", "": "none", "yES": "none",
	} {
		got := "none"
		if value, ok := parseBool(text); ok && value {
			got = "true"
		} else if ok {
			got = "false"
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestVersions(t *testing.T) {
	for text, want := range map[string]string{
		"0.57.0": "0.57.0", "0.26.0-rc1": "0.26.0", "1.2.3.4": "1.2.3", "0.26": "", "v0.26.0": "", "seven": "", "1..2": "",
	} {
		got := ""
		if v, ok := parseVersion(text); ok {
			got = v.String()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if v := mustVersion("0.62.9"); !engineVersion.satisfies(v) || v.satisfies(engineVersion) || engineVersion.satisfies(mustVersion("1.0.0")) {
		t.Error("an older version with the same major number satisfies, others do not")
	}
}
