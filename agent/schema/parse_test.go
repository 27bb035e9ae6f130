package schema

import "testing"

func TestParseField(t *testing.T) {
	for _, tt := range []struct {
		test  string
		text  string
		field string
		arg   string
		form  string // "", "[]" or "."
	}{
		{"a field without argument", "proc.name", "proc.name", "", ""},
		{"a class of several words", "fs.path.nameraw", "fs.path.nameraw", "", ""},
		{"the longest name wins over a shorter one", "evt.time.iso8601", "evt.time.iso8601", "", ""},
		{"a name that continues another", "thread.cgroups", "thread.cgroups", "", ""},
		{"a name that continues one with argument", "container.labels", "container.labels", "", ""},
		{"a plugin's field in a class name of libs", "proc.is_container_healthcheck", "proc.is_container_healthcheck", "", ""},
		{"a field that never has a value", "k8s.rc.name", "k8s.rc.name", "", ""},
		{"an ancestor by index", "proc.aname[2]", "proc.aname", "2", "[]"},
		{"all ancestors", "proc.aname", "proc.aname", "", ""},
		{"an index with a leading zero", "proc.args[01]", "proc.args", "01", "[]"},
		{"an environment variable", "proc.env[HOME]", "proc.env", "HOME", "[]"},
		{"digits in proc.env are an index", "proc.env[123]", "proc.env", "123", "[]"},
		{"a key with blanks", "proc.env[A B]", "proc.env", "A B", "[]"},
		{"a key with brackets", "proc.env[a[0]]", "proc.env", "a[0]", "[]"},
		{"a parameter by name", "evt.arg.flags", "evt.arg", "flags", "."},
		{"a parameter by index", "evt.arg[0]", "evt.arg", "0", "[]"},
		{"the longer of two parameter names", "evt.arg.fd1", "evt.arg", "fd1", "."},
		{"a raw parameter", "evt.rawarg.fd", "evt.rawarg", "fd", "."},
		{"an event type", "evt.type.is.open", "evt.type.is", "open", "."},
		{"a system call as event type", "evt.type.is.uname", "evt.type.is", "uname", "."},
		{"both paths", "evt.abspath", "evt.abspath", "", ""},
		{"one path", "evt.abspath.src", "evt.abspath", "src", "."},
		{"a cgroup", "thread.cgroup.cpu", "thread.cgroup", "cpu", "."},
		{"a time", "evt.around[1700000000000000000]", "evt.around", "1700000000000000000", "[]"},
		{"a descriptor", "fd.types[3]", "fd.types", "3", "[]"},
		{"a mount by index", "container.mount[0]", "container.mount", "0", "[]"},
		{"a mount by pattern", "container.mount.dest[/proc*]", "container.mount.dest", "/proc*", "[]"},
		{"a label in brackets", "container.label[app.kubernetes.io/name]", "container.label", "app.kubernetes.io/name", "[]"},
		{"a label after a dot", "k8s.pod.label.app", "k8s.pod.label", "app", "."},
		{"an empty key of a plugin's field", "container.label[]", "container.label", "", "[]"},
	} {
		t.Run(tt.test, func(t *testing.T) {
			ref, err := ParseField(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if ref.Field.Name != tt.field || ref.Arg != tt.arg || ref.HasArg != (tt.form != "") || ref.Dotted != (tt.form == ".") {
				t.Errorf("%+v of %s", ref, ref.Field.Name)
			}
			if ref.String() != tt.text {
				t.Errorf("String() = %s", ref)
			}
		})
	}
}

func TestParseFieldRefuses(t *testing.T) {
	nonexistent := func(text string) string { return "filter_check called with nonexistent field " + text }
	for _, tt := range []struct {
		test string
		text string
		want string
	}{
		{"an unknown field", "proc.nosuch", nonexistent("proc.nosuch")},
		{"an unknown class", "foo.bar", nonexistent("foo.bar")},
		{"nothing", "", nonexistent("")},
		{"a class alone", "proc", nonexistent("proc")},
		{"another case", "Proc.name", nonexistent("Proc.name")},
		{"a blank before the name", " proc.name", nonexistent(" proc.name")},
		{"text behind the name", "proc.namefoo", nonexistent("proc.namefoo")},
		{"text behind the argument", "proc.aname[2]x", nonexistent("proc.aname[2]x")},
		{"an open bracket", "proc.aname[2", nonexistent("proc.aname[2")},
		{"a bracket that only opens", "proc.aname[", nonexistent("proc.aname[")},
		{"an argument where none is taken", "proc.name[1]", nonexistent("proc.name[1]")},
		{"a tail where none is taken", "proc.name.x", nonexistent("proc.name.x")},
		{"an ancestor by name", "proc.aname[x]", nonexistent("proc.aname[x]")},
		{"a negative ancestor", "proc.aname[-1]", nonexistent("proc.aname[-1]")},
		{"no index in the brackets", "proc.aname[]", nonexistent("proc.aname[]")},
		{"an index over 32 bits", "proc.aname[2147483648]", nonexistent("proc.aname[2147483648]")},
		{"a dotted ancestor", "proc.aname.2", nonexistent("proc.aname.2")},
		{"no key in the brackets", "proc.env[]", nonexistent("proc.env[]")},
		{"an index over 32 bits in proc.env", "proc.env[99999999999]", nonexistent("proc.env[99999999999]")},
		{"a dotted variable", "proc.env.HOME", nonexistent("proc.env.HOME")},
		{"an unknown parameter", "evt.arg.nosucharg", "unknown event argument nosucharg"},
		{"an unknown raw parameter", "evt.rawarg.nosucharg", "unknown event argument nosucharg"},
		{"text behind a parameter", "evt.arg.nameX", nonexistent("evt.arg.nameX")},
		{"a parameter index that is no number", "evt.arg[a]", "a is not a valid number"},
		{"an empty parameter index", "evt.arg[]", " is not a valid number"},
		{"a parameter index over 32 bits", "evt.arg[99999999999]", "99999999999 is not a valid number"},
		{"a raw parameter by index", "evt.rawarg[0]", "evt.rawarg takes the name of a parameter, not an index: evt.rawarg.<name>"},
		{"no parameter", "evt.arg", "evt.arg requires an argument but none provided"},
		{"an unknown event type", "evt.type.is.opne", "unknown event type opne"},
		{"an event type in brackets", "evt.type.is[open]", nonexistent("evt.type.is[open]")},
		{"a third path", "evt.abspath.both", nonexistent("evt.abspath.both")},
		{"a cgroup in brackets", "thread.cgroup[cpu]", nonexistent("thread.cgroup[cpu]")},
		{"a cgroup with a digit", "thread.cgroup.cpu2", nonexistent("thread.cgroup.cpu2")},
		{"a cgroup without a name", "thread.cgroup.", nonexistent("thread.cgroup.")},
		{"a time that is no number", "evt.around[now]", "now is not a valid number"},
		{"a signed time", "evt.around[+1]", "+1 is not a valid number"},
		{"a dotted time", "evt.around.1", nonexistent("evt.around.1")},
		{"a plugin's field without its argument", "container.mount", "container.mount requires an argument but none provided"},
		{
			"a plugin's field with an argument too many", "container.id[x]",
			"container.id does not allow nor require an argument but one is provided: x",
		},
		{"a dotted mount", "container.mount.x", nonexistent("container.mount.x")},
		{"a dotted label with brackets", "container.label.a[b]", nonexistent("container.label.a[b]")},
		{"a dotted label without a key", "container.label.", nonexistent("container.label.")},
		{"a static field that is not configured", "static.env", nonexistent("static.env")},
		{"a key that is not UTF-8", "proc.env[\xff]", `field "proc.env[\xff]" is not valid UTF-8`},
	} {
		t.Run(tt.test, func(t *testing.T) {
			ref, err := ParseField(tt.text)
			if err == nil {
				t.Fatalf("parses as %s", ref)
			}
			if err.Error() != tt.want {
				t.Errorf("%q, want %q", err, tt.want)
			}
			if ref != (FieldRef{}) {
				t.Errorf("returns %+v with the error", ref)
			}
		})
	}
}

func TestFieldParserKnowsStaticFields(t *testing.T) {
	p := FieldParser{Static: []string{"env", "data.center"}}
	for _, text := range []string{"static.env", "static.data.center"} {
		ref, err := p.Parse(text)
		if err != nil || ref.String() != text || ref.Kind() != KindString || !ref.Field.SuggestedOutput {
			t.Errorf("%s: %v, %v", text, ref, err)
		}
	}
	if ref, err := p.Parse("static.data"); err == nil {
		t.Errorf("static.data parses as %s", ref)
	}
	if _, err := p.Parse("proc.name"); err != nil {
		t.Error(err)
	}
}

func TestFieldRefKindAndMulti(t *testing.T) {
	for _, tt := range []struct {
		text  string
		typ   ParamType
		kind  Kind
		multi bool
	}{
		{"proc.name", PT_CHARBUF, KindString, false},
		{"proc.pid", PT_INT64, KindInt, false},
		{"proc.aname", PT_CHARBUF, KindString, true},
		{"proc.aname[1]", PT_CHARBUF, KindString, false},
		{"proc.apid", PT_INT64, KindInt, true},
		{"proc.aenv", PT_CHARBUF, KindString, true},
		{"proc.aenv[HOME]", PT_CHARBUF, KindString, false},
		{"proc.args", PT_CHARBUF, KindString, false},
		{"proc.env", PT_CHARBUF, KindString, false},
		{"fd.types", PT_CHARBUF, KindString, true},
		{"fd.types[1]", PT_CHARBUF, KindString, true},
		{"fd.ip", PT_IPADDR, KindAddr, true},
		{"fd.sip", PT_IPADDR, KindAddr, false},
		{"fd.port", PT_PORT, KindUint, true},
		{"fd.proto", PT_PORT, KindUint, true},
		{"fd.net", PT_IPNET, KindNet, true},
		{"fd.snet", PT_IPNET, KindNet, false},
		{"evt.failed", PT_BOOL, KindBool, false},
		{"evt.buffer", PT_BYTEBUF, KindBytes, false},
		{"thread.cpu", PT_DOUBLE, KindFloat, false},
		{"evt.arg.fd", PT_CHARBUF, KindString, false},
		{"evt.rawarg.fd", PT_FD, KindInt, false},
		{"evt.rawarg.name", PT_FSPATH, KindString, false},
		{"evt.rawarg.flags", PT_FLAGS32, KindUint, false},
		{"evt.rawarg.data", PT_BYTEBUF, KindBytes, false},
		{"evt.rawarg.euid", PT_UID, KindOther, false},
	} {
		ref, err := ParseField(tt.text)
		if err != nil {
			t.Error(err)
		} else if ref.Type() != tt.typ || ref.Kind() != tt.kind || ref.Multi() != tt.multi {
			t.Errorf("%s: type %s, kind %d, multi %v", ref, ref.Type(), ref.Kind(), ref.Multi())
		}
	}
}

func TestFieldRefFormat(t *testing.T) {
	for text, want := range map[string]PrintFormat{"fd.dev": PF_HEX, "evt.rawarg.mode": PF_OCT, "evt.rawtime.ns": PF_10_PADDED_DEC} {
		if ref, err := ParseField(text); err != nil || ref.Format() != want {
			t.Errorf("%s: %d, %v", text, ref.Format(), err)
		}
	}
}

func TestFieldRefIndex(t *testing.T) {
	for _, tt := range []struct {
		text  string
		index int
		ok    bool
	}{
		{"proc.aname[2]", 2, true},
		{"proc.args[007]", 7, true},
		{"proc.env[123]", 123, true},
		{"proc.env[HOME]", 0, false},
		{"proc.aname", 0, false},
		{"evt.arg[0]", 0, true},
		{"evt.arg.fd", 0, false},
		{"container.mount[10]", 10, true},
		{"container.mount[0]", 0, true},
		{"container.mount[010]", 0, false},
		{"container.mount[/etc]", 0, false},
		{"container.label[1]", 0, false},
		{"evt.around[5]", 0, false},
	} {
		ref, err := ParseField(tt.text)
		if err != nil {
			t.Fatal(err)
		}
		if index, ok := ref.Index(); index != tt.index || ok != tt.ok {
			t.Errorf("%s: %d, %v", tt.text, index, ok)
		}
	}
}

func TestFieldRefIsAMapKey(t *testing.T) {
	seen := map[FieldRef]int{}
	for _, text := range []string{"proc.aname[2]", "proc.aname[2]", "proc.aname", "container.label[a]", "container.label.a"} {
		ref, err := ParseField(text)
		if err != nil {
			t.Fatal(err)
		}
		seen[ref]++
	}
	if len(seen) != 4 {
		t.Errorf("%d different fields", len(seen))
	}
}

// sampleArgs are arguments that a field with each rule accepts, as they follow
// its name.
var sampleArgs = map[ArgRule][]string{
	ArgNone:          {""},
	ArgOptionalIndex: {"", "[0]", "[12]"},
	ArgOptionalKey:   {"", "[0]", "[HOME]", `["]`, `[\]`, "[é ]", "[a.b]", "[\n]", "[<&>]"},
	ArgParamOrIndex:  {"[3]", ".flags", ".fd", ".oldpath"},
	ArgParam:         {".flags", ".fd"},
	ArgEvent:         {".open", ".uname"},
	ArgSide:          {"", ".src", ".dst"},
	ArgTime:          {"[1700000000000000000]"},
	ArgSubsystem:     {".cpu", ".name_systemd"},
	ArgIndexOrKey:    {"[0]", "[/etc/[a-z]*]", `["/x"]`},
	ArgKey:           {"[app.kubernetes.io/name]", ".app", ".app.kubernetes.io/name", "[]", "[\u2028]"},
}

// sampleFields calls use with every field of the table, with each sample argument.
func sampleFields(use func(text string)) {
	for i := range Fields() {
		for _, arg := range sampleArgs[Fields()[i].Arg] {
			use(Fields()[i].Name + arg)
		}
	}
}

func TestEveryFieldParsesToItself(t *testing.T) {
	sampleFields(func(text string) {
		if ref, err := ParseField(text); err != nil || ref.String() != text {
			t.Errorf("%s: %v, %v", text, ref, err)
		}
	})
}

func FuzzParseField(f *testing.F) {
	sampleFields(func(text string) { f.Add(text) })
	for _, text := range []string{"", "proc", "proc.aname[", "evt.arg.", "static.x", "evt.arg[99999999999999999999]"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ref, err := ParseField(text)
		if err != nil {
			return
		}
		if ref.String() != text {
			t.Errorf("%q is written %q", text, ref)
		}
		again, err := ParseField(ref.String())
		if err != nil || again != ref {
			t.Errorf("%q parses as %+v, then as %+v, %v", text, ref, again, err)
		}
		class, rest := ref.InputPath()
		if back, err := ParseInput(class, rest); err != nil || back != ref {
			t.Errorf("%q has the input name %q, %q, which is %+v, %v", text, class, rest, back, err)
		}
	})
}

func BenchmarkParseField(b *testing.B) {
	for _, text := range []string{"proc.name", "evt.arg.flags", "container.image.repository"} {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				if _, err := ParseField(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
