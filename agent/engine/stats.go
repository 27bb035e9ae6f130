package engine

import "slices"

// Stats are the counters of one Evaluator since it was made.
type Stats struct {
	Events    uint64      // given to Evaluate
	Judged    uint64      // of a type that some rule runs on
	Rules     []RuleStats // in the order of Engine.Rules
	LastError error       // of the latest query that failed
}

// RuleStats are the counters of one rule.
type RuleStats struct {
	Evaluations uint64 // events that the guard was asked about
	Queries     uint64 // of these, events that it let pass to OPA
	Matches     uint64 // of these, events that OPA found to match
	Errors      uint64 // queries that failed; they count as no match
}

func newStats(rules int) Stats { return Stats{Rules: make([]RuleStats, rules)} }

// Stats returns a copy of the counters. Like Evaluate it belongs to the
// Evaluator's goroutine.
func (e *Evaluator) Stats() Stats {
	s := e.stats
	s.Rules = slices.Clone(s.Rules)
	return s
}
