package state

// A Thread is in up to three lists at once.
const (
	byUse    = iota // all threads, those with the newest event first
	byParent        // the threads that have the same parent
	byGroup         // the threads of one process
	chains
)

// links are a thread's places in its lists.
type links [chains]struct{ prev, next *Thread }

// chain is a doubly linked list through links[k] of its threads; k is the same
// in all calls.
type chain struct{ first, last *Thread }

// push puts t, which is in no list k, at the front.
func (c *chain) push(k int, t *Thread) {
	t.links[k].next = c.first
	if c.first != nil {
		c.first.links[k].prev = t
	} else {
		c.last = t
	}
	c.first = t
}

// remove takes t out of c.
func (c *chain) remove(k int, t *Thread) {
	l := &t.links[k]
	if l.prev != nil {
		l.prev.links[k].next = l.next
	} else {
		c.first = l.next
	}
	if l.next != nil {
		l.next.links[k].prev = l.prev
	} else {
		c.last = l.prev
	}
	l.prev, l.next = nil, nil
}
