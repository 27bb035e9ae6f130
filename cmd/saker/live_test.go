package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sys/unix"

	"github.com/saker-project/saker/falco-rules/corpus"
)

// buildOnce builds saker, once for all tests.
var buildOnce = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "saker-test-")
	if err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o755); err != nil { // for the tests that run it as somebody else
		return "", err
	}
	builtIn = dir
	binary := filepath.Join(dir, "saker")
	out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return binary, nil
})

// builtIn is the folder of what buildOnce built, "" if nothing.
var builtIn string

func TestMain(m *testing.M) {
	code := m.Run()
	if builtIn != "" {
		os.RemoveAll(builtIn)
	}
	os.Exit(code)
}

// agentProcess is a running saker.
type agentProcess struct {
	tb     testing.TB
	cmd    *exec.Cmd
	url    string // of its NATS server
	stdout string // file with its standard output
	ended  chan struct{}

	mu     sync.Mutex
	stderr []string
}

// startAgent starts saker as a user would and waits until it captures.
func startAgent(tb testing.TB, args ...string) *agentProcess {
	tb.Helper()
	if os.Geteuid() != 0 {
		corpus.SkipOrFail(tb, "live capture needs root")
	}
	binary, err := buildOnce()
	if err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir()
	listen := freeAddress(tb)
	a := &agentProcess{tb: tb, url: "nats://" + listen, stdout: filepath.Join(dir, "stdout"), ended: make(chan struct{})}
	args = append([]string{"-o", "nats_output.listen=" + listen, "-o", "nats_output.store_dir=" + filepath.Join(dir, "store")}, args...)
	a.cmd = exec.Command(binary, args...)
	out, err := os.Create(a.stdout)
	if err != nil {
		tb.Fatal(err)
	}
	defer out.Close()
	a.cmd.Stdout = out
	stderr, err := a.cmd.StderrPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := a.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	ready := make(chan struct{})
	go a.readStderr(stderr, ready)
	tb.Cleanup(func() { a.stop() })
	select {
	case <-ready:
	case <-a.ended:
		tb.Fatalf("saker ended:\n%s", a.log())
	case <-time.After(time.Minute):
		tb.Fatalf("saker is not ready after a minute:\n%s", a.log())
	}
	return a
}

func (a *agentProcess) readStderr(r io.Reader, ready chan struct{}) {
	defer close(a.ended)
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		a.mu.Lock()
		a.stderr = append(a.stderr, lines.Text())
		a.mu.Unlock()
		if strings.Contains(lines.Text(), readyMessage) {
			close(ready)
		}
	}
	a.cmd.Wait()
}

func (a *agentProcess) log() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return strings.Join(a.stderr, "\n")
}

// stop ends saker with SIGTERM and returns what it printed on standard output.
func (a *agentProcess) stop() string {
	a.tb.Helper()
	a.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-a.ended:
	case <-time.After(30 * time.Second):
		a.cmd.Process.Signal(syscall.SIGQUIT)
		<-a.ended
		a.tb.Errorf("saker did not end within 30 s of SIGTERM:\n%s", a.log())
	}
	out, err := os.ReadFile(a.stdout)
	if err != nil {
		a.tb.Fatal(err)
	}
	return string(out)
}

func freeAddress(tb testing.TB) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// alert is what a consumer reads from NATS.
type alert struct {
	Subject  string         `json:"-"`
	Payload  string         `json:"-"`
	Arrived  time.Time      `json:"-"`
	Rule     string         `json:"rule"`
	Priority string         `json:"priority"`
	Source   string         `json:"source"`
	Output   string         `json:"output"`
	Time     time.Time      `json:"time"`
	Fields   map[string]any `json:"output_fields"`
}

// subscriber is an independent NATS client that keeps all alerts.
type subscriber struct {
	tb testing.TB

	mu     sync.Mutex
	alerts []alert
}

func subscribe(tb testing.TB, url string) *subscriber {
	tb.Helper()
	s := &subscriber{tb: tb}
	nc, err := nats.Connect(url)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(nc.Close)
	if _, err := nc.Subscribe("falco.>", func(m *nats.Msg) {
		a := alert{Subject: m.Subject, Payload: string(m.Data), Arrived: time.Now()}
		if err := json.Unmarshal(m.Data, &a); err != nil {
			tb.Errorf("payload %q: %v", m.Data, err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.alerts = append(s.alerts, a)
	}); err != nil {
		tb.Fatal(err)
	}
	if err := nc.Flush(); err != nil {
		tb.Fatal(err)
	}
	return s
}

// find returns the alerts for which accept is true.
func (s *subscriber) find(accept func(alert) bool) []alert {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []alert
	for _, a := range s.alerts {
		if accept(a) {
			found = append(found, a)
		}
	}
	return found
}

// wait waits for an alert for which accept is true.
func (s *subscriber) wait(accept func(alert) bool) (alert, bool) {
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if found := s.find(accept); len(found) > 0 {
			return found[0], true
		}
	}
	return alert{}, false
}

// stage is where the acted programs live: copies of one actor under the names
// that rules look for.
type stage struct {
	tb  testing.TB
	dir string
}

func setStage(tb testing.TB) stage {
	tb.Helper()
	if _, err := exec.LookPath("gcc"); err != nil {
		corpus.SkipOrFail(tb, "no C compiler: "+err.Error())
	}
	s := stage{tb, tb.TempDir()}
	// Programs of other users must get here.
	for dir := s.dir; dir != "/" && dir != os.TempDir(); dir = filepath.Dir(dir) {
		os.Chmod(dir, 0o755)
	}
	if out, err := exec.Command("gcc", "-O1", "-static", "-o", filepath.Join(s.dir, "actor"), "testdata/actor.c").CombinedOutput(); err != nil {
		tb.Fatalf("gcc: %v\n%s", err, out)
	}
	return s
}

// cast returns the path of the actor under another name.
func (s stage) cast(name string) string {
	s.tb.Helper()
	path := filepath.Join(s.dir, name)
	s.copyTo(path)
	return path
}

func (s stage) copyTo(path string) {
	s.tb.Helper()
	if _, err := os.Stat(path); err == nil {
		return
	}
	actor, err := os.ReadFile(filepath.Join(s.dir, "actor"))
	if err != nil {
		s.tb.Fatal(err)
	}
	if err := os.WriteFile(path, actor, 0o755); err != nil {
		s.tb.Fatal(err)
	}
}

// terminal returns a pseudo terminal and its device number, as /proc shows it.
func terminal(tb testing.TB) (*os.File, uint32) {
	tb.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { master.Close() })
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		tb.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		tb.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR, 0)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { slave.Close() })
	var st unix.Stat_t
	if err := unix.Fstat(int(slave.Fd()), &st); err != nil {
		tb.Fatal(err)
	}
	return slave, uint32(st.Rdev)
}

// inOwnNetwork runs do on a thread in a network namespace of its own, whose
// loopback interface has address; programs that do starts are in it too.
func inOwnNetwork(tb testing.TB, address string, do func()) {
	tb.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			done <- fmt.Errorf("unshare: %w", err)
			return
		}
		for _, args := range [][]string{{"link", "set", "lo", "up"}, {"addr", "add", address + "/32", "dev", "lo"}} {
			if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
				done <- fmt.Errorf("ip %v: %w: %s", args, err, out)
				return
			}
		}
		do()
		done <- nil
	}()
	if err := <-done; err != nil {
		tb.Fatal(err)
	}
}

// Each scene acts for one stock rule, or for none.
func TestStockRulesFireOnRealPrograms(t *testing.T) {
	rules := corpus.Path(t, "rules/falco-rules-5.1.0.yaml")
	s := setStage(t)
	agent := startAgent(t, "-r", rules, "-o", "json_output=true")
	seen := subscribe(t, agent.url)

	loginuid := readInt(t, "/proc/self/loginuid")
	if loginuid == 1<<32-1 {
		loginuid = -1
	}
	self := "saker.test"
	if comm, err := os.ReadFile("/proc/self/comm"); err == nil {
		self = strings.TrimSpace(string(comm))
	}
	cat, err := filepath.EvalSymlinks("/bin/cat")
	if err != nil {
		t.Fatal(err)
	}
	www, err := user.Lookup("www-data")
	if err != nil {
		t.Fatal(err)
	}
	wwwID, _ := strconv.Atoi(www.Uid)
	tty, ttyNumber := terminal(t)
	logFile := fmt.Sprintf("/var/log/saker-test-%d.log", os.Getpid())
	if err := os.WriteFile(logFile, []byte("log\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	defer os.Remove(logFile)
	shm := fmt.Sprintf("/dev/shm/saker-test-%d", os.Getpid())
	s.copyTo(shm)
	defer os.Remove(shm)

	grand, parent := s.cast("grandparent"), s.cast("parent")
	nginx, sshd, ssh := s.cast("nginx"), s.cast("sshd"), s.cast("ssh")
	sh, find, shred := "/bin/sh", "/usr/bin/find", "/usr/bin/shred"

	const public = "203.0.113.7" // a documentation address, given to a loopback interface
	common := map[string]any{
		"user.name": "root", "user.uid": 0.0, "user.loginuid": float64(loginuid), "proc.tty": 0.0, "evt.type": "execve",
	}
	scenes := []struct {
		name     string
		command  []string
		prepare  func(*exec.Cmd)
		network  bool
		fails    bool   // the command ends with an error
		marker   string // in the command line of the process that alerts
		rule     string // "" for a near miss
		priority string
		fields   map[string]any
	}{
		{
			name:     "cat reads /etc/shadow below two parents on a terminal",
			command:  []string{grand, "spawn", parent, "spawn", "cat", "/etc/shadow"},
			prepare:  func(c *exec.Cmd) { c.Stdin = tty; c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true} },
			marker:   "cat /etc/shadow",
			rule:     "Read sensitive file untrusted",
			priority: "Warning",
			fields: map[string]any{
				"proc.name": "cat", "proc.pname": "parent", "proc.aname[2]": "grandparent", "proc.aname[3]": self,
				"proc.cmdline": "cat /etc/shadow", "proc.exepath": cat, "proc.tty": float64(ttyNumber),
				"fd.name": "/etc/shadow", "evt.type": "openat",
			},
		},
		{
			name:    "cat reads a file that is not sensitive",
			command: []string{grand, "spawn", parent, "spawn", "cat", "/etc/os-release"},
			marker:  "/etc/os-release",
		},
		{
			name:    "a program that may read /etc/shadow does",
			command: []string{grand, "spawn", s.cast("unix_chkpwd"), "read", "/etc/shadow"},
			marker:  "unix_chkpwd read /etc/shadow",
		},
		{
			name:    "a user who may not read /etc/shadow tries",
			command: []string{grand, "as", "65534", "65534", parent, "read", "/etc/shadow"},
			fails:   true,
			marker:  "parent read /etc/shadow",
		},
		{
			name:     "a user climbs out of a directory",
			command:  []string{grand, "as", "65534", "65534", parent, "read", "../../../../etc/passwd"},
			prepare:  func(c *exec.Cmd) { c.Dir = "/usr/share/doc" },
			marker:   "parent read ../../../../etc/passwd",
			rule:     "Directory traversal monitored file read",
			priority: "Warning",
			fields: map[string]any{
				"fd.name": "/etc/passwd", "fd.nameraw": "../../../../etc/passwd", "proc.name": "parent", "proc.pname": self,
				"user.name": "nobody", "user.uid": 65534.0, "evt.type": nil,
			},
		},
		{
			name:     "a web server starts a shell",
			command:  []string{grand, "spawn", nginx, "spawn", sh, "-c", "true # saker-shell"},
			marker:   "saker-shell",
			rule:     "Run shell untrusted",
			priority: "Notice",
			fields:   map[string]any{"proc.name": "sh", "proc.pname": "nginx", "proc.aname[2]": "grandparent", "proc.cmdline": "sh -c true # saker-shell"},
		},
		{
			name:    "another program starts a shell",
			command: []string{grand, "spawn", parent, "spawn", sh, "-c", "true # saker-plain-shell"},
			marker:  "saker-plain-shell",
		},
		{
			name:     "a system user below sshd runs a program",
			command:  []string{sshd, "spawn", sshd, "as", www.Uid, www.Gid, parent, "true"},
			marker:   "parent true",
			rule:     "System user interactive",
			priority: "Informational",
			fields: map[string]any{
				"proc.name": "parent", "proc.pname": "sshd", "user.name": "www-data", "user.uid": float64(wwwID),
				"proc.exepath": parent,
			},
		},
		{
			name:     "somebody looks for private keys",
			command:  []string{grand, "spawn", find, "/nonexistent", "-name", "id_rsa"},
			fails:    true,
			marker:   "-name id_rsa",
			rule:     "Search Private Keys or Passwords",
			priority: "Warning",
			fields:   map[string]any{"proc.name": "find", "proc.pname": "grandparent", "proc.cmdline": "find /nonexistent -name id_rsa"},
		},
		{
			name:    "somebody looks for other files",
			command: []string{grand, "spawn", find, "/nonexistent", "-name", "readme"},
			fails:   true,
			marker:  "-name readme",
		},
		{
			name:     "somebody looks for cloud credentials",
			command:  []string{grand, "spawn", find, "/nonexistent", "-path", ".aws/credentials"},
			fails:    true,
			marker:   ".aws/credentials",
			rule:     "Find AWS Credentials",
			priority: "Warning",
			fields:   map[string]any{"proc.name": "find", "proc.pcmdline": "grandparent spawn /usr/bin/find /nonexistent -path .aws/credentials"},
		},
		{
			name:     "a log is emptied",
			command:  []string{grand, "spawn", parent, "empty", logFile},
			marker:   "empty " + logFile,
			rule:     "Clear Log Activities",
			priority: "Warning",
			fields:   map[string]any{"proc.name": "parent", "proc.pname": "grandparent", "fd.name": logFile, "evt.type": nil},
		},
		{
			name:     "data is shredded",
			command:  []string{grand, "spawn", shred, "--version"},
			marker:   "shred --version",
			rule:     "Remove Bulk Data from Disk",
			priority: "Warning",
			fields:   map[string]any{"proc.name": "shred", "proc.pname": "grandparent", "proc.cmdline": "shred --version"},
		},
		{
			name:     "a program runs from /dev/shm",
			command:  []string{grand, "spawn", shm, "true"},
			marker:   filepath.Base(shm)[:min(15, len(filepath.Base(shm)))] + " true", // the kernel's names have 15 bytes
			rule:     "Execution from /dev/shm",
			priority: "Warning",
			fields:   map[string]any{"proc.exepath": shm, "proc.pcmdline": "grandparent spawn " + shm + " true"},
		},
		{
			name:     "a program runs from memory",
			command:  []string{grand, "spawn", parent, "memfd", "true"},
			marker:   " true",
			rule:     "Fileless execution via memfd_create",
			priority: "Critical",
			fields:   map[string]any{"proc.exepath": "memfd:saker-test", "proc.aname[2]": self, "proc.pname": "grandparent"},
		},
		{
			name:     "ssh connects to an odd port",
			command:  []string{grand, "spawn", ssh, "connect", public, "443"},
			network:  true,
			marker:   "ssh connect " + public + " 443",
			rule:     "Disallowed SSH Connection Non Standard Port",
			priority: "Notice",
			fields: map[string]any{
				"proc.name": "ssh", "fd.type": "ipv4", "fd.l4proto": "tcp", "evt.type": "connect",
				"fd.name": func(name any) bool { // the source port is the kernel's choice
					from, to, ok := strings.Cut(fmt.Sprint(name), "->")
					return ok && strings.HasPrefix(from, public+":") && to == public+":443"
				},
			},
		},
		{
			name:    "ssh connects to its own port",
			command: []string{grand, "spawn", ssh, "connect", public, "22"},
			network: true,
			marker:  "ssh connect " + public + " 22",
		},
		{
			name:     "a server reads /etc/shadow long after its start",
			command:  []string{grand, "spawn", nginx, "late", "5.2", "/etc/shadow"},
			marker:   "late 5.2 /etc/shadow",
			rule:     "Read sensitive file trusted after startup",
			priority: "Warning",
			fields:   map[string]any{"proc.name": "nginx", "proc.pname": nil, "fd.name": "/etc/shadow", "evt.type": nil},
		},
	}
	fired := map[string]bool{}
	for _, scene := range scenes {
		t.Run(strings.ReplaceAll(scene.name, "/", "_"), func(t *testing.T) {
			cmd := exec.Command(scene.command[0], scene.command[1:]...)
			if scene.prepare != nil {
				scene.prepare(cmd)
			}
			var out []byte
			var err error
			if scene.network {
				inOwnNetwork(t, public, func() {
					for _, port := range []string{"443", "22"} {
						l, err := net.Listen("tcp4", public+":"+port)
						if err != nil {
							t.Error(err)
							return
						}
						defer l.Close()
					}
					out, err = cmd.CombinedOutput()
				})
			} else {
				out, err = cmd.CombinedOutput()
			}
			if (err != nil) != scene.fails {
				t.Fatalf("%v: %v\n%s", scene.command, err, out)
			}
			of := func(a alert) bool {
				line, _ := a.Fields["proc.cmdline"].(string)
				return strings.HasSuffix(line, scene.marker)
			}
			if scene.rule == "" {
				// A later event of the same kind has come through: so has this one.
				if _, ok := seen.wait(sentinel(t)); !ok {
					t.Fatal("the agent does not report any more")
				}
				if found := seen.find(of); len(found) > 0 {
					t.Errorf("unexpected alert: %s", found[0].Payload)
				}
				return
			}
			a, ok := seen.wait(func(a alert) bool { return of(a) && a.Rule == scene.rule })
			if !ok {
				t.Fatalf("no alert; others of the process: %v\nlog:\n%s", seen.find(of), agent.log())
			}
			fired[a.Rule] = true
			if a.Priority != scene.priority || a.Source != "syscall" {
				t.Errorf("priority %s, source %s; want %s, syscall", a.Priority, a.Source, scene.priority)
			}
			for name, want := range common {
				if _, ok := scene.fields[name]; !ok {
					checkField(t, a, name, want)
				}
			}
			for name, want := range scene.fields {
				if want != nil {
					checkField(t, a, name, want)
				}
			}
			if late := a.Arrived.Sub(a.Time); late > time.Second {
				t.Errorf("the alert took %v", late)
			}
		})
	}
	if len(fired) < 6 {
		t.Errorf("%d rules fired, want at least 6: %v", len(fired), fired)
	}

	printed := agent.stop()
	for _, a := range seen.find(func(alert) bool { return true }) {
		if !slices.Contains(strings.Split(printed, "\n"), a.Payload) {
			t.Errorf("published but not printed: %s", a.Payload)
		}
	}
	if !strings.Contains(printed, "Events detected:") {
		t.Errorf("no summary at the end:\n%s", printed)
	}
}

// A process that was there before the agent has its ancestry, whichever way the
// agent looks around at its start.
func TestProcessesFromBeforeTheStartHaveTheirAncestry(t *testing.T) {
	s := setStage(t)
	for _, tt := range []struct {
		name string
		args []string
	}{
		{"by BPF iterators", nil},
		{"from /proc", []string{"-o", "engine.modern_ebpf.disable_iterators=true"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := buildOnce(); err != nil { // so that starting the agent takes no time
				t.Fatal(err)
			}
			grand, parent, reader := s.cast("grandparent"), s.cast("parent"), s.cast("old-reader")
			cmd := exec.Command(grand, "spawn", parent, "spawn", reader, "late", "2.5", "/etc/shadow")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer cmd.Wait()
			time.Sleep(200 * time.Millisecond) // the three have started
			agent := startAgent(t, tt.args...)
			seen := subscribe(t, agent.url)
			a, ok := seen.wait(func(a alert) bool { return a.Fields["proc.name"] == "old-reader" })
			if !ok {
				t.Fatalf("no alert:\n%s", agent.log())
			}
			for name, want := range map[string]any{
				"proc.pname": "parent", "proc.aname[2]": "grandparent", "proc.exepath": reader,
				"proc.cmdline": "old-reader late 2.5 /etc/shadow", "user.name": "root",
			} {
				checkField(t, a, name, want)
			}
		})
	}
}

// What was acknowledged is in the stream, and the next run of the agent keeps it.
func TestAlertsStayInTheStream(t *testing.T) {
	store := filepath.Join(t.TempDir(), "store")
	for run := 1; run <= 2; run++ {
		agent := startAgent(t, "-o", "nats_output.store_dir="+store, "-o", "json_output=true")
		seen := subscribe(t, agent.url)
		accept := sentinel(t)
		a, ok := seen.wait(accept)
		if !ok {
			t.Fatalf("no alert:\n%s", agent.log())
		}
		if want := "falco.warning.private_keys_searched_for"; a.Subject != want {
			t.Errorf("subject %s, want %s", a.Subject, want)
		}
		nc, err := nats.Connect(agent.url)
		if err != nil {
			t.Fatal(err)
		}
		js, err := jetstream.New(nc)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := js.Stream(t.Context(), "SAKER_ALERTS")
		if err != nil {
			t.Fatal(err)
		}
		last, err := stored.GetLastMsgForSubject(t.Context(), a.Subject)
		if err != nil {
			t.Fatal(err)
		}
		if string(last.Data) != a.Payload {
			t.Errorf("stored %s, published %s", last.Data, a.Payload)
		}
		if n := stored.CachedInfo().State.Msgs; n < uint64(run) {
			t.Errorf("%d alerts in the stream in run %d", n, run)
		}
		nc.Close()
		agent.stop()
	}
}

// sentinel makes one more alert and returns what recognises it.
var sentinels int

func sentinel(t *testing.T) func(alert) bool {
	t.Helper()
	sentinels++
	mark := fmt.Sprintf("sentinel-%d", sentinels)
	if out, err := exec.Command("find", "/nonexistent", "-name", "id_rsa", "-o", "-name", mark).CombinedOutput(); err == nil {
		t.Fatalf("find found something: %s", out)
	}
	return func(a alert) bool {
		line, _ := a.Fields["proc.cmdline"].(string)
		return strings.HasSuffix(line, mark)
	}
}

func checkField(t *testing.T, a alert, name string, want any) {
	t.Helper()
	got := a.Fields[name]
	if accept, ok := want.(func(any) bool); ok {
		if !accept(got) {
			t.Errorf("%s = %v", name, got)
		}
		return
	}
	if got != want {
		t.Errorf("%s = %v (%T), want %v", name, got, got, want)
	}
}

func readInt(tb testing.TB, path string) int {
	tb.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		tb.Fatal(err)
	}
	return n
}
