package state

import "sync/atomic"

// Stats counts what a Machine did since it was made.
type Stats struct {
	Threads            uint64 // in the table now
	Added              uint64
	Removed            uint64 // because they exited
	Evicted            uint64 // because the table was full
	Purged             uint64 // because they had gone without an exit event
	Reused             uint64 // because their process id belonged to another process already
	Placeholders       uint64 // unknown threads that nothing could be found out about
	Lookups            uint64 // in /proc
	LookupsFailed      uint64 // the thread had gone
	LookupsRefused     uint64 // by the rate limit
	DescriptorsRefused uint64 // because a descriptor table was full
}

// counters are the fields of Stats, to be read from any goroutine.
type counters struct {
	threads, added, removed, evicted, purged, reused, placeholders atomic.Uint64
	lookups, lookupsFailed, lookupsRefused, descriptorsRefused     atomic.Uint64
}

// Stats returns the counters. It may be called from any goroutine.
func (m *Machine) Stats() Stats {
	c := &m.count
	return Stats{
		Threads:            c.threads.Load(),
		Added:              c.added.Load(),
		Removed:            c.removed.Load(),
		Evicted:            c.evicted.Load(),
		Purged:             c.purged.Load(),
		Reused:             c.reused.Load(),
		Placeholders:       c.placeholders.Load(),
		Lookups:            c.lookups.Load(),
		LookupsFailed:      c.lookupsFailed.Load(),
		LookupsRefused:     c.lookupsRefused.Load(),
		DescriptorsRefused: c.descriptorsRefused.Load(),
	}
}
