package engine

import (
	"fmt"
	"net/netip"
	"strconv"
	"testing"

	"github.com/saker-project/saker/agent/field"
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/falco-rules/corpus"
	"github.com/saker-project/saker/translate"
)

// conformanceCase is a case of the corpus that says whether rule r1 matches an
// event.
type conformanceCase struct {
	ID             string
	Rules          string
	Event          map[string]any
	Types          map[string]string
	Match          *bool
	UpstreamDefect bool `yaml:"upstream_defect"`
}

// minConformanceCases is how many of the cases can be judged here.
const minConformanceCases = 232

// TestConformance takes rules the whole way, from Falco's text over Rego to the
// guard and OPA, and compares both with what a real Falco said about the event.
func TestConformance(t *testing.T) {
	cases := corpus.Decode[[]conformanceCase](t, corpus.Path(t, "conformance", "rule-cases.yaml"))
	ran := 0
	for _, c := range cases {
		if c.Match == nil || c.UpstreamDefect || c.Types != nil {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			rules, _ := translate.Load([]translate.File{{Name: "f0.yaml", Content: []byte(c.Rules)}}, translate.Options{})
			if rules == nil || len(rules.Skipped) > 0 {
				t.Skip("not translated")
			}
			e := mustNew(t, rules.Modules...)
			evaluator := e.NewEvaluator()
			evaluator.stand(caseEvent(t, c.Event))
			ran++
			guard, opa := evaluator.verdicts(t, e.Rules()[0])
			if opa != *c.Match {
				t.Errorf("OPA says %v, Falco says %v\n%s", opa, *c.Match, sources(rules.Modules))
			}
			if guard != opa && (opa || len(e.Rules()[0].Opaque) == 0) {
				t.Errorf("the guard says %v, OPA says %v\n%s", guard, opa, sources(rules.Modules))
			}
			for _, o := range e.Rules()[0].Opaque {
				t.Logf("not understood: %s", o.Text)
			}
		})
	}
	// The others need an event that fields alone do not make, or a rule that is
	// not translated yet.
	if ran < minConformanceCases {
		t.Errorf("%d cases ran, want at least %d", ran, minConformanceCases)
	}
}

// caseEvent gives the values of a case the types that their fields have. Cases leave
// out what follows from other fields.
func caseEvent(t *testing.T, fields map[string]any) event {
	t.Helper()
	ev := event{}
	for name, value := range fields {
		ref, err := schema.ParseField(name)
		if err != nil {
			t.Skip(err)
		}
		elements, ok := value.([]any)
		if !ok {
			elements = []any{value}
		}
		ev[ref.String()] = []field.Value{}
		for _, element := range elements {
			ev[ref.String()] = append(ev[ref.String()], caseValue(t, ref, fmt.Sprint(element)))
		}
	}
	for several, ends := range map[string][2]string{
		"fd.ip": {"fd.cip", "fd.sip"}, "fd.net": {"fd.cip", "fd.sip"}, "fd.port": {"fd.cport", "fd.sport"},
	} {
		if fields["fd.type"] != nil && fields[several] == nil {
			ev[several] = append(append([]field.Value{}, ev[ends[0]]...), ev[ends[1]]...)
		}
	}
	for same, as := range map[string]string{
		"fd.snet": "fd.sip", "fd.cnet": "fd.cip", "proc.aname[0]": "proc.name", "proc.aname[1]": "proc.aname",
	} {
		if values := ev[as]; len(values) > 0 && fields[same] == nil {
			ev[same] = values[:1]
		}
	}
	return ev
}

func caseValue(t *testing.T, ref schema.FieldRef, value string) field.Value {
	t.Helper()
	v := field.Value{Kind: ref.Kind()}
	var err error
	switch v.Kind {
	case schema.KindString, schema.KindBytes:
		v.Str = value
	case schema.KindInt:
		v.Int, err = strconv.ParseInt(value, 10, 64)
	case schema.KindUint:
		v.Uint, err = strconv.ParseUint(value, 10, 64)
	case schema.KindBool:
		v.Bool, err = strconv.ParseBool(value)
	case schema.KindAddr, schema.KindNet:
		v.Addr, err = netip.ParseAddr(value)
	default:
		err = fmt.Errorf("no values of kind %d", v.Kind)
	}
	if err != nil {
		t.Skip(err)
	}
	return v
}
