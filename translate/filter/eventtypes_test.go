package filter

import (
	"slices"
	"strings"
	"testing"

	"github.com/saker-project/saker/agent/schema"
)

func TestEventTypes(t *testing.T) {
	const all, none = "all", ""
	tests := []struct {
		name string
		text string
		want string // names with a blank between, "!name" for all others
	}{
		{"one name", "evt.type = open", "open"},
		{"several names", "evt.type in (open, close)", "close open"},
		{"syscall.type counts too", "syscall.type == open", "open"},
		{"or is the union", "evt.type = open or evt.type = close", "close open"},
		{"and is the intersection", "evt.type in (open, close) and evt.type = open", "open"},
		{"and of different names is empty", "evt.type = open and evt.type = close", none},
		{"other checks are neutral", "evt.type = open and proc.name = x", "open"},
		{"other checks are neutral when negated", "evt.type = open and not proc.name = x", "open"},
		{"one neutral child makes or everything", "evt.type = open or proc.name = x", all},
		{"macros are neutral", "evt.type = open and m", "open"},
		{"!= is the complement", "evt.type != open", "!open"},
		{"not is the complement", "not evt.type = open", "!open"},
		{"not of != is the name", "not evt.type != open", "open"},
		{"not of and is the union of complements", "not (evt.type = open and proc.name = x)", all},
		{"not of or is the intersection of complements", "not (evt.type = open or proc.name = x)", "!open"},
		{"exists is everything", "evt.type exists", all},
		{"not exists is nothing", "not evt.type exists", none},
		{"an empty list is nothing", "evt.type in ()", none},
		{"other operators are neutral", "evt.type startswith open", all},
		{"modifiers are neutral", "evt.type = anyof (open)", all},
		{"an unknown name is nothing", "syscall.type = nosuch", none},
		{"evt.num is never 0", "evt.num = 0", none},
		{"evt.num is never below 1", "evt.num < 1 or evt.num <= 0 or evt.num in (0, 0) or evt.num in ()", none},
		{"evt.num is always above 0", "evt.num > 0 and evt.num >= 1 and evt.num != 0 and evt.num >= 0", all},
		{"not evt.num = 0 is everything", "evt.type = open and not evt.num = 0", "open"},
		{"not evt.num > 0 is nothing", "not evt.num > 0", none},
		{"other numbers are undecided", "evt.num = 1 or evt.num < 2", all},
		{"a negative number wraps", "evt.num < -1", all},
		{"hexadecimal is undecided", "evt.num = 0x0", all},
		{"a field beside evt.num is undecided", "evt.num = len(proc.name)", all},
		{"evt.num exists is undecided", "not evt.num exists", all},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n, err := Parse(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			types, universe, err := EventTypes(n)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.IsSorted(types) {
				t.Error("not sorted")
			}
			if want := len(types) == len(schema.Events()); universe != want {
				t.Errorf("universe %v, want %v", universe, want)
			}
			if got := describe(types); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// describe returns the names of types, or of the missing ones if those are fewer.
func describe(types []schema.EventType) string {
	if len(types) == len(schema.Events()) {
		return "all"
	}
	complement := len(types) > len(schema.Events())/2
	var names []string
	for _, e := range schema.Events() {
		if slices.Contains(types, e.Type) == complement {
			continue
		}
		if !slices.Contains(names, e.Name) {
			names = append(names, e.Name)
		}
	}
	slices.Sort(names)
	text := strings.Join(names, " ")
	if complement {
		return "!" + text
	}
	return text
}

func TestEventTypesOfGenericCalls(t *testing.T) {
	for text, want := range map[string]bool{"evt.type = mremap": true, "evt.type != mremap": false} {
		n, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		types, _, err := EventTypes(n)
		if err != nil {
			t.Fatal(err)
		}
		if got := slices.Contains(types, schema.PPME_GENERIC_X); got != want {
			t.Errorf("%s: generic events %v, want %v", text, got, want)
		}
	}
}

func TestEventTypeErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"a or tolower(evt.type) = open", "1:6: event code search does not support `evt.type` checks with transformers"},
		{"toupper(tolower(syscall.type)) exists", "1:1: event code search does not support `evt.type` checks with transformers"},
		{"evt.type = val(proc.name)", "1:1: right-hand field comparisons on `evt.type`/`syscall.type` checks are not supported by event code search"},
		{"evt.type in tolower(proc.name)", "1:1: right-hand field comparisons on `evt.type`/`syscall.type` checks are not supported by event code search"},
		{"tolower(evt.type) contains open", ""},
		{"proc.name = val(evt.type)", ""},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			n, err := Parse(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err = EventTypes(n); errorText(err) != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}
