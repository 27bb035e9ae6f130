package state

import (
	"path"
	"strings"
	"testing"
)

func TestJoin(t *testing.T) {
	long := strings.Repeat("x", 600)
	tests := []struct{ name, base, path, want string }{
		{"a relative name follows the base", "/etc/", "passwd", "/etc/passwd"},
		{"an absolute name wins", "/etc/", "/tmp/x", "/tmp/x"},
		{"an absolute name is cleaned", "/etc/", "//tmp/.//x/../y/", "/tmp/y"},
		{"dots go up into the base", "/a/b/", "../c", "/a/c"},
		{"dots stop at the root", "/a/", "../../../etc", "/etc"},
		{"the base alone", "/a/", ".", "/a"},
		{"the root alone", "/", "..", "/"},
		{"three dots are a name", "/", "...", "/..."},
		{"dots inside a name mean nothing", "/", "a..b/.c", "/a..b/.c"},
		{"slashes are reduced", "/", "a///b", "/a/b"},
		{"no trailing slash", "/", "a/b/", "/a/b"},
		{"a relative base stays relative", "./", "a", "./a"},
		{"without a base the name stays relative", "", "./a/../b", "b"},
		{"a relative path cannot go above its start", "", "../..", ""},
		{"dots take a relative base away", "foo/", "..//a", "a"},
		{"the base is not cleaned", "app/////", "x////y", "app/////x/y"},
		{"a base without a slash grows into the name", "<UNKNOWN>", "a/b", "<UNKNOWN>a/b"},
		{"nothing and nothing", "", "", ""},
		{"the longest that fits", "/" + long + "/", long[:421], "/" + long + "/" + long[:421]},
		{"one more is too long", "/" + long + "/", long[:422], "/DIR_TOO_LONG/FILENAME_TOO_LONG"},
		{"the base of an absolute name does not count", "/" + long + "/", "/" + long, "/" + long},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Join(tt.base, tt.path); got != tt.want {
				t.Errorf("Join(%q, %q) = %q, want %q", tt.base, tt.path, got, tt.want)
			}
		})
	}
}

// FuzzJoin compares with path.Join, which does the same for clean absolute bases.
func FuzzJoin(f *testing.F) {
	for _, seed := range [][2]string{{"/", "a"}, {"/a/b", "../../../c"}, {"/x", "/y//z/."}, {"a", ".."}, {"/a", "...//"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, base, name string) {
		got := Join(base, name)
		if len(base)+len(name)+1 > maxPath {
			return
		}
		switch dir := path.Clean("/" + base); {
		case path.IsAbs(name):
			if want := path.Clean(name); got != want {
				t.Errorf("Join(%q, %q) = %q, want %q", base, name, got, want)
			}
		case len(dir)+1+len(name)+1 <= maxPath:
			withSlash := strings.TrimSuffix(dir, "/") + "/"
			if got, want := Join(withSlash, name), path.Join(dir, name); got != want {
				t.Errorf("Join(%q, %q) = %q, want %q", withSlash, name, got, want)
			}
		}
		if prefix := string(appendClean([]byte("before"+base), len("before"), name)); prefix != "before"+got {
			t.Errorf("after other text the result is %q, want %q", prefix, "before"+got)
		}
	})
}

func TestCollapseSlashes(t *testing.T) {
	for in, want := range map[string]string{"a/b": "a/b", "//a///b//": "/a/b/", "": "", "/": "/", "./a//..": "./a/.."} {
		if got := collapseSlashes(in); got != want {
			t.Errorf("collapseSlashes(%q) = %q, want %q", in, got, want)
		}
	}
}
