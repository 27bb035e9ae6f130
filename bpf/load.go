package bpf

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/btf"
	"github.com/cilium/ebpf/link"
	"github.com/cilium/ebpf/rlimit"
	"golang.org/x/sys/unix"
)

// MaxSyscall bounds the system call numbers that Select takes.
const MaxSyscall = 512

// SocketCall stands in a Call's Event for socketcall(2), the one number behind
// which 32-bit x86 has all socket calls.
const SocketCall = 511

// Options says how to load the programs. The zero value is usable.
type Options struct {
	RingBytes   int  // size of each CPU's ring: a power of two, at least a page; 0 means 8 MiB
	NoIterators bool // leave out the task iterator, as on kernels before 5.18
}

// DefaultRingBytes is the ring size that Falco's buf_size_preset 4 means.
const DefaultRingBytes = 8 << 20

// Programs are the loaded programs with their maps.
type Programs struct {
	objects *ebpf.Collection
	rings   []*ebpf.Map // by CPU
	epoch   uint64      // ns from the Unix epoch to boot, as the programs use it

	mu    sync.Mutex
	links []link.Link
}

// Load checks that this machine can run the programs, loads them and makes one
// ring a CPU. Nothing is reported before Attach.
func Load(opt Options) (*Programs, error) {
	if err := supported(); err != nil {
		return nil, err
	}
	if opt.RingBytes == 0 {
		opt.RingBytes = DefaultRingBytes
	}
	if opt.RingBytes < unix.Getpagesize() || opt.RingBytes&(opt.RingBytes-1) != 0 {
		return nil, fmt.Errorf("ring of %d bytes: must be a power of two and at least a page", opt.RingBytes)
	}
	if err := rlimit.RemoveMemlock(); err != nil {
		return nil, fmt.Errorf("raise the locked memory limit: %w", err)
	}
	spec, err := loadSaker()
	if err != nil {
		return nil, err
	}
	cpus, err := ebpf.PossibleCPU()
	if err != nil {
		return nil, fmt.Errorf("count CPUs: %w", err)
	}
	if limit := int(spec.Maps[sakerMapRings].MaxEntries); cpus > limit {
		return nil, fmt.Errorf("%d CPUs: at most %d are supported", cpus, limit)
	}
	spec.Maps[sakerMapRings].MaxEntries = uint32(cpus)
	spec.Maps[sakerMapScratches].MaxEntries = uint32(cpus) + 1
	if opt.NoIterators || !hasHelper("BPF_FUNC_copy_from_user_task") {
		delete(spec.Programs, sakerProgIterateTasks)
	}
	p := &Programs{epoch: bootEpoch()}
	if err := spec.Variables[sakerVarBootEpoch].Set(p.epoch); err != nil {
		return nil, err
	}
	if err := spec.Variables[sakerVarIteratorSlot].Set(uint32(cpus)); err != nil {
		return nil, err
	}
	if p.objects, err = ebpf.NewCollection(spec); err != nil {
		return nil, loadError(err)
	}
	if err := p.makeRings(spec.Maps[sakerMapRings].InnerMap, cpus, opt.RingBytes); err != nil {
		p.Close()
		return nil, err
	}
	if err := p.learnSelf(); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

func (p *Programs) makeRings(inner *ebpf.MapSpec, cpus, size int) error {
	inner = inner.Copy()
	inner.MaxEntries = uint32(size)
	for cpu := range cpus {
		inner.Name = fmt.Sprintf("ring_%d", cpu)
		ring, err := ebpf.NewMap(inner)
		if err != nil {
			return fmt.Errorf("make the ring of CPU %d (%d bytes): %w", cpu, size, err)
		}
		p.rings = append(p.rings, ring)
		if err := p.objects.Maps[sakerMapRings].Put(uint32(cpu), ring); err != nil {
			return fmt.Errorf("install the ring of CPU %d: %w", cpu, err)
		}
	}
	return nil
}

// learnSelf has the programs note which process they must never report. Inside a
// pid namespace only the kernel knows that number; the iterator does, since it
// runs in its reader's context. Without it, there, nothing is left out: better our
// own calls than another process's missing.
func (p *Programs) learnSelf() error {
	tasks, err := p.Tasks()
	if errors.Is(err, errors.ErrUnsupported) {
		if !inInitialPIDNamespace() {
			return nil
		}
		return p.objects.Variables[sakerVarOwnTgid].Set(uint32(unix.Getpid()))
	}
	if err != nil {
		return err
	}
	defer tasks.Close()
	if _, err := io.Copy(io.Discard, tasks); err != nil {
		return fmt.Errorf("read the task iterator: %w", err)
	}
	return nil
}

// inInitialPIDNamespace reports whether this process's ids are the host's.
func inInitialPIDNamespace() bool {
	const initial = 0xEFFFFFFC // its inode, fixed by the kernel (PROC_PID_INIT_INO)
	var st unix.Stat_t
	return unix.Stat("/proc/self/ns/pid", &st) == nil && st.Ino == initial
}

// Attach starts the reporting of process life, and of the system calls that
// Select named.
func (p *Programs) Attach() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, name := range []string{sakerProgSchedProcessFork, sakerProgSchedProcessExec, sakerProgSchedProcessExit, sakerProgSysExit} {
		l, err := link.AttachTracing(link.TracingOptions{Program: p.objects.Programs[name]})
		if err != nil {
			return fmt.Errorf("attach %s: %w", name, err)
		}
		p.links = append(p.links, l)
	}
	return nil
}

// Call names a system call to report: its number in the machine's own table, or
// in the 32-bit x86 table when Compat is set, and the event it becomes.
type Call struct {
	Number int
	Compat bool
	Event  uint16
}

// Select makes calls the ones reported from now on. names are calls that are
// not reported but whose event types the fork program must know.
func (p *Programs) Select(calls, names []Call) error {
	var bits, bitsCompat [MaxSyscall / 64]uint64
	var events, eventsCompat [MaxSyscall]uint16
	for i, c := range append(calls[:len(calls):len(calls)], names...) {
		if c.Number < 0 || c.Number >= MaxSyscall {
			return fmt.Errorf("system call number %d: outside the table", c.Number)
		}
		b, e := &bits, &events
		if c.Compat {
			b, e = &bitsCompat, &eventsCompat
		}
		e[c.Number] = c.Event
		if i < len(calls) {
			b[c.Number/64] |= 1 << (c.Number % 64)
		}
	}
	// Events first: a bit must never be seen before its event.
	for _, v := range []struct {
		name  string
		value any
	}{
		{sakerVarSyscallEvent, events},
		{sakerVarSyscallEventCompat, eventsCompat},
		{sakerVarWanted, bits},
		{sakerVarWantedCompat, bitsCompat},
	} {
		if err := p.objects.Variables[v.name].Set(v.value); err != nil {
			return fmt.Errorf("set %s: %w", v.name, err)
		}
	}
	return nil
}

// Tasks opens a stream of records, one for each thread that exists. It returns
// an error that wraps errors.ErrUnsupported when the kernel cannot.
func (p *Programs) Tasks() (io.ReadCloser, error) {
	prog := p.objects.Programs[sakerProgIterateTasks]
	if prog == nil {
		return nil, fmt.Errorf("task iterator: %w", errors.ErrUnsupported)
	}
	it, err := link.AttachIter(link.IterOptions{Program: prog})
	if err != nil {
		return nil, fmt.Errorf("attach the task iterator: %w", err)
	}
	defer it.Close()
	r, err := it.Open()
	if err != nil {
		return nil, fmt.Errorf("open the task iterator: %w", err)
	}
	return r, nil
}

// BootEpoch returns the nanoseconds from the Unix epoch to boot; added to a
// record's Time they give wall time.
func (p *Programs) BootEpoch() uint64 { return p.epoch }

// Drop counts events of one type that were lost for one reason.
type Drop struct {
	Reason string
	Type   uint16
	Count  uint64
}

var dropReasons = [sakerDropReasonDROP_REASONS]string{
	sakerDropReasonDROP_RING_FULL: "ring_full",
	sakerDropReasonDROP_SCRATCH:   "scratch_full",
}

// Drops returns what was lost since Load, summed over the CPUs; zero counts are
// left out.
func (p *Programs) Drops() ([]Drop, error) {
	m := p.objects.Maps[sakerMapDrops]
	types := m.MaxEntries() / uint32(sakerDropReasonDROP_REASONS)
	var drops []Drop
	var perCPU []uint64
	var key uint32
	for it := m.Iterate(); it.Next(&key, &perCPU); {
		var n uint64
		for _, v := range perCPU {
			n += v
		}
		if n > 0 {
			drops = append(drops, Drop{dropReasons[key/types], uint16(key % types), n})
		}
	}
	return drops, nil
}

// Close detaches the programs and frees them. Readers must be closed before.
func (p *Programs) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for _, l := range p.links {
		errs = append(errs, l.Close())
	}
	p.links = nil
	for _, r := range p.rings {
		errs = append(errs, r.Close())
	}
	p.rings = nil
	p.objects.Close()
	return errors.Join(errs...)
}

// bootEpoch measures the offset between the two clocks: the best of a few tries,
// since the process may be preempted between the two readings.
func bootEpoch() uint64 {
	var offset int64
	best := int64(time.Hour)
	for range 8 {
		var before, after unix.Timespec
		unix.ClockGettime(unix.CLOCK_BOOTTIME, &before)
		now := time.Now().UnixNano()
		unix.ClockGettime(unix.CLOCK_BOOTTIME, &after)
		if took := after.Nano() - before.Nano(); took < best {
			best, offset = took, now-before.Nano()-took/2
		}
	}
	return uint64(offset)
}

// BootTime returns the nanoseconds since boot, on the clock of Record.Time.
func BootTime() uint64 {
	var now unix.Timespec
	unix.ClockGettime(unix.CLOCK_BOOTTIME, &now)
	return uint64(now.Nano())
}

// hasHelper reports whether the kernel's list of helper functions has one.
func hasHelper(name string) bool {
	kernel, err := btf.LoadKernelSpec()
	if err != nil {
		return false
	}
	var helpers *btf.Enum
	if err := kernel.TypeByName("bpf_func_id", &helpers); err != nil {
		return false
	}
	return slices.ContainsFunc(helpers.Values, func(v btf.EnumValue) bool { return v.Name == name })
}

func loadError(err error) error {
	var v *ebpf.VerifierError
	if errors.As(err, &v) {
		return &Unsupported{
			Missing: "a kernel that accepts the capture programs",
			Remedy:  fmt.Sprintf("kernels from 6.1 on are tested; this one refused: %v", err),
			Err:     err,
		}
	}
	if errors.Is(err, unix.EPERM) {
		return &Unsupported{
			Missing: "permission to load BPF programs",
			Remedy:  "run as root, or with CAP_BPF and CAP_PERFMON, and with a seccomp profile that allows bpf(2)",
			Err:     err,
		}
	}
	return fmt.Errorf("load the capture programs on %s: %w", runtime.GOARCH, err)
}
