package state

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/saker-project/saker/agent/capture"
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/agent/state/statetest"
)

func TestOpen(t *testing.T) {
	task := statetest.Task(100, 1, "sh", params{"cwd": "/home/u"})
	tests := []struct {
		name  string
		event *capture.Event
		want  *Descriptor
		path  string // of the event
	}{
		{
			"a relative name starts at the working directory", statetest.Open(100, 3, "a/../b", nil),
			&Descriptor{Kind: KindFile, Name: "/home/u/b", RawName: "a/../b", Flags: 1}, "/home/u/b",
		},
		{
			"an absolute name", statetest.Open(100, 3, "/etc//passwd", params{"dev": 5, "ino": 6}),
			&Descriptor{Kind: KindFile, Name: "/etc/passwd", RawName: "/etc/passwd", Flags: 1, Dev: 5, Inode: 6}, "/etc/passwd",
		},
		{
			"the kernel's base directory wins over the table's", statetest.Open(100, 3, "x", params{"ext": []any{"/mnt"}}),
			&Descriptor{Kind: KindFile, Name: "/mnt/x", RawName: "x", Flags: 1}, "/mnt/x",
		},
		{
			"the kernel's base directory says nothing about an absolute name", statetest.Open(100, 3, "/x", params{"ext": []any{"/mnt"}}),
			&Descriptor{Kind: KindFile, Name: "/x", RawName: "/x", Flags: 1}, "/x",
		},
		{
			"a directory", statetest.Open(100, 3, "/etc/", params{"flags": 1 | openDirectory}),
			&Descriptor{Kind: KindDirectory, Name: "/etc", RawName: "/etc/", Flags: 1 | openDirectory}, "/etc",
		},
		{
			"a name below an open directory", statetest.Open(100, 4, "x", params{"dirfd": 9}),
			&Descriptor{Kind: KindFile, Name: "/srv/data/x", RawName: "x", Flags: 1}, "/srv/data/x",
		},
		{
			"a name below an unknown directory", statetest.Open(100, 4, "x", params{"dirfd": 10}),
			&Descriptor{Kind: KindFile, Name: "<UNKNOWN>x", RawName: "x", Flags: 1}, "<UNKNOWN>x",
		},
		{"a failed open", statetest.Open(100, -2, "x", nil), nil, "/home/u/x"},
		{
			"open", statetest.Event(schema.PPME_SYSCALL_OPEN_X, 100, params{"fd": 3, "name": "x", "flags": 3, "dev": 1, "ino": 2}),
			&Descriptor{Kind: KindFile, Name: "/home/u/x", RawName: "x", Flags: 3, Dev: 1, Inode: 2}, "/home/u/x",
		},
		{
			"openat2", statetest.Event(schema.PPME_SYSCALL_OPENAT2_X, 100, params{"fd": 3, "dirfd": -100, "name": "x", "flags": 3, "dev": 1, "ino": 2}),
			&Descriptor{Kind: KindFile, Name: "/home/u/x", RawName: "x", Flags: 3, Dev: 1, Inode: 2}, "/home/u/x",
		},
		{
			"creat has flags of its own", statetest.Event(schema.PPME_SYSCALL_CREAT_X, 100, params{"fd": 3, "name": "x", "mode": 0o644, "dev": 1, "ino": 2, "creat_flags": 2}),
			&Descriptor{Kind: KindFile, Name: "/home/u/x", RawName: "x", Flags: openLowerLayer, Dev: 1, Inode: 2}, "/home/u/x",
		},
		{
			"open_by_handle_at", statetest.Event(schema.PPME_SYSCALL_OPEN_BY_HANDLE_AT_X, 100, params{"fd": 3, "mountfd": 4, "path": "/x", "flags": 1}),
			&Descriptor{Kind: KindFile, Name: "/x", RawName: "/x", Flags: 1}, "/x",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			task.Time = statetest.Start
			m := apply(t, Options{}, task, statetest.Open(100, 9, "/srv/data", params{"flags": openDirectory}), tt.event)
			if diff := cmp.Diff(tt.want, m.Descriptor(), cmp.AllowUnexported(Tuple{}), cmpopts.IgnoreUnexported(Descriptor{})); diff != "" {
				t.Errorf("descriptor (-want +got):\n%s", diff)
			}
			if got := string(m.AppendOpenPath(nil, tt.event)); got != tt.path {
				t.Errorf("path = %q, want %q", got, tt.path)
			}
			fd, ok := m.FD()
			if want := tt.want != nil; !ok || want != (fd >= 0) || want != m.NameChanged() {
				t.Errorf("fd %d, %v; name changed: %v", fd, ok, m.NameChanged())
			}
			if tt.want != nil && m.Thread().Descriptor(fd) != m.Descriptor() {
				t.Error("the table has another descriptor")
			}
			if tt.want == nil && fd != -1 {
				t.Errorf("fd of a failed open = %d, want -1", fd)
			}
		})
	}
}

func TestClosedDescriptorGoesWithTheNextEvent(t *testing.T) {
	closing := statetest.Event(schema.PPME_SYSCALL_CLOSE_X, 100, params{"res": 0, "fd": 3})
	m := apply(t, Options{}, statetest.Task(100, 1, "sh", nil), statetest.Open(100, 3, "/x", nil), closing)
	if d := m.Descriptor(); d == nil || d.Name != "/x" {
		t.Error("a rule about the close does not see the descriptor")
	}
	feed(m, statetest.Open(100, 4, "/y", nil))
	if m.Thread().Descriptor(3) != nil {
		t.Error("the descriptor is still there")
	}
	feed(m, statetest.Event(schema.PPME_SYSCALL_CLOSE_X, 100, params{"res": -9, "fd": 4}), statetest.Open(100, 5, "/z", nil))
	if m.Thread().Descriptor(4) == nil {
		t.Error("a failed close removed the descriptor")
	}
}

func TestDescriptorsAfterAFork(t *testing.T) {
	m := apply(t, Options{},
		statetest.Task(100, 1, "sh", nil),
		statetest.Open(100, 3, "/x", nil),
		statetest.Open(100, 4, "/exec", params{"flags": openCloexec}),
		statetest.Clone(200, 100, nil))
	if m.Find(200).Descriptor(3) == nil {
		t.Fatal("the child has not its parent's descriptors")
	}
	feed(m, statetest.Open(200, 3, "/child", nil), statetest.Open(100, 5, "/parent", nil))
	parent, child := m.Find(100), m.Find(200)
	if parent.Descriptor(3).Name != "/x" || child.Descriptor(3).Name != "/child" || child.Descriptor(5) != nil {
		t.Error("one process sees what the other opened")
	}
	feed(m, statetest.Exec(200, 100, "/bin/ls", nil))
	if child.Descriptor(4) != nil || child.Descriptor(3) == nil || parent.Descriptor(4) == nil {
		t.Error("an exec closes the wrong descriptors")
	}
	feed(m, cloneCall(100, 101, params{"flags": cloneThread}), statetest.Open(100, 7, "/shared", nil))
	if m.Find(101).Descriptor(7) == nil {
		t.Error("a thread has not the descriptors of its process")
	}
}

func TestConnect(t *testing.T) {
	socket := func(kind, proto uint16) []any {
		var b []byte
		for _, v := range []uint16{2, kind, proto} {
			b = append(b, byte(v), byte(v>>8))
		}
		return []any{b}
	}
	tests := []struct {
		name   string
		events []*capture.Event
		want   string // of the descriptor, in words; "none" if there is none
	}{
		{"TCP", []*capture.Event{statetest.Connect(100, 4, "10.0.0.1:4000", "10.0.0.2:80", params{"ext": socket(1, 6)})}, "ipv4 tcp client 10.0.0.1:4000->10.0.0.2:80"},
		{"UDP", []*capture.Event{statetest.Connect(100, 4, "10.0.0.1:4000", "10.0.0.2:53", params{"ext": socket(2, 0)})}, "ipv4 udp client 10.0.0.1:4000->10.0.0.2:53"},
		{"ping has no ports", []*capture.Event{statetest.Connect(100, 4, "10.0.0.1:0", "10.0.0.2:0", params{"ext": socket(2, 1)})}, "ipv4 icmp client 10.0.0.1->10.0.0.2"},
		{"without the extension the transport is unknown", []*capture.Event{statetest.Connect(100, 4, "10.0.0.1:4000", "10.0.0.2:80", nil)}, "ipv4 <NA> client 10.0.0.1:4000->10.0.0.2:80"},
		{"under way", []*capture.Event{statetest.Connect(100, 4, "10.0.0.1:4000", "10.0.0.2:80", params{"res": -115})}, "ipv4 <NA> client 10.0.0.1:4000->10.0.0.2:80"},
		{"refused", []*capture.Event{statetest.Connect(100, 4, "10.0.0.1:4000", "10.0.0.2:80", params{"res": -111})}, "none"},
		{
			"refused after it had worked leaves the socket as it was",
			[]*capture.Event{
				statetest.Connect(100, 4, "10.0.0.1:4000", "10.0.0.2:80", nil),
				statetest.Connect(100, 4, "10.0.0.1:4000", "10.0.0.3:80", params{"res": -111}),
			}, "ipv4 <NA> client 10.0.0.1:4000->10.0.0.2:80",
		},
		{
			"refused, live, is a socket without a peer",
			[]*capture.Event{statetest.Connect(100, 4, "10.0.0.1:4000", "10.0.0.2:80", params{"res": -111, "tuple": nil, "ext": socket(1, 6)})},
			"ipv4 tcp nobody  unconnected",
		},
		{
			"refused, live, is not what was at its number before",
			[]*capture.Event{
				statetest.Connect(100, 4, "10.0.0.1:4000", "10.0.0.2:80", params{"ext": socket(1, 6)}),
				statetest.Connect(100, 4, "10.0.0.1:4000", "10.0.0.3:53", params{"res": -101, "ext": socket(2, 17)}),
			}, "ipv4 udp nobody  unconnected",
		},
		{
			"connected already, live, is what the table has",
			[]*capture.Event{
				statetest.Connect(100, 4, "10.0.0.1:4000", "10.0.0.2:80", params{"ext": socket(1, 6)}),
				statetest.Connect(100, 4, "10.0.0.1:4000", "10.0.0.3:80", params{"res": -106, "ext": socket(1, 6)}),
			}, "ipv4 tcp client 10.0.0.1:4000->10.0.0.2:80",
		},
		{
			"a socket takes the number of a file whose close was not seen",
			[]*capture.Event{
				statetest.Open(100, 4, "/etc/hosts", params{"flags": openUpperLayer, "ino": 5}),
				statetest.Connect(100, 4, "10.0.0.1:4000", "10.0.0.2:80", params{"ext": socket(1, 6)}),
			}, "ipv4 tcp client 10.0.0.1:4000->10.0.0.2:80",
		},
		{"IPv6", []*capture.Event{statetest.Connect(100, 4, "[::1]:4000", "[2001:db8::2]:80", nil)}, "ipv6 <NA> client ::1:4000->2001:db8::2:80"},
		{"IPv4 in IPv6 form", []*capture.Event{statetest.Connect(100, 4, "[::ffff:10.0.0.1]:4000", "[::ffff:10.0.0.2]:80", nil)}, "ipv4 <NA> client 10.0.0.1:4000->10.0.0.2:80"},
		{"one end in IPv4 form is not enough", []*capture.Event{statetest.Connect(100, 4, "[::1]:4000", "[::ffff:10.0.0.2]:80", nil)}, "ipv6 <NA> client ::1:4000->::ffff:10.0.0.2:80"},
		{"without a tuple the address that was passed", []*capture.Event{statetest.Connect(100, 4, "10.0.0.1:4000", "10.0.0.2:80", params{"tuple": nil})}, "ipv4 <NA> client 0.0.0.0:0->10.0.0.2:80"},
		{
			"Unix", []*capture.Event{statetest.Connect(100, 4, "10.0.0.1:1", "10.0.0.2:1", params{"tuple": statetest.UnixTuple(0xff00, 0xabc, "/run/x")})},
			"unix <NA> client ff00->abc /run/x",
		},
		{"nothing to tell", []*capture.Event{statetest.Connect(100, 4, "10.0.0.1:1", "10.0.0.2:1", params{"tuple": nil, "addr": nil})}, "none"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := apply(t, Options{}, append([]*capture.Event{statetest.Task(100, 1, "curl", nil)}, tt.events...)...)
			got := "none"
			if d := m.Descriptor(); d != nil {
				role := map[Role]string{RoleUnknown: "nobody", RoleClient: "client", RoleServer: "server"}[d.Role]
				got = d.Kind.String() + " " + d.L4.String() + " " + role + " " + d.Name
				if !d.Connected {
					got += " unconnected"
				}
				if d.Inode != 0 || d.Flags != 0 {
					t.Errorf("what was there before shows: %+v", d)
				}
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestConnectAgainTellsWhetherTheNameChanged(t *testing.T) {
	m := apply(t, Options{}, statetest.Task(100, 1, "curl", nil), statetest.Connect(100, 4, "10.0.0.1:4000", "10.0.0.2:80", nil))
	for _, step := range []struct {
		destination string
		want        bool
	}{{"10.0.0.2:80", false}, {"10.0.0.3:80", true}} {
		feed(m, statetest.Connect(100, 4, "10.0.0.1:4000", step.destination, nil))
		if m.NameChanged() != step.want {
			t.Errorf("connect to %s: name changed %v", step.destination, m.NameChanged())
		}
	}
}

func TestIsLocal(t *testing.T) {
	docker := "cpu=/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\x00"
	calls := 0
	opt := Options{Addresses: func() []netip.Prefix {
		calls++
		return []netip.Prefix{netip.MustParsePrefix("10.0.0.1/24"), netip.MustParsePrefix("2001:db8::1/128")}
	}}
	m := apply(t, opt, statetest.Task(100, 1, "curl", nil))
	for addr, want := range map[string]bool{
		"10.0.0.1": true, "10.0.0.2": false, "2001:db8::1": true, "2001:db8::99": true, "2001:db8:1::1": false,
	} {
		if got := m.IsLocal(netip.MustParseAddr(addr)); got != want {
			t.Errorf("IsLocal(%s) = %v", addr, got)
		}
	}
	if calls != 1 {
		t.Errorf("the interfaces were listed %d times", calls)
	}
	feed(m, statetest.Task(200, 1, "curl", params{"cgroups": docker}))
	if m.IsLocal(netip.MustParseAddr("10.0.0.1")) {
		t.Error("in a container of unknown address something is local")
	}
	if len(InterfaceAddresses()) == 0 {
		t.Log("this machine has no interface addresses")
	}
}

func TestOpeningOf(t *testing.T) {
	open := func(flags, mode, fd int) *capture.Event {
		return statetest.Open(100, fd, "x", params{"flags": flags, "mode": mode})
	}
	tests := []struct {
		name  string
		event *capture.Event
		want  Opening
	}{
		{"reading", open(openRead, 0, 3), Opening{Read: true}},
		{"writing", open(openWrite, 0, 3), Opening{Write: true}},
		{"both, and a mode that counts for nothing", open(openRead|openWrite, 0o777, 3), Opening{Read: true, Write: true}},
		{"a file that may be created", open(openWrite|openCreate, 0o644, 3), Opening{Write: true, Create: true}},
		{"a file that was created", open(openWrite|openCreate|openCreated, 0o644, 3), Opening{Write: true, Create: true, Created: true}},
		{"a program that may be created", open(openWrite|openCreate, 0o700, -13), Opening{Write: true, Create: true, Execute: true}},
		{"an unnamed file", open(openWrite|openTmpfile, 0o600, 3), Opening{Write: true, Create: true, Created: true}},
		{"an unnamed file that could not be made", open(openWrite|openTmpfile, 0o600, -13), Opening{Write: true, Create: true}},
		{
			"creat", statetest.Event(schema.PPME_SYSCALL_CREAT_X, 100, params{"fd": 3, "name": "x", "mode": 0o755}),
			Opening{Create: true, Execute: true},
		},
		{"no file at all", statetest.Exit(100, nil), Opening{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, OpeningOf(tt.event)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// An open reuses the memory of the file that had its number before, but not when
// a child may still look at that one.
func TestDescriptorsOfParentAndChildStayApart(t *testing.T) {
	name := func(m *Machine, tid int64) string { return m.Find(tid).Descriptor(3).Name }
	m := New(Options{})
	feed(m,
		statetest.Clone(100, 1, nil),
		statetest.Open(100, 3, "/parent/before", nil),
		statetest.Clone(200, 100, nil),
		statetest.Open(100, 3, "/parent/after", nil))
	if got := name(m, 200); got != "/parent/before" {
		t.Errorf("the child has %q after an open of its parent", got)
	}
	feed(m, statetest.Open(200, 3, "/child", nil), statetest.Open(200, 3, "/child/again", nil))
	if got := name(m, 100); got != "/parent/after" {
		t.Errorf("the parent has %q after opens of its child", got)
	}
	if got := name(m, 200); got != "/child/again" {
		t.Errorf("the child has %q", got)
	}
}
