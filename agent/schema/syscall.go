package schema

import "sync"

// Syscall is a system call that Falco knows.
type Syscall struct {
	Name        string    // of the call; the events of some have another (pread64, event pread)
	SC          uint16    // Falco's own number, the same on all architectures
	AMD64       int       // number on x86-64; -1 if it has none
	ARM64       int       // number on arm64; -1 if it has none
	Enter, Exit EventType // the events of the call
	Generic     bool      // Enter and Exit are the generic ones
}

// Syscalls returns all system calls.
func Syscalls() []Syscall { return syscalls[:] }

var syscallsBySC = sync.OnceValue(func() []*Syscall {
	var bySC []*Syscall
	for i := range syscalls {
		sc := int(syscalls[i].SC)
		if sc >= len(bySC) {
			bySC = append(bySC, make([]*Syscall, sc+1-len(bySC))...)
		}
		bySC[sc] = &syscalls[i]
	}
	return bySC
})

// SyscallBySC returns the system call with Falco's number sc, which is the first
// parameter of a generic event, or nil.
func SyscallBySC(sc uint16) *Syscall {
	if bySC := syscallsBySC(); int(sc) < len(bySC) {
		return bySC[sc]
	}
	return nil
}

// IA32ToAMD64 returns the x86-64 number of the call that has number nr in 32-bit
// x86 programs, or -1.
func IA32ToAMD64(nr int) int {
	if nr < 0 || nr >= len(ia32ToAMD64) {
		return -1
	}
	return int(ia32ToAMD64[nr])
}
