package builtin

import "strings"

// PMatch reports whether one of the prefixes matches value by PathPrefix.
func PMatch(value string, prefixes []string) bool {
	for _, prefix := range prefixes {
		if PathPrefix(value, prefix) {
			return true
		}
	}
	return false
}

// PathPrefix reports whether the path components of prefix are the first ones of
// value. Both are split at slashes and empty components dropped, so "/" is a
// prefix of everything and "/opt/dir" one of "/opt/dir/x" but not of "/opt/dir2".
// A component of prefix that holds ?, * or [ is a Glob over one component. Dots
// are ordinary components. It does not allocate.
func PathPrefix(value, prefix string) bool {
	value, prefix = strings.TrimLeft(value, "/"), strings.TrimLeft(prefix, "/")
	for prefix != "" {
		if value == "" {
			return false
		}
		var want, have string
		want, prefix = cutComponent(prefix)
		have, value = cutComponent(value)
		if have != want && !(strings.ContainsAny(want, "?*[") && Glob(have, want)) {
			return false
		}
	}
	return true
}

// cutComponent splits path, which starts with a component, behind that one.
func cutComponent(path string) (component, rest string) {
	component, rest, _ = strings.Cut(path, "/")
	return component, strings.TrimLeft(rest, "/")
}
