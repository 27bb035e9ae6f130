package schema

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEventTypesNamed(t *testing.T) {
	for _, tt := range []struct {
		test string
		name string
		want []EventType
	}{
		{"an event with one version has its enter and exit", "open", []EventType{PPME_SYSCALL_OPEN_E, PPME_SYSCALL_OPEN_X}},
		{
			"old versions belong to the name", "openat",
			[]EventType{PPME_SYSCALL_OPENAT_E, PPME_SYSCALL_OPENAT_X, PPME_SYSCALL_OPENAT_2_E, PPME_SYSCALL_OPENAT_2_X},
		},
		{"a system call without entries is generic", "uname", []EventType{PPME_GENERIC_E, PPME_GENERIC_X}},
		{"a system call whose entries have another name is generic", "pread64", []EventType{PPME_GENERIC_E, PPME_GENERIC_X}},
		{"generic events have a name of their own", "syscall", []EventType{PPME_GENERIC_E, PPME_GENERIC_X}},
		{"a system call with entries is not generic", "mlock2", []EventType{PPME_SYSCALL_MLOCK2_E, PPME_SYSCALL_MLOCK2_X}},
		{"an unknown name has none", "opne", nil},
		{"case matters", "OPEN", nil},
		{"the empty name has none", "", nil},
	} {
		t.Run(tt.test, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, EventTypesNamed(tt.name)); diff != "" {
				t.Error(diff)
			}
			if got := KnownEventName(tt.name); got != (tt.want != nil) {
				t.Errorf("KnownEventName = %v", got)
			}
		})
	}
}

func TestExecveHasSixteenEntries(t *testing.T) {
	types := EventTypesNamed("execve")
	if len(types) != 16 || types[15] != PPME_SYSCALL_EXECVE_19_X {
		t.Errorf("%d entries, the last %s", len(types), types[len(types)-1].Info().Symbol)
	}
}

func TestEventTypesNamedBelongsToTheCaller(t *testing.T) {
	EventTypesNamed("open")[0] = PPME_DROP_E
	if got := EventTypesNamed("open")[0]; got != PPME_SYSCALL_OPEN_E {
		t.Errorf("a caller's change is seen by the next: %v", got)
	}
}

func TestEventTypeOutsideTheTable(t *testing.T) {
	last := EventType(len(Events()) - 1)
	if last.Info() == nil || last.String() != "keyctl" {
		t.Errorf("the last entry is %v", last)
	}
	if past := last + 1; past.Info() != nil || past.String() != "unknown" {
		t.Errorf("there is an entry past the last: %v", past)
	}
}

func TestDirfdPointsAtADescriptor(t *testing.T) {
	for _, e := range Events() {
		for _, p := range e.Params {
			if p.Dirfd >= 0 && (p.Type != PT_FSRELPATH || e.Params[p.Dirfd].Type != PT_FD) {
				t.Errorf("%s: %s is relative to %s", e.Symbol, p.Name, e.Params[p.Dirfd].Name)
			}
		}
	}
}

func TestCategoryWord(t *testing.T) {
	for _, tt := range []struct {
		typ  EventType
		want string
	}{
		{PPME_SYSCALL_OPENAT_2_X, "file"},
		{PPME_SOCKET_CONNECT_X, "net"},
		{PPME_SYSCALL_PIPE_X, "IPC"},
		{PPME_SYSCALL_EXECVE_19_X, "process"},
		{PPME_SYSCALL_READ_X, ""},
		{PPME_SYSCALL_WRITE_X, ""},
		{PPME_GENERIC_X, "other"},
		{PPME_SCHEDSWITCH_6_E, "scheduler"},
		{PPME_ITER_TASK_E, "process"},
	} {
		if got := tt.typ.Info().Category.Word(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.typ.Info().Symbol, got, tt.want)
		}
	}
}
