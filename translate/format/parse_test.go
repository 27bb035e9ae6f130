package format

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/translate/filter"
)

// describe writes a template with fields in <>, transformers in {} and a width
// before the colon.
func describe(t Template) string {
	var b strings.Builder
	for _, s := range t {
		width := ""
		if s.Width > 0 {
			width = fmt.Sprintf("%d:", s.Width)
		}
		switch {
		case s.Operand == nil:
			b.WriteString(s.Literal)
		case s.IsField:
			fmt.Fprintf(&b, "<%s%s>", width, s.Ref)
		default:
			fmt.Fprintf(&b, "{%s%s}", width, s.Text)
		}
	}
	return b.String()
}

func TestParse(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"text without fields", "no fields", "no fields"},
		{"nothing", "", ""},
		{"a field among text", "start %proc.name end", "start <proc.name> end"},
		{"fields side by side", "%proc.name%proc.pid", "<proc.name><proc.pid>"},
		{"text right behind a field", "%proc.nameand %proc.pidend", "<proc.name>and <proc.pid>end"},
		{"the longest field wins", "%proc.pname", "<proc.pname>"},
		{"a dot behind a field is text", "%proc.pname.", "<proc.pname>."},
		{"an unknown suffix is text", "%proc.pname.x", "<proc.pname>.x"},
		{"a field in brackets", "[%proc.name] (%proc.pid)", "[<proc.name>] (<proc.pid>)"},
		{"an argument", "%proc.aname[2] %evt.arg.name %evt.arg[0]", "<proc.aname[2]> <evt.arg.name> <evt.arg[0]>"},
		{"a quoted argument", `%proc.env["A B"]`, "<proc.env[A B]>"},
		{"an argument that a field does not take is text", "%proc.name[1]", "<proc.name>[1]"},
		{"an argument that is not closed is text", "%proc.name[1", "<proc.name>[1"},
		{"the longest parameter name wins", "%evt.arg.namefoo", "<evt.arg.name>foo"},
		{"a field for filters only", "%fd.ip", "<fd.ip>"},
		{"a width", "%2proc.name|%10proc.name|", "<2:proc.name>|<10:proc.name>|"},
		{"a width of nothing is none", "%0proc.name", "<proc.name>"},
		{"an asterisk at the start is dropped", "*lead %proc.name", "lead <proc.name>"},
		{"one asterisk only", "**", "*"},
		{"an asterisk elsewhere is text", "a*", "a*"},
		{"a transformer", "%toupper(proc.name)x", "{toupper(proc.name)}x"},
		{"a transformer with a width", "%5toupper( proc.name )", "{5:toupper(proc.name)}"},
		{"a transformer of several arguments", `%join("->", (proc.name, proc.pid)) end`, "{join(->,(proc.name, proc.pid))} end"},
		{"a selector", `%getopt((proc.name), "n:")[n]`, "{getopt((proc.name),n:)[n]}"},
		{"a selector that a transformer does not take is text", "%toupper(proc.name)[1]", "{toupper(proc.name)}[1]"},
		{"a bracket behind a transformer is text", "%toupper(proc.name)[", "{toupper(proc.name)}["},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			template, err := Parse(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := describe(template); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	const noOperand = "unknown filter: expected a field or a transformer: 'tolower', 'toupper', 'b64', 'basename', 'len', 'join', 'concat', 'getopt'"
	tests := []struct{ name, text, want string }{
		{"a percent sign at the end", "ends with %", "1:11: invalid formatting syntax: formatting cannot end with a %"},
		{"a width at the end", "a\nb%12", "2:2: invalid formatting syntax: formatting cannot end with a number"},
		{"a width nobody means", "%65536proc.name", "1:1: invalid formatting syntax: the width is greater than 65535"},
		{"an unknown field", "*bad %no.such.field here", "1:6: unknown filter: filter_check called with nonexistent field no.such.field"},
		{"a percent sign cannot be written", "100% sure", "1:4: " + noOperand},
		{"nor doubled", "100%% sure", "1:4: " + noOperand},
		{"a blank before the parenthesis", "%toupper (proc.name)", "1:1: " + noOperand},
		{"val", "%val(proc.name)", "1:1: " + noOperand},
		{"a transformer of the wrong type", "%toupper(proc.pid)", "1:1: unknown filter: can't add field transformer: type 'INT64' is not supported by 'toupper' transformer applied on field 'proc.pid'"},
		{"a transformer that is not closed", "%toupper(proc.name", "1:1: unknown filter: expected a ')' token closing the transformer"},
		{"an unknown parameter", "%evt.arg.nosucharg", "1:1: unknown filter: unknown event argument nosucharg"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			template, err := Parse(tt.text)
			if err == nil {
				t.Fatalf("read as %s", describe(template))
			}
			if err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestFields(t *testing.T) {
	template, err := Parse(`%proc.name %concat(proc.pname, "x", proc.name) %join(",", (proc.pid, toupper(user.name))) %proc.pid`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, ref := range template.Fields() {
		got = append(got, ref.String())
	}
	if diff := cmp.Diff([]string{"proc.name", "proc.pname", "proc.pid", "user.name"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestFieldsOfTheConfiguration(t *testing.T) {
	const text = "env=%static.env"
	if _, err := Parse(text); err == nil {
		t.Error("static.env is no built-in field")
	}
	template, err := Parser{Fields: schema.FieldParser{Static: []string{"env"}}}.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if got := describe(template); got != "env=<static.env>" {
		t.Errorf("got %s", got)
	}
}

// TestLongInput parses 10 MB of each shape that could cost more than linear time.
func TestLongInput(t *testing.T) {
	if testing.Short() {
		t.Skip("parses 10 MB several times")
	}
	const size = 10 << 20
	for name, unit := range map[string]string{
		"fields":                        "%proc.name ",
		"arguments that are not closed": "%proc.name[",
		"strings that are not closed":   `%proc.name["`,
		"one long name":                 "%a.b" + strings.Repeat(".ccccccc", size/8),
		"one long argument":             "%proc.env[" + strings.Repeat("c", size),
		"one long suffix":               "%proc.name" + strings.Repeat(".c", size/2),
		"open transformers":             "%tolower(",
		"a width":                       "%" + strings.Repeat("1", size),
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Repeat(unit, max(size/len(unit), 1))
			start := time.Now()
			_, err := Parse(text)
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v (error %v)", took, err)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"a %proc.name b", "%5proc.aname[2]x", `*%concat(proc.name, "-")%`, "%%", "100% sure", "%proc.name[1", "%toupper(proc.pid)[",
		`%getopt((proc.args), "a:")[a]`, "%evt.arg.namefoo%evt.time",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		template, err := Parse(text)
		if err != nil {
			_ = err.(*filter.Error)
			return
		}
		for _, s := range template {
			if (s.Operand == nil) != (s.Literal != "") || s.IsField && s.Text == "" {
				t.Errorf("%q has a segment that is neither text nor field: %+v", text, s)
			}
		}
	})
}
