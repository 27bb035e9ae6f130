package falco

import (
	"slices"
	"strings"

	"github.com/saker-project/saker/translate/filter"
)

var (
	listOperators = []filter.Op{filter.OpIn, filter.OpIntersects, filter.OpPMatch}
	// modifiable are the operators that oneof, anyof and allof can follow.
	modifiable = []filter.Op{filter.OpEq, filter.OpEqEq, filter.OpNe, filter.OpContains, filter.OpIContains, filter.OpBContains,
		filter.OpStartsWith, filter.OpBStartsWith, filter.OpEndsWith, filter.OpGlob, filter.OpIGlob, filter.OpRegex}
	orders = []filter.Op{filter.OpLt, filter.OpLe, filter.OpGt, filter.OpGe, filter.OpExists}
)

func isListOperator(word string) bool { return slices.Contains(listOperators, filter.Op(word)) }

func isOperator(word string) bool {
	op := filter.Op(word)
	return slices.Contains(modifiable, op) || slices.Contains(orders, op) || slices.Contains(listOperators, op)
}

func isModifiedOperator(text string) bool {
	words := strings.Fields(text)
	if len(words) != 2 || !slices.Contains(modifiable, filter.Op(words[0])) {
		return false
	}
	switch filter.Modifier(words[1]) {
	case filter.OneOf, filter.AnyOf, filter.AllOf:
		return true
	}
	return false
}
