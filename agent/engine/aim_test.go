package engine

import (
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/saker-project/saker/agent/field"
	"github.com/saker-project/saker/agent/schema"
)

// aimer makes up events that are likely to match a rule, or to miss it by little. It
// goes through the rule and gives each field a value that makes the expression true
// that reads it; where expressions need different values of one field, the last one
// gets its way.
type aimer struct {
	*rand.Rand
	policy *policy
	event  event
	bound  map[ast.Var]*ast.Term
}

// aim returns an event for r.
func (a *aimer) aim(r *Rule) event {
	a.event, a.bound = event{}, map[ast.Var]*ast.Term{}
	a.document(r.entry, true)
	return a.event
}

func (a *aimer) document(ref ast.Ref, want bool) {
	definitions := a.policy.definitions[ref.String()]
	if len(definitions) == 0 {
		return
	}
	if want {
		a.body(definitions[a.IntN(len(definitions))].Body, true)
		return
	}
	for _, rule := range definitions {
		a.body(rule.Body, false)
	}
}

func (a *aimer) body(body ast.Body, want bool) {
	missing := a.IntN(len(body))
	for i, expr := range body {
		if want || i == missing {
			a.expression(expr, want)
		}
	}
}

func (a *aimer) expression(expr *ast.Expr, want bool) {
	switch terms := expr.Terms.(type) {
	case *ast.Term:
		if ref, ok := terms.Value.(ast.Ref); ok && ref.HasPrefix(ast.DefaultRootRef) {
			a.document(ref, want)
		}
	case []*ast.Term:
		a.call(terms, want)
	case *ast.Not:
		a.body(terms.Body, !want)
	case *ast.LogicalAnd:
		either := a.IntN(2) == 0
		if want || either {
			a.body(terms.Lhs, want)
		}
		if want || !either {
			a.body(terms.Rhs, want)
		}
	case *ast.LogicalOr:
		either := a.IntN(2) == 0
		if !want || either {
			a.body(terms.Lhs, want)
		}
		if !want || !either {
			a.body(terms.Rhs, want)
		}
	case *ast.Every:
		a.bound[terms.Value.Value.(ast.Var)] = terms.Domain
		a.body(terms.Body, want)
	}
}

// field returns the field that a term reads.
func (a *aimer) field(t *ast.Term) (schema.FieldRef, bool) {
	switch value := t.Value.(type) {
	case ast.Var:
		if of, ok := a.bound[value]; ok {
			return a.field(of)
		}
	case ast.Call:
		return a.field(value[1])
	case ast.Ref:
		if class, rest, ok := inputNames(value); ok && value.HasPrefix(ast.InputRootRef) {
			ref, err := schema.ParseInput(class, rest)
			return ref, err == nil
		}
	}
	return schema.FieldRef{}, false
}

// constants returns the scalars in a term.
func (a *aimer) constants(t *ast.Term) []ast.Value {
	switch value := t.Value.(type) {
	case ast.Ref:
		if definitions := a.policy.definitions[value.GroundPrefix().String()]; len(definitions) == 1 && definitions[0].Head.Value != nil {
			return a.constants(definitions[0].Head.Value)
		}
		return nil
	case ast.Var:
		if of, ok := a.bound[value]; ok {
			return a.constants(of)
		}
	}
	if c, ok := constantsOf(t.Value); ok {
		return c.constants
	}
	return []ast.Value{t.Value}
}

func (a *aimer) call(terms []*ast.Term, want bool) {
	if len(terms) != 3 {
		return
	}
	operator, left, right := terms[0].String(), terms[1], terms[2]
	if operator == ast.Equality.Name {
		if name, ok := left.Value.(ast.Var); ok {
			a.bound[name] = right
			return
		}
	}
	if call, ok := left.Value.(ast.Call); ok && operator == ast.Equal.Name {
		if result, ok := right.Value.(ast.Boolean); ok {
			a.call(call, want == bool(result))
			return
		}
	}
	ref, ok := a.field(left)
	constants := a.constants(right)
	if !ok || len(constants) == 0 {
		return
	}
	value := constants[a.IntN(len(constants))]
	if (operator == ast.NotEqual.Name) == want {
		// Anything else will do, and sometimes nothing at all.
		value = pick[ast.Value](a.Rand, ast.String("other"), ast.Number("7"), ast.Boolean(a.IntN(2) == 0))
		if !want && a.IntN(2) == 0 {
			delete(a.event, ref.String())
			return
		}
	}
	if v, ok := a.value(ref.Kind(), operator, value); ok {
		a.event[ref.String()] = append(a.event[ref.String()][:0:0], v)
		if ref.Multi() && a.IntN(2) == 0 {
			a.event[ref.String()] = append(a.event[ref.String()], v)
		}
	}
}

// value returns a value of some kind that operator likes, given its constant.
func (a *aimer) value(kind schema.Kind, operator string, constant ast.Value) (field.Value, bool) {
	s, _ := constant.(ast.String)
	switch kind {
	case schema.KindBool:
		b, ok := constant.(ast.Boolean)
		return truthValue(bool(b)), ok
	case schema.KindInt, schema.KindUint:
		n, err := strconv.ParseInt(constant.String(), 10, 64)
		switch operator {
		case ast.LessThan.Name:
			n--
		case ast.GreaterThan.Name:
			n++
		}
		if kind == schema.KindInt {
			return signed(n), err == nil
		}
		return unsigned(uint64(n)), err == nil
	case schema.KindAddr, schema.KindNet:
		if prefix, err := netip.ParsePrefix(string(s)); err == nil {
			return field.Value{Kind: kind, Addr: prefix.Addr()}, true
		}
		address, err := netip.ParseAddr(string(s))
		if err != nil {
			address = netip.MustParseAddr("8.8.8.8")
		}
		return field.Value{Kind: kind, Addr: address}, true
	}
	out := string(s)
	switch operator {
	case ast.StartsWith.Name:
		out += pick(a.Rand, "", "x", "/x")
	case ast.EndsWith.Name:
		out = pick(a.Rand, "", "x", "/x") + out
	case ast.Contains.Name, "falco.icontains":
		out = pick(a.Rand, "", "x", "/root/") + out + pick(a.Rand, "", "x")
	case "falco.glob", "falco.iglob":
		out = strings.NewReplacer("*", pick(a.Rand, "", "x"), "?", "x").Replace(out)
	case "falco.pmatch":
		out += pick(a.Rand, "", "/x", "x")
	}
	if operator == "falco.icontains" {
		out = strings.ToUpper(out)
	}
	return text(out), true
}

// disturb changes or drops one field of the event.
func (a *aimer) disturb(ev event) {
	names := slices.Sorted(maps.Keys(ev))
	if len(names) == 0 {
		return
	}
	name := names[a.IntN(len(names))]
	if a.IntN(2) == 0 {
		delete(ev, name)
		return
	}
	for i, v := range ev[name] {
		switch v.Kind {
		case schema.KindString:
			v.Str = pick(a.Rand, "", "x"+v.Str, v.Str+"x", strings.ToUpper(v.Str))
		case schema.KindInt:
			v.Int++
		case schema.KindUint:
			v.Uint++
		case schema.KindBool:
			v.Bool = !v.Bool
		}
		ev[name][i] = v
	}
}
