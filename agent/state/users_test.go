package state

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/agent/state/statetest"
)

func write(t testing.TB, root, name, content string) {
	t.Helper()
	path := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func user(m *Machine, t *Thread, uid uint32) User {
	u, _ := m.User(t, uid)
	return u
}

func TestUsers(t *testing.T) {
	root := t.TempDir()
	write(t, root, "etc/passwd", "root:x:0:0:root:/root:/bin/bash\nana:x:1000:1000:Ana:/home/ana:/bin/zsh\nbad line\nana2:x:1000:1000::/:/bin/sh\nx:x:nan:0::/:/\n")
	write(t, root, "etc/group", "root:x:0:\nusers:x:100:ana\n")
	m := apply(t, Options{Users: NewUsers(root)}, statetest.Task(100, 1, "sh", nil))
	th := m.Thread()

	for uid, want := range map[uint32]User{
		0:       {"root", "/root", "/bin/bash"},
		1000:    {"ana", "/home/ana", "/bin/zsh"}, // the first line counts
		7:       {"<NA>", "<NA>", "<NA>"},
		unsetID: {"<NA>", "<NA>", "<NA>"},
	} {
		if diff := cmp.Diff(want, user(m, th, uid)); diff != "" {
			t.Errorf("user %d (-want +got):\n%s", uid, diff)
		}
	}
	for gid, want := range map[uint32]string{0: "root", 100: "users", 7: "<NA>"} {
		if got, _ := m.Group(th, gid); got != want {
			t.Errorf("group %d = %q, want %q", gid, got, want)
		}
	}

	t.Run("are read anew when the file changes", func(t *testing.T) {
		write(t, root, "etc/passwd", "ana:x:1000:1000:Ana:/home/ana:/bin/sh\n")
		os.Chtimes(filepath.Join(root, "etc/passwd"), time.Now(), time.Now().Add(time.Hour))
		if got := user(m, th, 1000).Shell; got != "/bin/zsh" {
			t.Errorf("read before a second has gone by: %q", got)
		}
		later := statetest.Open(100, 3, "/x", nil)
		later.Time = m.now + 2e9
		m.Apply(later)
		if got := user(m, th, 1000).Shell; got != "/bin/sh" {
			t.Errorf("Shell = %q", got)
		}
		if got := user(m, th, 0); got.Name != "root" || got.Shell != "<NA>" {
			t.Errorf("root without a line of its own = %+v", got)
		}
	})
	t.Run("outlive the loss of the file", func(t *testing.T) {
		os.Remove(filepath.Join(root, "etc/passwd"))
		later := statetest.Open(100, 3, "/x", nil)
		later.Time = m.now + 2e9
		m.Apply(later)
		if got := user(m, th, 1000).Name; got != "ana" {
			t.Errorf("Name = %q", got)
		}
	})
	t.Run("of the host mean nothing in a container", func(t *testing.T) {
		docker := "cpu=/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\x00"
		feed(m, statetest.Task(200, 1, "sh", params{"cgroups": docker}))
		if got := user(m, m.Thread(), 1000).Name; got != "<NA>" {
			t.Errorf("user 1000 = %q", got)
		}
		u, listedUser := m.User(m.Thread(), 0)
		g, listedGroup := m.Group(m.Thread(), 0)
		if u.Name != "root" || g != "root" || listedUser || listedGroup {
			t.Errorf("0 is %q and %q, listed %v and %v", u.Name, g, listedUser, listedGroup)
		}
	})
}

func TestUsersOfAContainer(t *testing.T) {
	const cgroup = "cpu=/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\x00"
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "etc"), 0o755); err != nil {
		t.Fatal(err)
	}
	passwd := filepath.Join(root, "etc/passwd")
	asked := 0
	m := New(Options{RootOf: func(int64) string { asked++; return root }})
	feed(m, statetest.Task(200, 1, "sh", params{"cgroups": cgroup}))
	inside := m.Thread()

	t.Run("are not waited for", func(t *testing.T) {
		if err := syscall.Mkfifo(passwd, 0o600); err != nil {
			t.Fatal(err)
		}
		if u, listed := m.User(inside, 1000); u.Name != "<NA>" || listed {
			t.Errorf("user 1000 = %q, listed %v", u.Name, listed)
		}
	})
	t.Run("come from its own file", func(t *testing.T) {
		if err := os.Remove(passwd); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(passwd, []byte("app:x:1000:1000::/app:/bin/sh\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		later := statetest.Open(200, 3, "/x", nil)
		later.Time = m.now + 2e9
		m.Apply(later)
		if u, listed := m.User(inside, 1000); u.Name != "app" || !listed {
			t.Errorf("user 1000 = %q, listed %v", u.Name, listed)
		}
	})
	t.Run("are looked for once a second", func(t *testing.T) {
		before := asked
		for range 10 {
			m.User(inside, 1000)
		}
		if asked != before {
			t.Errorf("asked %d times more", asked-before)
		}
	})
}
