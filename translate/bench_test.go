package translate_test

import (
	"testing"

	"github.com/saker-project/saker/falco-rules/corpus"
	"github.com/saker-project/saker/translate"
)

// BenchmarkLoad reads the 25 stable rules and writes their modules.
//
// 2026-11-24, AMD EPYC, 2 cores, OPA 1.22.2: 23.5 ms/op, 15.1 MB/op, 131 k allocs/op
func BenchmarkLoad(b *testing.B) {
	file := readFile(b, corpus.Path(b, "rules", "falco-rules-5.1.0.yaml"))
	b.ReportAllocs()
	for b.Loop() {
		if rules, _ := translate.Load([]translate.File{file}, translate.Options{}); rules == nil {
			b.Fatal("does not load")
		}
	}
}
