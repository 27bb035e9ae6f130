package capture

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/bpf"
)

// LiveOptions says what to capture. The zero value captures what state needs:
// the life of processes.
type LiveOptions struct {
	Events      []schema.EventType // system call events to report; those that LiveEvents lacks are ignored
	RingBytes   int                // size of each CPU's ring; 0 means bpf.DefaultRingBytes
	Coalesce    time.Duration      // how long events gather between two drains; 0 means bpf.DefaultCoalesce
	NoIterators bool               // do not use BPF iterators for the snapshot
}

// liveSyscalls are the event types that the programs make of system calls.
var liveSyscalls = []schema.EventType{
	schema.PPME_SYSCALL_OPEN_X,
	schema.PPME_SYSCALL_OPENAT_2_X,
	schema.PPME_SYSCALL_OPENAT2_X,
	schema.PPME_SYSCALL_CREAT_X,
	schema.PPME_SOCKET_CONNECT_X,
	schema.PPME_SYSCALL_EXECVE_19_X,
	schema.PPME_SYSCALL_EXECVEAT_X,
	schema.PPME_SYSCALL_CLONE_20_X,
	schema.PPME_SYSCALL_CLONE3_X,
	schema.PPME_SYSCALL_FORK_20_X,
	schema.PPME_SYSCALL_VFORK_20_X,
}

// LiveEvents returns the event types that live capture can deliver.
func LiveEvents() []schema.EventType {
	return append(slices.Clone(liveSyscalls), schema.PPME_PROCEXIT_1_E)
}

// Live captures the running kernel. Its first events are a snapshot: one
// PPME_ITER_TASK_E for each thread that existed when capture began, so that no
// later event is of an unknown process.
//
// Events of one thread, and events of which one is the cause of the other, come
// in the order they happened; see bpf.Reader.
type Live struct {
	programs *bpf.Programs
	reader   *bpf.Reader
	record   bpf.Record
	snapshot []byte // records not delivered yet
	err      error  // why there is no snapshot
	num      uint64
}

// OpenLive loads the programs and starts capturing. The events wait in the rings
// until Next is called.
func OpenLive(opt LiveOptions) (*Live, error) {
	programs, err := bpf.Load(bpf.Options{RingBytes: opt.RingBytes, NoIterators: opt.NoIterators})
	if err != nil {
		return nil, err
	}
	l := &Live{programs: programs}
	if err := l.start(opt); err != nil {
		return nil, errors.Join(err, l.Free())
	}
	return l, nil
}

func (l *Live) start(opt LiveOptions) (err error) {
	wanted, names := calls(opt.Events)
	if err := l.programs.Select(wanted, names); err != nil {
		return err
	}
	if l.reader, err = l.programs.NewReader(opt.Coalesce); err != nil {
		return err
	}
	// First attach, then look who is there: a process that starts between the two
	// is seen twice, never not at all.
	if err := l.programs.Attach(); err != nil {
		return err
	}
	tasks, err := l.programs.Tasks()
	if errors.Is(err, errors.ErrUnsupported) {
		l.err = err
		return nil
	}
	if err != nil {
		return err
	}
	defer tasks.Close()
	var all bytes.Buffer
	if _, err := io.Copy(&all, bufio.NewReaderSize(tasks, 64<<10)); err != nil {
		return fmt.Errorf("read the task iterator: %w", err)
	}
	l.snapshot = all.Bytes()
	return nil
}

// SnapshotError returns why the events do not begin with a snapshot: nil when
// they do, an error wrapping errors.ErrUnsupported when the kernel has no
// sleepable task iterator (before 5.18). The caller can read /proc instead.
func (l *Live) SnapshotError() error { return l.err }

// Mapped reports whether the rings are read in place.
func (l *Live) Mapped() bool { return l.reader.Mapped() }

// Next implements Source.
func (l *Live) Next(ev *Event) error {
	if len(l.snapshot) > 0 {
		n, err := bpf.ParseRecord(l.snapshot, &l.record)
		if err != nil {
			return fmt.Errorf("task iterator: %w", err)
		}
		l.snapshot = l.snapshot[n:]
	} else if err := l.reader.Next(&l.record); err != nil {
		return err
	}
	r := &l.record
	l.num++
	ev.Num = l.num
	ev.Time = l.programs.BootEpoch() + r.Time
	ev.Type = schema.EventType(r.Type)
	ev.CPU = r.CPU
	ev.TID, ev.PID = int64(r.TID), int64(r.PID)
	ev.CgroupID = r.CgroupID
	ev.ThreadStart = r.ThreadStart
	ev.Return = r.Return
	ev.Flags = Flags(r.Flags)
	if err := ev.SetParams(r.Params); err != nil {
		return fmt.Errorf("%s event of thread %d: %w", ev.Type, ev.TID, err)
	}
	return nil
}

// Drops implements Source.
func (l *Live) Drops() ([]Drop, error) {
	counts, err := l.programs.Drops()
	drops := make([]Drop, len(counts))
	for i, c := range counts {
		drops[i] = Drop{schema.EventType(c.Type), c.Reason, c.Count}
	}
	return drops, err
}

// Close implements Source. Free releases what Next and Drops still need.
func (l *Live) Close() error { return l.reader.Close() }

// Free detaches the programs and frees the rings. No other method may be called
// after it, nor an event used that aliases a ring.
func (l *Live) Free() error {
	var errs []error
	if l.reader != nil {
		errs = append(errs, l.reader.Free())
	}
	return errors.Join(append(errs, l.programs.Close())...)
}

var _ Source = (*Live)(nil)

// calls returns the system calls that become the wanted events, in this
// machine's numbers, and those that the fork program must be able to name.
func calls(events []schema.EventType) (wanted, names []bpf.Call) {
	add := func(c bpf.Call, exit schema.EventType) {
		c.Event = uint16(exit)
		if slices.Contains(events, exit) && slices.Contains(liveSyscalls, exit) {
			wanted = append(wanted, c)
		} else if isClone(exit) {
			names = append(names, c)
		}
	}
	exits := make(map[int]schema.EventType) // by amd64 number
	for _, s := range schema.Syscalls() {
		native := s.AMD64
		if runtime.GOARCH == "arm64" {
			native = s.ARM64
		}
		if native >= 0 {
			add(bpf.Call{Number: native}, s.Exit)
		}
		if s.AMD64 >= 0 {
			exits[s.AMD64] = s.Exit
		}
	}
	if runtime.GOARCH != "amd64" {
		return wanted, names // 32-bit ARM has a table of its own, which is not captured
	}
	for nr := range bpf.MaxSyscall {
		if exit, ok := exits[schema.IA32ToAMD64(nr)]; ok {
			add(bpf.Call{Number: nr, Compat: true}, exit)
		}
	}
	if slices.Contains(events, schema.PPME_SOCKET_CONNECT_X) {
		const ia32SocketCall = 102 // one number for all socket calls; the program picks connect
		wanted = append(wanted, bpf.Call{Number: ia32SocketCall, Compat: true, Event: bpf.SocketCall})
	}
	return wanted, names
}

func isClone(t schema.EventType) bool {
	switch t {
	case schema.PPME_SYSCALL_CLONE_20_X, schema.PPME_SYSCALL_CLONE3_X, schema.PPME_SYSCALL_FORK_20_X, schema.PPME_SYSCALL_VFORK_20_X:
		return true
	}
	return false
}
