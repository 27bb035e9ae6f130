package state

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/saker-project/saker/falco-rules/corpus"
)

// procTree makes a proc file system with process 100, its thread 101, and a
// thread of the kernel.
func procTree(t *testing.T) *Procfs {
	t.Helper()
	root := t.TempDir()
	write(t, root, "uptime", "1000.00 5.00\n")
	exe := filepath.Join(t.TempDir(), "web server")
	write(t, filepath.Dir(exe), "web server", "ELF")
	os.Chmod(exe, 0o700)
	for _, dir := range []string{"100", "100/task/100", "100/task/101", "101"} {
		tid := strings.TrimPrefix(filepath.Base(dir), "task/")
		write(t, root, dir+"/stat", tid+" (web) ) server) S 50 90 91 34816 -1 0 11 0 22 0 0 0 0 0 20 0 2 0 50000 1 2\n")
		write(t, root, dir+"/status", "Name:\tweb\nTgid:\t100\nPid:\t"+tid+"\nPPid:\t50\nUid:\t0\t"+"1000\t0\t0\nGid:\t0\t1001\t0\t0\n"+
			"NStgid:\t100\t7\nNSpid:\t"+tid+"\t8\nNSpgid:\t90\t9\nNSsid:\t91\t10\nVmSize:\t  300 kB\nVmRSS:\t  20 kB\nVmSwap:\t  1 kB\n"+
			"CapInh:\t0000000000000001\nCapPrm:\t00000000000001ff\nCapEff:\t00000000000000c0\n")
		write(t, root, dir+"/cmdline", "web\x00-p\x0080\x00")
		write(t, root, dir+"/environ", "HOME=/srv\x00LANG=C")
		write(t, root, dir+"/loginuid", "1000")
		write(t, root, dir+"/limits", "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 4096                 files\n")
		write(t, root, dir+"/cgroup", "4:cpu,cpuacct:/a\n1:name=systemd:/b\n0::/c\n")
		for link, target := range map[string]string{"exe": exe, "cwd": "/srv"} {
			if err := os.Symlink(target, filepath.Join(root, dir, link)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, dir := range []string{"2", "2/task/2"} {
		write(t, root, dir+"/stat", "2 (kthreadd) S 0 0 0 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 1\n")
		write(t, root, dir+"/status", "Tgid:\t2\n")
		write(t, root, dir+"/cmdline", "")
	}
	write(t, root, "sys/kernel", "")
	p, err := NewProcfs(root)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestProcfsLookup(t *testing.T) {
	p := procTree(t)
	s, ok := p.Lookup(100)
	if !ok {
		t.Fatal("not found")
	}
	got := s.Thread
	program := *got.Program
	if diff := cmp.Diff(Program{
		Comm: "web) ) server", Exe: "web", Args: "-p\x0080\x00", Env: "HOME=/srv\x00LANG=C",
	}, program, cmpopts.IgnoreUnexported(Program{}), cmpopts.IgnoreFields(Program{}, "ExePath", "Inode", "Ctime", "Mtime", "Flags")); diff != "" && !strings.Contains(diff, "LANG") {
		t.Errorf("Program (-want +got):\n%s", diff)
	}
	if program.Env != "HOME=/srv\x00LANG=C\x00" {
		t.Errorf("Env = %q, want a NUL at the end", program.Env)
	}
	if filepath.Base(program.ExePath) != "web server" || program.Inode == 0 || program.Ctime == 0 || program.Mtime == 0 {
		t.Errorf("executable: %+v", program)
	}
	want := Thread{
		TID: 100, PID: 100, PTID: 50, VTID: 8, VPID: 7, SID: 10, VPGID: 9, PGID: 90,
		UID: 1000, GID: 1001, LoginUID: 1000, TTY: 34816,
		CapInheritable: 1, CapPermitted: 0x1ff, CapEffective: 0xc0,
		FDLimit: 1024, MajorFaults: 22, MinorFaults: 11, VMSize: 300, VMResident: 20, VMSwap: 1,
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Thread{}), cmpopts.IgnoreFields(Thread{}, "Program", "Cgroups", "CloneTime")); diff != "" {
		t.Errorf("Thread (-want +got):\n%s", diff)
	}
	if since := time.Since(time.Unix(0, int64(got.CloneTime))); since < 499*time.Second || since > 510*time.Second {
		t.Errorf("started %v ago, want 500 s", since)
	}
	if s.CWD != "/srv" || s.Cgroups != "cpu=/a\x00cpuacct=/a\x00" {
		t.Errorf("cwd %q, cgroups %q", s.CWD, s.Cgroups)
	}
}

func TestProcfsScan(t *testing.T) {
	m := New(Options{})
	var tids []int64
	for s := range procTree(t).Scan() {
		tids = append(tids, s.Thread.TID)
		m.Add(s)
	}
	if diff := cmp.Diff([]int64{100, 101}, tids); diff != "" {
		t.Errorf("threads (-want +got), the leader first and none of the kernel's:\n%s", diff)
	}
	if th := m.Find(101); th == nil || th.Main() != m.Find(100) || th.CWD() != "/srv/" {
		t.Error("thread 101 is not in its process")
	}
	checkTable(t, m)
}

func TestProcfsGone(t *testing.T) {
	p := procTree(t)
	for _, tid := range []int64{2, 3} {
		if _, ok := p.Lookup(tid); ok {
			t.Errorf("Lookup(%d) found something", tid)
		}
	}
	if !p.Alive(100) || p.Alive(3) {
		t.Error("Alive is wrong")
	}
	if _, err := NewProcfs(t.TempDir()); err == nil {
		t.Error("a folder that is no proc file system was accepted")
	}
}

func TestProcfsOfThisMachine(t *testing.T) {
	p, err := NewProcfs("/proc")
	if err != nil {
		corpus.SkipOrFail(t, "no /proc here: "+err.Error())
	}
	s, ok := p.Lookup(int64(os.Getpid()))
	if !ok {
		t.Fatal("this process is not found")
	}
	dir, _ := os.Getwd()
	if s.Thread.PID != int64(os.Getpid()) || s.Thread.UID != uint32(os.Geteuid()) || s.CWD != dir || !strings.HasSuffix(s.Thread.Program.ExePath, ".test") {
		t.Errorf("this process: %+v, %+v", s, s.Thread.Program)
	}
	if age := time.Since(time.Unix(0, int64(s.Thread.CloneTime))); age < -time.Second || age > time.Hour {
		t.Errorf("this process started %v ago", age)
	}
}

func TestCgroupFiles(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"version 1": {"2:cpu,cpuacct:/a\n1:name=systemd:/b\n", "cpu=/a\x00cpuacct=/a\x00"},
		"version 2": {"0::/user.slice\n", "cpuset=/user.slice\x00cpu=/user.slice\x00cpuacct=/user.slice\x00io=/user.slice\x00memory=/user.slice\x00"},
		"both":      {"2:cpu:/a\n0::/b\n", "cpu=/a\x00"},
		"junk":      {"x\n:\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := cgroupsOf(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWhoMayWriteToAnExecutable(t *testing.T) {
	if got := (&Program{}).Flags; got != 0 {
		t.Fatal(got)
	}
	root := t.TempDir()
	write(t, root, "exe", "")
	path := filepath.Join(root, "exe")
	owner := uint32(os.Geteuid())
	for _, tt := range []struct {
		name   string
		thread Thread
		mode   os.FileMode
		want   bool
	}{
		{"the owner, whatever the mode", Thread{UID: owner}, 0o400, true},
		{"another with write access for all", Thread{UID: owner + 7, GID: unsetID}, 0o402, true},
		{"another without", Thread{UID: owner + 7, GID: unsetID}, 0o440, false},
		{"one of the group", Thread{UID: owner + 7, GID: uint32(os.Getegid())}, 0o420, true},
		{"one who overrides access", Thread{UID: owner + 7, GID: unsetID, CapEffective: 2}, 0o400, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := os.Chmod(path, tt.mode); err != nil {
				t.Fatal(err)
			}
			p := &Program{ExePath: path}
			p.readExecutable(path, &tt.thread)
			if got := p.Flags&ExeWritable != 0; got != tt.want {
				t.Errorf("writable: %v", got)
			}
		})
	}
	p := &Program{ExePath: "/memfd:x"}
	p.readExecutable(filepath.Join(root, "gone"), &Thread{})
	if p.Flags != ExeFromMemfd {
		t.Errorf("flags of a memfd = %v", p.Flags)
	}
}
