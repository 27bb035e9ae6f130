package field

import (
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"github.com/saker-project/saker/agent/capture"
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/agent/state/statetest"
)

func TestArguments(t *testing.T) {
	pollList := binary.LittleEndian.AppendUint16(nil, 2)
	for _, fd := range []uint64{9, 77} {
		pollList = binary.LittleEndian.AppendUint64(pollList, fd)
		pollList = binary.LittleEndian.AppendUint16(pollList, 0x41)
	}
	tests := []struct {
		name  string
		event *capture.Event
		want  want
	}{
		{
			"an open", statetest.Open(100, 3, "/etc/passwd", params{"flags": 4097, "mode": 0, "dev": 0x2d, "ino": 12}),
			want{
				"evt.args":      "fd=3(<f>/etc/passwd) dirfd=-100(AT_FDCWD) name=/etc/passwd flags=4097(O_RDONLY|O_CLOEXEC) mode=0 dev=2D ino=12",
				"evt.info":      "fd=3(<f>/etc/passwd) dirfd=-100(AT_FDCWD) name=/etc/passwd flags=4097(O_RDONLY|O_CLOEXEC) mode=0 dev=2D ino=12",
				"evt.arg.flags": "O_RDONLY|O_CLOEXEC", "evt.arg[3]": "O_RDONLY|O_CLOEXEC", "evt.arg.fd": "<f>/etc/passwd", "evt.arg.name": "/etc/passwd",
				"evt.arg.mode": "0", "evt.arg[7]": nil, "evt.arg.res": nil, "evt.arg.dirfd": "AT_FDCWD",
				"evt.rawarg.flags": "1001", "evt.rawarg.name": "/etc/passwd", "evt.rawarg.dirfd": int64(-100), "evt.rawarg.res": nil,
			},
		},
		{
			"a failed open of a relative name", statetest.Open(100, -2, "a/../b", params{"flags": 1 | 2 | 4 | 0x100, "mode": 0o644, "ext": []any{"/mnt"}}),
			want{
				"evt.args":     "fd=-2(ENOENT) dirfd=-100(AT_FDCWD) name=a/../b(/mnt/b) flags=263(O_TRUNC|O_CREAT|O_RDWR) mode=0644 dev=<NA> ino=<NA>",
				"evt.arg.name": "/mnt/b", "evt.arg.fd": "ENOENT", "evt.rawarg.ino": nil,
			},
		},
		{
			"flags with unknown bits", statetest.Open(100, 3, "/x", params{"flags": 1 << 30}),
			want{"evt.arg.flags": "1073741824"},
		},
		{
			"no flags at all", statetest.Open(100, 3, "/x", params{"flags": 0}),
			want{"evt.arg.flags": "O_NONE"},
		},
		{
			"an enumeration with two names", statetest.Event(schema.PPME_SOCKET_SOCKET_X, 100, params{"fd": -13, "domain": 1, "type": 1, "proto": 0, "flags": 0}),
			want{"evt.args": "fd=-13(EACCES) domain=1(AF_LOCAL|AF_UNIX) type=1 proto=0 flags=0(O_NONE)", "fd.typechar": "4", "evt.arg.domain": "AF_LOCAL|AF_UNIX"},
		},
		{
			"processes", statetest.Event(schema.PPME_SIGNALDELIVER_E, 100, params{"spid": 0, "dpid": 60, "sig": 29}),
			want{"evt.args": "spid=0 dpid=60(bash) sig=29(SIGIO)", "evt.arg.dpid": "bash", "evt.arg.spid": "0"},
		},
		{
			"users", statetest.Event(schema.PPME_SYSCALL_SETRESUID_X, 100, params{"res": -1, "ruid": 1000, "euid": unset, "suid": 7}),
			want{"evt.args": "res=-1(EPERM) ruid=1000(ana) euid=-1(<NONE>) suid=7(<NA>)", "evt.arg.ruid": "ana", "evt.rawarg.ruid": nil, "evt.rawarg.uid": nil},
		},
		{
			"groups", statetest.Event(schema.PPME_SYSCALL_SETGID_X, 100, params{"res": 0, "gid": 1000}),
			want{"evt.args": "res=0 gid=1000(staff)"},
		},
		{
			"a mode", statetest.Event(schema.PPME_SYSCALL_CHMOD_X, 100, params{"res": 0, "filename": "x", "mode": 0o700}),
			want{"evt.args": "res=0 filename=x(/srv/x) mode=0700(S_IXUSR|S_IWUSR|S_IRUSR)", "evt.arg.mode": "S_IXUSR|S_IWUSR|S_IRUSR"},
		},
		{
			"times", statetest.Event(schema.PPME_SYSCALL_NANOSLEEP_X, 100, params{"res": 0, "interval": 1_500_000_000}),
			want{"evt.args": "res=0 interval=1500000000(1.5s)"},
		},
		{
			"hexadecimal and bytes", statetest.Event(schema.PPME_SYSCALL_MUNMAP_X, 100, params{"res": 0, "vm_size": 4, "addr": uint64(0x7fad48770000), "length": 72949}),
			want{"evt.args": "res=0 vm_size=4 vm_rss=<NA> vm_swap=<NA> addr=7FAD48770000 length=72949"},
		},
		{
			"a list of descriptors", statetest.Event(schema.PPME_SYSCALL_POLL_X, 100, params{"res": 1, "fds": pollList, "timeout": 0}),
			want{"evt.args": "res=1 fds=9:f41 77:?41 timeout=0", "evt.rawarg.fds": nil},
		},
		{
			"a parameter of varying type", statetest.Event(schema.PPME_SYSCALL_PTRACE_X, 100, params{"res": 0, "addr": []byte{0, 255, 0, 0, 0, 0, 0, 0, 0}, "data": []byte{1, 9}, "request": 1}),
			want{"evt.arg.addr": "FF", "evt.arg.data": "SIGKILL"},
		},
		{
			"one of a type that does not exist", statetest.Event(schema.PPME_SYSCALL_PTRACE_X, 100, params{"res": 0, "addr": []byte{99, 1}, "data": nil, "request": 1}),
			want{"evt.arg.addr": "", "evt.arg.data": "NULL"},
		},
		{
			"an absent string of an old driver", statetest.Open(100, 3, "(NULL)\x00", nil),
			want{"evt.rawarg.name": "(NULL)"},
		},
		{
			"an exec", statetest.Exec(100, 60, "/bin/ls", params{"args": statetest.List("-l", "a b"), "loginuid": 1000, "cap_effective": 255, "exe_ino_ctime": uint64(1)}),
			want{
				"evt.arg.args": "-l.a b.", "evt.arg.loginuid": "ana", "evt.arg.cap_effective": "FF", "evt.arg.tid": "ls", "evt.arg.exe": "ls",
				"evt.arg.env": "NULL", "evt.arg.cwd": "<NA>", "evt.arg.filename": "/bin/ls", "evt.arg.exe_ino_ctime": "1970-01-01 00:00:00.000000001 +0000",
			},
		},
		{
			"a clone", statetest.Clone(200, 100, params{"flags": 1 << 13}),
			want{"evt.arg.flags": "CLONE_THREAD", "evt.arg.res": "0", "evt.arg.uid": "1000"},
		},
	}
	zone := time.Local
	t.Cleanup(func() { time.Local = zone })
	time.Local = time.UTC
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check(t, at(t, append(history(), statetest.Open(100, 9, "/opt/known", nil), tt.event)...), tt.want)
		})
	}
}

func TestNumbers(t *testing.T) {
	tests := []struct {
		name   string
		v      int64
		bits   int
		format schema.PrintFormat
		want   string
	}{
		{"decimal", 42, 64, schema.PF_DEC, "42"},
		{"an identifier", -7, 64, schema.PF_ID, "-7"},
		{"the smallest", -1 << 63, 64, schema.PF_DEC, "-9223372036854775808"},
		{"hexadecimal", 0xabc, 64, schema.PF_HEX, "ABC"},
		{"negative hexadecimal", -1, 32, schema.PF_HEX, "FFFFFFFF"},
		{"negative hexadecimal of 64 bits", -1, 64, schema.PF_HEX, "FFFFFFFFFFFFFFFF"},
		{"octal", 0o644, 32, schema.PF_OCT, "0644"},
		{"octal zero", 0, 32, schema.PF_OCT, "0"},
		{"padded", 42, 64, schema.PF_10_PADDED_DEC, "000000042"},
		{"padded zero", 0, 64, schema.PF_10_PADDED_DEC, "000000000"},
		{"padded, long enough", 1234567890, 64, schema.PF_10_PADDED_DEC, "1234567890"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(appendInt(nil, tt.v, tt.bits, tt.format)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFlagNames(t *testing.T) {
	table := &schema.FlagTable{Flags: []schema.Flag{{Name: "BOTH", Value: 3}, {Name: "TWO", Value: 2}, {Name: "ONE", Value: 1}, {Name: "NONE", Value: 0}, {Name: "EIGHT", Value: 8}, {Name: "ZERO", Value: 0}}}
	for v, want := range map[uint32]string{0: "NONE", 1: "ONE", 2: "TWO", 3: "BOTH", 9: "ONE|EIGHT", 11: "BOTH|EIGHT", 8: "EIGHT", 16: ""} {
		if got := string(appendFlags(nil, table, v)); got != want {
			t.Errorf("flags %d = %q, want %q", v, got, want)
		}
	}
	for v, want := range map[uint32]string{0: "NONE|ZERO", 3: "BOTH", 9: ""} {
		if got := string(appendEnum(nil, table, v)); got != want {
			t.Errorf("enumeration %d = %q, want %q", v, got, want)
		}
	}
	if got := appendFlags(appendEnum(nil, nil, 1), nil, 1); len(got) != 0 {
		t.Errorf("without a table: %q", got)
	}
}

func TestListText(t *testing.T) {
	ref, err := schema.ParseField("fd.types")
	if err != nil {
		t.Fatal(err)
	}
	x := &Extractor{ref: ref, kind: schema.KindString, get: getter{all: func(_ *Context, dst []Value) ([]Value, bool) {
		return append(dst, stringValue("file"), stringValue("ipv4")), true
	}}}
	c := at(t, history()...)
	if got := string(x.AppendText([]byte("="), c)); got != "=(file,ipv4)" {
		t.Errorf("text = %q", got)
	}
	if got := x.JSON(c).([]any); !slices.Equal(got, []any{"file", "ipv4"}) {
		t.Errorf("JSON = %v", got)
	}
	long := make([]Value, 400)
	for i := range long {
		long[i] = stringValue("1234")
	}
	if got := x.appendList(nil, long); len(got) != 1024 || got[1023] != ')' {
		t.Errorf("a long list has %d bytes and ends in %q", len(got), got[len(got)-1])
	}
}

func TestNames(t *testing.T) {
	for errno, want := range map[int64]string{1: "EPERM", 11: "EAGAIN", 35: "EDEADLK", 40: "ELOOP", 41: "", 42: "ENOMSG", 57: "EBADSLT", 58: "", 59: "EBFONT", 95: "EOPNOTSUPP", 111: "ECONNREFUSED", 115: "EINPROGRESS", 133: "EHWPOISON", 134: "", 512: "ERESTARTSYS", 514: "ERESTARTNOHAND", 516: "ERESTART_RESTARTBLOCK", 517: "", 0: "", -5: ""} {
		if got := errnoName(errno); got != want {
			t.Errorf("errno %d = %q, want %q", errno, got, want)
		}
	}
	for signal, want := range map[uint64]string{0: "", 1: "SIGHUP", 9: "SIGKILL", 16: "SIGSTKFLT", 17: "SIGCHLD", 29: "SIGIO", 31: "SIGSYS", 32: "", 1 << 40: ""} {
		if got := signalName(signal); got != want {
			t.Errorf("signal %d = %q, want %q", signal, got, want)
		}
	}
	for bits, want := range map[uint64]string{1: "CAP_CHOWN", 1 << 21: "CAP_SYS_ADMIN", 1 << 40: "CAP_CHECKPOINT_RESTORE", 1<<63 | 2: "CAP_DAC_OVERRIDE", 0: ""} {
		if got := capabilityLine(bits); got != want {
			t.Errorf("capabilities %x = %q, want %q", bits, got, want)
		}
	}
}
