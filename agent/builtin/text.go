package builtin

// IContains reports whether part occurs in value, ASCII letters of either case
// being equal. The empty part occurs in every value.
//
// It compares rolling sums, so that a value made to look like part almost
// everywhere costs no product of lengths.
func IContains(value, part string) bool {
	if len(part) > len(value) {
		return false
	}
	const base = 16777619 // any odd number does; this one is FNV's prime
	var want, sum, highest uint32
	highest = 1
	for i := range len(part) {
		want = want*base + uint32(lower(part[i]))
		sum = sum*base + uint32(lower(value[i]))
		if i > 0 {
			highest *= base
		}
	}
	for i := len(part); ; i++ {
		if sum == want && equalFold(value[i-len(part):i], part) {
			return true
		}
		if i == len(value) {
			return false
		}
		sum -= highest * uint32(lower(value[i-len(part)]))
		sum = sum*base + uint32(lower(value[i]))
	}
}

// equalFold compares texts of one length.
func equalFold(a, b string) bool {
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}
