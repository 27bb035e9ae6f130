package filter

// or = and { "or" and }
func (p *parser) or() Node {
	p.enter()
	defer p.leave()
	p.blank()
	start := p.pos
	first := p.and()
	p.blank()
	if !p.word("or") {
		return first
	}
	children := []Node{first, p.afterWord("or", p.and)}
	for p.blank(); p.word("or"); p.blank() {
		children = append(children, p.afterWord("or", p.and))
	}
	return &Or{Span: p.since(start), Children: children}
}

// and = not { "and" not }
func (p *parser) and() Node {
	p.enter()
	defer p.leave()
	p.blank()
	start := p.pos
	first := p.not()
	p.blank()
	if !p.word("and") {
		return first
	}
	children := []Node{first, p.afterWord("and", p.not)}
	for p.blank(); p.word("and"); p.blank() {
		children = append(children, p.afterWord("and", p.not))
	}
	return &And{Span: p.since(start), Children: children}
}

// afterWord parses the next child of an "and" or "or". Right behind the word a
// parenthesis holds all of the child: in "a or(b)and c" the "and" is left over.
func (p *parser) afterWord(word string, child func() Node) Node {
	if p.blank() {
		return child()
	}
	if !p.word("(") {
		p.fail("expected blank or '(' after '%s'", word)
	}
	return p.group()
}

// not = { "not" blank } ( "not(" or ")" | check )
func (p *parser) not() Node {
	p.enter()
	defer p.leave()
	p.blank()
	start := p.pos
	negated := false
	for p.token(scanNot) {
		negated = !negated
	}
	var child Node
	if p.word("not(") {
		negated = !negated
		child = p.group()
	} else {
		child = p.check()
	}
	if !negated {
		return child
	}
	return &Not{Span: p.since(start), Child: child}
}

// group parses what follows an opening parenthesis, and the closing one.
func (p *parser) group() Node {
	p.enter()
	defer p.leave()
	n := p.or()
	if !p.word(")") {
		p.fail("expected a ')' token")
	}
	return n
}

// check = "(" or ")" | operand condition | identifier
func (p *parser) check() Node {
	p.enter()
	defer p.leave()
	p.blank()
	if p.word("(") {
		return p.group()
	}
	start := p.pos
	if left := p.operand(); left != nil {
		return p.condition(start, left)
	}
	if !p.token(scanIdentifier) {
		p.fail("expected a '(' token, a field check, or an identifier")
	}
	return &MacroRef{Span: p.since(start), Name: p.last}
}
