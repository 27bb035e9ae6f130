package bpf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/ringbuf"
	"golang.org/x/sys/unix"
)

// Record is one record of a ring: the header of record.h and the parameters
// behind it. Params aliases the ring.
type Record struct {
	Time        uint64 // ns since boot, suspend included
	CgroupID    uint64
	ThreadStart uint64 // ns since boot
	PID, TID    uint32
	Return      int64
	Type        uint16
	Flags       uint32
	CPU         int
	Params      []byte
}

const headerSize = int(unsafe.Sizeof(sakerRecordHeader{}))

var errShortRecord = errors.New("record shorter than its header says")

// ParseRecord reads one record from the front of b and returns its length.
func ParseRecord(b []byte, r *Record) (int, error) {
	if len(b) < headerSize {
		return 0, errShortRecord
	}
	h := (*sakerRecordHeader)(unsafe.Pointer(unsafe.SliceData(b)))
	n := headerSize + int(h.Len)
	if len(b) < n {
		return 0, errShortRecord
	}
	r.Time, r.CgroupID, r.ThreadStart = h.Time, h.CgroupId, h.ThreadStart
	r.PID, r.TID, r.Return = h.Pid, h.Tid, h.Ret
	r.Type, r.Flags = h.Type, h.Flags
	r.Params = b[headerSize:n:n]
	return n, nil
}

// ring is user space's view of one BPF ring buffer: a page with the consumer
// position, a page with the producer position, and the data mapped twice in a
// row, so that no record ever wraps. The layout is the kernel's
// (kernel/bpf/ringbuf.c).
type ring struct {
	consumer *uint64
	producer *uint64
	data     []byte
	mask     uint64
	read     uint64 // consumed by us, published to consumer by release
	limit    uint64 // producer position at the last look
	maps     [2][]byte
	fallback *ringbuf.Reader // where the pages cannot be mapped
	record   ringbuf.Record  // of fallback
}

const (
	ringHeader  = 8
	ringBusy    = 1 << 31
	ringDiscard = 1 << 30
	// releaseBytes bounds how much consumed space a drain withholds: a write to
	// the consumer position costs the producing CPU a cache miss.
	releaseBytes = 64 << 10
)

// mapRing opens a ring in place.
func mapRing(m *ebpf.Map) (*ring, error) {
	page := unix.Getpagesize()
	size := int(m.MaxEntries())
	consumer, err := unix.Mmap(m.FD(), 0, page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map the consumer page: %w", err)
	}
	producer, err := unix.Mmap(m.FD(), int64(page), page+2*size, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("map the producer pages: %w", err), unix.Munmap(consumer))
	}
	r := &ring{
		mask:     uint64(size - 1),
		maps:     [2][]byte{consumer, producer},
		consumer: (*uint64)(unsafe.Pointer(&consumer[0])),
		producer: (*uint64)(unsafe.Pointer(&producer[0])),
		data:     producer[page:],
	}
	r.read = atomic.LoadUint64(r.consumer)
	return r, nil
}

// copyRing opens a ring whose pages cannot be mapped, as some sandboxes have it:
// the library's reader copies its records out.
func copyRing(m *ebpf.Map) (*ring, error) {
	reader, err := ringbuf.NewReader(m)
	if err != nil {
		return nil, err
	}
	reader.SetDeadline(time.Unix(1, 0)) // never wait: the doorbell does
	return &ring{fallback: reader}, nil
}

// look takes note of how far the producer is.
func (r *ring) look() {
	if r.fallback == nil {
		r.limit = atomic.LoadUint64(r.producer)
	}
}

// next returns the next record before the last look, or nil. The record stays
// valid until release.
func (r *ring) next() []byte {
	if r.fallback != nil {
		if r.fallback.ReadInto(&r.record) != nil {
			return nil
		}
		return r.record.RawSample
	}
	for r.read < r.limit {
		at := r.read & r.mask
		length := atomic.LoadUint32((*uint32)(unsafe.Pointer(&r.data[at])))
		if length&ringBusy != 0 {
			return nil
		}
		size := uint64(length &^ ringDiscard)
		r.read += ringHeader + (size+7)&^7
		if length&ringDiscard == 0 {
			return r.data[at+ringHeader : at+ringHeader+size : at+ringHeader+size]
		}
	}
	return nil
}

// release gives the space of the records that next returned back to the kernel.
func (r *ring) release() {
	if r.fallback == nil && r.read != atomic.LoadUint64(r.consumer) {
		atomic.StoreUint64(r.consumer, r.read)
	}
}

func (r *ring) withheld() uint64 {
	if r.fallback != nil {
		return 0
	}
	return r.read - atomic.LoadUint64(r.consumer)
}

func (r *ring) close() error {
	if r.fallback != nil {
		return r.fallback.Close()
	}
	return errors.Join(unix.Munmap(r.maps[0]), unix.Munmap(r.maps[1]))
}

// Reader merges the rings of all CPUs into one stream in the order of time. It
// sleeps without being woken for single events: the first event after it went to
// sleep rings the doorbell, the following ones find it awake.
type Reader struct {
	rings    []*ring
	heads    []Record // next record of each ring
	have     []bool   // whether there is one
	epoll    int
	bell     int // eventfd: Close wakes a sleeping Next
	doorbell *uint32
	doorPage []byte
	horizon  uint64 // when the last look began
	last     int    // ring of the record that Next returned last, -1 for none
	busy     bool   // records came since the last pause
	coalesce time.Duration
	closed   atomic.Bool
	mapped   bool
}

// DefaultCoalesce is how long a woken reader waits for more events before it
// drains the rings again: it bounds the wakeups a second, and the latency.
const DefaultCoalesce = time.Millisecond

// NewReader opens the rings. coalesce of 0 means DefaultCoalesce.
func (p *Programs) NewReader(coalesce time.Duration) (*Reader, error) {
	if coalesce == 0 {
		coalesce = DefaultCoalesce
	}
	return p.newReader(coalesce, mapRing)
}

// newReader opens each ring with open, and copies where that fails.
func (p *Programs) newReader(coalesce time.Duration, open func(*ebpf.Map) (*ring, error)) (*Reader, error) {
	r := &Reader{coalesce: coalesce, last: -1, epoll: -1, bell: -1, mapped: true}
	if err := r.open(p, open); err != nil {
		r.free()
		return nil, err
	}
	return r, nil
}

func (r *Reader) open(p *Programs, open func(*ebpf.Map) (*ring, error)) (err error) {
	if r.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return fmt.Errorf("make an epoll: %w", err)
	}
	if r.bell, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		return fmt.Errorf("make an eventfd: %w", err)
	}
	watch := func(fd int) error {
		return unix.EpollCtl(r.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLET, Fd: int32(fd)})
	}
	if err := watch(r.bell); err != nil {
		return fmt.Errorf("watch the eventfd: %w", err)
	}
	for cpu, m := range p.rings {
		ring, err := open(m)
		if err != nil {
			r.mapped = false
			if ring, err = copyRing(m); err != nil {
				return fmt.Errorf("open the ring of CPU %d: %w", cpu, err)
			}
		}
		r.rings = append(r.rings, ring)
		if err := watch(m.FD()); err != nil {
			return fmt.Errorf("watch the ring of CPU %d: %w", cpu, err)
		}
	}
	r.heads = make([]Record, len(r.rings))
	r.have = make([]bool, len(r.rings))
	if r.doorPage, err = unix.Mmap(p.objects.Maps[".data.doorbell"].FD(), 0, unix.Getpagesize(),
		unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); err != nil {
		return fmt.Errorf("map the doorbell: %w", err)
	}
	r.doorbell = (*uint32)(unsafe.Pointer(&r.doorPage[0]))
	return nil
}

// Mapped reports whether all rings are read in place; otherwise some are copied
// out by the library's reader.
func (r *Reader) Mapped() bool { return r.mapped }

// Next fills rec with the next record, waiting for one. Its Params alias the
// ring and are valid until the following call. It returns os.ErrClosed after
// Close, once what was in the rings has been delivered.
func (r *Reader) Next(rec *Record) error {
	for {
		if err := r.consume(); err != nil {
			return err
		}
		if i := r.oldest(); i >= 0 {
			*rec = r.heads[i]
			r.have[i] = false
			r.last = i
			return nil
		}
		if err := r.refill(); err != nil {
			return err
		}
	}
}

// consume takes leave of the record that Next returned last.
func (r *Reader) consume() error {
	if r.last < 0 {
		return nil
	}
	i := r.last
	r.last = -1
	r.busy = true
	if r.rings[i].withheld() >= releaseBytes {
		r.rings[i].release()
	}
	return r.fill(i)
}

// oldest returns the ring whose head comes next, -1 if none may yet. A record
// younger than the last look may have an elder on a ring that was looked at
// before it arrived there; it stays for the next look, which will find that one.
func (r *Reader) oldest() int {
	oldest := -1
	for i := range r.heads {
		if r.have[i] && (oldest < 0 || r.heads[i].Time < r.heads[oldest].Time) {
			oldest = i
		}
	}
	if oldest >= 0 && r.heads[oldest].Time > r.horizon {
		return -1
	}
	return oldest
}

// refill looks for records until there are any. After a burst it first lets more
// gather, which costs less than a wakeup for each; a lone event after a pause is
// seen at once.
func (r *Reader) refill() error {
	if r.busy && !r.closed.Load() {
		r.busy = false
		time.Sleep(r.coalesce)
	}
	closed := r.closed.Load() // before the look, which then is the last
	if found, err := r.look(); found || err != nil {
		return err
	}
	if closed {
		return os.ErrClosed
	}
	// Ask for the bell, then look once more: an event that came before the
	// request would not ring it.
	atomic.StoreUint32(r.doorbell, 1)
	found, err := r.look()
	if !found && err == nil {
		err = r.wait()
	}
	atomic.StoreUint32(r.doorbell, 0)
	return err
}

// look notes what the producers have, and returns whether that is anything.
func (r *Reader) look() (bool, error) {
	r.horizon = BootTime()
	found := false
	for i, ring := range r.rings {
		if !r.have[i] {
			ring.release()
		}
		ring.look()
		if err := r.fill(i); err != nil {
			return false, err
		}
		found = found || r.have[i]
	}
	return found, nil
}

// fill sets the head of ring i.
func (r *Reader) fill(i int) error {
	if r.have[i] {
		return nil
	}
	b := r.rings[i].next()
	if b == nil {
		return nil
	}
	if _, err := ParseRecord(b, &r.heads[i]); err != nil {
		return fmt.Errorf("ring of CPU %d: %w", i, err)
	}
	r.heads[i].CPU = i
	r.have[i] = true
	return nil
}

// wait sleeps until the doorbell rings or Close is called.
func (r *Reader) wait() error {
	var events [8]unix.EpollEvent
	for {
		switch _, err := unix.EpollWait(r.epoll, events[:], -1); err {
		case nil:
			return nil
		case unix.EINTR:
		default:
			return fmt.Errorf("wait for events: %w", err)
		}
	}
}

// Close makes Next deliver what is in the rings and then return os.ErrClosed. It
// may be called from any goroutine, more than once.
func (r *Reader) Close() error {
	if r.closed.Swap(true) {
		return nil
	}
	var one [8]byte
	binary.NativeEndian.PutUint64(one[:], 1)
	if _, err := unix.Write(r.bell, one[:]); err != nil {
		return fmt.Errorf("wake the reader: %w", err)
	}
	return nil
}

// Free unmaps the rings. No record may be used, and no method called, after it.
func (r *Reader) Free() error { return r.free() }

func (r *Reader) free() error {
	var errs []error
	for _, ring := range r.rings {
		errs = append(errs, ring.close())
	}
	if r.doorPage != nil {
		errs = append(errs, unix.Munmap(r.doorPage))
	}
	for _, fd := range []int{r.epoll, r.bell} {
		if fd >= 0 {
			errs = append(errs, unix.Close(fd))
		}
	}
	return errors.Join(errs...)
}
