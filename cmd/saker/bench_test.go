package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// From starting the process to the moment it captures.
func BenchmarkStartup(b *testing.B) {
	var took []time.Duration
	for range 5 {
		start := time.Now()
		agent := startAgent(b)
		took = append(took, time.Since(start))
		agent.stop()
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "ms")
	b.ReportMetric(0, "ns/op")
}

// Resident memory after a minute of processes coming and going.
func BenchmarkMemoryAfterAMinute(b *testing.B) {
	agent := startAgent(b)
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if err := exec.Command("/bin/true").Run(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(residentMiB(b, agent.cmd.Process.Pid), "MiB")
	b.ReportMetric(0, "ns/op")
}

func residentMiB(b *testing.B, pid int) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if kb, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, err := strconv.ParseFloat(strings.Fields(kb)[0], 64)
			if err != nil {
				b.Fatal(err)
			}
			return n / 1024
		}
	}
	b.Fatal("no VmRSS")
	return 0
}

// From the system call to a NATS subscriber: the alert carries the time of the
// call.
func BenchmarkLatencyOfAnAlert(b *testing.B) {
	agent := startAgent(b)
	seen := subscribe(b, agent.url)
	var took []time.Duration
	for i := range 200 {
		mark := fmt.Sprintf("latency-%d", i)
		exec.Command("find", "/nonexistent", "-name", "id_rsa", "-o", "-name", mark).Run()
		a, ok := seen.wait(func(a alert) bool {
			line, _ := a.Fields["proc.cmdline"].(string)
			return strings.HasSuffix(line, mark)
		})
		if !ok {
			b.Fatalf("no alert:\n%s", agent.log())
		}
		took = append(took, a.Arrived.Sub(a.Time))
		time.Sleep(5 * time.Millisecond)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "us-p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "us-p99")
	b.ReportMetric(0, "ns/op")
}
