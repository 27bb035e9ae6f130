package bpf

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/features"
	"golang.org/x/sys/unix"
)

// Unsupported says what this machine lacks and how to get it.
type Unsupported struct {
	Missing string // what is missing, as a noun phrase
	Remedy  string // what to do
	Err     error  // the cause, if there is one
}

func (e *Unsupported) Error() string {
	return fmt.Sprintf("live capture needs %s: %s", e.Missing, e.Remedy)
}

func (e *Unsupported) Unwrap() error { return e.Err }

const kernelTypes = "/sys/kernel/btf/vmlinux"

// supported finds the usual reasons before the kernel would name them by an
// errno.
func supported() error {
	if !mayLoad() {
		if os.Geteuid() != 0 {
			return &Unsupported{
				Missing: "root",
				Remedy:  "run saker as root (sudo), or with the capabilities CAP_BPF and CAP_PERFMON",
			}
		}
		return &Unsupported{
			Missing: "the capabilities CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN",
			Remedy:  "add them to the container or the unit that runs saker",
		}
	}
	if _, err := os.Stat(kernelTypes); errors.Is(err, fs.ErrNotExist) {
		return &Unsupported{
			Missing: "the kernel's type information (" + kernelTypes + ")",
			Remedy:  "boot a kernel built with CONFIG_DEBUG_INFO_BTF=y, as Debian 11, Ubuntu 20.10, RHEL 8.2 and later have, and mount sysfs",
			Err:     err,
		}
	}
	for _, need := range []struct {
		what  string
		since string
		probe func() error
	}{
		{"BPF ring buffers", "5.8", func() error { return features.HaveMapType(ebpf.RingBuf) }},
		{"BPF trampolines on tracepoints", "5.5", func() error { return features.HaveProgramType(ebpf.Tracing) }},
	} {
		// Only a clear no stops here; when the probe could not tell, the load will.
		if err := need.probe(); errors.Is(err, ebpf.ErrNotSupported) {
			return &Unsupported{
				Missing: need.what,
				Remedy:  fmt.Sprintf("boot Linux %s or later (6.1 and later are tested); this is %s", need.since, release()),
				Err:     err,
			}
		}
	}
	return nil
}

// mayLoad reports whether the process has the capabilities that loading takes:
// CAP_SYS_ADMIN, or CAP_BPF with CAP_PERFMON.
func mayLoad() bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return os.Geteuid() == 0
	}
	has := func(c int) bool { return data[c/32].Effective&(1<<(c%32)) != 0 }
	return has(unix.CAP_SYS_ADMIN) || has(unix.CAP_BPF) && has(unix.CAP_PERFMON)
}

func release() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return "unknown"
	}
	return unix.ByteSliceToString(u.Release[:])
}
