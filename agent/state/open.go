package state

import (
	"bytes"
	"strings"
	"unsafe"

	"github.com/saker-project/saker/agent/capture"
	"github.com/saker-project/saker/agent/schema"
)

// AtFDCWD is the descriptor number that stands for the working directory.
const AtFDCWD = -100

// openParams are the places of the parameters of an event that opens a file; 0
// where it has no such parameter.
type openParams struct{ dirfd, name, flags, mode, dev, inode, creatFlags int }

// openParamsOf returns the places for an event of the open family, and false for
// any other.
func openParamsOf(t schema.EventType) (p openParams, ok bool) {
	switch t {
	case schema.PPME_SYSCALL_OPEN_X:
		return openParams{name: 1, flags: 2, mode: 3, dev: 4, inode: 5}, true
	case schema.PPME_SYSCALL_OPENAT_2_X:
		return openParams{dirfd: 1, name: 2, flags: 3, mode: 4, dev: 5, inode: 6}, true
	case schema.PPME_SYSCALL_OPENAT2_X:
		return openParams{dirfd: 1, name: 2, flags: 3, mode: 4, dev: 6, inode: 7}, true
	case schema.PPME_SYSCALL_CREAT_X:
		return openParams{name: 1, mode: 2, dev: 3, inode: 4, creatFlags: 5}, true
	case schema.PPME_SYSCALL_OPEN_BY_HANDLE_AT_X:
		return openParams{name: 3, flags: 2, dev: 4, inode: 5}, true
	}
	return openParams{}, false
}

// open follows open, openat, openat2, creat and open_by_handle_at.
func (m *Machine) open(ev *capture.Event) {
	if m.fd < 0 {
		return
	}
	params, _ := openParamsOf(ev.Type)
	m.buf = m.appendOpenPath(m.buf[:0], ev, params) // first: the descriptor in its place may be the directory
	desc := m.thread.recycle(m.fd)
	desc.Kind = KindFile
	raw, length := OpenName(ev), len(m.buf)
	desc.text = append(desc.text, m.buf...)
	if !bytes.HasSuffix(desc.text, []byte(raw)) {
		desc.text = append(desc.text, raw...)
	}
	text := unsafe.String(unsafe.SliceData(desc.text), len(desc.text))
	desc.Name, desc.RawName = text[:length], text[len(text)-len(raw):]
	if params.flags > 0 {
		setUint(&desc.Flags, ev, params.flags)
	}
	if params.creatFlags > 0 {
		layers, _ := Uint(ev.Param(params.creatFlags))
		desc.Flags |= uint32(layers&3) * openUpperLayer
	}
	if desc.Flags&openDirectory != 0 {
		desc.Kind = KindDirectory
	}
	setUint(&desc.Dev, ev, params.dev)
	setUint(&desc.Inode, ev, params.inode)
	m.setDescriptor(m.fd, desc)
	m.nameChanged = desc.Name != ""
}

// AppendOpenPath appends the path that an event of the open family is about,
// whether or not the call succeeded, and returns dst. It appends nothing for other
// events.
func (m *Machine) AppendOpenPath(dst []byte, ev *capture.Event) []byte {
	if params, ok := openParamsOf(ev.Type); ok {
		return m.appendOpenPath(dst, ev, params)
	}
	return dst
}

// OpenName returns the path as it was passed to a call of the open family, runs
// of slashes reduced. It is "" for other events.
func OpenName(ev *capture.Event) string {
	if params, ok := openParamsOf(ev.Type); ok {
		return collapseSlashes(Text(ev.Param(params.name)))
	}
	return ""
}

func (m *Machine) appendOpenPath(dst []byte, ev *capture.Event, params openParams) []byte {
	name := Text(ev.Param(params.name))
	if base := Text(ev.Ext(0)); base != "" && !strings.HasPrefix(name, "/") {
		return appendJoin(dst, base, name)
	}
	dirfd := int64(AtFDCWD)
	if params.dirfd > 0 {
		if fd, ok := Int(ev.Param(params.dirfd)); ok {
			dirfd = fd
		}
	}
	return m.AppendPath(dst, m.thread, dirfd, name)
}

// AppendPath appends name as t sees it from the directory that is open as dirfd
// (-100 for the working directory) and returns dst. See Join.
func (m *Machine) AppendPath(dst []byte, t *Thread, dirfd int64, name string) []byte {
	if strings.HasPrefix(name, "/") {
		return appendClean(dst, len(dst), name)
	}
	if dirfd == AtFDCWD {
		return appendJoin(dst, t.CWD(), name)
	}
	dir := t.Descriptor(dirfd)
	if dir == nil {
		start := len(dst)
		return appendClean(append(dst, unknownDir...), start, name)
	}
	return appendJoin(dst, dir.Name, name)
}

// appendJoin appends name as seen from the directory dir, which need not end with
// a slash.
func appendJoin(dst []byte, dir, name string) []byte {
	start := len(dst)
	dst = append(dst, dir...)
	if dir != "" && dir[len(dir)-1] != '/' {
		dst = append(dst, '/')
	}
	return appendClean(dst, start, name)
}

// Opening is how a call of the open family opens its file.
type Opening struct {
	Read, Write bool
	Create      bool // it creates the file if that is missing, or an unnamed one
	Created     bool // it really did so
	Execute     bool // somebody may execute the file that it creates
}

// OpeningOf returns how an event of the open family opens its file; the zero
// Opening for other events. Falco sees neither reading nor writing in creat.
func OpeningOf(ev *capture.Event) Opening {
	params, ok := openParamsOf(ev.Type)
	if !ok {
		return Opening{}
	}
	var flags, mode uint32
	if params.flags > 0 {
		setUint(&flags, ev, params.flags)
	}
	if params.mode > 0 {
		setUint(&mode, ev, params.mode)
	}
	const anyExecute = 0o111
	o := Opening{
		Read:    flags&openRead != 0,
		Write:   flags&openWrite != 0,
		Create:  flags&(openCreate|openTmpfile) != 0 || ev.Type == schema.PPME_SYSCALL_CREAT_X,
		Created: flags&openCreated != 0,
	}
	if fd, ok := Int(ev.Param(0)); ok && fd >= 0 && flags&openTmpfile != 0 {
		o.Created = true
	}
	o.Execute = o.Create && mode&anyExecute != 0
	return o
}
