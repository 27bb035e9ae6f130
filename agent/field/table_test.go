package field

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/saker-project/saker/agent/capture"
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/agent/state/statetest"
	"github.com/saker-project/saker/falco-rules/corpus"
)

// examples are texts of a field with the arguments it can take.
func examples(f *schema.Field) []string {
	switch f.Arg {
	case schema.ArgOptionalIndex:
		return []string{f.Name, f.Name + "[0]", f.Name + "[1]"}
	case schema.ArgOptionalKey:
		return []string{f.Name, f.Name + "[1]", f.Name + "[HOME]"}
	case schema.ArgParamOrIndex:
		return []string{f.Name + "[0]", f.Name + "[2]", f.Name + ".flags", f.Name + ".name", f.Name + ".tuple"}
	case schema.ArgParam:
		return []string{f.Name + ".flags", f.Name + ".name", f.Name + ".res", f.Name + ".data", f.Name + ".uid", f.Name + ".args"}
	case schema.ArgEvent:
		return []string{f.Name + ".openat"}
	case schema.ArgSide:
		return []string{f.Name, f.Name + ".src"}
	case schema.ArgTime:
		return []string{f.Name + "[1700000000000000000]"}
	case schema.ArgSubsystem:
		return []string{f.Name + ".cpu"}
	case schema.ArgIndexOrKey:
		return []string{f.Name + "[0]", f.Name + "[/etc]"}
	case schema.ArgKey:
		return []string{f.Name + "[app]", f.Name + ".app"}
	}
	return []string{f.Name}
}

// everyExtractor yields an extractor for each example of each field.
func everyExtractor(t testing.TB, each func(*Extractor)) {
	for i := range schema.Fields() {
		for _, text := range examples(&schema.Fields()[i]) {
			each(compile(t, text))
		}
	}
}

func TestTableNamesFieldsThatExist(t *testing.T) {
	known := make(map[string]bool)
	for _, f := range schema.Fields() {
		known[f.Name] = true
	}
	for name := range table {
		if !known[name] {
			t.Errorf("%s is not a field", name)
		}
	}
}

// TestValuesHaveTheirFieldsKind guards the closures of the engine, which read the
// part of a Value that the field's type names.
func TestValuesHaveTheirFieldsKind(t *testing.T) {
	everyExtractor(t, func(x *Extractor) {
		g, kind := x.get, x.ref.Kind()
		if !x.Supported() {
			return
		}
		ok := false
		switch kind {
		case schema.KindString, schema.KindBytes:
			ok = g.str != nil
		case schema.KindInt:
			ok = g.int != nil
		case schema.KindUint:
			ok = g.uint != nil
		case schema.KindBool:
			ok = g.bool != nil
		case schema.KindAddr, schema.KindNet:
			ok = g.addr != nil
		case schema.KindOther:
			ok = g.other != nil
		}
		if x.ref.Multi() {
			ok = g.all != nil && g.str == nil && g.int == nil
		}
		if !ok {
			t.Errorf("%s has no extractor for kind %d", x.ref, kind)
		}
	})
}

// TestStockRulesHaveTheirFields names the fields of the stock rules that are
// always absent.
func TestStockRulesHaveTheirFields(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(corpus.Path(t), "rules", "falco-rules-5.1.0.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	absent := make(map[string]bool)
	for line := range strings.Lines(string(content)) {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		for _, text := range regexp.MustCompile(`\b(?:evt|proc|thread|user|group|fd|fs|container|k8s)\.[a-z0-9_.]+[a-z0-9](?:\[[^\]]+\])?`).FindAllString(line, -1) {
			ref, err := schema.ParseField(text)
			if err == nil && !Compile(ref).Supported() {
				absent[text] = true
			}
		}
	}
	want := []string{"container.image.repository", "container.privileged", "container.start_ts", "fd.sip.name", "k8s.ns.name"}
	if got := slices.Sorted(maps.Keys(absent)); !slices.Equal(got, want) {
		t.Errorf("absent fields of the stock rules: %v\nwant: %v", got, want)
	}
}

func TestPackageCommentListsTheFields(t *testing.T) {
	source, err := os.ReadFile("field.go")
	if err != nil {
		t.Fatal(err)
	}
	listed := make(map[string]bool)
	for _, word := range strings.FieldsFunc(string(source), func(r rune) bool { return strings.ContainsRune(" \n\t,;:()/*", r) }) {
		listed[strings.TrimSuffix(word, ".")] = true
	}
	for name := range table {
		if !listed[name] {
			t.Errorf("the package comment does not name %s", name)
		}
	}
}

// contexts are situations in which all kinds of extractors have something to do.
func contexts(t testing.TB) map[string]*Context {
	thread := statetest.Open(101, 3, "x", nil)
	thread.PID = 100
	with := func(ev *capture.Event) *Context { return at(t, append(history(), ev)...) }
	return map[string]*Context{
		"an open":            with(statetest.Open(100, 3, "../etc/passwd", nil)),
		"a failed open":      with(statetest.Open(100, -2, "../etc/passwd", nil)),
		"a connection":       with(statetest.Connect(100, 4, "10.0.0.1:4000", "10.0.0.2:80", nil)),
		"a failed connect":   with(statetest.Connect(100, 4, "10.0.0.1:4000", "10.0.0.2:80", params{"res": -111})),
		"an exec":            with(statetest.Exec(100, 60, "/bin/ls", params{"args": statetest.List("-l")})),
		"a clone":            with(statetest.Clone(200, 100, nil)),
		"an exit":            with(statetest.Exit(100, nil)),
		"a write":            with(statetest.Event(schema.PPME_SYSCALL_WRITE_X, 100, params{"res": 1, "data": "x", "fd": 3, "size": 1})),
		"a link":             with(statetest.Event(schema.PPME_SYSCALL_SYMLINKAT_X, 100, params{"res": 0, "target": "t", "linkdirfd": -100, "linkpath": "l"})),
		"a signal":           with(statetest.Event(schema.PPME_SIGNALDELIVER_E, 100, params{"spid": 0, "dpid": 60, "sig": 29})),
		"a second thread":    with(thread),
		"an unknown thread":  at(t, statetest.Open(100, 3, "x", nil)),
		"an unknown event":   at(t, &capture.Event{Type: 9999}),
		"an event of no one": with(statetest.Event(schema.PPME_DROP_E, 100, nil)),
	}
}

// TestExtractionAllocatesNothing holds for everything that is read while a rule
// is decided: single values, and several values into a slice that has room.
func TestExtractionAllocatesNothing(t *testing.T) {
	for name, c := range contexts(t) {
		t.Run(name, func(t *testing.T) {
			dst := make([]Value, 0, 64)
			everyExtractor(t, func(x *Extractor) {
				read := func() {
					c.Reset(c.event)
					x.Value(c)
					dst, _ = x.Values(c, dst[:0])
				}
				read() // the first use makes what is kept
				if n := testing.AllocsPerRun(20, read); n != 0 {
					t.Errorf("%s: %v allocations", x.ref, n)
				}
			})
		})
	}
}

func TestTextsAndJSONAgreeOnAbsence(t *testing.T) {
	for name, c := range contexts(t) {
		everyExtractor(t, func(x *Extractor) {
			text, json := string(x.AppendText(nil, c)), x.JSON(c)
			if json == nil && text != "<NA>" && x.kind != schema.KindOther {
				t.Errorf("%s, %s: prints %q, but JSON has null", name, x.ref, text)
			}
			switch json.(type) {
			case nil, string, int64, uint64, bool, []any:
			default:
				t.Errorf("%s, %s: JSON has a %T", name, x.ref, json)
			}
		})
	}
}
