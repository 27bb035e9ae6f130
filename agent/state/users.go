package state

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
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

// refresh reads the files that have changed.
func (u *Users) refresh(now uint64) {
	if u.root == "" || (u.checked != 0 && now < u.checked+usersAge && now >= u.checked) {
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
	path := filepath.Join(u.root, name)
	info, err := os.Stat(path)
	if err != nil {
		return nil, false
	}
	current := stamp{info.ModTime(), info.Size()}
	if current == *old {
		return nil, false
	}
	content, err := os.ReadFile(path)
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
// everywhere. In a container no database is read yet.
func (m *Machine) User(t *Thread, uid uint32) (user User, listed bool) {
	return m.usersOf(t).lookup(uid, m.now)
}

// Group returns the name of group gid as the process of t knows it, and whether
// the group database has it; see User.
func (m *Machine) Group(t *Thread, gid uint32) (name string, listed bool) {
	return m.usersOf(t).lookupGroup(gid, m.now)
}

// containerUsers are the users of containers.
var containerUsers Users

func (m *Machine) usersOf(t *Thread) *Users {
	if t.Cgroups.Container != Host {
		return &containerUsers
	}
	return m.opt.Users
}
