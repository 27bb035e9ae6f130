package filter

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/agent/schema"
)

func TestValidate(t *testing.T) {
	tests := []struct {
		name string
		text string
		want string // "" for valid
	}{
		{"numbers are ordered", "proc.pid >= 1 and proc.pid in (1, 2)", ""},
		{"numbers are not searched", "proc.pid contains 1", "filter error: 'contains' operator not supported for numeric filters"},
		{"booleans are not ordered", "evt.is_open_read > 1", "filter error: '>' operator not supported for numeric filters"},
		{"strings are ordered", "proc.name < 5", ""},
		{"strings have no bytes operators", "proc.name bcontains 41", "filter error: 'bcontains' operator not supported for string filters"},
		{"buffers have bytes operators", "evt.buffer bcontains 4142 and evt.buffer contains x", ""},
		{"buffers are not matched", "evt.buffer glob x", "filter error: 'glob' operator not supported for buffer filters"},
		{"addresses are compared", "fd.sip = 10.0.0.1 and fd.sip != anyof (::1)", ""},
		{"addresses are not searched", "fd.sip contains 10", "filter error: 'contains' operator not supported for ip address and network filters"},
		{"addresses are not searched with a modifier", "fd.sip contains anyof (10)", "filter error: 'contains' with modifier not supported for ip address and network filters"},
		{"lists are compared with lists", "fd.types intersects (file)", ""},
		{"lists are not compared with values", "fd.types == file", "filter error: '=' operator not supported list filters"},
		{"other types only exist", "evt.rawarg.euid = 5", "filter error: '=' operator not supported for type 'UID'"},
		{"every field can be asked for", "evt.rawarg.euid exists and fd.types exists and fd.ip exists", ""},
		{"evt.around has one operator", "evt.around[1] != 5", "filter error: evt.around supports only '=' comparison operator"},
		{"fd.ip cannot intersect", "fd.ip intersects (1.1.1.1)", "filter error: IP filter only supports '=' and '!=' operators"},
		{"fd.port cannot intersect", "fd.port intersects (22)", "filter error: unsupported port comparison operator"},

		{"a field is unknown", "proc.nosuch = 1", "filter_check called with nonexistent field proc.nosuch"},
		{"a field takes no argument", "proc.name[1] = x", "filter_check called with nonexistent field proc.name[1]"},
		{"a field inside a transformer is unknown", "tolower(proc.nosuch) = x", "filter_check called with nonexistent field proc.nosuch"},
		{"a field inside a tuple is unknown", `join("-", (proc.nosuch)) = x`, "filter_check called with nonexistent field proc.nosuch"},

		{"every value of evt.type is an event", "evt.type in (open, nosuch)", "unknown event type nosuch"},
		{"patterns of evt.type are events too", "evt.type glob open*", "unknown event type open*"},
		{"values of syscall.type are not checked", "syscall.type = nosuch", ""},

		{"tolower takes strings", "tolower(proc.pid) = x", "can't add field transformer: type 'INT64' is not supported by 'tolower' transformer applied on field 'proc.pid'"},
		{"tolower takes lists of strings", "tolower(fd.types) in (file)", ""},
		{"tolower takes no buffers", "tolower(evt.buffer) = x", "can't add field transformer: type 'BYTEBUF' is not supported by 'tolower' transformer applied on field 'evt.buffer'"},
		{"b64 takes buffers", "b64(evt.buffer) contains x", ""},
		{"len takes buffers, b64 no numbers", `len(evt.buffer) > 1 and b64(proc.pid) = x`, "can't add field transformer: type 'INT64' is not supported by 'b64' transformer applied on field 'proc.pid'"},
		{"len makes a number", "len(proc.name) contains 1", "filter error: 'contains' operator not supported for numeric filters"},
		{"len makes a number of a list", "len(fd.types) > 2", ""},
		{"some fields take no transformer", "toupper(proc.aname[1]) = x", "field 'proc.aname' does not support transformers"},
		{"nor inside a tuple", `join(",", (proc.aname)) = x`, "field 'proc.aname' does not support transformers"},
		{"transformers of one argument take no selector", "toupper(proc.name)[1] = x", "filter error: transformer 'toupper' does not support field arguments"},
		{"val takes no argument", "proc.name = val(proc.pname)[1]", "filter error: transformer 'val' does not support field arguments"},
		{"tolower takes one argument", "tolower(proc.name, proc.pname) = x", "unknown multivalue transformer 'tolower'"},
		{"join takes two arguments", `join("-", "a", "b") = x`, "join() requires exactly 2 arguments: separator and list"},
		{"join takes not one argument", `join("-") = x`, "unknown field transfomer 'join'"},
		{"join separates by one value", `join((proc.name), (proc.name)) = x`, "join() first argument (separator) must be a single value, not a list"},
		{"join takes a list", `join("-", proc.name) = x`, "join() second argument must be a list"},
		{"join takes a list field", `join("-", fd.types) = x`, ""},
		{"join takes no options", `join("-", getopt(("-n"), "n")) = x`, "join() second argument must be a list"},
		{"concat takes strings", "concat(proc.name, proc.pid) = x", "concat() arguments must be strings"},
		{"concat takes no lists", "concat(proc.name, fd.types) = x", "concat() arguments must be strings"},
		{"concat takes two arguments", "concat(proc.name) = x", "unknown field transfomer 'concat'"},
		{"getopt makes a list", `getopt((proc.name), "n") = x`, "filter error: '=' operator not supported list filters"},
		{"getopt with a selector makes a value", `getopt((proc.name), "n:")[n] = x`, ""},
		{"getopt takes two arguments", `getopt((proc.name), "n", "t") exists`, "getopt() requires exactly 2 arguments: args list and optstring"},
		{"getopt takes a list", `getopt(proc.name, "n") exists`, "getopt() first argument must be a list"},
		{"getopt takes one string", `getopt((proc.name), ("n")) exists`, "getopt() second argument (optstring) must be a single value"},
		{"getopt takes strings", `getopt((proc.name), proc.pid) exists`, "getopt() arguments must be strings"},
		{"getopt selects one character", `getopt((proc.name), "n")[nn] exists`, "getopt() field argument must be a single option character"},

		{"fields of one type are compared", "proc.name = val(proc.pname) and evt.num = len(proc.name)", ""},
		{"fields of two types are not", "proc.name = val(proc.pid)", "field 'proc.name' has type 'CHARBUF' while the right-hand side field 'proc.pid' has incompatible type 'INT64'"},
		{"a list is not compared with a value", "proc.name in tolower(fd.types)", "field 'fd.types' can't be used as a right-hand side field"},
		{"regex compares with constants", "proc.name regex val(proc.pname)", "operator 'REGEX' doesn't support right-hand side fields"},
		{"pmatch compares with constants", "proc.name pmatch val(proc.pname)", "operator 'PMATCH' doesn't support right-hand side fields"},
		{"networks compare with constants", "fd.snet = val(fd.sip)", "field type 'IPNET' doesn't support right-hand side fields"},
		{"some fields compare with constants", "proc.aname = val(proc.name)", "field 'proc.aname' doesn't support right-hand side fields"},
		{"some fields stand on the left", "fd.sip = val(fd.ip)", "field 'fd.ip' can't be used as a right-hand side field"},
		{"a field on the right is unknown", "proc.name = val(proc.nosuch)", "filter_check called with nonexistent field proc.nosuch"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n, err := Parse(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, problem := range Validate(n) {
				got += problem.Msg
			}
			if got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestValidateReportsEveryCheck(t *testing.T) {
	n, err := Parse("not proc.nosuch = 1\n or proc.pid = x and proc.name = y and m and proc.pid > 1.5")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, problem := range Validate(n) {
		got = append(got, problem.Error())
	}
	want := []string{
		"1:5: filter_check called with nonexistent field proc.nosuch",
		"2:5: x is not a valid number",
		"2:46: 1.5 is not a valid number",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestValidatorKnowsFieldsOfTheConfiguration(t *testing.T) {
	n, err := Parse("static.env = prod")
	if err != nil {
		t.Fatal(err)
	}
	if Validate(n) == nil {
		t.Error("static.env is no built-in field")
	}
	v := Validator{Fields: schema.FieldParser{Static: []string{"env"}}}
	if problems := v.Validate(n); problems != nil {
		t.Error(problems)
	}
}

func TestTypeOf(t *testing.T) {
	tests := []struct{ operand, want string }{
		{"proc.name", "CHARBUF"},
		{"proc.pid", "INT64"},
		{"fd.types", "CHARBUF (list)"},
		{"toupper(fd.types)", "CHARBUF (list)"},
		{"len(fd.types)", "UINT64"},
		{"b64(evt.buffer)", "BYTEBUF"},
		{`getopt((proc.name), "n")`, "CHARBUF (list)"},
		{`getopt((proc.name), "n")[n]`, "CHARBUF"},
		{`concat(proc.name, "x")`, "CHARBUF"},
	}
	for _, tt := range tests {
		t.Run(tt.operand, func(t *testing.T) {
			n, err := Parse(tt.operand + " exists")
			if err != nil {
				t.Fatal(err)
			}
			typ, err := TypeOf(n.(*Check).Left)
			if err != nil || typ.String() != tt.want {
				t.Errorf("type %v, error %v, want %s", typ, err, tt.want)
			}
		})
	}
}

func TestLongConstants(t *testing.T) {
	long := strings.Repeat("x", 256)
	tests := []struct{ name, text, want string }{
		{"255 bytes are legal", "proc.name = " + long[:255], ""},
		{"256 bytes are not", "proc.name = " + long, "filter parameter too long (used=257, available=256):" + long},
		{"256 bytes of a buffer are not", "evt.buffer contains " + long, "filter parameter too long (byte buf)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n, err := Parse(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, problem := range Validate(n) {
				got += problem.Msg
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// No built-in field is a list of anything but strings; plugins have others.
func TestListsOfOtherTypes(t *testing.T) {
	_, err := transformed("tolower", side{Type: Type{Param: schema.PT_UINT64, List: true}, name: "x.y"})
	if want := "can't add field transformer: type 'UINT64' is not supported by 'tolower' transformer applied on list field 'x.y'"; errorText(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
	err = checkOperator(OpIn, NoModifier, Type{Param: schema.PT_UID, List: true})
	if want := "filter error: list filters are not supported for type 'UID'"; errorText(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
