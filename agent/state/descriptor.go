package state

// Descriptor is an open file, socket or other object of a process. It is not
// changed once it is in a table: an event that changes it puts another in its
// place. But an open that takes the number of a file before it may take its memory
// as well, so a Descriptor and its texts are valid until the next event.
type Descriptor struct {
	Kind      Kind
	Role      Role
	L4        L4Proto
	Connected bool // it is a socket with a peer

	// Name is what fd.name shows: the path of a file as its process saw it, the
	// tuple of a socket. It is "" for what has no name.
	Name string

	// RawName is the path as it was passed to the call, runs of slashes reduced.
	RawName string

	Flags uint32 // of open, as Falco numbers them (PPM_O_*)
	Dev   uint32
	Inode uint64

	Tuple Tuple // of an IPv4 or IPv6 socket

	text   []byte // the memory of Name and RawName, if they are in memory of its own
	shared bool   // it is in the tables of several processes
}

// Kind is what a descriptor stands for.
type Kind uint8

// The kinds.
const (
	KindUnknown Kind = iota
	KindFile
	KindDirectory
	KindIPv4
	KindIPv6
	KindIPv4Server // a socket that was bound to a port
	KindIPv6Server
	KindUnix
	KindPipe
	KindEvent
	KindSignal
	KindEventPoll
	KindInotify
	KindTimer
	KindNetlink
	KindBPF
	KindUserfault
	KindIOUring
	KindMemfd
	KindPIDFD
	KindUnsupported
)

// kindNames are fd.typechar and fd.type of the kinds.
var kindNames = [...]struct{ char, word string }{
	KindUnknown:     {"o", notAvailable},
	KindFile:        {"f", "file"},
	KindDirectory:   {"d", "directory"},
	KindIPv4:        {"4", "ipv4"},
	KindIPv6:        {"6", "ipv6"},
	KindIPv4Server:  {"4", "ipv4"},
	KindIPv6Server:  {"6", "ipv6"},
	KindUnix:        {"u", "unix"},
	KindPipe:        {"p", "pipe"},
	KindEvent:       {"e", "event"},
	KindSignal:      {"s", "signalfd"},
	KindEventPoll:   {"l", "eventpoll"},
	KindInotify:     {"i", "inotify"},
	KindTimer:       {"t", "timerfd"},
	KindNetlink:     {"n", "netlink"},
	KindBPF:         {"b", "bpf"},
	KindUserfault:   {"u", "userfaultfd"},
	KindIOUring:     {"r", "io_uring"},
	KindMemfd:       {"m", "memfd"},
	KindPIDFD:       {"P", "pidfd"},
	KindUnsupported: {"X", notAvailable},
}

// Char returns the letter of fd.typechar.
func (k Kind) Char() string { return kindNames[k].char }

// String returns the word of fd.type.
func (k Kind) String() string { return kindNames[k].word }

// IsInet reports whether k is an IPv4 or IPv6 socket.
func (k Kind) IsInet() bool { return k >= KindIPv4 && k <= KindIPv6Server }

// IsServer reports whether k is a socket that was bound to a port and has no peer.
func (k Kind) IsServer() bool { return k == KindIPv4Server || k == KindIPv6Server }

// Role is the part that a process plays in a connection.
type Role uint8

// The roles.
const (
	RoleUnknown Role = iota
	RoleClient
	RoleServer
)

// L4Proto is the transport of a socket.
type L4Proto uint8

// The transports.
const (
	L4Unknown L4Proto = iota
	L4TCP
	L4UDP
	L4ICMP
	L4Raw
)

var l4Names = [...]string{L4Unknown: notAvailable, L4TCP: "tcp", L4UDP: "udp", L4ICMP: "icmp", L4Raw: "raw"}

// String returns the word of fd.l4proto.
func (p L4Proto) String() string { return l4Names[p] }

// The open flags that matter here, numbered as Falco's (PPM_O_*).
const (
	openRead       = 1 << 0
	openWrite      = 1 << 1
	openCreate     = 1 << 2
	openDirectory  = 1 << 10
	openCloexec    = 1 << 12
	openTmpfile    = 1 << 13
	openCreated    = 1 << 14
	openUpperLayer = 1 << 15
	openLowerLayer = 1 << 16
)

// InUpperLayer reports whether the file lies in the upper layer of an overlay
// file system.
func (d *Descriptor) InUpperLayer() bool { return d.Flags&openUpperLayer != 0 }

// InLowerLayer reports whether the file lies in the lower layer of an overlay
// file system.
func (d *Descriptor) InLowerLayer() bool { return d.Flags&openLowerLayer != 0 }
