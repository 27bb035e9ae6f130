package field

import (
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/agent/state"
)

// pathFields are the paths that system calls name.
var pathFields = fields{
	"fs.path.name":      ofString(fullPath(memoFSPathName, theName)),
	"fs.path.nameraw":   ofString(rawPath(theName)),
	"fs.path.source":    ofString(fullPath(memoFSPathSource, theSource)),
	"fs.path.sourceraw": ofString(rawPath(theSource)),
	"fs.path.target":    ofString(fullPath(memoFSPathTarget, theTarget)),
	"fs.path.targetraw": ofString(rawPath(theTarget)),
}

// pathParam is a parameter with a path, and the one with the directory that it
// is relative to; that is 0 for the working directory. A path of 0 means that the
// event has none, and then dirfd may be a descriptor that stands for itself.
type pathParam struct{ path, dirfd int }

// pathsOf are the paths of an event.
type pathsOf struct{ name, source, target pathParam }

func theName(p pathsOf) pathParam   { return p.name }
func theSource(p pathsOf) pathParam { return p.source }
func theTarget(p pathsOf) pathParam { return p.target }

// paths are the events that name paths. The source of a link is the new path and
// its target the old one; the source of a symbolic link is the link and its target
// what it holds.
var paths = map[schema.EventType]pathsOf{
	schema.PPME_SYSCALL_OPEN_X:       {name: pathParam{path: 1}},
	schema.PPME_SYSCALL_OPENAT_2_X:   {name: pathParam{path: 2, dirfd: 1}},
	schema.PPME_SYSCALL_OPENAT2_X:    {name: pathParam{path: 2, dirfd: 1}},
	schema.PPME_SYSCALL_MKDIR_2_X:    {name: pathParam{path: 1}},
	schema.PPME_SYSCALL_MKDIRAT_X:    {name: pathParam{path: 2, dirfd: 1}},
	schema.PPME_SYSCALL_RMDIR_2_X:    {name: pathParam{path: 1}},
	schema.PPME_SYSCALL_UNLINK_2_X:   {name: pathParam{path: 1}},
	schema.PPME_SYSCALL_UNLINKAT_2_X: {name: pathParam{path: 2, dirfd: 1}},
	schema.PPME_SYSCALL_CHMOD_X:      {name: pathParam{path: 1}},
	schema.PPME_SYSCALL_FCHMOD_X:     {name: pathParam{dirfd: 1}},
	schema.PPME_SYSCALL_FCHMODAT_X:   {name: pathParam{path: 2, dirfd: 1}},
	schema.PPME_SYSCALL_CHOWN_X:      {name: pathParam{path: 1}},
	schema.PPME_SYSCALL_LCHOWN_X:     {name: pathParam{path: 1}},
	schema.PPME_SYSCALL_FCHOWN_X:     {name: pathParam{dirfd: 1}},
	schema.PPME_SYSCALL_FCHOWNAT_X:   {name: pathParam{path: 2, dirfd: 1}},
	schema.PPME_SYSCALL_QUOTACTL_X:   {name: pathParam{path: 1}},
	schema.PPME_SYSCALL_UMOUNT_1_X:   {name: pathParam{path: 1}},
	schema.PPME_SYSCALL_UMOUNT2_X:    {name: pathParam{path: 1}},

	schema.PPME_SYSCALL_RENAME_X:    {source: pathParam{path: 1}, target: pathParam{path: 2}},
	schema.PPME_SYSCALL_RENAMEAT_X:  {source: pathParam{path: 2, dirfd: 1}, target: pathParam{path: 4, dirfd: 3}},
	schema.PPME_SYSCALL_RENAMEAT2_X: {source: pathParam{path: 2, dirfd: 1}, target: pathParam{path: 4, dirfd: 3}},
	schema.PPME_SYSCALL_LINK_2_X:    {source: pathParam{path: 2}, target: pathParam{path: 1}},
	schema.PPME_SYSCALL_LINKAT_2_X:  {source: pathParam{path: 4, dirfd: 3}, target: pathParam{path: 2, dirfd: 1}},
	schema.PPME_SYSCALL_SYMLINK_X:   {source: pathParam{path: 2}, target: pathParam{path: 1}},
	schema.PPME_SYSCALL_SYMLINKAT_X: {source: pathParam{path: 3, dirfd: 2}, target: pathParam{path: 1}},
	schema.PPME_SYSCALL_MOUNT_X:     {source: pathParam{path: 1}, target: pathParam{path: 2}},
}

// pathOf returns the parameters of one path of the event; ok is false if it has
// none or if the call failed. An open counts unless its result is -1, so that one
// of a missing file (ENOENT, -2) does, as in Falco.
func (c *Context) pathOf(which func(pathsOf) pathParam) (p pathParam, ok bool) {
	event, ok := paths[c.event.Type]
	if !ok || c.thread == nil {
		return pathParam{}, false
	}
	res, ok := c.returned()
	if !ok {
		return pathParam{}, false
	}
	if opens := c.flags()&schema.EF_CREATES_FD != 0; opens && res == -1 || !opens && res != 0 {
		return pathParam{}, false
	}
	p = which(event)
	return p, p != pathParam{}
}

// rawPath reads a path as it was passed to the call.
func rawPath(which func(pathsOf) pathParam) func(*Context) (string, bool) {
	return func(c *Context) (string, bool) {
		p, ok := c.pathOf(which)
		if !ok {
			return "", false
		}
		if p.path == 0 {
			return c.descriptorName(p.dirfd)
		}
		return state.Text(c.event.Param(p.path)), true
	}
}

// fullPath reads a path and makes it absolute.
func fullPath(slot int, which func(pathsOf) pathParam) func(*Context) (string, bool) {
	return func(c *Context) (string, bool) {
		p, ok := c.pathOf(which)
		if !ok {
			return "", false
		}
		if p.path == 0 {
			return c.descriptorName(p.dirfd)
		}
		return c.once(slot, func(c *Context, dst []byte) []byte { return c.appendPath(dst, p.path, p.dirfd) }), true
	}
}

// descriptorName returns the name of the descriptor that a parameter gives.
func (c *Context) descriptorName(param int) (string, bool) {
	fd, ok := state.Int(c.event.Param(param))
	if !ok {
		return "", false
	}
	if d := c.thread.Descriptor(fd); d != nil {
		return d.Name, true
	}
	return "", false
}

// appendPath appends the path in a parameter as seen from the directory that
// another gives, 0 for the working directory. For opens the kernel says which
// directory that is.
func (c *Context) appendPath(dst []byte, path, dirfd int) []byte {
	if c.flags()&schema.EF_CREATES_FD != 0 {
		return c.machine.AppendOpenPath(dst, c.event)
	}
	fd := int64(state.AtFDCWD)
	if dirfd > 0 {
		if n, ok := state.Int(c.event.Param(dirfd)); ok {
			fd = n
		}
	}
	return c.machine.AppendPath(dst, c.thread, fd, state.Text(c.event.Param(path)))
}
