package filter

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// sameTree compares trees by what they mean: places in the text and quotes do
// not count.
var sameTree = cmp.Options{cmpopts.IgnoreTypes(Span{}), cmpopts.IgnoreFields(Value{}, "Quoted")}

// checkStable checks that the printed tree is read back as the same tree and
// prints the same. Canonical text leaves some values unreadable; trees with such
// values are only checked not to print two different texts.
func checkStable(t *testing.T, n Node) {
	t.Helper()
	text := Print(n)
	if !readable(n) {
		return
	}
	again, err := Parse(text)
	if err != nil {
		t.Fatalf("%v in the printed text %q", err, text)
	}
	if diff := cmp.Diff(n, again, sameTree); diff != "" {
		t.Errorf("%q reads back as another tree:\n%s", text, diff)
	}
	if twice := Print(again); twice != text {
		t.Errorf("%q prints as %q", text, twice)
	}
}

// readable reports whether canonical text says all there is in a tree. It does
// not for values that are empty, hold parentheses or commas or end in a
// backslash, for strings among the arguments of transformers that need no quotes,
// and for a not right below a not.
func readable(n Node) bool {
	ok := true
	Walk(n, func(n Node) bool {
		switch n := n.(type) {
		case *Not:
			_, twice := n.Child.(*Not)
			ok = ok && !twice
		case *Check:
			ok = ok && readableOperand(n.Left)
			switch n.Right.(type) {
			case *Value, *List:
				for _, v := range n.Constants() {
					text := string(appendQuoted(nil, v.Text))
					ok = ok && text != "" && max(scanBare(text), scanQuoted(text)) == len(text)
				}
			default:
				ok = ok && readableOperand(n.Right)
			}
		}
		return ok
	})
	return ok
}

func readableOperand(o Operand) bool {
	ok := true
	WalkOperands(o, func(o Operand) {
		switch o := o.(type) {
		case *Field:
			ok = ok && readableArg(o.Arg, o.HasArg)
		case *Val:
			ok = ok && readableArg(o.Arg, o.HasArg)
		case *Transformer:
			ok = ok && readableArg(o.Arg, o.HasArg)
		case *Value:
			text := string(appendQuoted(nil, o.Text))
			ok = ok && text != "" && (!o.Quoted || scanQuoted(text) == len(text))
		}
	})
	return ok
}

func readableArg(arg string, ok bool) bool {
	text := string(appendArg(nil, arg, ok))
	if text == "" {
		return true
	}
	text = text[1 : len(text)-1]
	return max(scanFieldArg(text), scanQuoted(text)) == len(text)
}
