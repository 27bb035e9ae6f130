package engine

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/translate"
)

// TestGuards compares guards with OPA on shapes that need a second thought. The
// module is the rest of a rule's module behind the package.
func TestGuards(t *testing.T) {
	const v2 = "import rego.v2\n"
	tests := []struct {
		name, module string
		opaque       bool // the guard does not understand all of it
	}{
		{"a predicate of another type is false, not undefined", v2 + `match if falco.glob(input.proc.pid, "*") == false`, false},
		{"a builtin of OPA on another type is undefined", v2 + `match if startswith(input.proc.pid, "a") == false`, false},
		{"not of an undefined predicate", v2 + `match if not startswith(input.proc.pid, "a")`, false},
		{"one index for two lists ties their elements", v2 + `match if not { some i; input.proc.aname[i] == "a"; input.proc.aexe[i] == "b" }`, true},
		{"an index that is used", v2 + `match if not { some i, a in input.proc.aname; a == "a"; i == 1 }`, true},
		{"two scans in one call are independent", v2 + `match if input.proc.aname[_] == input.proc.aexe[_]`, false},
		{"a scan in a scan", v2 + `match if { some a in input.proc.aname; not { some b in input.proc.aexe; a == b } }`, false},
		{"a scan inside every", v2 + `match if every a in input.proc.aname { input.proc.aexe[_] == a }`, false},
		{"every in every", v2 + `match if every a in input.proc.aname { every b in {"a", "b"} { a != b } }`, false},
		{"every with an index", v2 + `match if every i, a in input.proc.aname { a == "a"; i < 1 }`, true},
		{"every over what may be absent", v2 + `match if not { every a in input.proc.aname { a == "a" } }`, false},
		{"the elements of a constant", v2 + `match if { some a in ["a", "b", "a"]; startswith(input.proc.name, a) }`, false},
		{"constants of several types", v2 + `match if input.proc.pid in {"1", 1, true, null, ["a"]}`, false},
		{"constants with a fraction", v2 + `match if input.proc.pid in {0.5, 1}`, true},
		{"a comparison with a fraction", v2 + `match if input.proc.pid > 0.5`, true},
		{"null is no field's value", v2 + `match if { not input.proc.name == null } and null != input.proc.pname`, false},
		{"a constant on the left", v2 + `match if "a" == input.proc.name`, false},
		{"a constant less than a field", v2 + `match if 0 < input.proc.pid`, false},
		{"numbers beyond 64 bits", v2 + `match if input.proc.duration < 18446744073709551616`, true},
		{"a variable for a field", v2 + "match if { name := input.proc.name; name in {\"a\", \"b\"}; not name == \"b\" }", false},
		{"a variable that is used before", v2 + "match if { startswith(name, \"a\"); name = input.proc.name }", true},
		{"a variable that two fields must agree on", v2 + "match if { name = input.proc.name; name = input.proc.pname }", false},
		{"a variable that is unknown outside not", v2 + "match if { name = lower(input.proc.name); not { name = input.proc.pname } }", true},
		{"a result in a place of its own", v2 + `match if { startswith(input.proc.name, "a", x); x == false }`, true},
		{"several definitions are alternatives", v2 + "match if input.proc.name == \"a\"\n\nmatch if input.proc.pname == \"a\"", false},
		{"a default of false changes nothing", v2 + "default match := false\n\nmatch if input.proc.name == \"a\"", false},
		{"a default of true is not understood", v2 + "default match := true\n\nmatch := false if input.proc.name == \"a\"", true},
		{"else is not understood", v2 + "match := false if { input.proc.name == \"a\" } else := true if { input.proc.pname == \"a\" }", true},
		{"a helper with else", v2 + "match if not h\n\nh if { input.proc.name == \"a\" } else if { input.proc.pname == \"a\" }", true},
		{"a helper with an argument", v2 + "match if not h(input.proc.name)\n\nh(x) if x == \"a\"", true},
		{"a helper that gives a value", v2 + "match if h == \"a\"\n\nh := input.proc.name", true},
		{"a helper that may be false", v2 + "match if not h\n\nh := input.proc.is_exe_writable", true},
		{"a helper with several definitions", v2 + "match if not h\n\nh if input.proc.name == \"a\"\n\nh if input.proc.pname == \"a\"", false},
		{"a constant with a name", v2 + "match if input.proc.name in h\n\nh := {\"a\", \"b\"}", false},
		{"a constant with a condition", v2 + "match if input.proc.name in h\n\nh := {\"a\"} if input.proc.pid == 1", true},
		{"a constant that is defined twice", v2 + "match if not input.proc.name in h\n\nh := {\"a\"} if input.proc.pid == 1\n\nh := {\"b\"} if input.proc.pid == 2", true},
		{"a set that is put together", v2 + "match if not input.proc.name in h\n\nh contains \"a\"\n\nh contains \"b\" if input.proc.pid == 1", true},
		{"a set that holds a field", v2 + `match if input.proc.name in {"a", input.proc.pname}`, true},
		{"a document that nothing defines", v2 + `match if not data.nothing.like.that`, false},
		{"a document that holds others", v2 + "match if { not h } or h.a\n\nh.a if input.proc.name == \"a\"", true},
		{"the older not is undefined with its operand", `import rego.v1` + "\n" + `match if not input.proc.name in {"a"}`, true},
		{"the older not in a helper", `import rego.v1` + "\n" + "match if { not h }\n\nh if not startswith(input.proc.name, \"a\")", true},
		{"with replaces a field", v2 + "match if { not h with input.proc.name as \"a\" }\n\nh if input.proc.name == \"a\"", true},
		{"truth of a field that is no boolean", v2 + `match if { input.proc.name; not input.proc.is_exe_writable }`, false},
		{"a comparison whose result is compared", v2 + `match if (input.proc.name == "a") == false`, false},
		{"a membership whose result is compared", v2 + `match if ("a" in input.proc.aname) != true`, false},
		{"equality with an array", v2 + `match if input.proc.aname == ["a"]`, true},
		{"an empty array", v2 + `match if not input.proc.aname == []`, false},
		{"counting what holds", v2 + `match if count([1 | contains(input.proc.name, ["a", "b", "a"][_])]) == 2`, false},
		{"counting over two scans", v2 + `match if count([1 | contains(["a", "b"][_], ["a", "b"][_])]) == 2`, true},
		{"counting a set", v2 + `match if count({1 | contains(input.proc.name, ["a", "b"][_])}) == 1`, true},
		{"an option of a program", v2 + `match if falco.getopt_option(["-a", input.proc.name], "a:", "a") == "ab"`, false},
		{"an option that may be absent", v2 + `match if not falco.getopt_option(input.proc.aname, "a", "a") != null`, false},
		{"an option among what is no text", v2 + `match if not falco.getopt_option(["-a", input.proc.pid], "a:", "a") == "1"`, false},
		{"options of addresses", v2 + `match if falco.getopt_option(["-a", input.fd.sip, input.fd.snet], "a:", "a") == "10.0.0.1"`, false},
		{"an option that an event names", v2 + `match if falco.getopt_option(["-a"], "a", input.proc.name) == "a"`, true},
		{"an element by number", v2 + `match if input.proc.aname[0] == "a"`, true},
	}
	for _, predicate := range slices.Sorted(maps.Keys(textCalls)) {
		tests = append(tests, tests[0])
		last := &tests[len(tests)-1]
		last.name = predicate + " of a number"
		last.module = v2 + "match if " + predicate + `(input.proc.pid, "1") == false`
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			source := "# METADATA\n# custom:\n#   rule: x\n#   priority: Info\npackage falco.rules.x\n\n" + tt.module + "\n"
			e := mustNew(t, translate.Module{Path: "x.rego", Source: []byte(source)})
			r := e.Rules()[0]
			if (len(r.Opaque) > 0) != tt.opaque {
				t.Errorf("not understood: %v", r.Opaque)
			}
			evaluator := e.NewEvaluator()
			w := &writer{Rand: rand.New(rand.NewPCG(1, 2))}
			for range 200 {
				evaluator.check(t, r, w.event(), source)
			}
		})
	}
}

func TestGuardSaysWhatItDoesNotUnderstand(t *testing.T) {
	macros := translate.Module{Path: "macros.rego", Source: []byte("package falco.macros\n\nimport rego.v2\n\nlong if count(input.proc.aname) > 3\n")}
	e := mustNew(t, macros, rule("a", "data.falco.macros.long\n\tlower(input.proc.name) == \"a\""), rule("b", "not data.falco.macros.long"))
	want := [][]Opaque{
		{{"macros.rego", 5, "gt(count(input.proc.aname), 3)"}, {"a.rego", 11, `equal(lower(input.proc.name), "a")`}},
		{{"macros.rego", 5, "gt(count(input.proc.aname), 3)"}},
	}
	for i, r := range e.Rules() {
		if diff := cmp.Diff(want[i], r.Opaque); diff != "" {
			t.Error(diff)
		}
	}
}
