package filter

// Walk calls visit for n and, as long as visit returns true, for the nodes
// below it, parents first and from left to right.
func Walk(n Node, visit func(Node) bool) {
	if !visit(n) {
		return
	}
	switch n := n.(type) {
	case *And:
		for _, c := range n.Children {
			Walk(c, visit)
		}
	case *Or:
		for _, c := range n.Children {
			Walk(c, visit)
		}
	case *Not:
		Walk(n.Child, visit)
	}
}

// WalkOperands calls visit for o and every operand inside it, outermost first
// and from left to right. A nil o has none.
func WalkOperands(o Operand, visit func(Operand)) {
	if o == nil {
		return
	}
	visit(o)
	switch o := o.(type) {
	case *Val:
		visit(o.Field)
	case *Transformer:
		for _, a := range o.Args {
			WalkOperands(a, visit)
		}
	case *Tuple:
		for _, e := range o.Elems {
			WalkOperands(e, visit)
		}
	case *List:
		for _, v := range o.Values {
			visit(v)
		}
	}
}

// Rewrite replaces every node below n, and n, by what replace returns for it,
// children first. It changes the tree in place; what replace returns is not
// visited again, and becomes part of the tree: return a Clone to keep the
// original apart.
func Rewrite(n Node, replace func(Node) Node) Node {
	switch n := n.(type) {
	case *And:
		for i, c := range n.Children {
			n.Children[i] = Rewrite(c, replace)
		}
	case *Or:
		for i, c := range n.Children {
			n.Children[i] = Rewrite(c, replace)
		}
	case *Not:
		n.Child = Rewrite(n.Child, replace)
	}
	return replace(n)
}

// Clone returns a deep copy of n, which shares nothing with it.
func Clone(n Node) Node {
	switch n := n.(type) {
	case *And:
		c := *n
		c.Children = cloneNodes(n.Children)
		return &c
	case *Or:
		c := *n
		c.Children = cloneNodes(n.Children)
		return &c
	case *Not:
		c := *n
		c.Child = Clone(n.Child)
		return &c
	case *Check:
		c := *n
		c.Left = CloneOperand(n.Left)
		c.Right = CloneOperand(n.Right)
		return &c
	case *MacroRef:
		c := *n
		return &c
	}
	return nil
}

func cloneNodes(ns []Node) []Node {
	out := make([]Node, len(ns))
	for i, n := range ns {
		out[i] = Clone(n)
	}
	return out
}

// CloneOperand returns a deep copy of o; nil for nil.
func CloneOperand(o Operand) Operand {
	switch o := o.(type) {
	case *Field:
		c := *o
		return &c
	case *Val:
		c, f := *o, *o.Field
		c.Field = &f
		return &c
	case *Transformer:
		c := *o
		c.Args = cloneOperands(o.Args)
		return &c
	case *Tuple:
		c := *o
		c.Elems = cloneOperands(o.Elems)
		return &c
	case *List:
		c := *o
		c.Values = make([]*Value, len(o.Values))
		for i, v := range o.Values {
			w := *v
			c.Values[i] = &w
		}
		return &c
	case *Value:
		c := *o
		return &c
	}
	return nil
}

func cloneOperands(os []Operand) []Operand {
	out := make([]Operand, len(os))
	for i, o := range os {
		out[i] = CloneOperand(o)
	}
	return out
}
