package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// stockOPA builds OPA as its project publishes it, without our builtins.
var stockOPA = sync.OnceValues(func() (string, error) {
	binary, err := buildOnce()
	if err != nil {
		return "", err
	}
	path := filepath.Join(filepath.Dir(binary), "opa") // which TestMain removes
	out, err := exec.Command("go", "build", "-o", path, "github.com/open-policy-agent/opa").CombinedOutput()
	if err != nil {
		os.Stderr.Write(out)
	}
	return path, err
})

// run runs a program in dir and returns its standard output, its standard error
// and its exit code.
func run(t *testing.T, dir, name string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errors strings.Builder
	c := exec.Command(name, args...)
	c.Dir, c.Stdout, c.Stderr = dir, &out, &errors
	if err := c.Run(); c.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), errors.String(), c.ProcessState.ExitCode()
}

const optionRule = `- rule: Config of somebody
  desc: An option with a value
  condition: evt.type = execve and getopt((proc.args[1], proc.args[2]), "c:")[c] startswith /tmp/
  output: o
  priority: NOTICE
`

func TestStockOPAAcceptsTranslatedRules(t *testing.T) {
	opa, err := stockOPA()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	option := filepath.Join(dir, "option.yaml")
	if err := os.WriteFile(option, []byte(optionRule), 0o644); err != nil {
		t.Fatal(err)
	}
	rules, err := filepath.Abs("../../falco-rules")
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr strings.Builder
	if code := Main([]string{"translate", "-o", filepath.Join(dir, "rego"), rules, option}, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, stderr.String())
	}
	if stdout.Len() > 0 {
		t.Errorf("standard output: %s", stdout.String())
	}
	if strings.Contains(stderr.String(), "SAKER_UNSUPPORTED") {
		t.Errorf("something is not translated:\n%s", stderr.String())
	}
	for _, args := range [][]string{
		{"check", "--strict", "--capabilities", "rego/capabilities.json", "rego"},
		{"fmt", "--list", "rego"},
	} {
		if stdout, stderr, code := run(t, dir, opa, args...); code != 0 || stdout != "" || stderr != "" {
			t.Errorf("opa %s: exit code %d\n%s%s", strings.Join(args, " "), code, stdout, stderr)
		}
	}
	if _, _, code := run(t, dir, opa, "check", "rego"); code == 0 {
		t.Error("stock OPA knows the builtins without their capabilities: the test shows nothing")
	}
}

func TestTranslateWritesFiles(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	write := func(name, content string) {
		if err := os.WriteFile(path(name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("rules.yaml", optionRule)
	write("bad.yaml", strings.Replace(optionRule, "evt.type", "evt.tpye", 1))
	write("file", "mine")
	const module = "falco/rules/config_of_somebody.rego"
	for _, tt := range []struct {
		name, out, rules string
		want             string // in the message; "" for success
	}{
		{"a new directory", "new/below", "rules.yaml", ""},
		{"the same directory again", "new/below", "rules.yaml", ""},
		{"a directory with other files", ".", "rules.yaml", ""},
		{"a file", "file", "rules.yaml", "saker translate -o DIR FILE"},
		{"below a file", "file/below", "rules.yaml", "file"},
		{"rules with an error", "bad", "bad.yaml", "LOAD_ERR_COMPILE_CONDITION"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			code := Main([]string{"translate", "-o", path(tt.out), path(tt.rules)}, &stdout, &stderr)
			if (code == 0) != (tt.want == "") || !strings.Contains(stderr.String(), tt.want) {
				t.Errorf("exit code %d:\n%s", code, stderr.String())
			}
			for _, name := range []string{module, capabilitiesName} {
				if _, err := os.Stat(path(tt.out + "/" + name)); (err == nil) != (tt.want == "") {
					t.Errorf("%s: %v", name, err)
				}
			}
			if content, err := os.ReadFile(path("file")); err != nil || string(content) != "mine" {
				t.Errorf("another file changed: %q, %v", content, err)
			}
		})
	}
	var stdout, stderr strings.Builder
	if code := Main([]string{"translate", "-o", "", path("rules.yaml")}, &stdout, &stderr); code != 1 || !strings.Contains(stderr.String(), "-o DIR") {
		t.Errorf("no directory: exit code %d:\n%s", code, stderr.String())
	}
}
