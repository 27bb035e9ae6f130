package field

import (
	"testing"

	"github.com/saker-project/saker/agent/capture"
	"github.com/saker-project/saker/agent/state/statetest"
)

// On an AMD EPYC, 2026-11: proc.name and fd.name 9 ns, that of a failed open 53 ns,
// proc.aname[3] 19 ns, evt.arg.flags 27 ns, the typical rule 98 ns.

func benchmark(b *testing.B, ev *capture.Event, fields ...string) {
	c := at(b, append(history(), ev)...)
	var all []*Extractor
	for _, f := range fields {
		all = append(all, compile(b, f))
	}
	b.ReportAllocs()
	for b.Loop() {
		c.Reset(ev)
		for _, x := range all {
			x.Value(c)
		}
	}
}

func BenchmarkProcName(b *testing.B) {
	benchmark(b, statetest.Open(100, 3, "/etc/passwd", nil), "proc.name")
}

func BenchmarkFDName(b *testing.B) {
	benchmark(b, statetest.Open(100, 3, "/etc/passwd", nil), "fd.name")
}

func BenchmarkFDNameOfAFailedOpen(b *testing.B) {
	benchmark(b, statetest.Open(100, -2, "../etc/passwd", nil), "fd.name")
}

func BenchmarkParentName(b *testing.B) {
	benchmark(b, statetest.Open(100, 3, "/etc/passwd", nil), "proc.pname")
}

func BenchmarkThirdAncestor(b *testing.B) {
	benchmark(b, statetest.Open(100, 3, "/etc/passwd", nil), "proc.aname[3]")
}

func BenchmarkFlagsArgument(b *testing.B) {
	benchmark(b, statetest.Open(100, 3, "/etc/passwd", params{"flags": 4097}), "evt.arg.flags")
}

func BenchmarkUserName(b *testing.B) {
	benchmark(b, statetest.Open(100, 3, "/etc/passwd", nil), "user.name")
}

// BenchmarkTypicalRule reads what a condition about sensitive files reads before
// it says no.
func BenchmarkTypicalRule(b *testing.B) {
	benchmark(b, statetest.Open(100, 3, "/etc/passwd", nil),
		"evt.type", "evt.is_open_read", "fd.typechar", "fd.num", "fd.name", "proc.name", "proc.pname", "container.id")
}
