package filter

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const everything = `not a and (b.c["x"] = oneof (d, "e") or f) and join("-", (g.h, tolower(i.j), 5)) in val(k.l)`

func TestCloneSharesNothing(t *testing.T) {
	original, err := Parse(everything)
	if err != nil {
		t.Fatal(err)
	}
	clone := Clone(original)
	if diff := cmp.Diff(original, clone); diff != "" {
		t.Fatal(diff)
	}
	before := Print(original)
	Walk(clone, func(n Node) bool {
		switch n := n.(type) {
		case *MacroRef:
			n.Name = "changed"
		case *Check:
			change := func(o Operand) {
				switch o := o.(type) {
				case *Field:
					o.Name = "changed"
				case *Value:
					o.Text = "changed"
				}
			}
			WalkOperands(n.Left, change)
			WalkOperands(n.Right, change)
		}
		return true
	})
	want := `(not changed and (changed[x] = oneof (changed, changed) or changed) and ` +
		`join(changed,(changed, tolower(changed), changed)) in val(changed))`
	if got := Print(clone); got != want {
		t.Errorf("the clone is %s, want %s", got, want)
	}
	if after := Print(original); after != before {
		t.Errorf("the original became %s", after)
	}
}

func TestWalkStopsWhereVisitSaysSo(t *testing.T) {
	n, err := Parse("a and not b or c")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	Walk(n, func(n Node) bool {
		got = append(got, Print(n))
		_, isNot := n.(*Not)
		return !isNot
	})
	want := []string{"((a and not b) or c)", "(a and not b)", "a", "not b", "c"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRewriteReplacesFromTheLeaves(t *testing.T) {
	n, err := Parse("not m and m or x")
	if err != nil {
		t.Fatal(err)
	}
	macro, err := Parse("a or m")
	if err != nil {
		t.Fatal(err)
	}
	n = Rewrite(n, func(n Node) Node {
		if ref, ok := n.(*MacroRef); ok && ref.Name == "m" {
			return Clone(macro)
		}
		return n
	})
	if got, want := Print(n), "((not (a or m) and (a or m)) or x)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
