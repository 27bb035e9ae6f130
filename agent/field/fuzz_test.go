package field

import (
	"testing"

	"github.com/saker-project/saker/agent/capture"
	"github.com/saker-project/saker/agent/schema"
)

// FuzzExtract reads every field of an event of any type with any parameters.
func FuzzExtract(f *testing.F) {
	for _, t := range []schema.EventType{
		schema.PPME_SYSCALL_OPENAT_2_X, schema.PPME_SOCKET_CONNECT_X, schema.PPME_SYSCALL_EXECVE_19_X, schema.PPME_SYSCALL_PTRACE_X,
		schema.PPME_SYSCALL_POLL_X, schema.PPME_GENERIC_X, schema.PPME_SYSCALL_SYMLINKAT_X, schema.PPME_SYSCALL_QUOTACTL_X,
	} {
		f.Add(uint16(t), []byte{8, 3, 0, 0, 0, 0, 0, 0, 0, 8, 156, 255, 255, 255, 255, 255, 255, 255, 3, 'a', '/', 'b', 4, 1, 0, 0, 0})
	}
	var all []*Extractor
	everyExtractor(f, func(x *Extractor) { all = append(all, x) })
	c := at(f, history()...)
	f.Fuzz(func(t *testing.T, eventType uint16, data []byte) {
		ev := &capture.Event{Type: schema.EventType(eventType), TID: 100, PID: 100, Time: c.current + 1}
		var raw []byte
		for len(data) > 0 && ev.NumParams() < capture.MaxParams {
			n := min(int(data[0]), len(data)-1)
			raw = capture.AppendParam(raw, data[1:1+n])
			data = data[1+n:]
			if ev.SetParams(raw) != nil {
				return // more parameters than an event can have
			}
		}
		c.machine.Apply(ev)
		c.Reset(ev)
		var buf []byte
		for _, x := range all {
			buf = x.AppendText(buf[:0], c)
			x.JSON(c)
			if v, ok := x.Value(c); !ok && v.Str != "" {
				t.Errorf("%s is absent with text %q", x.ref, v.Str)
			}
		}
	})
}
