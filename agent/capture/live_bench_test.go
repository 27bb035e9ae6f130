package capture

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/falco-rules/corpus"
)

// loop runs testdata/loop.c once and returns its nanoseconds per call.
func loop(b *testing.B, program, what string, n int) float64 {
	b.Helper()
	out, err := exec.Command(program, what, strconv.Itoa(n)).Output()
	if err != nil {
		b.Fatal(err)
	}
	ns, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		b.Fatal(err)
	}
	return ns
}

// What capture adds to a system call: pairs of runs without and with it, one
// after the other, so that both meet the same machine. The medians of the pairs
// are reported.
func BenchmarkAddedToSystemCall(b *testing.B) {
	const pairs = 9
	for _, c := range []struct {
		name, call string
		calls      int
	}{
		{"captured_openat_and_close", "open", 300_000},
		{"uninteresting_getpid", "getpid", 3_000_000},
	} {
		b.Run(c.name, func(b *testing.B) {
			program := compile(b, "loop.c")
			for range b.N {
				var without, added []float64
				for range pairs {
					base := loop(b, program, c.call, c.calls)
					live, err := OpenLive(LiveOptions{Events: []schema.EventType{schema.PPME_SYSCALL_OPENAT_2_X}})
					if err != nil {
						corpus.SkipOrFail(b, err.Error())
					}
					done := make(chan error)
					go func() { done <- drain(live) }()
					with := loop(b, program, c.call, c.calls)
					live.Close()
					if err := <-done; !errors.Is(err, os.ErrClosed) {
						b.Fatal(err)
					}
					if drops, _ := live.Drops(); len(drops) > 0 {
						b.Logf("drops: %v", drops)
					}
					live.Free()
					without = append(without, base)
					added = append(added, with-base)
				}
				b.ReportMetric(median(without), "ns/call-without")
				b.ReportMetric(median(added), "ns/call-added")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

func drain(s Source) error {
	var ev Event
	for {
		if err := s.Next(&ev); err != nil {
			return err
		}
	}
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// What the reader costs an event: the rings are filled while nobody reads, then
// drained.
func BenchmarkReader(b *testing.B) {
	program := compile(b, "loop.c")
	var spent time.Duration
	events := 0
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		live, err := OpenLive(LiveOptions{
			Events:    []schema.EventType{schema.PPME_SYSCALL_OPENAT_2_X},
			RingBytes: 64 << 20,
		})
		if err != nil {
			corpus.SkipOrFail(b, err.Error())
		}
		loop(b, program, "open", 300_000)
		live.Close()
		b.StartTimer()
		start := time.Now()
		var ev Event
		for live.Next(&ev) == nil {
			events++
		}
		spent += time.Since(start)
		b.StopTimer()
		live.Free()
		b.StartTimer()
	}
	b.ReportMetric(float64(spent.Nanoseconds())/float64(events), "ns/event")
	b.ReportMetric(0, "ns/op")
}
