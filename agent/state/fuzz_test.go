package state

import (
	"encoding/binary"
	"maps"
	"slices"
	"testing"

	"github.com/saker-project/saker/agent/capture"
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/agent/state/statetest"
)

// FuzzApply feeds events with any parameters of the types that change state, and
// checks the tables.
func FuzzApply(f *testing.F) {
	types := slices.Sorted(maps.Keys(handlers))
	types = append(types, schema.PPME_SYSCALL_DUP3_X, schema.PPME_GENERIC_X)
	small := func(n byte) int64 { return int64(n % 8) }
	f.Add([]byte{0, 1, 1, 0, 4, 'a', 'b', 0, '/'})
	for i := range types {
		f.Add([]byte{byte(i), 2, 1, 3, 8, 0, 0, 0, 0, 0, 0, 0, 0, byte(i), 3, 2, 1, 8, 3, 0, 0, 0, 0, 0, 0, 0})
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		limit := 1
		if len(data) > 0 {
			limit += int(data[0] % 6)
		}
		m := New(Options{MaxThreads: limit, Alive: func(tid int64) bool { return tid%2 == 0 }, Lookup: func(tid int64) (Snapshot, bool) {
			th := newThread(tid)
			th.PID, th.PTID, th.Program = tid/2*2, (tid+1)%8, &Program{Comm: "x"}
			return Snapshot{Thread: *th}, tid%3 == 0
		}})
		now := uint64(statetest.Start)
		for len(data) >= 4 {
			ev := &capture.Event{Type: types[int(data[0])%len(types)], TID: small(data[1]), PID: small(data[1] >> 3), ThreadStart: uint64(data[2] % 3)}
			now += uint64(data[3]) << 27
			ev.Time = now
			data = data[4:]
			var raw []byte
			for range ev.Type.Info().Params {
				n := 8
				if len(data) > 0 {
					n = int(data[0] % 24)
					data = data[1:]
				}
				n = min(n, len(data))
				value := data[:n]
				if n == 8 { // small numbers find threads and descriptors
					value = binary.LittleEndian.AppendUint64(nil, uint64(int64(int8(data[0]))))
				}
				raw = capture.AppendParam(raw, value)
				data = data[n:]
			}
			if err := ev.SetParams(raw); err != nil {
				t.Fatal(err)
			}
			m.Apply(ev)
			th := m.Thread()
			if th == nil || th.Program == nil || th.Cgroups == nil || th.group == nil {
				t.Fatalf("the thread of the event is incomplete: %+v", th)
			}
			checkTable(t, m)
			for range m.Ancestors(th) {
			}
			m.SessionLeader(th)
			m.AppendOpenPath(nil, ev)
		}
	})
}
