package state

import (
	"regexp"
	"strings"
)

// Container is what the control groups of a thread say about its container.
type Container struct {
	Type   string // docker, podman, cri, containerd, lxc, or host
	ID     string // as Falco shows it: at most the first 12 characters, "host" for the host
	FullID string // "host" for the host
}

// Host stands for threads that are in no container.
var Host = Container{Type: "host", ID: "host", FullID: "host"}

const (
	fullIDLength  = 64
	shownIDLength = 12
)

// engines are the runtimes that name their control groups by a 64-digit id,
// between one of these prefixes and suffixes, in the order they are tried.
// Docker's bare id comes before that of Kubernetes with cgroupfs, which looks the
// same and so counts as docker (Falco's container plugin, 0.7).
var engines = []struct {
	name    string
	layouts []layout
}{
	{"podman", []layout{{"/libpod-", ".scope"}, {"/libpod-", ""}, {"/libpod-payload-", ".scope"}, {"/libpod-payload-", ""}}},
	{"docker", []layout{{"/", ""}, {"/docker-", ".scope"}}},
	{"cri", []layout{
		{"/crio-", ""}, {"/cri-containerd-", ".scope"}, {"/crio-", ".scope"}, {":cri-containerd:", ""}, {"/nerdctl-", ".scope"},
	}},
}

type layout struct{ prefix, suffix string }

// matchContainer returns the container that a control group belongs to, or Host.
//
// It differs from Falco where that is wrong: all 64 characters of an id must be
// hexadecimal digits; a containerd id may not hold a slash, or every process in a
// control group below a systemd unit would be in a container; and LXC is tried
// before containerd, whose layout "/lxc/<name>" fits too.
func matchContainer(path string) Container {
	for _, engine := range engines {
		for _, l := range engine.layouts {
			if id, ok := l.match(path); ok {
				return Container{Type: engine.name, ID: id[:shownIDLength], FullID: id}
			}
		}
	}
	if id, ok := matchLXC(path); ok {
		return Container{Type: "lxc", ID: id, FullID: id}
	}
	if id, ok := matchContainerd(path); ok {
		return Container{Type: "containerd", ID: id[:min(len(id), shownIDLength)], FullID: id}
	}
	return Host
}

// match returns the id between the last prefix and the last suffix.
func (l layout) match(path string) (id string, ok bool) {
	start := strings.LastIndex(path, l.prefix)
	end := strings.LastIndex(path, l.suffix)
	if start < 0 || end < 0 {
		return "", false
	}
	start += len(l.prefix)
	if end-start != fullIDLength {
		return "", false
	}
	id = path[start:end]
	for i := range len(id) {
		if c := id[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return "", false
		}
	}
	return id, true
}

// containerdPath is "/<namespace>/<id>"; systemd's units look like it and are
// told apart by their suffix.
var containerdPath = regexp.MustCompile(`^/[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*/([^/]{1,64})$`)

func matchContainerd(path string) (id string, ok bool) {
	for _, unit := range []string{".service", ".slice", ".scope"} {
		if strings.HasSuffix(path, unit) {
			return "", false
		}
	}
	match := containerdPath.FindStringSubmatch(path)
	if match == nil {
		return "", false
	}
	return match[1], true
}

func matchLXC(path string) (id string, ok bool) {
	for _, prefix := range []string{"/lxc.payload/", "/lxc.payload.", "/lxc/"} {
		if _, after, found := strings.Cut(path, prefix); found {
			id, _, _ = strings.Cut(after, "/")
			return id, id != ""
		}
	}
	return "", false
}
