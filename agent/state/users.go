package state

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// User is an entry of the user database.
type User struct{ Name, Home, Shell string }

// Users names user and group ids after the files etc/passwd and etc/group, which
// are read anew when they change. The zero value has no files and knows root
// only.
type Users struct {
	root    string
	users   map[uint32]User
	groups  map[uint32]string
	passwd  stamp
	group   stamp
	checked uint64
}

// NewUsers returns the users of the file system at root, "/" for the host's own.
func NewUsers(root string) *Users { return &Users{root: root} }

// usersAge is how long the files are believed to be unchanged, in ns of event
// time.
const usersAge = 1e9

// maxUserFile bounds what is read of one file, in bytes.
const maxUserFile = 4 << 20

// stamp tells a version of a file from others.
type stamp struct {
	modified time.Time
	size     int64
}

var unknownUser = User{Name: notAvailable, Home: notAvailable, Shell: notAvailable}

// lookup returns the user with id uid at time now, and whether the files have it.
func (u *Users) lookup(uid uint32, now uint64) (user User, listed bool) {
	u.refresh(now)
	if user, ok := u.users[uid]; ok {
		return user, true
	}
	if uid == 0 {
		return User{Name: "root", Home: "/root", Shell: notAvailable}, false
	}
	return unknownUser, false
}

// lookupGroup returns the name of group gid at time now, and whether the files
// have it.
func (u *Users) lookupGroup(gid uint32, now uint64) (name string, listed bool) {
	u.refresh(now)
	if name, ok := u.groups[gid]; ok {
		return name, true
	}
	if gid == 0 {
		return "root", false
	}
	return notAvailable, false
}

// due reports whether it is time to look at the files again.
func (u *Users) due(now uint64) bool {
	return u.checked == 0 || now >= u.checked+usersAge || now < u.checked
}

// refresh reads the files that have changed.
func (u *Users) refresh(now uint64) {
	if u.root == "" || !u.due(now) {
		return
	}
	u.checked = max(now, 1)
	if fields, changed := u.read("etc/passwd", &u.passwd); changed {
		u.users = make(map[uint32]User, len(fields))
		for _, f := range fields {
			if id, ok := idOf(f, 7); ok {
				u.users[id] = User{Name: f[0], Home: f[5], Shell: f[6]}
			}
		}
	}
	if fields, changed := u.read("etc/group", &u.group); changed {
		u.groups = make(map[uint32]string, len(fields))
		for _, f := range fields {
			if id, ok := idOf(f, 4); ok {
				u.groups[id] = f[0]
			}
		}
	}
}

// read returns the lines of a file, split at colons, if it is not the one that
// old describes. The first line of an id comes last, so that it counts.
func (u *Users) read(name string, old *stamp) (lines [][]string, changed bool) {
	// A container can put anything in place of its files: a pipe must not hold up
	// the agent, nor a huge file fill it.
	file, err := os.OpenFile(filepath.Join(u.root, name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, false
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxUserFile {
		return nil, false
	}
	current := stamp{info.ModTime(), info.Size()}
	if current == *old {
		return nil, false
	}
	content, err := io.ReadAll(io.LimitReader(file, maxUserFile))
	if err != nil {
		return nil, false
	}
	*old = current
	scanner := bufio.NewScanner(bytes.NewReader(content))
	for scanner.Scan() {
		lines = append(lines, strings.Split(scanner.Text(), ":"))
	}
	for i, j := 0, len(lines)-1; i < j; i, j = i+1, j-1 {
		lines[i], lines[j] = lines[j], lines[i]
	}
	return lines, true
}

// idOf returns the id in the third field of a line that should have n.
func idOf(fields []string, n int) (id uint32, ok bool) {
	if len(fields) < n {
		return 0, false
	}
	v, err := strconv.ParseUint(fields[2], 10, 32)
	return uint32(v), err == nil
}

// User returns the user with id uid as the process of t knows it, and whether the
// user database has it. If not, all fields are "<NA>", except that 0 is root
// everywhere. The database is the container's own for a process in one.
func (m *Machine) User(t *Thread, uid uint32) (user User, listed bool) {
	return m.usersOf(t).lookup(uid, m.now)
}

// Group returns the name of group gid as the process of t knows it, and whether
// the group database has it; see User.
func (m *Machine) Group(t *Thread, gid uint32) (name string, listed bool) {
	return m.usersOf(t).lookupGroup(gid, m.now)
}

// maxContainerUsers bounds the containers whose users are kept.
const maxContainerUsers = 1024

// usersOf returns the users of the container of t, or the host's. Those of a
// container are read through whichever of its processes asks when it is time.
func (m *Machine) usersOf(t *Thread) *Users {
	id := t.Cgroups.Container.FullID
	if t.Cgroups.Container == Host {
		return m.opt.Users
	}
	users := m.containerUsers[id]
	if users == nil {
		if len(m.containerUsers) >= maxContainerUsers {
			clear(m.containerUsers)
		}
		users = &Users{}
		m.containerUsers[id] = users
	}
	if m.opt.RootOf != nil && users.due(m.now) {
		users.root = m.opt.RootOf(t.PID)
	}
	return users
}
