package rego

import (
	"strings"
	"testing"
)

func TestOperandsKeepTheirGrouping(t *testing.T) {
	a, b, c := &check{before: "a"}, &check{before: "b"}, &check{before: "c"}
	scan := &check{before: "x[_] == 1", scan: true}
	guarded := &check{guard: "x != []", before: "every e in x { e }"}
	for _, tt := range []struct {
		name string
		in   expr
		want string
	}{
		{"or inside and has parentheses", &chain{"and", []expr{&chain{"or", []expr{a, b}}, c}}, "(a or b) and c"},
		{"and inside or needs none", &chain{"or", []expr{&chain{"and", []expr{a, b}}, c}}, "a and b or c"},
		{"not takes one operand", &negation{a}, "not a"},
		{"a chain inside not has parentheses", &negation{&chain{"or", []expr{a, b}}}, "not (a or b)"},
		{"not inside not has parentheses", &negation{&negation{a}}, "not (not a)"},
		{"what iterates has braces as an operand", &chain{"or", []expr{scan, &negation{scan}}}, "{ x[_] == 1 } or not { x[_] == 1 }"},
		{"a guard stays with its check", &chain{"or", []expr{guarded, a}}, "{ x != []; every e in x { e } } or a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := render(tt.in); got != tt.want {
				t.Errorf("got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestLongExpressionsAreBrokenBetweenOperands(t *testing.T) {
	long := &check{before: strings.Repeat("x", lineWidth/2)}
	got := render(&chain{"or", []expr{long, long, long}})
	if n := strings.Count(got, " or\n"); n != 2 {
		t.Errorf("%d line breaks:\n%s", n, got)
	}
}
