package state

import (
	"testing"

	"github.com/saker-project/saker/agent/capture"
	"github.com/saker-project/saker/agent/state/statetest"
)

// On an AMD EPYC, 2026-11: openat 264 ns, a failed one 20 ns, connect 139 ns, fork,
// exec and exit together 914 ns.

func benchmark(b *testing.B, events ...*capture.Event) {
	m := apply(b, Options{}, statetest.Task(1, 0, "init", nil), statetest.Task(100, 1, "bash", params{"cwd": "/home/user"}))
	b.ReportAllocs()
	for b.Loop() {
		for _, ev := range events {
			ev.Time += 1000
			m.Apply(ev)
		}
	}
}

func BenchmarkApplyOpenat(b *testing.B) {
	benchmark(b, statetest.Open(100, 3, "/usr/share/zoneinfo/Etc/UTC", nil))
}

func BenchmarkApplyOpenatRelative(b *testing.B) {
	benchmark(b, statetest.Open(100, 3, "../share/zoneinfo/UTC", params{"ext": []any{"/usr/lib"}}))
}

func BenchmarkApplyOpenatFailed(b *testing.B) {
	benchmark(b, statetest.Open(100, -2, "/usr/share/zoneinfo/Etc/UTC", nil))
}

func BenchmarkApplyConnect(b *testing.B) {
	benchmark(b, statetest.Connect(100, 4, "10.0.0.1:4000", "10.0.0.2:80", nil))
}

func BenchmarkApplyForkExecExit(b *testing.B) {
	benchmark(b, statetest.Clone(200, 100, nil), statetest.Exec(200, 100, "/bin/ls", params{"args": statetest.List("-l", "/tmp")}), statetest.Exit(200, nil))
}
