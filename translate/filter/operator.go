package filter

import (
	"fmt"
	"slices"

	"github.com/saker-project/saker/agent/schema"
)

var (
	equalities = []Op{OpEq, OpEqEq, OpNe, OpIn, OpIntersects, OpExists}
	orderings  = []Op{OpLt, OpLe, OpGt, OpGe}
	bytesOps   = append([]Op{OpContains, OpStartsWith, OpEndsWith, OpBContains, OpBStartsWith}, equalities...)
	numericOps = append(slices.Clone(orderings), equalities...)
	listable   = []schema.ParamType{
		schema.PT_CHARBUF, schema.PT_UINT64, schema.PT_RELTIME, schema.PT_ABSTIME, schema.PT_BOOL,
		schema.PT_IPADDR, schema.PT_IPNET,
	}
)

// checkOperator says whether values of a type can be compared by an operator.
func checkOperator(op Op, modifier Modifier, t Type) error {
	if op == OpExists {
		return nil
	}
	if t.List {
		return checkListOperator(op, t)
	}
	ok, class := false, ""
	switch t.Kind() {
	case schema.KindInt, schema.KindUint, schema.KindFloat:
		ok, class = slices.Contains(numericOps, op), "for numeric filters"
	case schema.KindBool:
		ok, class = slices.Contains(equalities, op), "for numeric filters"
	case schema.KindString:
		ok, class = op != OpBContains && op != OpBStartsWith, "for string filters"
	case schema.KindBytes:
		ok, class = slices.Contains(bytesOps, op), "for buffer filters"
	case schema.KindAddr, schema.KindNet:
		ok, class = slices.Contains(equalities, op), "for ip address and network filters"
		if !ok && modifier != NoModifier {
			return fmt.Errorf("filter error: '%s' with modifier not supported %s", op, class)
		}
	default:
		class = fmt.Sprintf("for type '%s'", t.Param)
	}
	if !ok {
		return notSupported(op, class)
	}
	return nil
}

func checkListOperator(op Op, t Type) error {
	if !slices.Contains(listable, t.Param) {
		return fmt.Errorf("filter error: list filters are not supported for type '%s'", t.Param)
	}
	if op != OpIn && op != OpIntersects {
		return notSupported(op, "list filters")
	}
	return nil
}

func notSupported(op Op, class string) error {
	if op == OpEqEq {
		op = OpEq
	}
	return fmt.Errorf("filter error: '%s' operator not supported %s", op, class)
}

// checkFieldOperator applies the rules of single fields.
//
// Falco loads "fd.ip intersects" and its like, and stops with these messages when
// the first socket event is compared.
func checkFieldOperator(op Op, f *schema.Field) error {
	switch f.Name {
	case "evt.around":
		if op != OpEq && op != OpEqEq {
			return fmt.Errorf("filter error: evt.around supports only '=' comparison operator")
		}
	case "fd.ip":
		if op == OpIntersects {
			return fmt.Errorf("filter error: IP filter only supports '=' and '!=' operators")
		}
	case "fd.port", "fd.proto":
		if op == OpIntersects {
			return fmt.Errorf("filter error: unsupported port comparison operator")
		}
	}
	return nil
}
