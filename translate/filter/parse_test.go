package filter

import (
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name string
		text string
		want string // canonical
	}{
		{"and binds tighter than or", "a or b and c", "(a or (b and c))"},
		{"not binds tighter than and", "not a and b", "(not a and b)"},
		{"a chain is one node", "a and b and c", "(a and b and c)"},
		{"parentheses make a node of their own", "(a and b) and c", "((a and b) and c)"},
		{"a pair of nots cancels", "not not not a", "not a"},
		{"not before a parenthesis nests", "not(not(a))", "not not a"},
		{"a run of nots ends at a parenthesis", "not not(a)", "a"},
		{"no blank is needed before a parenthesis", "(a)or(b)", "(a or b)"},
		{"keywords are names where a check stands", "and and not", "(and and not)"},
		{"a name may begin with a keyword", "notz or exists", "(notz or exists)"},
		{"exists needs no blank behind it", "a.b existsand c", "(a.b exists and c)"},
		{"list operators need no blank behind them", "a.b inside", "a.b in side"},
		{"intersects is tried before in", "a.b intersects()", "a.b intersects ()"},
		{"the spelling of = is kept", "a.b=x or a.b==x", "(a.b = x or a.b == x)"},
		{"any bare word is a value", "a.b = < and a.b = not", "(a.b = < and a.b = not)"},
		{"a quote ends a value without a blank", `a.b = "c"and d`, "(a.b = c and d)"},
		{"values that need quotes get double ones", `a.b in ('x y', "x=y", 'it"s', x\y)`, `a.b in ("x y", "x=y", "it\"s", "x\\y")`},
		{"other quotes are dropped", `a.b in ("c", 'd')`, "a.b in (c, d)"},
		{"escapes are undone", `a.b = "\x41\t\/\""`, `a.b = "A\t/\""`},
		{"control characters are escaped again", `a.b = '\b\f\n\r\t\\\''`, `a.b = "\b\f\n\r\t\\'"`},
		{"backslash and space make a backslash", `a.b = "a\ b"`, `a.b = "a\\b"`},
		{"a NUL is printed in hexadecimal", `a.b = "\x00"`, `a.b = "\x00"`},
		{"the empty string prints as nothing", `a.b = ""`, "a.b = "},
		{"blanks are space, tab, line ends and backspace", "a.b\b=\r\n\tc", "a.b = c"},
		{"bytes that are not ASCII are letters of bare words", "a.b = Grüße", "a.b = Grüße"},
		{"orderings take hexadecimal numbers", "a.b<=0x1F", "a.b <= 0x1F"},
		{"orderings take fractions and signed exponents", "a.b > -1.5e+3", "a.b > -1.5e+3"},
		{"orderings take fields", "a.b >= val(c.d)", "a.b >= val(c.d)"},
		{"a list may be empty", "a.b in ( )", "a.b in ()"},
		{"blanks around the elements of a list do not matter", "a.b in ( x ,y )", "a.b in (x, y)"},
		{"a name without parentheses is one value", "a.b pmatch dirs", "a.b pmatch dirs"},
		{"a field takes an argument", "a.b[2] = x", "a.b[2] = x"},
		{"a quoted argument is the same as a bare one", `a.b["t"] = x`, "a.b[t] = x"},
		{"an argument with a blank keeps its quotes", `a.b["t u"] = x`, `a.b["t u"] = x`},
		{"an empty argument is not none", `a.b[""] = x`, `a.b[""] = x`},
		{"modifiers come before a list", "a.b = oneof (x, y)", "a.b = oneof (x, y)"},
		{"modifiers come before a name", "a.b startswith anyof dirs", "a.b startswith anyof dirs"},
		{"without a list a modifier is a value", "a.b = anyof and c", "(a.b = anyof and c)"},
		{"a modifier may be the value of a modifier", "a.b = oneof oneof", "a.b = oneof oneof"},
		{"a longer word is no modifier", "a.b = oneof_x", "a.b = oneof_x"},
		{"transformers nest", "toupper( tolower( a.b ) ) = X", "toupper(tolower(a.b)) = X"},
		{"arguments are joined by commas", `join("-" , ( a.b , "c" )) = x`, "join(-,(a.b, c)) = x"},
		{"a number is an argument", "concat(a.b, 5) = x", "concat(a.b,5) = x"},
		{"val takes an argument, to be refused later", "a.b = val(c.d)[x]", "a.b = val(c.d)[x]"},
		{"a transformer takes an argument", `getopt((a.b), "n:")[n] exists`, "getopt((a.b),n:)[n] exists"},
		{"the right side may be a transformer", "a.b in tolower(c.d)", "a.b in tolower(c.d)"},
		{"a right side may begin like a transformer", "a.b = b64 or c", "(a.b = b64 or c)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n, err := Parse(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := Print(n); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			checkStable(t, n)
		})
	}
}

func TestSyntaxErrors(t *testing.T) {
	const (
		operators    = "expected a valid check operator: one of 'exists', '<=', '<', '>=', '>', '==', '=', '!=', 'glob', 'iglob', 'contains', 'icontains', 'bcontains', 'startswith', 'bstartswith', 'endswith', 'regex', 'intersects', 'in', 'pmatch'"
		transformers = "'val', 'tolower', 'toupper', 'b64', 'basename', 'len', 'join', 'concat', 'getopt'"
	)
	tests := []struct {
		name string
		text string
		want string // line:column: message
	}{
		{"nothing", "", "1:1: filter input string is empty"},
		{"only blanks", " \n ", "2:2: expected a '(' token, a field check, or an identifier"},
		{"text is left over", "a b", "1:3: unexpected token after 'a', expecting 'or', 'and'"},
		{"the last token is the unquoted one", `a.b = "x y" z`, "1:13: unexpected token after 'x y', expecting 'or', 'and'"},
		{"keywords are lower case", "a AND b", "1:3: unexpected token after 'a', expecting 'or', 'and'"},
		{"and needs a blank", "a andb", "1:6: expected blank or '(' after 'and'"},
		{"or needs a blank", "a or", "1:5: expected blank or '(' after 'or'"},
		{"a parenthesis right behind a word ends the child", "a or(b)and c", "1:8: unexpected token after ')', expecting 'or', 'and'"},
		{"a parenthesis is open", "(a", "1:3: expected a ')' token"},
		{"no operator", "a.b", "1:4: " + operators},
		{"a word operator needs a blank", `a.b contains"x"`, "1:5: " + operators},
		{"a word operator runs into another", "a.b containsin (x)", "1:5: " + operators},
		{"a string operator without value", "a.b = ", "1:7: expected a string value or a field with a valid transformer: " + transformers},
		{"a string is not closed", "a.b = 'x", "1:7: expected a string value or a field with a valid transformer: " + transformers},
		{"no string ends in an escaped backslash", `a.b = "x\\"`, "1:7: expected a string value or a field with a valid transformer: " + transformers},
		{"an ordering wants a number", `a.b > "5"`, "1:7: expected a number value or a field with a valid transformer: " + transformers},
		{"an exponent needs a sign", "a.b > 1e5", "1:8: unexpected token after '1', expecting 'or', 'and'"},
		{"a list operator wants a list", `a.b in "x"`, "1:8: expected a list, an identifier, or a field with a valid transformer: " + transformers},
		{"a comma comes last in a list", "a.b in (x, )", "1:12: expected a string value"},
		{"a comma comes first in a list", "a.b in (,x)", "1:9: expected a ')' token"},
		{"lists do not nest", "a.b in (x, (y))", "1:12: expected a string value"},
		{"an escape is unknown", `a.b = "\d"`, `1:11: unsupported string escape sequence: \d`},
		{"an unknown escape is a letter of several bytes", `a.b = "\ü"`, `1:12: unsupported string escape sequence: \ü`},
		{"an escape in the first value of a list is unknown", `a.b in ("\d")`, `1:13: unsupported string escape sequence: \d`},
		{"the other quote is escaped", `a.b = '\"'`, `1:11: invalid \" escape in '-quoted string`},
		{"the other quote is escaped, the other way", `a.b = "\'"`, `1:11: invalid \' escape in "-quoted string`},
		{"a field name ends in a dot", "a.b. = x", "1:4: " + operators},
		{"a hexadecimal escape is cut", `a.b = "\x4"`, "1:12: truncated hex char escape sequence"},
		{"a hexadecimal escape is wrong", `a.b = "\x4g"`, "1:13: invalid hex char escape sequence: 4g"},
		{"an argument is empty", "a.b[] = x", "1:5: expected a valid field argument: a quoted string or a bare string"},
		{"an argument is not closed", "a.b[2 = x", "1:6: expected a ']' token"},
		{"an exponent needs digits", "a.b > 1e+x", "1:8: unexpected token after '1', expecting 'or', 'and'"},
		{"a modifier needs a blank before", "a.b =oneof (x)", "1:12: unexpected token after 'oneof', expecting 'or', 'and'"},
		{"a modifier needs a blank behind", "a.b = oneof(x)", "1:12: unexpected token after 'oneof', expecting 'or', 'and'"},
		{"a keyword is no list of a modifier", "a.b = oneof not", "1:13: unexpected token after 'oneof', expecting 'or', 'and'"},
		{"val is for the right side", "val(a.b) = x", "1:4: unexpected token after 'val', expecting 'or', 'and'"},
		{"val takes a field", "a.b = val(x)", "1:11: expected a field within 'val' transformer"},
		{"a transformer takes arguments", "tolower() = x", "1:9: expected field transformer argument: field, transformer, quoted string, number, or transformer list"},
		{"a transformer is not closed", "tolower(a.b = x", "1:13: expected a ')' token closing the transformer"},
		{"a tuple has no bare words", "join('-', (x)) = y", "1:12: expected transformer list argument: field, transformer, quoted string, or number"},
		{"a tuple is not closed", "join('-', (a.b c.d)) = y", "1:16: expected ')'"},
		{"CR and LF are two line ends", "a\r\nb", "3:1: unexpected token after 'a', expecting 'or', 'and'"},
		{"columns count bytes", "a.b = ü b", "1:10: unexpected token after 'ü', expecting 'or', 'and'"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n, err := Parse(tt.text)
			if err == nil {
				t.Fatalf("read as %s", Print(n))
			}
			if err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
			if e := err.(*Error); PosAt(tt.text, e.Pos.Offset) != e.Pos {
				t.Errorf("offset, line and column do not agree: %+v", e.Pos)
			}
		})
	}
}

func TestDepth(t *testing.T) {
	tests := []struct {
		name  string
		pairs int
		inner string
		ok    bool
	}{
		{"199 pairs around a name are read", 199, "a", true},
		{"200 pairs around a name are too many", 200, "a", false},
		{"198 pairs around a check are read", 198, "a.b = 1", true},
		{"199 pairs around a check are too many", 199, "a.b = 1", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(strings.Repeat("(", tt.pairs) + tt.inner + strings.Repeat(")", tt.pairs))
			if tt.ok != (err == nil) {
				t.Fatal(err)
			}
			if err != nil && err.(*Error).Msg != "exceeded max depth limit of 1000" {
				t.Error(err)
			}
		})
	}
}

func TestPositions(t *testing.T) {
	const text = " a and\n not (b.c in (x, 'y') or tolower(d.e) = z)"
	n, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	note := func(s Span) { got = append(got, text[s.Start.Offset:s.End]) }
	Walk(n, func(n Node) bool {
		note(n.Range())
		if c, ok := n.(*Check); ok {
			WalkOperands(c.Left, func(o Operand) { note(o.Range()) })
			WalkOperands(c.Right, func(o Operand) { note(o.Range()) })
		}
		if PosAt(text, n.Range().Start.Offset) != n.Range().Start {
			t.Errorf("offset, line and column do not agree: %+v", n.Range().Start)
		}
		return true
	})
	want := []string{
		text[1:], "a", "not (b.c in (x, 'y') or tolower(d.e) = z)",
		"b.c in (x, 'y') or tolower(d.e) = z",
		"b.c in (x, 'y')", "b.c", "(x, 'y')", "x", "'y'",
		"tolower(d.e) = z", "tolower(d.e)", "d.e", "z",
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestLongInput reads 10 MB of each shape that could cost more than linear time.
func TestLongInput(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 10 MB several times")
	}
	const size = 10 << 20
	tests := []struct{ name, head, unit, tail string }{
		{"open parentheses", "", "(", ""},
		{"nots", "", "not ", "a"},
		{"a chain", "a", " and a", ""},
		{"a list", "a.b in (x", ",x", ")"},
		{"one word", "a.b = ", "x", ""},
		{"one field name", "a", ".b", " exists"},
		{"a string that is not closed", "a.b = ", `"\`, ""},
		{"modifiers", "a.b = oneof", " and a.b = oneof", ""},
		{"open transformers", "", "tolower(", ""},
		{"line ends", "a", "\r\n", "b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := tt.head + strings.Repeat(tt.unit, size/len(tt.unit)) + tt.tail
			start := time.Now()
			_, err := Parse(text)
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v (error %v)", took, err)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"a or b and not (c)", "a.b in (x, 'y z')", `a.b[""] = "\x00"`, "tolower(a.b) = val(c.d)",
		`join("-", (a.b, 5)) exists`, "a.b != anyof (x)", `getopt((a.b), "n:")[n] < 1.5e+3`, "not not(not a)",
		"proc.pid > abc", "evt.type != open and evt.num = 0", "fd.snet in (10.0.0.0/8, ::/1)", "fd.sport = http",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := Parse(text)
		if err != nil {
			if e := err.(*Error); PosAt(text, e.Pos.Offset) != e.Pos {
				t.Errorf("offset, line and column do not agree: %+v", e.Pos)
			}
			return
		}
		checkStable(t, n)
		before := Print(n)
		Validate(n)
		if _, _, err := EventTypes(Clone(n)); err != nil {
			_ = err.(*Error)
		}
		if after := Print(n); after != before {
			t.Errorf("looking at a tree changed it from %q to %q", before, after)
		}
	})
}
