package outputs

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/agent/schema"
)

// The tests run two hours east of Greenwich, so that local time shows.
func TestMain(m *testing.M) {
	time.Local = time.FixedZone("test", 2*60*60)
	os.Exit(m.Run())
}

// openAlert returns an alert with a field of every type.
func openAlert() *Alert {
	return &Alert{
		ID:       "not printed",
		Time:     time.Unix(1700000000, 120_000_000),
		Rule:     "r1",
		Priority: schema.Informational,
		Source:   "syscall",
		Tags:     []string{"alpha", "zeta"},
		Hostname: "h1",
		Message:  "file /tmp/a\"b\\c\n by <NA>",
		Fields: []Field{
			{"evt.arg.flags", "O_RDONLY"},
			{"evt.time", int64(1700000000120000000)},
			{"evt.type", "open"},
			{"fd.name", "/tmp/a\"b\\c\n"},
			{"fd.sport", uint64(443)},
			{"proc.aname", []any{"bash", nil, int64(-1)}},
			{"proc.is_exe_writable", false},
			{"proc.pname", nil},
			{"user.loginuid", int64(-1)},
		},
	}
}

func dropAlert() *Alert {
	return &Alert{
		Time:     time.Unix(1700000000, 120_000_000),
		Rule:     "Falco internal: syscall event drop",
		Priority: schema.Debug,
		Source:   SourceInternal,
		Tags:     []string{"never printed"},
		Hostname: "h1",
		Message:  "Falco internal: syscall event drop. 3 system calls dropped in last second.",
		Fields: []Field{
			{"falco.cpu_usage_perc", 0.5},
			{"n_drops", "3"},
			{"n_evts", uint64(70)},
		},
	}
}

func TestAppendPrintsWhatFalcoPrints(t *testing.T) {
	change := func(a *Alert, f func(*Alert)) *Alert { f(a); return a }
	jsonFormat := DefaultFormat()
	jsonFormat.JSON = true

	for _, test := range []struct {
		name   string
		format Format
		alert  *Alert
		want   string
	}{
		{"a text line has local time, the priority's full word and the message as it is", Format{}, openAlert(),
			"00:13:20.120000000: Informational file /tmp/a\"b\\c\n by <NA>"},
		{"a text line with the ISO setting has date and time in UTC", Format{TimeISO8601: true}, openAlert(),
			"2023-11-14T22:13:20.120000000+0000: Informational file /tmp/a\"b\\c\n by <NA>"},
		{"a text line is escaped when asked", Format{EscapeText: true}, openAlert(),
			`00:13:20.120000000: Informational file /tmp/a\"b\\c\n by <NA>`},
		{"a JSON object has its keys sorted and every type as Falco prints it", jsonFormat, openAlert(),
			`{"hostname":"h1","output":"00:13:20.120000000: Informational file /tmp/a\"b\\c\n by <NA>",` +
				`"output_fields":{"evt.arg.flags":"O_RDONLY","evt.time":1700000000120000000,"evt.type":"open",` +
				`"fd.name":"/tmp/a\"b\\c\n","fd.sport":443,"proc.aname":["bash",null,-1],"proc.is_exe_writable":false,` +
				`"proc.pname":null,"user.loginuid":-1},"priority":"Informational","rule":"r1","source":"syscall",` +
				`"tags":["alpha","zeta"],"time":"2023-11-14T22:13:20.120000000Z"}`},
		{"the ISO setting changes output and the name of the time field, never time",
			Format{JSON: true, TimeISO8601: true, IncludeOutput: true, IncludeOutputFields: true},
			change(openAlert(), func(a *Alert) { a.Message = "m"; a.Fields = a.Fields[:3] }),
			`{"hostname":"h1","output":"2023-11-14T22:13:20.120000000+0000: Informational m",` +
				`"output_fields":{"evt.arg.flags":"O_RDONLY","evt.time.iso8601":1700000000120000000,"evt.type":"open"},` +
				`"priority":"Informational","rule":"r1","source":"syscall","time":"2023-11-14T22:13:20.120000000Z"}`},
		{"with the ISO setting evt.time stays when the output names it",
			Format{JSON: true, TimeISO8601: true, IncludeOutputFields: true},
			change(openAlert(), func(a *Alert) { a.NamesTime = true; a.Fields = a.Fields[:2] }),
			`{"hostname":"h1","output_fields":{"evt.arg.flags":"O_RDONLY","evt.time":1700000000120000000,` +
				`"evt.time.iso8601":1700000000120000000},"priority":"Informational","rule":"r1","source":"syscall",` +
				`"time":"2023-11-14T22:13:20.120000000Z"}`},
		{"an alert without fields and tags has evt.time and an empty list", jsonFormat,
			change(openAlert(), func(a *Alert) { a.Message = "no fields"; a.Fields, a.Tags = nil, nil }),
			`{"hostname":"h1","output":"00:13:20.120000000: Informational no fields",` +
				`"output_fields":{"evt.time":1700000000120000000},"priority":"Informational","rule":"r1",` +
				`"source":"syscall","tags":[],"time":"2023-11-14T22:13:20.120000000Z"}`},
		{"everything optional can be left out", Format{JSON: true}, openAlert(),
			`{"hostname":"h1","priority":"Informational","rule":"r1","source":"syscall","time":"2023-11-14T22:13:20.120000000Z"}`},
		{"message is the line without time and priority", Format{JSON: true, IncludeMessage: true}, openAlert(),
			`{"hostname":"h1","message":"file /tmp/a\"b\\c\n by <NA>","priority":"Informational","rule":"r1",` +
				`"source":"syscall","time":"2023-11-14T22:13:20.120000000Z"}`},
		{"an internal alert in JSON has the bare message, its fields and no tags, whatever is set",
			Format{JSON: true, TimeISO8601: true, IncludeMessage: true, IncludeTags: true}, dropAlert(),
			`{"hostname":"h1","output":"Falco internal: syscall event drop. 3 system calls dropped in last second.",` +
				`"output_fields":{"falco.cpu_usage_perc":0.5,"n_drops":"3","n_evts":70},"priority":"Debug",` +
				`"rule":"Falco internal: syscall event drop","source":"internal","time":"2023-11-14T22:13:20.120000000Z"}`},
		{"an internal alert in JSON has an object of fields even when there are none", jsonFormat,
			change(dropAlert(), func(a *Alert) { a.Fields, a.Message, a.Rule = nil, "m", "r" }),
			`{"hostname":"h1","output":"m","output_fields":{},"priority":"Debug","rule":"r","source":"internal",` +
				`"time":"2023-11-14T22:13:20.120000000Z"}`},
		{"an internal alert as text has local time and its fields in JSON, whatever is set",
			Format{TimeISO8601: true, EscapeText: true}, dropAlert(),
			`00:13:20.120000000: Debug Falco internal: syscall event drop. 3 system calls dropped in last second. ` +
				`(falco.cpu_usage_perc=0.5 n_drops="3" n_evts=70)`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, string(test.format.Append(nil, test.alert))); diff != "" {
				t.Errorf("line (-want +got):\n%s", diff)
			}
			if got := string(test.format.Append([]byte("before "), test.alert)); got != "before "+test.want {
				t.Errorf("Append does not keep what dst held: %s", got)
			}
		})
	}
}

func TestStringsInJSON(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"markup and slashes stay", `/a<b>&'c'`, `"/a<b>&'c'"`},
		{"quotes and backslashes are escaped", `"\`, `"\"\\"`},
		{"control characters have short or four digit escapes", "\b\t\n\f\r\x00\x1b\x1f", `"\b\t\n\f\r\u0000\u001b\u001f"`},
		{"delete and line separators stay", "\x7f\u2028\u2029", "\"\x7f\u2028\u2029\""},
		{"letters of all planes stay", "ä漢😀", `"ä漢😀"`},
		{"a replacement character that was there stays", "\uFFFD", "\"\uFFFD\""},
		{"a byte that begins nothing becomes one replacement", "a\x80b", "\"a\uFFFDb\""},
		{"a character cut by the end becomes one replacement", "a\xf0\x9f\x98", "\"a\uFFFD\""},
		{"a character cut by a letter becomes one replacement and the letter stays", "\xe2\x82a", "\"\uFFFDa\""},
		{"an overlong form becomes one replacement per byte", "\xc0\xaf\xe0\x80\xbf", "\"" + strings.Repeat("\uFFFD", 5) + "\""},
		{"a surrogate becomes one replacement per byte", "\xed\xa0\x80", "\"" + strings.Repeat("\uFFFD", 3) + "\""},
		{"a number above Unicode becomes one replacement per byte", "\xf4\x91\x92\x93", "\"" + strings.Repeat("\uFFFD", 4) + "\""},
		{"the mixed example of the Unicode standard, table 3-11", "\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", "\"" + strings.Repeat("\uFFFD", 4) + "A\""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := string(appendString(nil, test.in)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestValuesInJSON(t *testing.T) {
	for _, test := range []struct {
		name  string
		value any
		want  string
	}{
		{"the smallest integer", int64(math.MinInt64), "-9223372036854775808"},
		{"the largest integer", uint64(math.MaxUint64), "18446744073709551615"},
		{"a whole float keeps a decimal", 100.0, "100.0"},
		{"zero as a float keeps a decimal", 0.0, "0.0"},
		{"a small float is plain down to 0.0001", 0.0001, "0.0001"},
		{"a smaller float has an exponent", 0.00001, "1e-05"},
		{"a large float is plain below 1e15", 123456789012345.0, "123456789012345.0"},
		{"a larger float has an exponent", 1e15, "1e+15"},
		{"what is not a number is null", math.NaN(), "null"},
		{"infinity is null", math.Inf(-1), "null"},
		{"an empty list", []any{}, "[]"},
		{"a list of lists", []any{[]any{"a"}, true}, `[["a"],true]`},
		{"any other type is text", 5 * time.Second, `"5s"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := string(appendValue(nil, test.value)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// FuzzAppendJSON checks that any alert becomes valid JSON that says the same.
func FuzzAppendJSON(f *testing.F) {
	f.Add("rule", "msg \"<&>\\\u2028", "tag", "proc.name", "v\xf0\x9f", int64(-1), uint64(1), 0.1, true, int64(1), uint8(4))
	f.Add("", "", "", "evt.time", "", int64(0), uint64(0), 1e21, false, int64(-1), uint8(9))
	f.Add("\x00", "\x7f", "\xff", "zz", "\xed\xa0\x80", int64(math.MinInt64), uint64(math.MaxUint64), 1e-7, false, int64(math.MaxInt64), uint8(0))
	f.Fuzz(func(t *testing.T, rule, message, tag, name, text string, i int64, u uint64, fl float64, b bool, ns int64, priority uint8) {
		a := &Alert{
			Time: time.Unix(0, ns), Rule: rule, Priority: schema.Priority(priority % 8), Source: "syscall",
			Tags: []string{tag}, Hostname: text, Message: message,
			Fields: []Field{{name, []any{text, i, u, fl, b, nil}}},
		}
		format := DefaultFormat()
		format.JSON, format.IncludeMessage = true, true
		line := format.Append(nil, a)
		if !json.Valid(line) || !utf8.Valid(line) || strings.ContainsAny(string(line), "\n\r") {
			t.Fatalf("not one line of JSON: %q", line)
		}
		var got struct {
			Hostname, Message, Output, Rule string
			Tags                            []string
			Time                            time.Time
			Fields                          map[string]any `json:"output_fields"`
		}
		decoder := json.NewDecoder(strings.NewReader(string(line)))
		decoder.UseNumber()
		if err := decoder.Decode(&got); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		for _, pair := range [][2]string{{text, got.Hostname}, {message, got.Message}, {rule, got.Rule}, {tag, got.Tags[0]}} {
			checkText(t, pair[0], pair[1])
		}
		if !got.Time.Equal(a.Time) {
			t.Errorf("time %v, want %v", got.Time, a.Time)
		}
		if !strings.HasSuffix(got.Output, got.Message) {
			t.Errorf("output %q does not end in the message", got.Output)
		}
		if got.Fields["evt.time"] != json.Number(string(appendValue(nil, ns))) {
			t.Errorf("evt.time is %v, want %v", got.Fields["evt.time"], ns)
		}
		if name == "evt.time" || !utf8.ValidString(name) {
			return
		}
		want := []any{i, u, fl}
		values := got.Fields[name].([]any)
		checkText(t, text, values[0].(string))
		for n, v := range want {
			if math.IsNaN(fl) || math.IsInf(fl, 0) {
				break
			}
			number := values[n+1].(json.Number)
			switch v := v.(type) {
			case float64:
				if back, err := number.Float64(); err != nil || back != v {
					t.Errorf("float %v came back as %s", v, number)
				}
			default:
				if string(number) != string(appendValue(nil, v)) {
					t.Errorf("number %v came back as %s", v, number)
				}
			}
		}
		if values[4] != b || values[5] != nil {
			t.Errorf("bool and nil came back as %v and %v", values[4], values[5])
		}
	})
}

// checkText compares a string with what came back: equal, or, where it was not
// UTF-8, equal after both lose what could not be read.
func checkText(t *testing.T, want, got string) {
	t.Helper()
	if !utf8.ValidString(want) {
		if !strings.Contains(got, "\uFFFD") {
			t.Errorf("%q came back as %q without a replacement character", want, got)
		}
		drop := func(s string) string { return strings.ReplaceAll(s, "\uFFFD", "") }
		want, got = drop(strings.ToValidUTF8(want, "")), drop(got)
	}
	if want != got {
		t.Errorf("%q came back as %q", want, got)
	}
}
