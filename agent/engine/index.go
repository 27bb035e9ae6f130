package engine

import "github.com/saker-project/saker/agent/schema"

// index holds, for each event type, the rules that run on it, in the order in which
// they are asked.
type index [][]*Rule

func newIndex(running []*Rule) index {
	x := make(index, len(schema.Events()))
	for _, r := range running {
		for _, t := range r.Events {
			x[t] = append(x[t], r)
		}
	}
	return x
}

// rules returns the rules that run on events of type t.
func (x index) rules(t schema.EventType) []*Rule {
	if int(t) >= len(x) {
		return nil
	}
	return x[t]
}
