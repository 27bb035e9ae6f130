package field

import "github.com/saker-project/saker/agent/state"

// userFields are those of the user and group that the thread acts as.
var userFields = fields{
	"user.uid":       ofUint(of(self, func(t *state.Thread) uint64 { return uint64(t.UID) })),
	"user.name":      ofString(ofUser(func(u state.User) string { return u.Name })),
	"user.homedir":   ofString(ofUser(func(u state.User) string { return u.Home })),
	"user.shell":     ofString(ofUser(func(u state.User) string { return u.Shell })),
	"user.loginuid":  ofInt(of(self, loginUID)),
	"user.loginname": ofString(loginName),
	"group.gid":      ofUint(of(self, func(t *state.Thread) uint64 { return uint64(t.GID) })),
	"group.name":     ofString(groupName),
}

// unsetID is a user or group id that is not known or not set.
const unsetID = 1<<32 - 1

// notAvailable is what stands for a name that is not known.
const notAvailable = "<NA>"

func ofUser(attribute func(state.User) string) func(*Context) (string, bool) {
	return func(c *Context) (string, bool) {
		if c.thread == nil {
			return "", false
		}
		user, _ := c.machine.User(c.thread, c.thread.UID)
		return attribute(user), true
	}
}

func loginUID(t *state.Thread) int64 {
	if t.LoginUID == unsetID {
		return -1
	}
	return int64(t.LoginUID)
}

func loginName(c *Context) (string, bool) {
	if c.thread == nil {
		return "", false
	}
	if c.thread.LoginUID == unsetID {
		return notAvailable, true
	}
	user, _ := c.machine.User(c.thread, c.thread.LoginUID)
	return user.Name, true
}

func groupName(c *Context) (string, bool) {
	if c.thread == nil {
		return "", false
	}
	name, _ := c.machine.Group(c.thread, c.thread.GID)
	return name, true
}
