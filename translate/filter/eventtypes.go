package filter

import "github.com/saker-project/saker/agent/schema"

// EventTypes returns the event types that a condition can match, sorted, and
// whether they are all there are. Only checks of evt.type and syscall.type with
// =, ==, !=, in and exists, and of evt.num where it is certain, narrow the set;
// everything else, an unresolved macro too, could match any type.
//
// The set says which events to look at, not which match: Falco takes the
// complement of a system call without entries of its own as all types but the
// two generic ones, and so does this.
func EventTypes(n Node) (types []schema.EventType, all bool, err error) {
	set, err := eventSet(n, false)
	if err != nil {
		return nil, false, err
	}
	all = true
	for t, ok := range set {
		if ok {
			types = append(types, schema.EventType(t))
		}
		all = all && ok
	}
	return types, all, nil
}

// typeSet has an element for each row of the event table.
type typeSet []bool

func emptySet() typeSet { return make(typeSet, len(schema.Events())) }

func fullSet() typeSet { return emptySet().complement() }

func (s typeSet) complement() typeSet {
	for i := range s {
		s[i] = !s[i]
	}
	return s
}

func (s typeSet) union(other typeSet) {
	for i := range s {
		s[i] = s[i] || other[i]
	}
}

func (s typeSet) intersect(other typeSet) {
	for i := range s {
		s[i] = s[i] && other[i]
	}
}

// eventSet returns the types of a node below an odd (negated) or even number of
// nots. Negation is pushed down to the leaves, because those that say nothing of
// types are full on both sides of it.
func eventSet(n Node, negated bool) (typeSet, error) {
	switch n := n.(type) {
	case *And:
		return eventSets(n.Children, negated, negated)
	case *Or:
		return eventSets(n.Children, negated, !negated)
	case *Not:
		return eventSet(n.Child, !negated)
	case *Check:
		return checkSet(n, negated)
	}
	return fullSet(), nil
}

func eventSets(nodes []Node, negated, union bool) (typeSet, error) {
	combine, set := typeSet.intersect, fullSet()
	if union {
		combine, set = typeSet.union, emptySet()
	}
	for _, n := range nodes {
		s, err := eventSet(n, negated)
		if err != nil {
			return nil, err
		}
		combine(set, s)
	}
	return set, nil
}

func checkSet(c *Check, negated bool) (typeSet, error) {
	f, bare := c.Left.(*Field)
	switch {
	case !bare && namesEventType(c.Left) && narrows(c):
		return nil, &Error{Pos: c.Start, Msg: "event code search does not support `evt.type` checks with transformers"}
	case bare && isEventType(f):
		return eventTypeSet(c, negated)
	case bare && f.Name == "evt.num" && !f.HasArg:
		return eventNumberSet(c, negated), nil
	}
	return fullSet(), nil
}

func isEventType(f *Field) bool {
	return !f.HasArg && (f.Name == "evt.type" || f.Name == "syscall.type")
}

func namesEventType(o Operand) bool {
	found := false
	WalkOperands(o, func(o Operand) {
		if f, ok := o.(*Field); ok && isEventType(f) {
			found = true
		}
	})
	return found
}

// narrows reports whether the operator of a check of evt.type narrows the set.
func narrows(c *Check) bool {
	switch c.Op {
	case OpEq, OpEqEq, OpNe, OpIn, OpExists:
		return c.Modifier == NoModifier
	}
	return false
}

func eventTypeSet(c *Check, negated bool) (typeSet, error) {
	if !narrows(c) {
		return fullSet(), nil
	}
	switch c.Right.(type) {
	case *Val, *Transformer:
		return nil, &Error{Pos: c.Start, Msg: "right-hand field comparisons on `evt.type`/`syscall.type` checks " +
			"are not supported by event code search"}
	}
	if c.Op == OpExists {
		return certainSet(true, negated), nil
	}
	set := emptySet()
	for _, name := range c.Constants() {
		for _, t := range schema.EventTypesNamed(name.Text) {
			set[t] = true
		}
	}
	if (c.Op == OpNe) != negated {
		set.complement()
	}
	return set, nil
}

// certainSet is the set of a check whose result is certain.
func certainSet(result, negated bool) typeSet {
	if result != negated {
		return fullSet()
	}
	return emptySet()
}

// eventNumberSet uses that the numbers of events start at 1.
func eventNumberSet(c *Check, negated bool) typeSet {
	if c.Modifier != NoModifier {
		return fullSet()
	}
	switch c.Right.(type) {
	case *Value, *List:
	default:
		return fullSet()
	}
	allZero := true
	var n uint64
	for _, v := range c.Constants() {
		var err error
		if n, err = parseUint(v.Text, 64); err != nil {
			return fullSet()
		}
		allZero = allZero && n == 0
	}
	switch c.Op {
	case OpEq, OpEqEq, OpLe, OpIn:
		if allZero {
			return certainSet(false, negated)
		}
	case OpLt:
		if n <= 1 {
			return certainSet(false, negated)
		}
	case OpNe, OpGt:
		if allZero {
			return certainSet(true, negated)
		}
	case OpGe:
		if n <= 1 {
			return certainSet(true, negated)
		}
	}
	return fullSet()
}
