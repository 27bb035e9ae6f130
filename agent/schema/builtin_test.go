package schema

import (
	"slices"
	"strings"
	"testing"
)

func TestBuiltinsAreSortedAndComplete(t *testing.T) {
	types := []string{"string", "number", "boolean", "any", "array[string]", "array[any]", "set[string]"}
	if !slices.IsSortedFunc(Builtins(), func(a, b Builtin) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("not sorted")
	}
	for _, b := range Builtins() {
		if !strings.HasPrefix(b.Name, "falco.") || b.Doc == "" || len(b.Args) == 0 || !slices.Contains(types, b.Result) {
			t.Errorf("%+v", b)
		}
		for _, a := range b.Args {
			if a.Name == "" || a.Doc == "" || !slices.Contains(types, a.Type) {
				t.Errorf("%s: %+v", b.Name, a)
			}
		}
	}
}
