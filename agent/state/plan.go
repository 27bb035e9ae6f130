package state

import (
	"sync"

	"github.com/saker-project/saker/agent/capture"
	"github.com/saker-project/saker/agent/schema"
)

// plan is what Apply does for one type of event.
type plan struct {
	apply       func(*Machine, *capture.Event) // nil if the event changes no state
	fdParam     int                            // parameter with the descriptor; -1 for none
	creates     bool                           // the descriptor is the result of the call
	noThread    bool                           // the event belongs to no thread
	makesThread bool                           // apply finds or makes the thread
	mayLookUp   bool                           // an unknown thread is worth a look at /proc
}

// handlers are the events that change state.
var handlers = map[schema.EventType]func(*Machine, *capture.Event){
	schema.PPME_SYSCALL_CLONE_20_X: (*Machine).clone,
	schema.PPME_SYSCALL_FORK_20_X:  (*Machine).clone,
	schema.PPME_SYSCALL_VFORK_20_X: (*Machine).clone,
	schema.PPME_SYSCALL_CLONE3_X:   (*Machine).clone,

	schema.PPME_SYSCALL_EXECVE_19_X: (*Machine).exec,
	schema.PPME_SYSCALL_EXECVEAT_X:  (*Machine).exec,
	schema.PPME_PROCEXIT_1_E:        (*Machine).exit,
	schema.PPME_ITER_TASK_E:         (*Machine).snapshot,

	schema.PPME_SYSCALL_OPEN_X:              (*Machine).open,
	schema.PPME_SYSCALL_OPENAT_2_X:          (*Machine).open,
	schema.PPME_SYSCALL_OPENAT2_X:           (*Machine).open,
	schema.PPME_SYSCALL_CREAT_X:             (*Machine).open,
	schema.PPME_SYSCALL_OPEN_BY_HANDLE_AT_X: (*Machine).open,
	schema.PPME_SYSCALL_CLOSE_X:             (*Machine).close,
	schema.PPME_SOCKET_CONNECT_X:            (*Machine).connect,

	schema.PPME_SYSCALL_CHDIR_X:  (*Machine).chdir,
	schema.PPME_SYSCALL_SETSID_X: (*Machine).setsid,
}

// plans has an entry for each type of event.
var plans = sync.OnceValue(func() []plan {
	plans := make([]plan, len(schema.Events()))
	for i, info := range schema.Events() {
		p := plan{apply: handlers[info.Type], fdParam: -1}
		switch {
		case info.Flags&schema.EF_SKIPPARSERESET != 0 || info.Category&schema.EC_METAEVENT != 0:
			p.noThread = true
		case info.Type == schema.PPME_ITER_TASK_E:
			p.makesThread = true
		default:
			p.makesThread = isClone(info.Type)
			p.mayLookUp = !p.makesThread && info.Category&schema.EC_SYSCALL != 0
		}
		p.fdParam, p.creates = fdParam(&info)
		plans[i] = p
	}
	return plans
})

// planOf returns the plan for a type of event; a type outside the table has no
// thread.
func planOf(t schema.EventType) *plan {
	if all := plans(); int(t) < len(all) {
		return &all[t]
	}
	return &plan{noThread: true, fdParam: -1}
}

func isClone(t schema.EventType) bool {
	switch t {
	case schema.PPME_SYSCALL_CLONE_20_X, schema.PPME_SYSCALL_FORK_20_X, schema.PPME_SYSCALL_VFORK_20_X, schema.PPME_SYSCALL_CLONE3_X:
		return true
	}
	return false
}

// fdParam returns which parameter of an event is the number of its descriptor,
// and whether that is the result of the call.
func fdParam(info *schema.Event) (param int, creates bool) {
	const usesAny = schema.EF_CREATES_FD | schema.EF_USES_FD | schema.EF_DESTROYS_FD
	if !info.Exit || info.Flags&usesAny == 0 {
		return -1, false
	}
	first := 1
	if info.Flags&usesAny == schema.EF_CREATES_FD {
		if len(info.Params) > 0 && (info.Params[0].Name == "fd" || info.Params[0].Type == schema.PT_FD) {
			return 0, true
		}
		first = 0
	}
	for i := first; i < len(info.Params); i++ {
		if t := info.Params[i].Type; t == schema.PT_FD || t == schema.PT_FD32 {
			return i, false
		}
	}
	return 0, true // epoll_create and others, whose result has the type of an error number
}
