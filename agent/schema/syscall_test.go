package schema

import "testing"

func TestIA32ToAMD64(t *testing.T) {
	for _, tt := range []struct {
		test     string
		nr, want int
	}{
		{"open", 5, 2},
		{"execve", 11, 59},
		{"the first number", 0, 219},
		{"a number with no counterpart", 7, -1},
		{"past the table", 1 << 20, -1},
		{"a negative number", -1, -1},
	} {
		t.Run(tt.test, func(t *testing.T) {
			if got := IA32ToAMD64(tt.nr); got != tt.want {
				t.Errorf("%d, want %d", got, tt.want)
			}
		})
	}
}

func TestSyscallBySC(t *testing.T) {
	for i := range Syscalls() {
		s := &Syscalls()[i]
		if got := SyscallBySC(s.SC); got != s {
			t.Errorf("%d: %v, want %s", s.SC, got, s.Name)
		}
	}
	for _, sc := range []uint16{0, 396, 65535} { // unknown, a tracepoint, past the table
		if got := SyscallBySC(sc); got != nil {
			t.Errorf("%d: %s", sc, got.Name)
		}
	}
}
