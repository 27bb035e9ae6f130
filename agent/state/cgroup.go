package state

import "strings"

// Cgroups are the control groups of a thread and what they say about its
// container. They are shared and not changed.
type Cgroups struct {
	Container Container
	Line      string // "cpuset=/a cpu=/b", the subsystems in the order of the event (thread.cgroups)
}

// noCgroups is for threads whose control groups are not known.
var noCgroups = newCgroups("")

// newCgroups reads a cgroups parameter: "subsystem=path" entries, a NUL after
// each.
func newCgroups(list string) *Cgroups {
	c := &Cgroups{Container: Host}
	var line strings.Builder
	for rest := list; rest != ""; {
		var entry string
		entry, rest, _ = strings.Cut(rest, "\x00")
		subsystem, path, found := strings.Cut(entry, "=")
		if !found {
			continue
		}
		if line.Len() > 0 {
			line.WriteByte(' ')
		}
		line.WriteString(canonicalSubsystem(subsystem))
		line.WriteByte('=')
		line.WriteString(path)
		if c.Container == Host {
			c.Container = matchContainer(path)
		}
	}
	c.Line = line.String()
	return c
}

// canonicalSubsystem returns the name that Falco shows for a subsystem, which
// kernels of different age name differently.
func canonicalSubsystem(name string) string {
	name = strings.TrimSuffix(name, "_cgroup")
	switch name {
	case "perf":
		return "perf_event"
	case "mem":
		return "memory"
	case "io":
		return "blkio"
	}
	return name
}

// Path returns the control group of a subsystem and whether the thread has one.
func (c *Cgroups) Path(subsystem string) (path string, ok bool) {
	for rest := c.Line; rest != ""; {
		var entry string
		entry, rest, _ = strings.Cut(rest, " ")
		if after, found := strings.CutPrefix(entry, subsystem); found && strings.HasPrefix(after, "=") {
			return after[1:], true
		}
	}
	return "", false
}

// cgroupCache gives threads with equal control groups the same Cgroups.
type cgroupCache map[string]*Cgroups

// maxCgroups bounds the cache, which starts anew when it is full.
const maxCgroups = 4096

// get returns the Cgroups for a cgroups parameter; it copies list if it must
// keep it.
func (c cgroupCache) get(list string) *Cgroups {
	if list == "" {
		return noCgroups
	}
	if known, ok := c[list]; ok {
		return known
	}
	if len(c) >= maxCgroups {
		clear(c)
	}
	fresh := newCgroups(list)
	c[strings.Clone(list)] = fresh
	return fresh
}
