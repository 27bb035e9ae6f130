package config

// nearest returns the dotted key that the author of an unknown name in a section
// probably meant: one of the section that is spelt much like it, or else one of
// that name in another section. It returns "" when there is neither.
func nearest(section string, keys []key, name string) string {
	best, least := "", len(name)/3+2
	for _, k := range keys {
		if d := distance(name, k.name); d < least {
			best, least = join(section, k.name), d
		}
	}
	if best == "" {
		return elsewhere("", known, name)
	}
	return best
}

// elsewhere returns the dotted key of the first key of that name.
func elsewhere(section string, keys []key, name string) string {
	for _, k := range keys {
		full := join(section, k.name)
		if k.name == name {
			return full
		}
		if found := elsewhere(full, k.keys, name); found != "" {
			return found
		}
	}
	return ""
}

// distance is the number of bytes to insert, remove or replace that makes b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1) // distances of a[:i] to b[:j], by j
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
