package field

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/agent/capture"
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/agent/state"
	"github.com/saker-project/saker/agent/state/statetest"
)

type params = statetest.Params

const (
	containerID = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	docker      = "cpu_cgroup=/docker/" + containerID + "\x00"
	unset       = uint32(1<<32 - 1)
)

// compile compiles a field by its text.
func compile(t testing.TB, text string) *Extractor {
	t.Helper()
	ref, err := schema.ParseField(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return Compile(ref)
}

// at returns a Context at the last of the events, a millisecond apart.
func at(t testing.TB, events ...*capture.Event) *Context {
	t.Helper()
	root := t.TempDir()
	for name, content := range map[string]string{
		"passwd": "root:x:0:0::/root:/bin/bash\nana:x:1000:1000::/home/ana:/bin/zsh\n", "group": "root:x:0:\nstaff:x:1000:\n",
	} {
		if err := os.MkdirAll(filepath.Join(root, "etc"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, "etc", name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	m := state.New(state.Options{Users: state.NewUsers(root), Addresses: func() []netip.Prefix {
		return []netip.Prefix{netip.MustParsePrefix("127.0.0.1/8"), netip.MustParsePrefix("10.0.0.1/24")}
	}})
	c := NewContext(m)
	c.Hostname = "node1"
	for i, ev := range events {
		ev.Num, ev.Time = uint64(i+1), statetest.Start+uint64(i)*1e6
		m.Apply(ev)
		c.Reset(ev)
	}
	return c
}

// history is what most tests start with.
func history() []*capture.Event {
	return []*capture.Event{
		statetest.Task(1, 0, "systemd", params{"sid": 1, "start_time": uint64(statetest.Start - 100e9)}),
		statetest.Task(50, 1, "sshd", params{"sid": 50, "argv": statetest.List("sshd: ana", "-D"), "start_time": uint64(statetest.Start - 50e9)}),
		statetest.Task(60, 50, "bash", params{
			"sid": 60, "vpgid": 60, "argv": statetest.List("-bash"), "cwd": "/home/ana", "tty": 34816, "euid": 1000, "egid": 1000,
			"env": statetest.List("HOME=/home/ana", "EMPTY=", "TERM= xterm "), "start_time": uint64(statetest.Start - 20e9),
		}),
		statetest.Clone(100, 60, params{"exe": "-bash", "args": nil, "comm": "bash"}),
		statetest.Exec(100, 60, "/usr/bin/python3.11", params{
			"exe": "python3", "args": statetest.List("-c", "import os"), "comm": "python3", "tty": 34816, "vpgid": 100, "pgid": 100,
			"loginuid": 1000, "cap_effective": 1 << 21, "cap_permitted": 3, "flags": 2, "exe_ino": 77,
			"exe_ino_ctime": uint64(statetest.Start - 7e9), "exe_ino_mtime": uint64(statetest.Start - 8e9),
			"env": statetest.List("HOME=/home/ana", "X=1"), "cwd": "/srv", "fdlimit": 1024, "vm_size": 300, "pgft_min": 5,
			"cgroups": statetest.List("cpu_cgroup=/user.slice", "io=/user.slice"),
		}),
	}
}

// want are the values of fields as JSON has them; nil for an absent one.
type want map[string]any

func check(t *testing.T, c *Context, fields want) {
	t.Helper()
	for text, want := range fields {
		x := compile(t, text)
		got := x.JSON(c)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
		if _, ok := x.Values(c, nil); ok && want == nil && !x.printsNothing() && x.kind != schema.KindOther {
			t.Errorf("%s is absent, but has values", text)
		}
	}
}

func TestProcessFields(t *testing.T) {
	c := at(t, append(history(), statetest.Open(100, 3, "/x", nil))...)
	check(t, c, want{
		"proc.name": "python3", "proc.exe": "python3", "proc.exepath": "/usr/bin/python3.11",
		"proc.cmdline": "python3 -c import os", "proc.exeline": "python3 -c import os", "proc.args": "-c import os",
		"proc.args[0]": "-c", "proc.args[1]": "import os", "proc.args[2]": "", "proc.cmdnargs": uint64(2), "proc.cmdlenargs": uint64(11),
		"proc.cwd": "/srv/", "proc.tty": uint64(34816), "proc.fdlimit": int64(1024), "proc.vmsize": uint64(300),
		"proc.env": "HOME=/home/ana X=1", "proc.env[HOME]": "/home/ana", "proc.env[NOPE]": "", "proc.env[1]": "X=1", "proc.env[9]": "",

		"proc.pid": int64(100), "proc.ppid": int64(60), "proc.vpid": int64(100), "proc.pvpid": int64(60), "proc.sid": int64(60),
		"proc.vpgid": int64(100), "proc.pgid": int64(100), "proc.loginshellid": int64(60),
		"proc.pname": "bash", "proc.pexe": "-bash", "proc.pexepath": "/bin/bash", "proc.pcmdline": "bash",

		"proc.aname": "bash sshd systemd", "proc.aname[0]": "python3", "proc.aname[1]": "bash", "proc.aname[3]": "systemd", "proc.aname[4]": nil,
		"proc.aexe": "-bash sshd: ana /bin/systemd", "proc.aexe[2]": "sshd: ana", "proc.aexepath[2]": "/bin/sshd",
		"proc.acmdline": "bash sshd -D systemd", "proc.acmdline[2]": "sshd -D", "proc.aargs": "-D ", "proc.aargs[2]": "-D",
		"proc.apid": int64(100), "proc.apid[2]": int64(50), "proc.apid[4]": nil,
		"proc.aenv": "HOME=/home/ana X=1", "proc.aenv[TERM]": "xterm", "proc.aenv[NOPE]": "", "proc.aenv[1]": "HOME=/home/ana EMPTY= TERM= xterm ",

		"proc.sname": "bash", "proc.sid.exe": "-bash", "proc.sid.exepath": "/bin/bash",
		"proc.vpgid.name": "python3", "proc.vpgid.exe": "python3", "proc.vpgid.exepath": "/usr/bin/python3.11",
		"proc.pgid.name": "python3", "proc.pgid.exe": "python3", "proc.pgid.exepath": "/usr/bin/python3.11",
		"proc.is_sid_leader": false, "proc.is_vpgid_leader": true, "proc.is_pgid_leader": true,

		"proc.duration": uint64(2e6), "proc.ppid.duration": uint64(20e9 + 5e6),
		"proc.pid.ts": uint64(statetest.Start + 3e6), "proc.ppid.ts": uint64(statetest.Start - 20e9),
		"proc.is_exe_writable": false, "proc.is_exe_upper_layer": true, "proc.is_exe_lower_layer": false, "proc.is_exe_from_memfd": false,
		"proc.exe_ino": int64(77), "proc.exe_ino.ctime": uint64(statetest.Start - 7e9), "proc.exe_ino.mtime": uint64(statetest.Start - 8e9),
		"proc.exe_ino.ctime_duration_proc_start": uint64(7e9 + 3e6), "proc.exe_ino.ctime_duration_pidns_start": nil, "proc.pidns_init_start_ts": nil,
		"proc.nthreads": uint64(1), "proc.nchilds": uint64(0),

		"thread.tid": int64(100), "thread.vtid": int64(100), "thread.ismain": true, "thread.nametid": "python3100",
		"thread.cap_effective": "CAP_SYS_ADMIN", "thread.cap_permitted": "CAP_CHOWN CAP_DAC_OVERRIDE", "thread.cap_inheritable": "",
		"thread.cgroups": "cpu=/user.slice blkio=/user.slice", "thread.cgroup.cpu": "/user.slice", "thread.cgroup.memory": nil,
		"thread.vmsize": uint64(300), "thread.vmsize.b": uint64(300 * 1024), "thread.pfminor": uint64(5), "thread.pfmajor": uint64(0),

		"user.uid": uint64(1000), "user.name": "ana", "user.homedir": "/home/ana", "user.shell": "/bin/zsh",
		"user.loginuid": int64(1000), "user.loginname": "ana", "group.gid": uint64(1000), "group.name": "staff",
		"container.id": "host", "container.full_id": "host", "container.type": "host",
		"container.image.repository": nil, "container.privileged": nil, "k8s.ns.name": nil, "fd.sip.name": nil,
	})
}

func TestFieldsOfAnUnknownThread(t *testing.T) {
	check(t, at(t, statetest.Open(100, 3, "x", nil)), want{
		"proc.name": "<NA>", "proc.exe": "<NA>", "proc.exepath": "", "proc.cmdline": "<NA>", "proc.exeline": "<NA> ", "proc.args": "", "proc.cwd": "./",
		"proc.pid": int64(-1), "proc.vpid": nil, "proc.sid": int64(-1), "proc.ppid": nil, "proc.pname": nil, "proc.aname": nil, "proc.aname[1]": nil,
		"proc.apid": nil, "proc.sname": "", "proc.vpgid.name": "", "proc.is_sid_leader": true, "proc.duration": nil, "proc.loginshellid": nil,
		"proc.nthreads": uint64(0), "thread.ismain": false, "thread.tid": int64(100), "thread.vtid": nil, "thread.cgroups": nil, "thread.cap_effective": "",
		"user.uid": uint64(unset), "user.name": "<NA>", "user.loginuid": int64(-1), "user.loginname": "<NA>", "group.name": "<NA>", "container.id": "host",
	})
}

func TestFieldsOfAnEventWithoutAThread(t *testing.T) {
	check(t, at(t, append(history(), statetest.Event(schema.PPME_DROP_E, 100, nil))...), want{
		"evt.type": "drop", "proc.name": nil, "proc.pname": nil, "proc.aname": nil, "proc.sname": nil, "proc.pid": nil, "proc.duration": nil,
		"proc.env": nil, "proc.aenv": nil, "proc.aenv[X]": nil, "proc.apid": nil, "proc.aargs": nil, "proc.loginshellid": nil, "proc.exe_ino": nil,
		"proc.exe_ino.ctime_duration_proc_start": nil, "proc.pgid.name": nil, "proc.vpgid.name": nil, "proc.pvpid": nil, "thread.tid": int64(100),
		"thread.nametid": nil, "thread.cap_effective": nil, "thread.cgroup.cpu": nil, "user.name": nil, "user.uid": nil, "user.loginname": nil, "group.name": nil,
		"container.id": nil, "fd.name": nil, "fd.num": nil, "fs.path.name": nil,
	})
	c := at(t, &capture.Event{Type: 9999, TID: 7})
	check(t, c, want{"evt.type": "unknown", "evt.category": "unknown", "evt.args": "", "evt.is_io": false, "evt.res": nil, "fd.name": nil, "proc.name": nil})
}

func TestFieldsInAContainer(t *testing.T) {
	c := at(t,
		statetest.Task(1, 0, "systemd", nil),
		statetest.Task(500, 1, "sh", params{"cgroups": docker, "vtgid": 7, "vpid": 8, "euid": 1000, "pidns_init_start_ts": uint64(statetest.Start - 5e9), "exe_ino_ctime": uint64(statetest.Start - 3e9)}),
		statetest.Open(500, 3, "/etc/shadow", nil))
	check(t, c, want{
		"container.id": "0123456789ab", "container.full_id": containerID, "container.type": "docker",
		"fd.containername": "0123456789ab:/etc/shadow", "fd.containerdirectory": "0123456789ab:/etc",
		"proc.vpid": int64(7), "thread.vtid": int64(8), "user.name": "<NA>", "user.uid": uint64(1000), "group.name": "root",
		"proc.exe_ino.ctime_duration_pidns_start": uint64(2e9), "proc.pidns_init_start_ts": uint64(statetest.Start - 5e9),
	})
}

func TestDurationOfAnExecutableYoungerThanItsProcess(t *testing.T) {
	c := at(t, append(history(), statetest.Exec(100, 60, "/tmp/x", params{"exe_ino_ctime": uint64(statetest.Start + 1e9)}))...)
	check(t, c, want{"proc.exe_ino.ctime_duration_proc_start": nil, "proc.exe_ino.ctime": uint64(statetest.Start + 1e9)})
}

func TestFileFields(t *testing.T) {
	tests := []struct {
		name  string
		event *capture.Event
		want  want
	}{
		{
			"a file", statetest.Open(100, 3, "../etc//passwd", params{"flags": 1 | 1<<15, "dev": 0x10fe05, "ino": 9}),
			want{
				"fd.num": int64(3), "fd.type": "file", "fd.typechar": "f", "fd.name": "/etc/passwd", "fd.nameraw": "../etc/passwd",
				"fd.directory": "/etc", "fd.filename": "passwd", "fd.containername": ":/etc/passwd", "fd.containerdirectory": ":/etc", "fd.uid": "1003",
				"fd.name_changed": true, "fd.connected": false, "fd.is_server": false, "fd.l4proto": "<NA>", "fd.sockfamily": nil, "fd.sip": nil, "fd.sport": nil,
				"fd.dev": "10FE05", "fd.dev.major": int64(0xfe), "fd.dev.minor": int64(0x105), "fd.ino": int64(9),
				"fd.is_upper_layer": true, "fd.is_lower_layer": false, "fd.ip": nil, "fd.net": nil, "fd.port": nil, "fd.cnet": nil,
				"fs.path.name": "/etc/passwd", "fs.path.nameraw": "../etc//passwd", "fs.path.source": nil, "fs.path.target": nil,
			},
		},
		{
			"a file of the root", statetest.Open(100, 3, "/x", nil),
			want{"fd.directory": "/", "fd.filename": "x"},
		},
		{
			"a directory", statetest.Open(100, 3, "/etc/", params{"flags": 1 | 1<<10}),
			want{"fd.type": "directory", "fd.typechar": "d", "fd.name": "/etc", "fd.directory": "/etc", "fd.filename": nil, "fd.nameraw": "/etc/"},
		},
		{
			"a failed openat has its name but no descriptor", statetest.Open(100, -2, "nope/x", nil),
			want{
				"fd.num": int64(-1), "fd.type": nil, "fd.typechar": "f", "fd.name": "/srv/nope/x", "fd.nameraw": "nope/x", "fd.directory": "/srv/nope",
				"fd.filename": nil, "fd.connected": nil, "fd.name_changed": nil, "fd.l4proto": nil, "fd.ino": nil, "fd.uid": "100-1",
				"fd.containername": ":/srv/nope/x", "fs.path.name": "/srv/nope/x",
			},
		},
		{
			"a failed open is of unknown kind", statetest.Event(schema.PPME_SYSCALL_OPEN_X, 100, params{"fd": -1, "name": "/x", "flags": 1}),
			want{"fd.typechar": "o", "fd.name": "/x", "fs.path.name": nil},
		},
		{
			"creat", statetest.Event(schema.PPME_SYSCALL_CREAT_X, 100, params{"fd": 3, "name": "x", "mode": 0o755}),
			want{"fd.name": "/srv/x", "evt.is_open_exec": true, "evt.is_open_write": false, "fs.path.name": nil},
		},
		{
			"an event about no descriptor", statetest.Exit(100, nil),
			want{"fd.num": nil, "fd.name": nil, "fd.nameraw": nil, "fd.typechar": nil, "fd.directory": nil, "fd.containername": nil, "fd.uid": nil, "fd.is_server": nil},
		},
		{
			"a descriptor that is not known", statetest.Event(schema.PPME_SYSCALL_FSTAT_X, 100, params{"res": 0, "fd": 99}),
			want{"fd.num": int64(99), "fd.name": "", "fd.nameraw": "", "fd.typechar": "o", "fd.directory": "/", "fd.type": nil},
		},
		{
			"mkdirat", statetest.Event(schema.PPME_SYSCALL_MKDIRAT_X, 100, params{"res": 0, "dirfd": -100, "path": "./a", "mode": 0}),
			want{"fs.path.name": "/srv/a", "fs.path.nameraw": "./a"},
		},
		{
			"a failed mkdirat", statetest.Event(schema.PPME_SYSCALL_MKDIRAT_X, 100, params{"res": -17, "dirfd": -100, "path": "./a", "mode": 0}),
			want{"fs.path.name": nil, "fs.path.nameraw": nil},
		},
		{
			"symlink", statetest.Event(schema.PPME_SYSCALL_SYMLINK_X, 100, params{"res": 0, "target": "/etc/passwd", "linkpath": "l"}),
			want{"fs.path.source": "/srv/l", "fs.path.sourceraw": "l", "fs.path.target": "/etc/passwd", "fs.path.name": nil, "evt.arg.target": "/etc/passwd", "evt.arg.linkpath": "/srv/l"},
		},
		{
			"fchmod is about its descriptor", statetest.Event(schema.PPME_SYSCALL_FCHMOD_X, 100, params{"res": 0, "fd": 9, "mode": 0o640}),
			want{"fs.path.name": "/opt/known", "fs.path.nameraw": "/opt/known", "fd.name": "/opt/known", "evt.arg.fd": "<f>/opt/known"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := at(t, append(history(), statetest.Open(100, 9, "/opt/known", nil), tt.event)...)
			check(t, c, tt.want)
		})
	}
}

func TestSocketFields(t *testing.T) {
	tcp := []any{[]byte{2, 0, 1, 0, 6, 0}}
	tests := []struct {
		name  string
		event *capture.Event
		want  want
	}{
		{
			"a connection to another machine", statetest.Connect(100, 4, "10.0.0.1:4000", "93.184.216.34:443", params{"ext": tcp}),
			want{
				"fd.type": "ipv4", "fd.typechar": "4", "fd.name": "10.0.0.1:4000->93.184.216.34:443", "fd.sockfamily": "ip", "fd.l4proto": "tcp",
				"fd.cip": "10.0.0.1", "fd.sip": "93.184.216.34", "fd.lip": "10.0.0.1", "fd.rip": "93.184.216.34",
				"fd.cport": uint64(4000), "fd.sport": uint64(443), "fd.lport": uint64(4000), "fd.rport": uint64(443),
				"fd.cnet": "<IPNET>", "fd.snet": "<IPNET>", "fd.connected": true, "fd.is_server": false, "fd.name_changed": true,
				"fd.directory": nil, "fd.filename": nil, "fd.nameraw": "", "evt.category": "net",
				"evt.args": "res=0 tuple=10.0.0.1:4000->93.184.216.34:443 fd=4(<4t>10.0.0.1:4000->93.184.216.34:443) addr=93.184.216.34:443",
			},
		},
		{
			"a connection within the machine is served here", statetest.Connect(100, 4, "127.0.0.1:4000", "127.0.0.1:80", nil),
			want{"fd.is_server": true, "fd.lip": "127.0.0.1", "fd.lport": uint64(4000), "fd.rport": uint64(80)},
		},
		{
			"where the source is not local the destination counts as local", statetest.Connect(100, 4, "192.0.2.9:4000", "192.0.2.8:80", nil),
			want{"fd.lip": "192.0.2.8", "fd.rip": "192.0.2.9", "fd.lport": uint64(80), "fd.rport": uint64(4000)},
		},
		{
			"IPv6", statetest.Connect(100, 4, "[::1]:4000", "[2001:db8::2]:80", nil),
			want{"fd.type": "ipv6", "fd.typechar": "6", "fd.sip": "2001:db8::2", "fd.name": "::1:4000->2001:db8::2:80", "fd.l4proto": "<NA>"},
		},
		{
			"a Unix socket", statetest.Connect(100, 4, "127.0.0.1:1", "127.0.0.1:1", params{"tuple": statetest.UnixTuple(16, 255, "/run/docker.sock"), "addr": nil}),
			want{"fd.type": "unix", "fd.typechar": "u", "fd.sockfamily": "unix", "fd.name": "10->ff /run/docker.sock", "fd.sip": nil, "fd.sport": nil, "evt.arg.addr": "<NA>"},
		},
		{
			"a refused connection", statetest.Connect(100, 4, "127.0.0.1:4000", "127.0.0.1:80", params{"res": -111, "tuple": nil}),
			want{
				"fd.num": int64(4), "fd.name": "", "fd.type": nil, "fd.sip": nil, "fd.ip": nil, "evt.res": "ECONNREFUSED", "evt.failed": true,
				"evt.args": "res=-111(ECONNREFUSED) tuple=NULL fd=4 addr=127.0.0.1:80",
			},
		},
		{
			"a failed connection with a tuple", statetest.Connect(100, 4, "127.0.0.1:4000", "127.0.0.1:80", params{"res": -111}),
			want{"fd.name": "127.0.0.1:4000->127.0.0.1:80", "fd.sip": nil},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check(t, at(t, append(history(), tt.event)...), tt.want)
		})
	}
}

func TestFieldsWithSeveralValues(t *testing.T) {
	file := at(t, append(history(), statetest.Open(100, 3, "/x", nil))...)
	socket := at(t, append(history(), statetest.Connect(100, 4, "10.0.0.1:4000", "10.0.0.2:80", nil))...)
	none := at(t, append(history(), statetest.Exit(100, nil))...)
	addr := func(kind schema.Kind, text string) Value { return Value{Kind: kind, Addr: netip.MustParseAddr(text)} }
	tests := []struct {
		name  string
		c     *Context
		field string
		want  []Value
		ok    bool
	}{
		{"both addresses of a socket", socket, "fd.ip", []Value{addr(schema.KindAddr, "10.0.0.1"), addr(schema.KindAddr, "10.0.0.2")}, true},
		{"both networks of a socket", socket, "fd.net", []Value{addr(schema.KindNet, "10.0.0.1"), addr(schema.KindNet, "10.0.0.2")}, true},
		{"both ports of a socket", socket, "fd.port", []Value{uintValue(4000), uintValue(80)}, true},
		{"a file has none, but exists", file, "fd.ip", nil, true},
		{"nor ports", file, "fd.port", nil, true},
		{"without a descriptor there is nothing", none, "fd.ip", nil, false},
		{"all ancestors, parent first", file, "proc.aname", []Value{stringValue("bash"), stringValue("sshd"), stringValue("systemd")}, true},
		{"all ancestors' ids", file, "proc.apid", []Value{{Kind: schema.KindInt, Int: 60}, {Kind: schema.KindInt, Int: 50}, {Kind: schema.KindInt, Int: 1}}, true},
		{"an ordinary field has one", file, "proc.pname", []Value{stringValue("bash")}, true},
		{"an absent one none", none, "fd.name", nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := compile(t, tt.field).Values(tt.c, nil)
			if diff := cmp.Diff(tt.want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" || ok != tt.ok {
				t.Errorf("%s: %v (-want +got):\n%s", tt.field, ok, diff)
			}
		})
	}
	if _, ok := compile(t, "proc.aname").Value(file); ok {
		t.Error("proc.aname has a single value")
	}
}

func TestEventFields(t *testing.T) {
	zone := time.Local
	t.Cleanup(func() { time.Local = zone })
	time.Local = time.FixedZone("TEST", 2*3600)

	open := statetest.Open(100, 3, "/x", params{"flags": 2 | 4 | 1<<14, "mode": 0o755})
	open.CPU = 3
	c := at(t, append(history(), open)...)
	now := uint64(statetest.Start + 5e6)
	check(t, c, want{
		"evt.num": uint64(6), "evt.time": int64(now), "evt.rawtime": now, "evt.rawtime.s": now / 1e9, "evt.rawtime.ns": now % 1e9,
		"evt.reltime": uint64(5e6), "evt.reltime.ns": uint64(5e6), "evt.reltime.s": uint64(0), "evt.deltatime": uint64(1e6), "evt.deltatime.ns": uint64(1e6),
		"evt.type": "openat", "syscall.type": "openat", "evt.type.is.openat": uint64(1), "evt.type.is.open": uint64(0), "evt.dir": "<", "evt.cpu": int64(3),
		"evt.category": "file", "evt.res": "SUCCESS", "evt.rawres": int64(3), "evt.failed": false, "evt.source": "syscall", "evt.hostname": "node1",
		"evt.count": uint64(1), "evt.count.error": uint64(0), "evt.count.exit": uint64(1), "evt.is_async": false, "evt.latency": uint64(0),
		"evt.is_io": false, "evt.is_wait": false, "evt.io_dir": nil, "evt.buflen": nil, "evt.buffer": nil, "evt.is_syslog": false,
		"evt.is_open_read": false, "evt.is_open_write": true, "evt.is_open_exec": true, "evt.is_open_create": true,
		"evt.pluginname": nil, "evt.asynctype": nil,
	})
	for field, text := range map[string]string{
		"evt.time": "00:13:20.005000000", "evt.time.s": "00:13:20", "evt.time.iso8601": "2023-11-14T22:13:20.005000000+0000",
		"evt.datetime": "2023-11-15 00:13:20.005000000", "evt.datetime.s": "2023-11-15 00:13:20",
		"evt.rawtime.ns": "005000000", "evt.reltime": "005000000", "evt.deltatime": "1000000", "evt.rawtime.s": "1700000000",
		"evt.failed": "false", "fd.ip": "<NA>", "fd.cnet": "<NA>", "proc.aname": "bash sshd systemd", "proc.apid": "100", "proc.aname[7]": "<NA>",
		"fd.num": "3", "proc.name": "python3", "user.uid": "1000", "container.image.repository": "<NA>", "fd.dev": "0",
	} {
		if got := string(compile(t, field).AppendText(nil, c)); got != text {
			t.Errorf("%s prints %q, want %q", field, got, text)
		}
	}

	t.Run("input and output", func(t *testing.T) {
		write := statetest.Event(schema.PPME_SYSCALL_WRITE_X, 100, params{"res": 3, "data": "a\x00\x7f", "fd": 9, "size": 3})
		c := at(t, append(history(), statetest.Open(100, 9, "/dev/log", nil), write)...)
		check(t, c, want{
			"evt.is_io": true, "evt.is_io_write": true, "evt.is_io_read": false, "evt.io_dir": "write", "evt.buflen": uint64(3), "evt.buffer": "a..",
			"evt.category": "file", "evt.is_syslog": true, "evt.arg.data": "a..", "evt.args": "res=3 data=a.. fd=9(<f>/dev/log) size=3",
		})
		if v, _ := compile(t, "evt.buffer").Value(c); v.Kind != schema.KindBytes || v.Str != "a\x00\x7f" {
			t.Errorf("evt.buffer = %+v", v)
		}
		check(t, at(t, append(history(), write)...), want{"evt.category": "unknown", "evt.is_syslog": false})
	})
	t.Run("a generic event", func(t *testing.T) {
		i := slices.IndexFunc(schema.Syscalls(), func(call schema.Syscall) bool { return call.Name == "getpid" })
		sc := uint64(schema.Syscalls()[i].SC)
		c := at(t, append(history(), statetest.Event(schema.PPME_GENERIC_X, 100, params{"ID": sc, "nativeID": 39}))...)
		check(t, c, want{
			"evt.type": "getpid", "syscall.type": "getpid", "evt.args": "", "evt.arg[0]": "getpid", "evt.arg[1]": "39", "evt.arg[2]": nil,
			"evt.res": nil, "evt.rawres": nil, "evt.failed": nil, "evt.category": "other", "evt.type.is.getpid": uint64(1),
		})
	})
	t.Run("the end of a thread", func(t *testing.T) {
		c := at(t, append(history(), statetest.Exit(100, params{"status": 256, "sig": 9}))...)
		check(t, c, want{
			"evt.type": "procexit", "syscall.type": nil, "evt.dir": ">", "evt.res": nil, "evt.failed": nil, "evt.count.exit": nil, "evt.count.error": nil,
			"evt.arg.sig": "SIGKILL", "evt.category": "process", "proc.name": "python3",
		})
	})
	t.Run("an error without a name", func(t *testing.T) {
		c := at(t, append(history(), statetest.Open(100, -4000, "/x", nil))...)
		check(t, c, want{"evt.res": "-4000", "evt.failed": true, "evt.count.error": uint64(1), "evt.rawres": int64(-4000)})
	})
}

func TestUnsupportedFieldsAreAbsent(t *testing.T) {
	c := at(t, append(history(), statetest.Connect(100, 4, "10.0.0.1:4000", "10.0.0.2:80", nil))...)
	for _, field := range []string{"fd.sip.name", "container.image.repository", "k8s.ns.name", "container.label[app]", "evt.pluginname", "proc.fdusage"} {
		x := compile(t, field)
		_, ok := x.Value(c)
		_, several := x.Values(c, nil)
		if x.Supported() || ok || several || string(x.AppendText(nil, c)) != "<NA>" || x.JSON(c) != nil {
			t.Errorf("%s is not absent", field)
		}
	}
	static, err := schema.ParseInput("static", "region")
	if err != nil || Compile(static).Supported() {
		t.Errorf("static.region: %v", err)
	}
	if x := compile(t, "proc.name"); !x.Supported() || x.Ref().String() != "proc.name" {
		t.Error("proc.name is not supported")
	}
}

func TestStringsStayUntilTheNextReset(t *testing.T) {
	c := at(t, append(history(), statetest.Open(100, -2, "relative", nil))...)
	var before []string
	fields := []string{"fd.name", "fd.containername", "evt.args", "evt.arg.name", "fs.path.name", "evt.time", "fd.uid", "proc.env", "thread.nametid"}
	for _, f := range fields {
		v, _ := compile(t, f).Value(c)
		before = append(before, v.Str)
	}
	for i, f := range fields {
		again, _ := compile(t, f).Value(c)
		if want := strings.Clone(again.Str); before[i] != want || before[i] == "" {
			t.Errorf("%s was %q, now %q", f, before[i], want)
		}
	}
}
