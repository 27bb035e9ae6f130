package state

import "strings"

// Program is what a thread runs: the result of an exec, plus the names it had
// when the thread was made. It is shared by all threads that came from it by
// forking, and so it is not changed once a thread has it.
type Program struct {
	Comm    string // the kernel's name of the thread, at most 15 bytes
	Exe     string // argv[0]
	ExePath string // the executable as the kernel resolved it; empty if unknown
	Args    string // argv[1:], a NUL after each
	Env     string // the environment, a NUL after each variable

	Flags ExeFlags
	Inode uint64 // of the executable; 0 if unknown
	Ctime uint64 // when that inode changed, ns since the epoch
	Mtime uint64 // when its content changed, ns since the epoch

	cmdline, exeLine string // made at first use
}

// ExeFlags are facts about an executable, numbered as the flags parameter of
// execve.
type ExeFlags uint32

// The bits of ExeFlags.
const (
	ExeWritable   ExeFlags = 1 << iota // whoever runs it may write to it
	ExeUpperLayer                      // it lies in the upper layer of an overlay file system
	ExeFromMemfd                       // it is a memfd
	ExeLowerLayer                      // it lies in the lower layer of an overlay file system
)

// placeholder is the program of threads about which nothing is known.
var placeholder = &Program{Comm: notAvailable, Exe: notAvailable}

const notAvailable = "<NA>"

// NumArgs returns the number of arguments, argv[0] not counted.
func (p *Program) NumArgs() int { return strings.Count(p.Args, "\x00") }

// Arg returns argument i, the first after argv[0] being 0, and whether there is
// one.
func (p *Program) Arg(i int) (string, bool) {
	rest := p.Args
	for {
		arg, after, found := strings.Cut(rest, "\x00")
		if !found {
			return "", false
		}
		if i == 0 {
			return arg, true
		}
		i, rest = i-1, after
	}
}

// Cmdline returns Comm and the arguments, separated by blanks (proc.cmdline).
func (p *Program) Cmdline() string {
	if p.cmdline == "" {
		p.cmdline = p.Comm
		if p.Args != "" {
			p.cmdline = p.Comm + " " + blanks(p.Args)
		}
	}
	return p.cmdline
}

// ArgLine returns the arguments, separated by blanks (proc.args).
func (p *Program) ArgLine() string {
	if p.Args == "" {
		return ""
	}
	return p.Cmdline()[len(p.Comm)+1:]
}

// ExeLine returns Exe, a blank and the arguments, separated by blanks
// (proc.exeline). The blank stands there without arguments too, as in Falco.
func (p *Program) ExeLine() string {
	if p.exeLine == "" {
		p.exeLine = p.Exe + " " + p.ArgLine()
	}
	return p.exeLine
}

// Getenv returns a variable of the environment and whether it is set.
func (p *Program) Getenv(name string) (value string, ok bool) {
	for rest := p.Env; rest != ""; {
		var variable string
		variable, rest, _ = strings.Cut(rest, "\x00")
		if after, found := strings.CutPrefix(variable, name); found && strings.HasPrefix(after, "=") {
			return after[1:], true
		}
	}
	return "", false
}

// blanks returns list, whose elements end in NUL, with a blank between the
// elements instead.
func blanks(list string) string {
	return strings.ReplaceAll(strings.TrimSuffix(list, "\x00"), "\x00", " ")
}
