package engine

import (
	"net/netip"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/saker-project/saker/agent/builtin"
	"github.com/saker-project/saker/agent/field"
	"github.com/saker-project/saker/agent/schema"
)

// pathMatch returns the bounds of falco.pmatch(a, b).
func (g *guards) pathMatch(a, b *ast.Term, s *scope, want answer) (bounds, bool) {
	value, ok := g.operand(a, s)
	if !ok || value.load == nil {
		return bounds{}, false
	}
	among, ok := g.collection(b, s)
	if !ok || among.slot >= 0 {
		return bounds{}, false
	}
	var prefixes []string
	for _, prefix := range among.constants {
		if text, ok := prefix.(ast.String); ok {
			prefixes = append(prefixes, string(text))
		}
	}
	return value.test(func(e *Evaluator, v *field.Value) answer {
		text, ok := e.text(v, 0)
		return answerOf(ok && builtin.PMatch(text, prefixes))
	}, want), true
}

// textCall returns the bounds of a call of a predicate over two strings.
func (g *guards) textCall(name string, a, b *ast.Term, s *scope, want answer) (bounds, bool) {
	call, known := textCalls[name]
	if !known {
		return bounds{}, false
	}
	left, ok1 := g.operand(a, s)
	right, ok2 := g.operand(b, s)
	if !ok1 || !ok2 || left.load == nil || right.load == nil {
		return bounds{}, false
	}
	if argument, ok := right.constant.(ast.String); ok && left.constant == nil {
		if name == "falco.in_net" {
			return left.test(inNetwork(string(argument)), want), true
		}
		holds := call.with(string(argument))
		return left.test(func(e *Evaluator, v *field.Value) answer {
			text, ok := e.text(v, 0)
			if !ok {
				return call.otherwise
			}
			return answerOf(holds(text))
		}, want), true
	}
	return both(left, right, func(e *Evaluator, x, y *field.Value) answer {
		value, ok1 := e.text(x, 0)
		argument, ok2 := e.text(y, 1)
		if !ok1 || !ok2 {
			return call.otherwise
		}
		return answerOf(call.holds(value, argument))
	}, want), true
}

// textCall is a predicate over two strings.
type textCall struct {
	holds     func(value, argument string) bool
	prepare   func(argument string) func(value string) bool // quicker for a constant argument; nil for no quicker way
	otherwise answer                                        // when an operand is no string
}

func (c textCall) with(argument string) func(value string) bool {
	if c.prepare != nil {
		return c.prepare(argument)
	}
	return func(value string) bool { return c.holds(value, argument) }
}

// textCalls are the predicates over two strings that guards understand. OPA's own
// are undefined for other types, ours are false.
var textCalls = map[string]textCall{
	ast.StartsWith.Name: {holds: strings.HasPrefix},
	ast.EndsWith.Name:   {holds: strings.HasSuffix},
	ast.Contains.Name:   {holds: strings.Contains},
	"falco.bcontains":   {holds: builtin.BContains, otherwise: no},
	"falco.bstartswith": {holds: builtin.BStartsWith, otherwise: no},
	"falco.glob":        {holds: builtin.Glob, otherwise: no},
	"falco.icontains":   {holds: builtin.IContains, otherwise: no},
	"falco.iglob":       {holds: builtin.IGlob, otherwise: no},
	"falco.in_net":      {holds: builtin.InNet, otherwise: no},
	"falco.regex":       {holds: builtin.Regex, prepare: compiledRegex, otherwise: no},
}

func compiledRegex(pattern string) func(string) bool {
	x, err := builtin.CompileRegex(pattern)
	if err != nil {
		return func(string) bool { return false }
	}
	return x.Match
}

// inNetwork returns the test of falco.in_net for a constant network, which needs
// no text of the address.
func inNetwork(network string) test {
	prefix, err := netip.ParsePrefix(network)
	return func(_ *Evaluator, v *field.Value) answer {
		switch v.Kind {
		case schema.KindAddr, schema.KindNet:
			return answerOf(err == nil && prefix.Contains(v.Addr))
		case schema.KindString, schema.KindBytes:
			return answerOf(builtin.InNet(v.Str, network))
		}
		return no
	}
}
