package main

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/saker-project/saker/falco-rules/corpus"
)

// filesIn returns a function that writes a file into dir and returns its path.
func filesIn(t *testing.T, dir string) func(name, content string) string {
	return func(name, content string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
}

// Whatever is wrong, saker says what and what to do, once, and ends with 1.
func TestErrorsSayWhatToDo(t *testing.T) {
	binary, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	address := taken.Addr().String()

	file := filesIn(t, t.TempDir())
	const rule = "- rule: r\n  desc: d\n  output: o\n  priority: INFO\n  condition: "
	secret := file("secret.yaml", "")
	if err := os.Chmod(secret, 0); err != nil {
		t.Fatal(err)
	}
	unclosed := file("unclosed.yaml", "- rule: [\n")
	unknown := file("unknown.yaml", rule+"proc.nmae = cat and evt.type = execve\n")
	syntax := file("syntax.yaml", rule+"proc.name =\n")
	strayField := file("output.yaml", strings.Replace(rule, "output: o", "output: \"%proc.nmae\"", 1)+"evt.type = execve\n")
	badConfig := file("falco.yaml", "nats_output:\n  enabled: perhaps\npriority: loud\n")

	root := func(t *testing.T) {
		if os.Geteuid() != 0 {
			corpus.SkipOrFail(t, "needs root")
		}
	}
	tests := []struct {
		name    string
		args    []string
		prepare func(*testing.T, *exec.Cmd)
		want    []string // in the message
	}{
		{
			name: "not root",
			args: []string{"-o", "nats_output.enabled=false"},
			prepare: func(t *testing.T, c *exec.Cmd) {
				root(t)
				c.Dir = "/"
				c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
			},
			want: []string{"root", "CAP_BPF"},
		},
		{
			name: "root without capabilities",
			args: []string{"-o", "nats_output.enabled=false"},
			prepare: func(t *testing.T, c *exec.Cmd) {
				root(t)
				c.Args = append([]string{"setpriv", "--bounding-set=-all", "--inh-caps=-all"}, c.Args...)
				if c.Path, err = exec.LookPath("setpriv"); err != nil {
					t.Fatal(err)
				}
			},
			want: []string{"CAP_BPF", "CAP_PERFMON", "CAP_SYS_ADMIN", "container"},
		},
		{
			name: "no type information",
			args: []string{"-o", "nats_output.enabled=false"},
			prepare: func(t *testing.T, c *exec.Cmd) {
				root(t)
				c.Args = append([]string{"unshare", "-m", "sh", "-c", `mount -t tmpfs none /sys/kernel/btf && exec "$0" "$@"`}, c.Args...)
				if c.Path, err = exec.LookPath("unshare"); err != nil {
					t.Fatal(err)
				}
			},
			want: []string{"/sys/kernel/btf/vmlinux", "CONFIG_DEBUG_INFO_BTF=y"},
		},
		{
			name: "port taken",
			args: []string{"-o", "nats_output.listen=" + address},
			want: []string{address, "nats_output.listen", "nats_output.url"},
		},
		{
			name: "store that cannot be written",
			args: []string{"-o", "nats_output.listen=127.0.0.1:0", "-o", "nats_output.store_dir=/proc/saker"},
			want: []string{"/proc/saker", "store_dir"},
		},
		{
			name: "listening for other machines without credentials",
			args: []string{"-o", "nats_output.listen=0.0.0.0:4222"},
			want: []string{"0.0.0.0:4222", "127.0.0.1"},
		},
		{
			name: "no such rules file",
			args: []string{"-r", "/nope/rules.yaml"},
			want: []string{"/nope/rules.yaml", "no such file", "-r", "rules_files"},
		},
		{
			name: "rules file that may not be read",
			args: []string{"-r", secret},
			prepare: func(t *testing.T, c *exec.Cmd) {
				root(t)
				c.Dir = "/"
				c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
			},
			want: []string{secret, "permission denied", "-r", "rules_files"},
		},
		{
			name: "rules file that is no YAML",
			args: []string{"-r", unclosed},
			want: []string{unclosed, "LOAD_ERR_YAML_PARSE"},
		},
		{
			name: "unknown field",
			args: []string{"-r", unknown},
			want: []string{unknown + ":5:", "proc.nmae", "LOAD_ERR_COMPILE_CONDITION"},
		},
		{
			name: "condition that ends too soon",
			args: []string{"-r", syntax},
			want: []string{syntax + ":5:", "LOAD_ERR_COMPILE_CONDITION"},
		},
		{
			name: "unknown field in an output",
			args: []string{"-r", strayField},
			want: []string{strayField + ":3:", "proc.nmae", "LOAD_ERR_COMPILE_OUTPUT"},
		},
		{
			name: "several bad files at once",
			args: []string{"translate", unknown, syntax},
			want: []string{unknown, syntax},
		},
		{
			name: "bad configuration",
			args: []string{"-c", badConfig},
			want: []string{badConfig + ":2:", "nats_output.enabled", badConfig + ":3:", "priority"},
		},
		{
			name: "no such configuration",
			args: []string{"-c", "/nope/falco.yaml"},
			want: []string{"/nope/falco.yaml"},
		},
		{
			name: "unknown command",
			args: []string{"tanslate"},
			want: []string{"tanslate", "--help"},
		},
		{
			name: "unknown flag",
			args: []string{"--nope"},
			want: []string{"--nope"},
		},
		{
			name: "unknown format of a list",
			args: []string{"--list", "--format=xml"},
			want: []string{"text", "markdown", "json"},
		},
		{
			name: "nothing to translate",
			args: []string{"translate"},
			want: []string{"saker translate FILE"},
		},
		{
			name: "no output enabled",
			args: []string{"-o", "nats_output.enabled=false", "-o", "stdout_output.enabled=false"},
			want: []string{"stdout_output.enabled", "nats_output.enabled"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cmd := exec.Command(binary, tt.args...)
			if tt.prepare != nil {
				tt.prepare(t, cmd)
			}
			var stderr strings.Builder
			cmd.Stderr = &stderr
			stdout, err := cmd.Output()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 1 {
				t.Errorf("%v, want exit status 1", err)
			}
			text := stderr.String()
			if n := strings.Count(text, "Error:"); n != 1 {
				t.Errorf("%d errors reported, want 1", n)
			}
			for _, want := range tt.want {
				if !strings.Contains(text, want) {
					t.Errorf("the message lacks %q", want)
				}
			}
			for _, never := range []string{"panic", "goroutine ", "%!"} {
				if strings.Contains(text, never) {
					t.Errorf("the message has %q", never)
				}
			}
			if len(stdout) > 0 {
				t.Errorf("standard output: %s", stdout)
			}
			if t.Failed() {
				t.Logf("stderr:\n%s", text)
			}
		})
	}
}

func TestHelpAndVersion(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want []string
	}{
		{[]string{"--help"}, []string{"Usage:", "saker translate FILE...", "-o, --option", "-r, --rules", "-c, --config"}},
		{[]string{"translate", "--help"}, []string{"Usage:", "saker translate FILE..."}},
		{[]string{"--version"}, []string{"saker " + version}},
	} {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			var stdout, stderr strings.Builder
			if code := Main(tt.args, &stdout, &stderr); code != 0 {
				t.Errorf("exit code %d, want 0", code)
			}
			for _, want := range tt.want {
				if !strings.Contains(stdout.String(), want) {
					t.Errorf("the output lacks %q:\n%s", want, stdout.String())
				}
			}
			if stderr.Len() > 0 {
				t.Errorf("stderr: %s", stderr.String())
			}
		})
	}
}

func TestTranslatePrintsTheModulesOfTheStockRules(t *testing.T) {
	var stdout, stderr strings.Builder
	if code := Main([]string{"translate", corpus.Path(t, "rules/falco-rules-5.1.0.yaml")}, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, stderr.String())
	}
	if got := strings.Count(stdout.String(), "\npackage falco.rules."); got != 25 {
		t.Errorf("%d rule modules, want 25", got)
	}
	for _, want := range []string{"package falco.lists", "package falco.macros", "package falco.rules.read_sensitive_file_untrusted", "import rego.v2"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("no %q", want)
		}
	}
}
