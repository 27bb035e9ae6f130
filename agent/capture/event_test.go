package capture

import (
	"bytes"
	"testing"

	"github.com/saker-project/saker/agent/schema"
)

func TestParamsAreReadAsWritten(t *testing.T) {
	var raw []byte
	for _, v := range []any{int64(-1), "name", nil, []byte{1, 0}, uint32(7), true} {
		raw = AppendParam(raw, v)
	}
	ev := Event{Type: schema.PPME_SYSCALL_OPEN_X}
	if err := ev.SetParams(raw); err != nil {
		t.Fatal(err)
	}
	want := [][]byte{bytes.Repeat([]byte{0xff}, 8), []byte("name"), nil, {1, 0}, {7, 0, 0, 0}, {1}}
	if ev.NumParams() != len(want) {
		t.Fatalf("%d parameters, want %d", ev.NumParams(), len(want))
	}
	kept := ev.Clone()
	for i := range raw {
		raw[i] = 0xee
	}
	for i, w := range want {
		if got := kept.Param(i); !bytes.Equal(got, w) {
			t.Errorf("parameter %d = %v, want %v", i, got, w)
		}
	}
	for _, i := range []int{-1, len(want)} {
		if got := kept.Param(i); got != nil {
			t.Errorf("parameter %d = %v, want nil", i, got)
		}
	}
}

func TestExtensionsFollowTheSchemasParameters(t *testing.T) {
	ev := Event{Type: schema.PPME_SYSCALL_OPEN_X} // six parameters
	var raw []byte
	for range 6 {
		raw = AppendParam(raw, nil)
	}
	if err := ev.SetParams(AppendParam(raw, "/base")); err != nil {
		t.Fatal(err)
	}
	if got := ev.Ext(0); string(got) != "/base" {
		t.Errorf("extension 0 = %q", got)
	}
	if got := ev.Ext(1); got != nil {
		t.Errorf("extension 1 = %q, want nil", got)
	}
}

func FuzzSetParams(f *testing.F) {
	f.Add(AppendParam(AppendParam(nil, "a"), nil))
	f.Add([]byte{5, 0, 1})
	f.Add(bytes.Repeat([]byte{0, 0}, MaxParams+1))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var ev Event
		if err := ev.SetParams(raw); err != nil {
			if ev.NumParams() != 0 {
				t.Error("parameters after an error")
			}
			return
		}
		var again []byte
		for i := range ev.NumParams() {
			again = AppendParam(again, ev.Param(i))
		}
		if !bytes.Equal(again, raw) {
			t.Errorf("%v is read as %v", raw, again)
		}
	})
}
