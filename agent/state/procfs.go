package state

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Procfs reads threads from a proc file system. It is safe for concurrent use.
type Procfs struct {
	root string
	boot time.Time // when the machine started, as well as uptime tells: to 10 ms
}

// userHZ is the unit of times in /proc/<pid>/stat, the same on all machines.
const userHZ = 100

// maxProcText bounds what is kept of a command line or an environment, as in
// Falco.
const maxProcText = 4096

// NewProcfs returns the proc file system at root, "/proc" for the machine's own.
func NewProcfs(root string) (*Procfs, error) {
	uptime, err := os.ReadFile(filepath.Join(root, "uptime"))
	if err != nil {
		return nil, fmt.Errorf("time of boot: %w", err)
	}
	first, _, _ := strings.Cut(string(uptime), " ")
	seconds, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return nil, fmt.Errorf("time of boot: %w", err)
	}
	return &Procfs{root: root, boot: time.Now().Add(-time.Duration(seconds * float64(time.Second)))}, nil
}

// Alive reports whether the thread exists.
func (p *Procfs) Alive(tid int64) bool {
	_, err := os.Stat(filepath.Join(p.root, strconv.FormatInt(tid, 10)))
	return err == nil
}

// RootOf returns the path of the root folder that process pid sees.
func (p *Procfs) RootOf(pid int64) string {
	return filepath.Join(p.root, strconv.FormatInt(pid, 10), "root")
}

// Lookup returns what there is to know about a thread; ok is false if it has gone
// or belongs to the kernel.
func (p *Procfs) Lookup(tid int64) (s Snapshot, ok bool) {
	dir := filepath.Join(p.root, strconv.FormatInt(tid, 10))
	return p.read(dir, tid)
}

// Scan yields all threads, the leader of a process before its other threads. It
// is for the start, where the kernel cannot tell by itself (it has no BPF
// iterators). A thread that goes away meanwhile is left out.
func (p *Procfs) Scan() iter.Seq[Snapshot] {
	return func(yield func(Snapshot) bool) {
		for _, pid := range ids(p.root) {
			tasks := filepath.Join(p.root, strconv.FormatInt(pid, 10), "task")
			tids := ids(tasks)
			if i := slices.Index(tids, pid); i > 0 {
				tids[0], tids[i] = tids[i], tids[0]
			}
			for _, tid := range tids {
				s, ok := p.read(filepath.Join(tasks, strconv.FormatInt(tid, 10)), tid)
				if ok && !yield(s) {
					return
				}
			}
		}
	}
}

// ids returns the entries of a folder that are numbers, ascending; none if it
// cannot be read.
func ids(dir string) []int64 {
	f, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer f.Close()
	names, _ := f.Readdirnames(-1) // what could be read of a folder that goes away
	var out []int64
	for _, name := range names {
		if id, err := strconv.ParseInt(name, 10, 64); err == nil {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// read reads the folder of one thread.
func (p *Procfs) read(dir string, tid int64) (s Snapshot, ok bool) {
	stat, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return Snapshot{}, false
	}
	status, err := os.ReadFile(filepath.Join(dir, "status"))
	if err != nil {
		return Snapshot{}, false
	}
	argv := readText(dir, "cmdline")
	exePath, exeErr := os.Readlink(filepath.Join(dir, "exe"))
	if argv == "" && errors.Is(exeErr, os.ErrNotExist) {
		return Snapshot{}, false // the kernel's threads have neither
	}
	exe, args, _ := strings.Cut(argv, "\x00")
	program := &Program{
		Exe:     exe,
		ExePath: strings.TrimSuffix(exePath, " (deleted)"),
		Args:    args,
		Env:     readText(dir, "environ"),
	}
	s.Thread = *newThread(tid)
	s.Thread.Program = program
	s.Thread.parseStatus(string(status))
	s.Thread.parseStat(string(stat), p.boot)
	program.Comm = commOf(string(stat))
	program.readExecutable(filepath.Join(dir, "exe"), &s.Thread)
	s.Thread.FDLimit = fdLimit(filepath.Join(dir, "limits"))
	if login, err := strconv.ParseUint(strings.TrimSpace(readText(dir, "loginuid")), 10, 32); err == nil {
		s.Thread.LoginUID = uint32(login)
	}
	s.CWD, _ = os.Readlink(filepath.Join(dir, "cwd")) // unknown if it may not be read
	s.Cgroups = cgroupsOf(readText(dir, "cgroup"))
	return s, s.Thread.PID > 0
}

// readText returns the beginning of a file whose elements end in NUL; "" if it
// cannot be read.
func readText(dir, name string) string {
	content, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil || len(content) == 0 {
		return ""
	}
	content = content[:min(len(content), maxProcText)]
	if bytes.IndexByte(content, 0) >= 0 && content[len(content)-1] != 0 {
		content = append(content, 0)
	}
	return string(content)
}

// commOf returns the name in a stat file, which may hold anything, parentheses
// among them.
func commOf(stat string) string {
	start, end := strings.IndexByte(stat, '('), strings.LastIndexByte(stat, ')')
	if start < 0 || end <= start {
		return ""
	}
	return stat[start+1 : end]
}

// parseStat reads the group, session, terminal, faults and start of a thread.
func (t *Thread) parseStat(stat string, boot time.Time) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	number := func(i int) uint64 {
		if i >= len(fields) {
			return 0
		}
		v, _ := strconv.ParseUint(fields[i], 10, 64) // 0 stands for unknown
		return v
	}
	const pgrp, session, tty, minor, major, start = 2, 3, 4, 7, 9, 19
	t.PGID = int64(number(pgrp))
	if t.VPGID < 0 {
		t.VPGID = t.PGID
	}
	if t.SID < 0 {
		t.SID = int64(number(session))
	}
	t.TTY = uint32(number(tty))
	t.MinorFaults, t.MajorFaults = number(minor), number(major)
	ticks := time.Duration(number(start)) * (time.Second / userHZ)
	t.CloneTime = uint64(boot.Add(ticks).UnixNano())
}

// parseStatus reads the ids, credentials and memory of a thread.
func (t *Thread) parseStatus(status string) {
	for line := range strings.Lines(status) {
		key, rest, _ := strings.Cut(line, ":")
		values := strings.Fields(rest)
		if len(values) == 0 {
			continue
		}
		number := func(i, base int) uint64 {
			v, _ := strconv.ParseUint(values[min(i, len(values)-1)], base, 64) // 0 stands for unknown
			return v
		}
		const effective = 1           // real, effective, saved, file system
		namespaced := len(values) - 1 // the host's number first, the innermost namespace's last
		switch key {
		case "Tgid":
			t.PID = int64(number(0, 10))
			t.VTID, t.VPID = t.TID, t.PID
		case "PPid":
			t.PTID = int64(number(0, 10))
		case "Uid":
			t.UID = uint32(number(effective, 10))
		case "Gid":
			t.GID = uint32(number(effective, 10))
		case "NStgid":
			t.VPID = int64(number(namespaced, 10))
		case "NSpid":
			t.VTID = int64(number(namespaced, 10))
		case "NSpgid":
			t.VPGID = int64(number(namespaced, 10))
		case "NSsid":
			t.SID = int64(number(namespaced, 10))
		case "CapInh":
			t.CapInheritable = number(0, 16)
		case "CapPrm":
			t.CapPermitted = number(0, 16)
		case "CapEff":
			t.CapEffective = number(0, 16)
		case "VmSize":
			t.VMSize = uint32(number(0, 10))
		case "VmRSS":
			t.VMResident = uint32(number(0, 10))
		case "VmSwap":
			t.VMSwap = uint32(number(0, 10))
		}
	}
}

// readExecutable reads the inode of an executable and whether t may write to it.
func (p *Program) readExecutable(link string, t *Thread) {
	if strings.HasPrefix(p.ExePath, "/memfd:") {
		p.Flags |= ExeFromMemfd
	}
	var stat syscall.Stat_t
	if err := syscall.Stat(link, &stat); err != nil {
		return // unknown: the thread has gone, or may not be read
	}
	p.Inode = stat.Ino
	p.Ctime, p.Mtime = uint64(stat.Ctim.Nano()), uint64(stat.Mtim.Nano())
	if mayWrite(t, &stat) && !readOnly(link) {
		p.Flags |= ExeWritable
	}
}

// mayWrite decides as the BPF programs do at an exec: an owner counts whatever
// the mode is, since it could change the mode.
func mayWrite(t *Thread, stat *syscall.Stat_t) bool {
	const capDACOverride, capFOwner = 1 << 1, 1 << 3
	return t.UID == stat.Uid ||
		t.CapEffective&(capDACOverride|capFOwner) != 0 ||
		stat.Mode&0o002 != 0 ||
		stat.Mode&0o020 != 0 && t.GID == stat.Gid
}

// readOnly reports whether the file system of path refuses writing.
func readOnly(path string) bool {
	const flagReadOnly = 1
	var stat syscall.Statfs_t
	return syscall.Statfs(path, &stat) == nil && stat.Flags&flagReadOnly != 0
}

// fdLimit returns the soft limit of descriptors from a limits file, 0 if it
// cannot be read.
func fdLimit(path string) int64 {
	content, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(content)) {
		if rest, found := strings.CutPrefix(line, "Max open files"); found {
			soft, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
			v, _ := strconv.ParseInt(soft, 10, 64) // 0 stands for unknown
			return v
		}
	}
	return 0
}

// cgroupsOf turns a cgroup file ("4:cpu,cpuacct:/a" lines; version 2 has "0::/a")
// into the form of events.
func cgroupsOf(content string) string {
	var out strings.Builder
	for line := range strings.Lines(content) {
		_, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		controllers, path, found := strings.Cut(rest, ":")
		if !found {
			continue
		}
		if controllers == "" {
			if out.Len() > 0 {
				continue // version 1 has the subsystems, version 2 none
			}
			controllers = unifiedSubsystems
		}
		for controller := range strings.SplitSeq(controllers, ",") {
			if !strings.HasPrefix(controller, "name=") {
				out.WriteString(controller + "=" + path + "\x00")
			}
		}
	}
	return out.String()
}

// unifiedSubsystems are the subsystems that events report. In version 2 they are
// all in one hierarchy.
const unifiedSubsystems = "cpuset,cpu,cpuacct,io,memory"
