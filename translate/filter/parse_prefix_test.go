package filter

import (
	"errors"
	"testing"
)

func TestParsePrefix(t *testing.T) {
	accept := func(o Operand) error {
		switch PrintOperand(o) {
		case "a.b", "a.b[1]", "a.bcd", "len(a.b)":
			return nil
		}
		return errors.New(PrintOperand(o) + " is unknown")
	}
	tests := []struct {
		name string
		text string
		want string // what was read, "" for nothing
		err  string
	}{
		{"all of the text", "a.b", "a.b", ""},
		{"text behind it is left", "a.b and", "a.b", ""},
		{"letters behind it are left", "a.bc", "a.b", ""},
		{"the longest name wins", "a.bcde", "a.bcd", ""},
		{"an argument", "a.b[1]x", "a.b[1]", ""},
		{"an argument that is not accepted is left", "a.b[2]", "a.b", ""},
		{"an argument that cannot be read is left", "a.b['", "a.b", ""},
		{"an argument of a name that is too long is left", "a.bc[1]", "a.b", ""},
		{"a transformer", "len( a.b )x", "len( a.b )", ""},
		{"an argument of a transformer that is not accepted is left", "len(a.b)[1]", "len(a.b)", ""},
		{"an argument of a transformer that cannot be read is left", "len(a.b)[", "len(a.b)", ""},
		{"a name in a transformer is not shortened", "len(a.bc)", "", "len(a.bc) is unknown"},
		{"a transformer is not shortened", "len(a.b", "", "1:8: expected a ')' token closing the transformer"},
		{"no name is accepted", "x.y", "", "x.y is unknown"},
		{"neither field nor transformer", "and", "", "1:1: expected a field or a transformer: 'tolower', 'toupper', 'b64', 'basename', 'len', 'join', 'concat', 'getopt'"},
		{"nothing", "", "", "1:1: expected a field or a transformer: 'tolower', 'toupper', 'b64', 'basename', 'len', 'join', 'concat', 'getopt'"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			operand, n, err := ParsePrefix(tt.text, accept)
			if got := tt.text[:n]; got != tt.want || (operand == nil) != (tt.want == "") {
				t.Errorf("read %q, want %q", got, tt.want)
			}
			if errorText(err) != tt.err {
				t.Errorf("error %v, want %s", err, tt.err)
			}
		})
	}
}
