package builtin

import "strings"

// BContains reports whether the bytes written in hex occur in value. Hex text of
// odd length or with other characters occurs nowhere.
func BContains(value, hex string) bool {
	if !isHex(hex) {
		return false
	}
	if hex == "" {
		return true
	}
	first := hexByte(hex)
	for {
		i := strings.IndexByte(value, first)
		if i < 0 {
			return false
		}
		value = value[i:]
		if hasHexPrefix(value, hex) {
			return true
		}
		value = value[1:]
	}
}

// BStartsWith reports whether value starts with the bytes written in hex, which
// is read as by BContains.
func BStartsWith(value, hex string) bool {
	return isHex(hex) && hasHexPrefix(value, hex)
}

// hasHexPrefix is BStartsWith for hex text known to be good.
func hasHexPrefix(value, hex string) bool {
	if len(value) < len(hex)/2 {
		return false
	}
	for i := 0; i < len(hex); i += 2 {
		if value[i/2] != hexByte(hex[i:]) {
			return false
		}
	}
	return true
}

func isHex(s string) bool {
	for i := range len(s) {
		if !inClass(s[i], "xdigit") {
			return false
		}
	}
	return len(s)%2 == 0
}

// hexByte decodes the first two digits of s.
func hexByte(s string) byte { return hexDigit(s[0])<<4 | hexDigit(s[1]) }

func hexDigit(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return lower(c) - 'a' + 10
}
