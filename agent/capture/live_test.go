package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/bpf"
	"github.com/saker-project/saker/falco-rules/corpus"
)

// recorder keeps what a live source delivers while a test drives the kernel.
type recorder struct {
	t    *testing.T
	live *Live
	done chan struct{}

	mu     sync.Mutex
	events []*Event
}

func record(t *testing.T, events ...schema.EventType) *recorder {
	t.Helper()
	return recordWith(t, LiveOptions{Events: events})
}

func recordWith(t *testing.T, opt LiveOptions) *recorder {
	t.Helper()
	live, err := OpenLive(opt)
	var missing *bpf.Unsupported
	if errors.As(err, &missing) {
		corpus.SkipOrFail(t, err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{t: t, live: live, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		var ev Event
		for {
			if err := live.Next(&ev); err != nil {
				if !errors.Is(err, os.ErrClosed) {
					t.Errorf("Next: %v", err)
				}
				return
			}
			r.mu.Lock()
			r.events = append(r.events, ev.Clone())
			r.mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		r.stop()
		if err := live.Free(); err != nil {
			t.Errorf("Free: %v", err)
		}
	})
	return r
}

// stop closes the source and returns everything it delivered.
func (r *recorder) stop() []*Event {
	if err := r.live.Close(); err != nil {
		r.t.Errorf("Close: %v", err)
	}
	<-r.done
	return r.events
}

// of returns the events of a process, in order.
func of(events []*Event, pid int) []*Event {
	var mine []*Event
	for _, e := range events {
		if e.PID == int64(pid) && e.Type != schema.PPME_ITER_TASK_E {
			mine = append(mine, e)
		}
	}
	return mine
}

func str(e *Event, param string) string {
	for i, p := range e.Type.Info().Params {
		if p.Name == param {
			return string(e.Param(i))
		}
	}
	return "no parameter " + param
}

func num(e *Event, param string) int64 {
	b := []byte(str(e, param))
	switch len(b) {
	case 8:
		return int64(binary.LittleEndian.Uint64(b))
	case 4:
		return int64(binary.LittleEndian.Uint32(b))
	}
	return -1 << 62
}

// run runs a program to its end and returns its pid.
func run(t *testing.T, cmd *exec.Cmd) int {
	t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	return cmd.Process.Pid
}

// compile builds a C program of testdata.
func compile(tb testing.TB, source string, flags ...string) string {
	tb.Helper()
	if _, err := exec.LookPath("gcc"); err != nil {
		corpus.SkipOrFail(tb, "no C compiler: "+err.Error())
	}
	out := filepath.Join(tb.TempDir(), strings.TrimSuffix(source, ".c"))
	args := append([]string{"-O1", "-o", out}, flags...)
	if text, err := exec.Command("gcc", append(args, filepath.Join("testdata", source))...).CombinedOutput(); err != nil {
		tb.Fatalf("gcc %s: %v\n%s", source, err, text)
	}
	return out
}

func describe(e *Event) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s pid=%d tid=%d ret=%d", e.Type, e.PID, e.TID, e.Return)
	for i, p := range e.Type.Info().Params {
		fmt.Fprintf(&b, " %s=%q", p.Name, e.Param(i))
	}
	return b.String()
}

func TestLifeOfAProcessInOrder(t *testing.T) {
	r := record(t, LiveEvents()...)
	cmd := exec.Command("/bin/cat", "/etc/hostname", "", "a b")
	cmd.Dir = "/etc"
	cmd.Env = []string{"SAKER=live"}
	cmd.Run() // an empty file name makes cat fail
	pid := cmd.Process.Pid
	mine := of(r.stop(), pid)

	var names []string
	var life []*Event
	var opened *Event
	for _, e := range mine {
		if e.Type == schema.PPME_SYSCALL_OPENAT_2_X {
			if str(e, "name") == "/etc/hostname" {
				opened = e
			}
			continue
		}
		names = append(names, e.Type.String())
		life = append(life, e)
	}
	if got := strings.Join(names, " "); got != "clone execve procexit" {
		t.Fatalf("events besides openat: %s, want clone execve procexit", got)
	}
	for i := 1; i < len(mine); i++ {
		if mine[i].Time < mine[i-1].Time {
			t.Errorf("event %d is older than the one before it", mine[i].Num)
		}
	}
	if opened == nil || num(opened, "fd") < 3 || num(opened, "dirfd") != unix.AT_FDCWD {
		t.Errorf("no openat of /etc/hostname with a descriptor")
	}
	var st unix.Stat_t
	if err := unix.Stat("/etc/hostname", &st); err != nil {
		t.Fatal(err)
	}
	if got := num(opened, "ino"); got != int64(st.Ino) {
		t.Errorf("ino %d, want %d", got, st.Ino)
	}
	if got := num(opened, "dev"); got != int64(st.Dev) {
		t.Errorf("dev %#x, want %#x", got, st.Dev)
	}

	exe, err := filepath.EvalSymlinks("/bin/cat")
	if err != nil {
		t.Fatal(err)
	}
	exec := life[1]
	for param, want := range map[string]string{
		"exe":             "/bin/cat",
		"args":            "/etc/hostname\x00\x00a b\x00",
		"cwd":             "/etc",
		"comm":            "cat",
		"env":             "SAKER=live\x00",
		"trusted_exepath": exe,
		"filename":        "/bin/cat",
	} {
		if got := str(exec, param); got != want {
			t.Errorf("execve %s = %q, want %q", param, got, want)
		}
	}
	for param, want := range map[string]int64{
		"res": 0, "tid": int64(pid), "pid": int64(pid),
		"uid": int64(os.Geteuid()), "gid": int64(os.Getegid()),
		"pgid": int64(syscall.Getpgrp()),
	} {
		if got := num(exec, param); got != want {
			t.Errorf("execve %s = %d, want %d", param, got, want)
		}
	}
	if got := num(life[0], "ptid"); got == int64(pid) || got <= 0 {
		t.Errorf("clone ptid = %d, want a thread of this process", got)
	}
	if got := num(life[2], "ret"); got != 1 {
		t.Errorf("procexit ret = %d, want 1\n%s", got, describe(life[2]))
	}
}

func TestRelativeNamesComeWithTheirBase(t *testing.T) {
	r := record(t, schema.PPME_SYSCALL_OPENAT_2_X)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/bin/cat", "f", filepath.Join(dir, "f"))
	cmd.Dir = dir
	pid := run(t, cmd)
	bases := map[string]string{}
	for _, e := range of(r.stop(), pid) {
		bases[str(e, "name")] = string(e.Ext(0))
	}
	if got := bases["f"]; got != dir {
		t.Errorf("base of a relative name: %q, want %q", got, dir)
	}
	if got := bases[filepath.Join(dir, "f")]; got != "" {
		t.Errorf("base of an absolute name: %q, want none", got)
	}
}

func TestFailedCallsKeepTheirError(t *testing.T) {
	r := record(t, schema.PPME_SYSCALL_OPENAT_2_X, schema.PPME_SYSCALL_EXECVE_19_X)
	pid := run(t, exec.Command("/bin/sh", "-c", "cat < /nope/x; exec 2>/dev/null; PATH=/nope-bin; /nope-bin/prog; true"))
	var open, execs int64
	for _, e := range r.stop() {
		if e.PID == int64(pid) && e.Type == schema.PPME_SYSCALL_OPENAT_2_X && str(e, "name") == "/nope/x" {
			open = num(e, "fd")
		}
		if e.Type == schema.PPME_SYSCALL_EXECVE_19_X && str(e, "filename") == "/nope-bin/prog" {
			execs = num(e, "res")
		}
	}
	if open != -int64(unix.ENOENT) {
		t.Errorf("openat fd = %d, want -ENOENT", open)
	}
	if execs != -int64(unix.ENOENT) {
		t.Errorf("execve res = %d, want -ENOENT", execs)
	}
}

func TestThirtyTwoBitCallsAreSeen(t *testing.T) {
	program := compile(t, "open32.c", "-m32", "-static", "-nostdlib", "-fno-pie", "-no-pie", "-fno-stack-protector")
	r := record(t, schema.PPME_SYSCALL_OPEN_X)
	pid := run(t, exec.Command(program))
	for _, e := range of(r.stop(), pid) {
		if e.Type == schema.PPME_SYSCALL_OPEN_X && str(e, "name") == "/etc/saker-open32" {
			if e.Flags&FlagCompat == 0 {
				t.Errorf("flags %b lack FlagCompat", e.Flags)
			}
			if got := num(e, "fd"); got != -int64(unix.ENOENT) {
				t.Errorf("fd = %d, want -ENOENT", got)
			}
			if got := num(e, "flags"); got != 3 {
				t.Errorf("flags = %d, want 3 (read and write in the schema's numbers)", got)
			}
			return
		}
	}
	t.Error("no open event")
}

func TestPathInAnUntouchedPageIsSeen(t *testing.T) {
	program := compile(t, "freshpage.c")
	r := record(t, schema.PPME_SYSCALL_OPENAT_2_X)
	pid := run(t, exec.Command(program, filepath.Join(t.TempDir(), "page"), "/nope/in-a-fresh-page"))
	for _, e := range of(r.stop(), pid) {
		if str(e, "name") == "/nope/in-a-fresh-page" {
			return
		}
	}
	t.Error("no openat of the path")
}

func TestOnlyWantedCallsAreReported(t *testing.T) {
	r := record(t)
	pid := run(t, exec.Command("/bin/cat", "/etc/hostname"))
	for _, e := range of(r.stop(), pid) {
		switch e.Type {
		case schema.PPME_SYSCALL_CLONE_20_X, schema.PPME_SYSCALL_VFORK_20_X, schema.PPME_SYSCALL_CLONE3_X,
			schema.PPME_SYSCALL_EXECVE_19_X, schema.PPME_PROCEXIT_1_E:
		default:
			t.Errorf("unwanted %s", describe(e))
		}
	}
}

func TestOwnCallsAreNotReported(t *testing.T) {
	r := record(t, LiveEvents()...)
	for range 100 {
		os.ReadFile("/etc/hostname")
	}
	if mine := of(r.stop(), os.Getpid()); len(mine) > 0 {
		t.Errorf("%d events of our own, the first: %s", len(mine), describe(mine[0]))
	}
}

func TestSnapshotHasWhoWasThere(t *testing.T) {
	cmd := exec.Command("/bin/sleep", "100")
	cmd.Dir = "/usr"
	cmd.Env = []string{"SAKER=snapshot"}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	waitExec(t, cmd.Process.Pid, "sleep")
	r := record(t)
	events := r.stop()
	if r.live.SnapshotError() != nil {
		corpus.SkipOrFail(t, r.live.SnapshotError().Error())
	}
	for _, e := range events {
		if e.Type != schema.PPME_ITER_TASK_E || e.PID != int64(cmd.Process.Pid) {
			continue
		}
		for param, want := range map[string]string{
			"comm": "sleep", "argv": "/bin/sleep\x00100\x00", "cwd": "/usr", "env": "SAKER=snapshot\x00", "root": "/",
		} {
			if got := str(e, param); got != want {
				t.Errorf("%s = %q, want %q", param, got, want)
			}
		}
		if got := num(e, "ppid"); got != int64(os.Getpid()) {
			// real_parent's pid is the thread that forked.
			if _, err := os.Stat(fmt.Sprintf("/proc/self/task/%d", got)); err != nil {
				t.Errorf("ppid = %d, want a thread of %d", got, os.Getpid())
			}
		}
		started := time.Unix(0, num(e, "start_time"))
		if since := time.Since(started); since < 0 || since > time.Minute {
			t.Errorf("started %v ago", since)
		}
		return
	}
	t.Error("the sleeping process is not in the snapshot")
}

func waitExec(t *testing.T, pid int, comm string) {
	t.Helper()
	for range 1000 {
		b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
		if strings.TrimSpace(string(b)) == comm {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("process %d did not become %s", pid, comm)
}

func TestConnectHasBothEnds(t *testing.T) {
	program := compile(t, "connect.c")
	r := record(t, schema.PPME_SOCKET_CONNECT_X)
	out, err := exec.Command(program).Output()
	if err != nil {
		t.Fatal(err)
	}
	var pid, client, server int
	if _, err := fmt.Sscan(string(out), &pid, &client, &server); err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	want.WriteByte(unix.AF_INET)
	want.Write([]byte{127, 0, 0, 1})
	binary.Write(&want, binary.LittleEndian, uint16(client))
	want.Write([]byte{127, 0, 0, 1})
	binary.Write(&want, binary.LittleEndian, uint16(server))
	mine := of(r.stop(), pid)
	for _, e := range mine {
		if e.Type != schema.PPME_SOCKET_CONNECT_X {
			continue
		}
		if got := str(e, "tuple"); got != want.String() {
			t.Errorf("tuple %q, want %q", got, want.String())
		}
		if got := str(e, "addr"); got != want.String()[:1]+want.String()[7:] {
			t.Errorf("addr %q", got)
		}
		if got, want := e.Ext(0), []byte{unix.AF_INET, 0, unix.SOCK_STREAM, 0, unix.IPPROTO_TCP, 0}; !bytes.Equal(got, want) {
			t.Errorf("socket %v, want %v", got, want)
		}
		return
	}
	t.Error("no connect event")
}

// Every open that the flood made is delivered or counted as dropped.
func TestFloodIsDeliveredOrCounted(t *testing.T) {
	program := compile(t, "flood.c")
	r := recordWith(t, LiveOptions{Events: []schema.EventType{schema.PPME_SYSCALL_OPENAT_2_X}, RingBytes: 1 << 16, Coalesce: 20 * time.Millisecond})
	const opens = 200_000
	run(t, exec.Command(program, fmt.Sprint(opens)))
	seen := 0
	for _, e := range r.stop() {
		if e.Type == schema.PPME_SYSCALL_OPENAT_2_X && str(e, "name") == "/nope/flood" {
			seen++
		}
	}
	drops, err := r.live.Drops()
	if err != nil {
		t.Fatal(err)
	}
	dropped := 0
	for _, d := range drops {
		if d.Type == schema.PPME_SYSCALL_OPENAT_2_X {
			dropped += int(d.Count)
		}
	}
	// Other processes of the machine may have lost an open in the flood.
	if total := seen + dropped; total < opens || total > opens+1000 {
		t.Errorf("%d seen + %d dropped = %d, want %d", seen, dropped, total, opens)
	}
	if dropped == 0 {
		t.Error("nothing dropped: the ring is too large for this test")
	}
}

func TestTwoSourcesSeeTheSame(t *testing.T) {
	a := record(t, schema.PPME_SYSCALL_OPENAT_2_X)
	b := record(t, schema.PPME_SYSCALL_OPENAT_2_X)
	pid := run(t, exec.Command("/bin/cat", "/etc/hostname"))
	if x, y := of(a.stop(), pid), of(b.stop(), pid); len(x) == 0 || len(x) != len(y) {
		t.Errorf("one saw %d events, the other %d", len(x), len(y))
	}
}

func TestOwnCallsAreNotReportedWithoutIterators(t *testing.T) {
	r := recordWith(t, LiveOptions{Events: LiveEvents(), NoIterators: true})
	for range 100 {
		os.ReadFile("/etc/hostname")
	}
	if mine := of(r.stop(), os.Getpid()); len(mine) > 0 {
		t.Errorf("%d events of our own, the first: %s", len(mine), describe(mine[0]))
	}
}

// Each call comes as the event of its name, with its own parameters; those that
// make a process come from both sides.
func TestEveryCallBecomesItsEvent(t *testing.T) {
	program := compile(t, "calls.c")
	dir := t.TempDir()
	r := record(t, LiveEvents()...)
	cmd := exec.Command(program, dir)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	children := map[string]int64{}
	for line := range strings.Lines(string(out)) {
		var call string
		var pid int64
		if _, err := fmt.Sscan(line, &call, &pid); err != nil {
			t.Fatal(err)
		}
		children[call] = pid
	}
	events := r.stop()
	find := func(t *testing.T, what string, accept func(*Event) bool) *Event {
		t.Helper()
		for _, e := range events {
			if e.Type != schema.PPME_ITER_TASK_E && accept(e) {
				return e
			}
		}
		t.Fatalf("no event of %s", what)
		return nil
	}
	named := func(kind schema.EventType, param, value string) func(*Event) bool {
		return func(e *Event) bool {
			return e.PID == int64(cmd.Process.Pid) && e.Type == kind && str(e, param) == value
		}
	}
	for _, tt := range []struct {
		kind        schema.EventType
		param, name string
		numbers     map[string]int64
	}{
		{schema.PPME_SYSCALL_CREAT_X, "name", dir + "/creat", map[string]int64{"mode": 0o640}},
		{schema.PPME_SYSCALL_OPEN_X, "name", dir + "/open", map[string]int64{
			"mode":  0o600,
			"flags": schema.PPM_O_WRONLY | schema.PPM_O_CREAT | schema.PPM_O_EXCL | schema.PPM_O_APPEND | schema.PPM_O_F_CREATED,
		}},
		{schema.PPME_SYSCALL_OPENAT2_X, "name", dir, map[string]int64{
			"dirfd": unix.AT_FDCWD, "flags": schema.PPM_O_RDONLY | schema.PPM_O_DIRECTORY, "resolve": unix.RESOLVE_NO_SYMLINKS,
		}},
		{schema.PPME_SYSCALL_EXECVE_19_X, "filename", "/nope/execve", map[string]int64{"res": -int64(unix.ENOENT)}},
		{schema.PPME_SYSCALL_EXECVEAT_X, "exe", "/nope/execveat", map[string]int64{"res": -int64(unix.ENOENT)}},
	} {
		t.Run(tt.kind.String(), func(t *testing.T) {
			e := find(t, tt.name, named(tt.kind, tt.param, tt.name))
			for param, want := range tt.numbers {
				if got := num(e, param); got != want {
					t.Errorf("%s = %#x, want %#x\n%s", param, got, want, describe(e))
				}
			}
		})
	}
	for call, kind := range map[string]schema.EventType{
		"fork": schema.PPME_SYSCALL_FORK_20_X, "vfork": schema.PPME_SYSCALL_VFORK_20_X,
		"clone": schema.PPME_SYSCALL_CLONE_20_X, "clone3": schema.PPME_SYSCALL_CLONE3_X,
	} {
		t.Run(call, func(t *testing.T) {
			child := find(t, "the child", func(e *Event) bool { return e.PID == children[call] && e.Type == kind })
			if num(child, "res") != 0 || num(child, "ptid") != int64(cmd.Process.Pid) {
				t.Errorf("child's view: %s", describe(child))
			}
			find(t, "the parent", func(e *Event) bool {
				return e.PID == int64(cmd.Process.Pid) && e.Type == kind && num(e, "res") == children[call]
			})
			find(t, "the end", func(e *Event) bool { return e.PID == children[call] && e.Type == schema.PPME_PROCEXIT_1_E })
		})
	}
}
