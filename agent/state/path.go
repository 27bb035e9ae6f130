package state

import (
	"bytes"
	"strings"
)

const (
	maxPath       = 1024                              // of base and name together with a NUL, as in libsinsp
	pathTooLong   = "/DIR_TOO_LONG/FILENAME_TOO_LONG" // what stands for a longer one
	unknownDir    = "<UNKNOWN>"                       // base directory of a descriptor that is not in the table
	placeholderWD = "./"                              // working directory of a thread that nothing is known about
)

// Join returns name as seen from the directory base. The result is lexical: no
// symbolic link is followed.
//
// An absolute name wins over base. Otherwise the two are put together as they
// are, so base should end with a slash, and base itself is not cleaned. Empty and
// "." components of name vanish, ".." takes the component before it away, and
// the result has no trailing slash unless it is the root. Where base and name are
// together too long it is "/DIR_TOO_LONG/FILENAME_TOO_LONG".
func Join(base, name string) string {
	return string(appendClean([]byte(base), 0, name))
}

// appendClean joins name to the base directory that buf holds from start on and
// returns buf with the result in place of the base.
func appendClean(buf []byte, start int, name string) []byte {
	absolute := strings.HasPrefix(name, "/")
	if absolute {
		buf = buf[:start]
	}
	if len(buf)-start+len(name)+1 > maxPath {
		return append(buf[:start], pathTooLong...)
	}
	if absolute {
		buf = append(buf, '/')
	}
	// root is how far ".." can go.
	root := start
	if len(buf) > start && buf[start] == '/' {
		root++
	}
	for name != "" {
		component, rest, more := strings.Cut(name, "/")
		name = rest
		if component == ".." && (len(buf) == start || buf[len(buf)-1] == '/') {
			buf = buf[:max(root, lastComponent(buf, start))]
			continue
		}
		if component == "." && (len(buf) == start || buf[len(buf)-1] == '/') {
			continue
		}
		buf = append(buf, component...)
		if more && len(buf) > start && buf[len(buf)-1] != '/' {
			buf = append(buf, '/')
		}
	}
	if len(buf) > root && buf[len(buf)-1] == '/' {
		buf = buf[:len(buf)-1]
	}
	return buf
}

// lastComponent returns where the last component of the directory in buf begins,
// its trailing slash not counted.
func lastComponent(buf []byte, start int) int {
	dir := buf[start:]
	if len(dir) > 0 {
		dir = dir[:len(dir)-1]
	}
	return start + bytes.LastIndexByte(dir, '/') + 1
}

// collapseSlashes returns name with runs of slashes reduced to one. It returns
// name itself where there are none.
func collapseSlashes(name string) string {
	if !strings.Contains(name, "//") {
		return name
	}
	out := make([]byte, 0, len(name))
	for i := range len(name) {
		if name[i] != '/' || len(out) == 0 || out[len(out)-1] != '/' {
			out = append(out, name[i])
		}
	}
	return string(out)
}
