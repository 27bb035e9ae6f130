package engine

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/saker-project/saker/agent/field"
	"github.com/saker-project/saker/translate"
)

// The random rules of this file hold every shape that the translator writes, shapes
// that people write, and some that guards do not understand. Fields and constants
// are few, so that conditions are true about as often as false.

// writer writes random Rego.
type writer struct {
	*rand.Rand
	opaque bool // also write what guards do not understand
	names  int
}

// expression is Rego for one condition. As an operand of and, or, not it may need
// braces or parentheses.
type expression struct {
	code         string
	chain, scans bool
}

func (x expression) operand() string {
	switch {
	case x.scans:
		return "{ " + x.code + " }"
	case x.chain:
		return "(" + x.code + ")"
	}
	return x.code
}

var (
	textFields   = []string{`input.proc.name`, `input.proc.pname`, `input.proc["aname[2]"]`, `input.fd.name`, `input.container.id`}
	numberFields = []string{`input.proc.pid`, `input.fd.num`, `input.proc.duration`, `input.evt.rawres`}
	boolFields   = []string{`input.evt.is_open_write`, `input.proc.is_exe_writable`}
	addrFields   = []string{`input.fd.sip`, `input.fd.snet`}
	listFields   = []string{`input.proc.aname`, `input.fd.types`, `input.proc.aexe`}
	words        = []string{`"a"`, `"b"`, `"ab"`, `"/etc"`, `"/etc/a"`, `"A"`, `""`, `"10.0.0.1"`, `"é"`}
	numbers      = []string{`-1`, `0`, `1`, `2`, `18446744073709551615`}
	networks     = []string{`"10.0.0.0/8"`, `"0.0.0.0/0"`, `"::/1"`, `"x"`}
)

func (w *writer) variable() string {
	w.names++
	return fmt.Sprintf("v%d", w.names)
}

func (w *writer) some(from []string) string { return from[w.IntN(len(from))] }

// several returns a list of constants, maybe empty, between brackets.
func (w *writer) several(open, end string, from []string) string {
	var parts []string
	for range 1 + w.IntN(3) {
		parts = append(parts, w.some(from))
	}
	return open + strings.Join(parts, ", ") + end
}

func (w *writer) textSet() string {
	if w.IntN(4) == 0 {
		return pick(w.Rand, "data.falco.lists.letters", "data.falco.lists.paths", "set()")
	}
	return w.several("{", "}", words)
}

func (w *writer) text() string {
	switch w.IntN(9) {
	case 3:
		return fmt.Sprintf(`falco.getopt_option([%s, %s], "ab:", %s)`, w.some([]string{`"-a"`, `"-ba"`, `"-b"`}), w.some(textFields), w.some(words[:2]))
	case 0:
		return fmt.Sprintf("falco.%s(%s)", pick(w.Rand, "tolower", "toupper", "basename", "b64"), w.some(textFields))
	case 1:
		return fmt.Sprintf("falco.concat([%s, %s])", w.some(textFields), w.some(append(textFields, words...)))
	case 2:
		return fmt.Sprintf("falco.join(%s, [%s, %s])", w.some(words), w.some(textFields), w.some(numberFields))
	}
	return w.some(textFields)
}

var patterns = map[string][]string{
	"startswith": words, "endswith": words, "contains": words, "falco.icontains": words,
	"falco.glob": {`"a*"`, `"[ab]"`, `"/*/a"`, `"?"`}, "falco.iglob": {`"A*"`, `"[!a]"`}, "falco.regex": {`"a|ab"`, `"[a-b]*"`, `"("`},
	"falco.bcontains": {`"61"`, `"6"`}, "falco.bstartswith": {`"61"`, `""`},
}

func (w *writer) textCall(value string, more ...string) string {
	name := pick(w.Rand, slices.Sorted(maps.Keys(patterns))...)
	return fmt.Sprintf("%s(%s, %s)", name, value, w.some(append(patterns[name], more...)))
}

// leaf returns a condition without and, or, not.
func (w *writer) leaf() expression {
	if w.opaque && w.IntN(6) == 0 {
		return w.opaqueLeaf()
	}
	list := w.some(listFields)
	switch w.IntN(24) {
	case 0:
		return expression{code: w.text() + pick(w.Rand, " == ", " != ", " < ", " >= ") + w.some(words)}
	case 1:
		return expression{code: w.text() + " in " + w.textSet()}
	case 2:
		return expression{code: w.some(numberFields) + pick(w.Rand, " == ", " != ", " < ", " <= ", " > ", " >= ") + w.some(numbers)}
	case 3:
		return expression{code: w.some(numberFields) + " in " + pick(w.Rand, w.several("{", "}", numbers), "data.falco.lists.numbers")}
	case 4:
		return expression{code: w.some(boolFields) + pick(w.Rand, " == true", " == false", "", " != true", " != null")}
	case 5:
		return expression{code: w.textCall(w.text())}
	case 6:
		return expression{code: w.textCall(w.text()) + pick(w.Rand, " == false", " == true", " != true")}
	case 7:
		return expression{code: w.textCall(w.some(textFields), textFields...)}
	case 8:
		return expression{code: fmt.Sprintf("falco.in_net(%s, %s)", w.some(addrFields), w.some(networks)) + pick(w.Rand, "", " == false")}
	case 9:
		return expression{code: fmt.Sprintf("falco.in_net(%s, data.falco.lists.networks[_])", w.some(addrFields)), scans: true}
	case 10:
		return expression{code: fmt.Sprintf("falco.pmatch(%s, %s)", w.text(), pick(w.Rand, w.several("{", "}", words), "data.falco.lists.paths"))}
	case 11:
		return expression{code: w.some(append(append(addrFields, listFields...), textFields...)) + " != null"}
	case 12:
		return expression{code: list + "[_] in " + w.textSet(), scans: true}
	case 13:
		return expression{code: w.textCall(list + "[_]"), scans: true}
	case 14:
		v := w.variable()
		return expression{code: fmt.Sprintf("every %s in %s { %s in %s }", v, pick(w.Rand, list, "data.falco.lists.letters"), v, w.textSet()), scans: true}
	case 15:
		return expression{code: `input.fd.ip != []; every end in input.fd.ip { end != "10.0.0.1" }`, scans: true}
	case 16:
		v := w.variable()
		return expression{code: fmt.Sprintf("every %s in data.falco.lists.letters { %s(%s, %s) }", v, w.some(slices.Sorted(maps.Keys(patterns))), w.text(), v), scans: true}
	case 17:
		return expression{code: fmt.Sprintf("count([1 | %s(%s, %s)]) == %d", w.some(slices.Sorted(maps.Keys(patterns))), w.text(), w.several("[", "][_]", words), w.IntN(3))}
	case 18:
		return expression{code: w.some(addrFields) + pick(w.Rand, ` == "10.0.0.1"`, ` in {"::1", "a"}`, ` != "::1"`, ` < "2"`)}
	case 19:
		return expression{code: w.some(words) + " in " + list}
	case 20:
		return expression{code: w.some(append(textFields, numberFields...)) + pick(w.Rand, " == ", " != ", " < ", " >= ") + w.some(append(numberFields, textFields...))}
	case 21:
		odd := w.some(slices.Concat(numberFields, boolFields, addrFields))
		return expression{code: w.textCall(odd) + pick(w.Rand, "", " == false", " != true")}
	case 22:
		odd := slices.Concat(numberFields, boolFields, addrFields, textFields)
		return expression{code: w.some(odd) + pick(w.Rand, " == ", " != ", " < ", " >= ") + w.some(slices.Concat(odd, words, numbers))}
	}
	return expression{code: fmt.Sprintf("falco.len(%s) == %d", w.some(append(listFields, textFields...)), w.IntN(3))}
}

// opaqueLeaf returns a condition that guards do not understand.
func (w *writer) opaqueLeaf() expression {
	value := w.some(textFields)
	v, i := w.variable(), w.variable()
	switch w.IntN(10) {
	case 0:
		return expression{code: fmt.Sprintf(`lower(%s) == "a"`, value)}
	case 1:
		return expression{code: fmt.Sprintf(`count(%s) > 1`, w.some(listFields))}
	case 2:
		return expression{code: fmt.Sprintf(`%s[0] == "a"`, w.some(listFields))}
	case 3:
		return expression{code: fmt.Sprintf(`some %s; input.proc.aname[%s] == "a"; input.proc.aexe[%s] == "b"`, i, i, i), scans: true}
	case 4:
		return expression{code: fmt.Sprintf(`some %s, %s in input.proc.aname; %s > 0; %s == "a"`, i, v, i, v), scans: true}
	case 5:
		return expression{code: fmt.Sprintf(`%s := lower(%s); not %s == "a"`, v, value, v), scans: true}
	case 6:
		return expression{code: fmt.Sprintf(`%s == {"a"}`, value)}
	case 7:
		return expression{code: fmt.Sprintf(`{x | some x in %s} == {"a"}`, w.some(listFields)), chain: true}
	case 8:
		return expression{code: fmt.Sprintf(`%s = lower(%s); not { %s = input.proc.name }`, v, value, v), scans: true}
	}
	return expression{code: fmt.Sprintf(`not { %s = input.proc.name; upper(%s) == "A" }`, v, v), chain: true}
}

// condition returns a random condition. Macros up to number macros may be used.
func (w *writer) condition(depth, macros int) expression {
	if depth == 0 {
		if macros > 0 && w.IntN(5) == 0 {
			return expression{code: fmt.Sprintf("data.falco.macros.m%d", w.IntN(macros))}
		}
		return w.leaf()
	}
	switch w.IntN(8) {
	case 0, 1:
		return expression{code: w.condition(depth-1, macros).operand() + " and " + w.condition(depth-1, macros).operand(), chain: true}
	case 2, 3:
		return expression{code: w.condition(depth-1, macros).operand() + " or " + w.condition(depth-1, macros).operand(), chain: true}
	case 4, 5:
		return expression{code: "not " + w.condition(depth-1, macros).operand(), chain: true}
	case 6:
		v := w.variable()
		return expression{code: fmt.Sprintf("%s := %s; %s", v, w.text(), w.textCall(v)), scans: true}
	}
	v := w.variable()
	inner := expression{code: pick(w.Rand, v+" in "+w.textSet(), w.textCall(v), "not "+w.textCall(v))}
	return expression{code: fmt.Sprintf("some %s in %s; %s; %s", v, w.some(listFields), inner.code, w.condition(depth-1, macros).code), scans: true}
}

const (
	randomMacros = 6
	randomRules  = 12
)

// modules writes a random policy.
func (w *writer) modules() []translate.Module {
	lists := `package falco.lists

import rego.v2

letters := {"a", "b"}

paths := {"/etc", "/*/a"}

numbers := {0, 1}

networks := {"10.0.0.0/8", "::/64"}
`
	macros := "package falco.macros\n\nimport rego.v2\n"
	for i := range randomMacros {
		if w.opaque && w.IntN(3) == 0 {
			macros += fmt.Sprintf("\ndefault m%d := false\n", i)
		}
		for range 1 + w.IntN(2) {
			macros += fmt.Sprintf("\nm%d if {\n\t%s\n}\n", i, w.condition(w.IntN(3), i).code)
		}
	}
	modules := []translate.Module{
		{Path: "lists.rego", Source: []byte(lists)},
		{Path: "macros.rego", Source: []byte(macros)},
	}
	for i := range randomRules {
		body := "\tinput.evt.type in {\"open\", \"openat\"}\n"
		for range 1 + w.IntN(3) {
			body += "\t" + w.condition(w.IntN(4), randomMacros).code + "\n"
		}
		source := fmt.Sprintf("# METADATA\n# custom:\n#   rule: r%d\n#   priority: Debug\npackage falco.rules.r%d\n\nimport rego.v2\n\nmatch if {\n%s}\n", i, i, body)
		modules = append(modules, translate.Module{Path: fmt.Sprintf("r%d.rego", i), Source: []byte(source)})
	}
	return modules
}

// event makes up an event for the fields of random rules.
func (w *writer) event() event {
	ev := event{"evt.type": {text(pick(w.Rand, "open", "openat", "close"))}}
	word := func() field.Value {
		return text(pick(w.Rand, "a", "b", "ab", "/etc", "/etc/a", "A", "", "YQ==", "10.0.0.1", "/x/a", "é", "\xffa"))
	}
	fill := func(value func() field.Value, names ...string) {
		for _, name := range names {
			if w.IntN(4) > 0 {
				ev[name] = []field.Value{value()}
			}
		}
	}
	fill(word, "proc.name", "proc.pname", "proc.aname[2]", "fd.name", "container.id")
	fill(func() field.Value { return signed(int64(w.IntN(5) - 2)) }, "proc.pid", "fd.num", "evt.rawres")
	fill(func() field.Value { return pick(w.Rand, unsigned(0), unsigned(1), unsigned(1<<64-1)) }, "proc.duration")
	fill(func() field.Value { return truthValue(w.IntN(2) == 0) }, "evt.is_open_write", "proc.is_exe_writable")
	fill(func() field.Value { return addr(pick(w.Rand, "10.0.0.1", "192.168.0.1", "::1")) }, "fd.sip", "fd.snet")
	for _, name := range []string{"proc.aname", "proc.aexe", "fd.types"} {
		if w.IntN(4) > 0 {
			ev[name] = []field.Value{}
			for range w.IntN(3) {
				ev[name] = append(ev[name], word())
			}
		}
	}
	if w.IntN(4) > 0 {
		ev["fd.ip"] = []field.Value{}
		for range w.IntN(3) {
			ev["fd.ip"] = append(ev["fd.ip"], addr(pick(w.Rand, "10.0.0.1", "::1")))
		}
	}
	return ev
}

// checkRandomRules compares guards with OPA on the policies of some seeds.
func checkRandomRules(t *testing.T, opaque bool, seeds uint64, events int) {
	matches, exact, rules := 0, 0, 0
	for seed := range seeds {
		w := &writer{Rand: rand.New(rand.NewPCG(seed, 1)), opaque: opaque}
		modules := w.modules()
		e, err := New(modules, Options{MinPriority: 7})
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, sources(modules))
		}
		evaluator := e.NewEvaluator()
		for _, r := range e.Rules() {
			rules++
			if len(r.Opaque) == 0 {
				exact++
			} else if !opaque {
				t.Fatalf("seed %d: the guard does not understand %v\n%s", seed, r.Opaque, sources(modules))
			}
			for range events {
				if evaluator.check(t, r, w.event(), sources(modules[:2])+sources(modules[2+r.position:][:1])) {
					matches++
				}
			}
		}
	}
	t.Logf("%d rules, %d of them exact, %d events each, %d matches", rules, exact, events, matches)
	if matches == 0 {
		t.Error("nothing ever matches: the test shows nothing")
	}
}

func sources(modules []translate.Module) string {
	var b strings.Builder
	for _, m := range modules {
		fmt.Fprintf(&b, "-- %s --\n%s\n", m.Path, m.Source)
	}
	return b.String()
}

// randomSeeds is how many policies each of the two tests makes. In CI they compare
// 100,800 pairs of a rule and an event together.
func randomSeeds() uint64 {
	switch {
	case testing.Short():
		return 5
	case os.Getenv("CI") == "true":
		return 210
	}
	return 20
}

func TestGuardsOfRandomRulesEqualOPA(t *testing.T) {
	checkRandomRules(t, false, randomSeeds(), 20)
}

func TestGuardsOfOpaqueRandomRulesHoldBackNoMatch(t *testing.T) {
	checkRandomRules(t, true, randomSeeds(), 20)
}
