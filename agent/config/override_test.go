package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// overridden returns a file as options change it, see show.
func overridden(t *testing.T, content string, options ...string) (string, error) {
	t.Helper()
	var found problems
	tree := parseTree("falco.yaml", []byte(content), &found)
	if err := found.err(); err != nil {
		t.Fatal(err)
	}
	for _, option := range options {
		if err := tree.override(option); err != nil {
			return show(tree.root), err
		}
	}
	return show(tree.root), nil
}

// show returns nodes as one line, texts as they are and null as ~.
func show(n *yaml.Node) string {
	switch n = resolve(n); {
	case n.Kind == yaml.MappingNode:
		var pairs []string
		for i := 0; i+1 < len(n.Content); i += 2 {
			pairs = append(pairs, n.Content[i].Value+": "+show(n.Content[i+1]))
		}
		return "{" + strings.Join(pairs, ", ") + "}"
	case n.Kind == yaml.SequenceNode:
		var elements []string
		for _, element := range n.Content {
			elements = append(elements, show(element))
		}
		return "[" + strings.Join(elements, ", ") + "]"
	case isNull(n):
		return "~"
	}
	return n.Value
}

func TestOverrides(t *testing.T) {
	tests := []struct {
		name    string
		content string
		options []string
		want    string
	}{
		{"a key gets a value", "", []string{"a=1"}, "{a: 1}"},
		{"a value replaces another", "a: 1", []string{"a=2"}, "{a: 2}"},
		{"of two options the last counts", "", []string{"a=1", "a=2"}, "{a: 2}"},
		{"a value replaces a list", "a: [1, 2]", []string{"a=3"}, "{a: 3}"},
		{"a value replaces a section", "{a: {b: 1}}", []string{"a=3"}, "{a: 3}"},
		{"the first = divides", "", []string{"a=b=c"}, "{a: b=c}"},
		{"a value can be empty", "", []string{"a="}, "{a: }"},
		{"a value keeps its spaces", "", []string{"a= b "}, "{a:  b }"},
		{"names lead into sections", "{a: {b: 1, c: 2}}", []string{"a.b=3"}, "{a: {b: 3, c: 2}}"},
		{"sections are made as needed", "", []string{"a.b.c=1"}, "{a: {b: {c: 1}}}"},
		{"a section without keys is filled", "{a: }", []string{"a.b=1"}, "{a: {b: 1}}"},
		{"an index leads to an element", "a: [1, 2, 3]", []string{"a[1]=x"}, "{a: [1, x, 3]}"},
		{"the index after the last adds one", "a: [1]", []string{"a[1]=x"}, "{a: [1, x]}"},
		{"index 0 makes a list", "", []string{"a[0]=x"}, "{a: [x]}"},
		{"brackets without index add one", "a: [1]", []string{"a[]=x", "a[]=y"}, "{a: [1, x, y]}"},
		{"brackets without index make a list", "", []string{"a[]=x"}, "{a: [x]}"},
		{"brackets make a list of no value", "{a: }", []string{"a[]=x"}, "{a: [x]}"},
		{"names go on below elements", "a: [{b: 1}]", []string{"a[0].b=2", "a[].b=3"}, "{a: [{b: 2}, {b: 3}]}"},
		{"lists can be in lists", "a: [[1, 2], [3]]", []string{"a[0][1]=x", "a[1][]=y"}, "{a: [[1, x], [3, y]]}"},
		{"a greater index makes a mapping", "a: [x]", []string{"a[3]=y"}, "{a: {0: x, 3: y}}"},
		{"a greater index in nothing makes a mapping", "", []string{"a[3]=y"}, "{a: {3: y}}"},
		{"a name makes a mapping of a list", "a: [{s: true}]", []string{"a.s=false"}, "{a: {0: {s: true}, s: false}}"},
		{"an index in a mapping is a name", "a: {b: 1}", []string{"a[0]=x"}, "{a: {b: 1, 0: x}}"},
		{"a backslash makes dots and brackets part of a name", "", []string{`a\.b\[0\]\\.c=1`}, `{a.b[0]\: {c: 1}}`},
		{"braces are YAML", "", []string{"a={b: [1, true], c: {d: }}"}, "{a: {b: [1, true], c: {d: ~}}}"},
		{"braces are JSON", "", []string{`a[]={"b":"c"}`}, "{a: [{b: c}]}"},
		{"brackets as value are text", "", []string{"a=[x, y]"}, "{a: [x, y]}"},
		{"braces that do not end the value are text", "", []string{"a={b} "}, "{a: {b} }"},
		{"variables stay", "", []string{"a=${B}"}, "{a: ${B}}"},
		{"of a key given twice the first changes", "{a: 1, a: 2}", []string{"a=3"}, "{a: 3, a: 2}"},
		{"an anchor does not change with its alias", "{a: &x {b: 1}, c: *x}", []string{"c.b=2"}, "{a: {b: 1}, c: {b: 2}}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := overridden(t, tt.content, tt.options...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWrongOverrides(t *testing.T) {
	for option, want := range map[string]string{
		"a":          `no "=", want key=value`,
		"":           `no "=", want key=value`,
		"=1":         `no name at character 1`,
		"a..b=1":     `no name at character 3`,
		".a=1":       `no name at character 1`,
		"a.=1":       `no name at character 3`,
		"[0]=1":      `no name at character 1`,
		"a.[0]=1":    `no name at character 3`,
		"a[x]=1":     `"x" is not the index of an element`,
		"a[-1]=1":    `"-1" is not the index of an element`,
		"a[0=1":      `"[0" is not closed`,
		"a[0]b=1":    `want "." or the end, found "b"`,
		"a]=1":       `"]" without "["; write "\]" for one in a name`,
		`a\b=1`:      `"\\b" is no escape, only "\.", "\[", "\]" and "\\" are`,
		`a\=1`:       `"\\" is no escape, only "\.", "\[", "\]" and "\\" are`,
		"s.b=1":      `"s" is "text", which has nothing below it`,
		"m.k.b.c=1":  `"m.k" is "v", which has nothing below it`,
		"s[0]=1":     `"s" is "text", which has nothing below it`,
		"s[]=1":      `"s" is "text", which has nothing below it`,
		"m[]=1":      `"m" is a mapping, [] adds to lists only`,
		"l[0][1].x=": `"l[0]" is "e", which has nothing below it`,
		"a={b: ]}":   `value in braces: yaml: did not find expected node content`,
	} {
		t.Run(option, func(t *testing.T) {
			const content = "{s: text, m: {k: v}, l: [e]}"
			got, err := overridden(t, content, option)
			if err == nil || err.Error() != want {
				t.Errorf("override(%q): %v\nwant %s", option, err, want)
			}
			if got != content {
				t.Errorf("override(%q) failed and left %s", option, got)
			}
		})
	}
}

func TestOverridesInTheConfig(t *testing.T) {
	const none = "is accepted but has no effect in this version"
	tests := []struct {
		name     string
		content  string
		options  []string
		config   *Config
		warnings []string
		errors   []string
	}{
		{
			name:    "options win over the file",
			content: "json_output: false\nstdout_output: {enabled: false}\n",
			options: []string{"json_output=true", "stdout_output.enabled=true"},
			config:  inFile(func(c *Config) { c.JSONOutput, c.StdoutOutput.Enabled = true, true }),
		},
		{
			name:    "a text is a list of one",
			content: "rules_files: [a.yaml, b.yaml]\n",
			options: []string{"rules_files=/x.yaml"},
			config:  inFile(func(c *Config) { c.RulesFiles = []string{"/x.yaml"} }),
		},
		{
			name:    "a list in brackets is one text",
			options: []string{"rules_files=[x,y]"},
			config:  inFile(func(c *Config) { c.RulesFiles = []string{"[x,y]"} }),
		},
		{
			name:    "a section can be given as a whole",
			content: "nats_output: {stream: OLD}\n",
			options: []string{"nats_output={enabled: no, url: [nats://a, nats://b]}"},
			config:  inFile(func(c *Config) { c.NATSOutput.Enabled, c.NATSOutput.URL = false, "nats://a,nats://b" }),
		},
		{
			name:     "a name below a list without effect is accepted",
			content:  "append_output:\n  - suggested_output: true\n",
			options:  []string{"append_output.suggested_output=false"},
			config:   defaultInFile(),
			warnings: []string{"falco.yaml:1:1: append_output: " + none},
		},
		{
			name:     "warnings name the option",
			options:  []string{"webserver.enabled=false", "json_output=1", "engine.kind=kmod", "json_ouput=true"},
			config:   defaultInFile(),
			warnings: []string{"-o webserver.enabled: webserver: " + none, `-o json_output: found "1", want true or false; the default, false, is kept`, "-o engine.kind: there is no kernel module in this version, modern_ebpf is used in place of kmod", "-o json_ouput: unknown key, did you mean json_output?"},
		},
		{
			name:    "errors name the option and the key in it, but not its value",
			options: []string{"nats_output={max_wait: 1, url: nats://user:secret@host}"},
			errors:  []string{`-o nats_output: nats_output.max_wait: found "1", want a duration above 0 with its unit, such as "2s" or "500ms"`},
		},
		{
			name:    "rules files behind the end of the list are an error",
			content: "rules_files: [a.yaml]\n",
			options: []string{"rules_files[7]=b.yaml"},
			errors:  []string{"-o rules_files[7]: rules_files: found a mapping, want the path of a rules file or folder, or a list of them"},
		},
		{
			name:    "all options that are wrong are reported",
			options: []string{"a..b=1", "json_output", "nats_output.max_wait=soon"},
			errors:  []string{`-o a..b: no name at character 3`, `-o json_output: no "=", want key=value`, `-o nats_output.max_wait: found "soon", want a duration above 0 with its unit, such as "2s" or "500ms"`},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := result{tt.config, tt.warnings, tt.errors}
			if diff := cmp.Diff(want, load(t, tt.content, tt.options...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzOverride(f *testing.F) {
	for _, option := range []string{
		"a=1", "a.b=c", "l[0]=x", "l[]=x", "l[9]=x", "l.x=y", `a\.b\[\]\\=1`, "a={b: c}", `a={"b":[1,{"c":null}]}`, "a={b: &x {c: *x}}",
		"a..b=1", "[x]=1", "a[", `a\`, "=", "a={", "engine.modern_ebpf.buf_size_preset=3", "rules_files={a: b}", "nats_output={url: [a, {}]}", "al.b[0].c=1",
	} {
		f.Add(option, option)
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		var found problems
		tree := parseTree("f", []byte("{a: {b: 1}, l: [1, {m: 2}], engine: &e {kind: kmod}, al: *e, loop: &l [*l], rules_files: [a]}"), &found)
		for _, option := range []string{first, second, "loop[0][0].x=1"} {
			if err := tree.override(option); err != nil && err.Error() == "" {
				t.Errorf("override(%q): an error without text", option)
			}
		}
		d := decoder{cfg: Default(), tree: tree, problems: &found}
		d.section("", known, tree.root)
		for _, w := range found.warnings {
			if w.File == "" {
				t.Errorf("no place: %s", w)
			}
		}
		for _, err := range found.errs {
			if err.File == "" {
				t.Errorf("no place: %v", err)
			}
		}
	})
}
