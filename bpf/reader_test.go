package bpf

import (
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"
	"unsafe"

	"github.com/cilium/ebpf"

	"github.com/saker-project/saker/falco-rules/corpus"
)

// load loads the programs, or skips the test where this machine cannot; in CI
// that is a failure.
func load(t *testing.T, opt Options) *Programs {
	t.Helper()
	p, err := Load(opt)
	var missing *Unsupported
	if errors.As(err, &missing) {
		corpus.SkipOrFail(t, err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return p
}

// The header's size is part of what the C side and the Go side agree on; the
// field offsets come from the objects' type information.
func TestRecordHeaderHas48Bytes(t *testing.T) {
	if size := unsafe.Sizeof(sakerRecordHeader{}); size != 48 {
		t.Errorf("%d bytes", size)
	}
}

// Both ways of reading the rings deliver the life of a process, in order, and end
// after Close.
func TestReaders(t *testing.T) {
	noMap := func(*ebpf.Map) (*ring, error) { return nil, errors.New("pages cannot be mapped") }
	for _, tt := range []struct {
		name   string
		open   func(*ebpf.Map) (*ring, error)
		mapped bool
	}{
		{"in place", mapRing, true},
		{"copied", noMap, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := load(t, Options{RingBytes: 1 << 20})
			r, err := p.newReader(time.Millisecond, tt.open)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Free()
			if r.Mapped() != tt.mapped {
				t.Errorf("Mapped() = %v", r.Mapped())
			}
			if err := p.Attach(); err != nil {
				t.Fatal(err)
			}
			seen := make(chan []Record)
			go func() {
				var all []Record
				for {
					var rec Record
					if err := r.Next(&rec); err != nil {
						if !errors.Is(err, os.ErrClosed) {
							t.Errorf("Next: %v", err)
						}
						seen <- all
						return
					}
					rec.Params = append([]byte(nil), rec.Params...)
					all = append(all, rec)
				}
			}()
			const rounds = 20
			pids := map[uint32]int{}
			for range rounds {
				cmd := exec.Command("/bin/true")
				if err := cmd.Run(); err != nil {
					t.Fatal(err)
				}
				pids[uint32(cmd.Process.Pid)] = 0
				time.Sleep(2 * time.Millisecond) // so that the reader sleeps now and then
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			before := uint64(0)
			for _, rec := range <-seen {
				if rec.Time < before {
					t.Errorf("a record is %d ns older than the one before it", before-rec.Time)
				}
				before = rec.Time
				if _, ours := pids[rec.PID]; ours {
					pids[rec.PID]++
				}
			}
			for pid, n := range pids {
				if n != 3 {
					t.Errorf("process %d has %d records, want those of its fork, exec and exit", pid, n)
				}
			}
		})
	}
}

func TestSecondCloseDoesNothing(t *testing.T) {
	p := load(t, Options{RingBytes: 1 << 16})
	r, err := p.NewReader(0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Free()
	for range 2 {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	var rec Record
	for range 2 {
		if err := r.Next(&rec); !errors.Is(err, os.ErrClosed) {
			t.Errorf("Next after Close: %v", err)
		}
	}
}

func TestRingSizesAreChecked(t *testing.T) {
	if err := supported(); err != nil {
		corpus.SkipOrFail(t, err.Error())
	}
	for _, size := range []int{1, 100, 4096 + 1, 3 << 12} {
		if _, err := Load(Options{RingBytes: size}); err == nil {
			t.Errorf("a ring of %d bytes loads", size)
		}
	}
}

func TestSelectRefusesNumbersOutsideTheTable(t *testing.T) {
	var p Programs
	for _, nr := range []int{-1, MaxSyscall} {
		if err := p.Select([]Call{{Number: nr}}, nil); err == nil {
			t.Errorf("number %d is accepted", nr)
		}
	}
}

func FuzzParseRecord(f *testing.F) {
	whole := make([]byte, headerSize+3)
	binary.NativeEndian.PutUint16(whole[42:], 3)
	f.Add(whole)
	f.Add(whole[:headerSize])
	f.Fuzz(func(t *testing.T, b []byte) {
		// As the ring has it: aligned.
		aligned := make([]uint64, len(b)/8+1)
		in := unsafe.Slice((*byte)(unsafe.Pointer(&aligned[0])), len(b))
		copy(in, b)
		var r Record
		n, err := ParseRecord(in, &r)
		if err == nil && (n > len(in) || n != headerSize+len(r.Params)) {
			t.Errorf("%d bytes of %d, %d of parameters", n, len(in), len(r.Params))
		}
	})
}
