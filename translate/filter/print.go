package filter

// Print returns Falco's canonical text of a condition: "and" and "or" always in
// parentheses, single blanks, values quoted only where they have blanks, quotes,
// backslashes, '=' or control characters in them.
func Print(n Node) string { return string(appendNode(nil, n)) }

// PrintOperand returns the canonical text of a field, a transformer or a value.
func PrintOperand(o Operand) string { return string(appendOperand(nil, o)) }

func appendNode(dst []byte, n Node) []byte {
	switch n := n.(type) {
	case *And:
		return appendChain(dst, " and ", n.Children)
	case *Or:
		return appendChain(dst, " or ", n.Children)
	case *Not:
		return appendNode(append(dst, "not "...), n.Child)
	case *MacroRef:
		return append(dst, n.Name...)
	case *Check:
		return appendCheck(dst, n)
	}
	return dst
}

func appendChain(dst []byte, word string, children []Node) []byte {
	dst = append(dst, '(')
	for i, c := range children {
		if i > 0 {
			dst = append(dst, word...)
		}
		dst = appendNode(dst, c)
	}
	return append(dst, ')')
}

func appendCheck(dst []byte, c *Check) []byte {
	dst = appendOperand(dst, c.Left)
	dst = append(dst, ' ')
	dst = append(dst, c.Op...)
	if c.Modifier != NoModifier {
		dst = append(dst, ' ')
		dst = append(dst, c.Modifier...)
	}
	if c.Right == nil {
		return dst
	}
	return appendOperand(append(dst, ' '), c.Right)
}

func appendOperand(dst []byte, o Operand) []byte {
	switch o := o.(type) {
	case *Field:
		return appendArg(append(dst, o.Name...), o.Arg, o.HasArg)
	case *Val:
		dst = appendOperand(append(dst, "val("...), o.Field)
		return appendArg(append(dst, ')'), o.Arg, o.HasArg)
	case *Transformer:
		dst = append(append(dst, o.Name...), '(')
		dst = appendOperands(dst, ",", o.Args)
		return appendArg(append(dst, ')'), o.Arg, o.HasArg)
	case *Tuple:
		return append(appendOperands(append(dst, '('), ", ", o.Elems), ')')
	case *List:
		return append(appendOperands(append(dst, '('), ", ", o.Values), ')')
	case *Value:
		return appendQuoted(dst, o.Text)
	}
	return dst
}

func appendOperands[O Operand](dst []byte, separator string, operands []O) []byte {
	for i, o := range operands {
		if i > 0 {
			dst = append(dst, separator...)
		}
		dst = appendOperand(dst, o)
	}
	return dst
}

// appendArg writes an argument. Where a bare one would not be read back, as the
// empty one, it is quoted although canonical text would not quote it as a value.
func appendArg(dst []byte, arg string, ok bool) []byte {
	if !ok {
		return dst
	}
	text := appendQuoted(nil, arg)
	if bare := string(text) == arg; bare && scanFieldArg(arg) < max(len(arg), 1) {
		text = append(append([]byte{'"'}, arg...), '"')
	}
	return append(append(append(dst, '['), text...), ']')
}
