package filter

import (
	"math"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/saker-project/saker/agent/schema"
)

func TestParseConstant(t *testing.T) {
	const (
		str   = schema.KindString
		bytes = schema.KindBytes
	)
	signed := func(n int64) Constant { return Constant{Kind: schema.KindInt, Int: n} }
	unsigned := func(n uint64) Constant { return Constant{Kind: schema.KindUint, Uint: n} }
	tests := []struct {
		name  string
		field string
		op    Op
		text  string
		want  Constant
		err   string
	}{
		{"a string is its bytes", "proc.name", OpEq, "a\xffb", Constant{Kind: str, Str: "a\xffb"}, ""},
		{"a string has no NUL", "proc.name", OpEq, "a\x00", Constant{}, `filter error: filter value cannot contain a NUL byte (\x00)`},
		{"a buffer may have NUL", "evt.buffer", OpEq, "a\x00", Constant{Kind: bytes, Str: "a\x00"}, ""},
		{"bcontains takes hexadecimal", "evt.buffer", OpBContains, "4a4B", Constant{Kind: bytes, Str: "4a4B"}, ""},
		{"bcontains takes whole bytes", "evt.buffer", OpBContains, "4a4", Constant{}, "filter error: bcontains and bstartswith operator support hex strings only"},
		{"bstartswith takes hexadecimal only", "evt.buffer", OpBStartsWith, "xy", Constant{}, "filter error: bcontains and bstartswith operator support hex strings only"},
		{"a pattern is POSIX", "proc.name", OpRegex, "[[:digit:]]+", Constant{Kind: str, Str: "[[:digit:]]+"}, ""},
		{"a Perl class is not", "proc.name", OpRegex, `a\d+`, Constant{}, `invalid regex pattern: invalid escape sequence: \d`},
		{"a Perl group is not", "proc.name", OpRegex, "(?i)a", Constant{}, "invalid regex pattern: missing argument to repetition operator: ?"},
		{"a pattern may be anything elsewhere", "proc.name", OpGlob, "[", Constant{Kind: str, Str: "["}, ""},

		{"a number is decimal", "proc.pid", OpEq, "010", signed(10), ""},
		{"a number may have a plus", "proc.pid", OpEq, "+5", signed(5), ""},
		{"a number may be negative", "proc.pid", OpEq, "-5", signed(-5), ""},
		{"a number is not hexadecimal", "proc.pid", OpEq, "0x10", Constant{}, "0x10 is not a valid number"},
		{"a number has no fraction", "proc.pid", OpEq, "1.5", Constant{}, "1.5 is not a valid number"},
		{"a number has one sign", "proc.pid", OpEq, "+-5", Constant{}, "+-5 is not a valid number"},
		{"a number has digits", "proc.pid", OpEq, "-", Constant{}, "- is not a valid number"},
		{"a number is not empty", "proc.pid", OpEq, "", Constant{}, " is not a valid number"},
		{"the smallest number", "proc.pid", OpEq, "-9223372036854775808", signed(math.MinInt64), ""},
		{"a number below it", "proc.pid", OpEq, "-9223372036854775809", signed(math.MinInt64), ""},
		{"a number above the greatest", "proc.pid", OpEq, "9223372036854775808", signed(math.MaxInt64), ""},
		{"an unsigned number wraps", "evt.num", OpEq, "-1", unsigned(math.MaxUint64), ""},
		{"an unsigned number above the greatest", "evt.num", OpEq, "18446744073709551616", unsigned(math.MaxUint64), ""},
		{"a signed number of 16 bits is cut", "evt.cpu", OpEq, "40000", signed(40000 - 65536), ""},
		{"an unsigned number of 32 bits is cut", "user.uid", OpEq, "-1", unsigned(math.MaxUint32), ""},
		{"a fraction is compared with whole numbers", "thread.cpu", OpGt, "2", Constant{Kind: schema.KindFloat, Int: 2}, ""},

		{"a port is a number", "fd.sport", OpEq, "22", unsigned(22), ""},
		{"a port has 16 bits", "fd.sport", OpEq, "65558", unsigned(22), ""},
		{"a port may be a service", "fd.sport", OpEq, "https", unsigned(443), ""},
		{"a port may be empty", "fd.sport", OpEq, "", unsigned(0), ""},
		{"a port has no sign", "fd.sport", OpEq, "+22", Constant{}, "unrecognized protocol +22"},

		{"true", "evt.is_open_read", OpEq, "true", Constant{Kind: schema.KindBool, Bool: true}, ""},
		{"false", "evt.is_open_read", OpEq, "false", Constant{Kind: schema.KindBool}, ""},
		{"a boolean is lower case", "evt.is_open_read", OpEq, "True", Constant{}, "filter error: unrecognized boolean value True"},

		{"an IPv4 address", "fd.sip", OpEq, "10.0.0.1", Constant{Kind: schema.KindAddr, Addr: netip.MustParseAddr("10.0.0.1")}, ""},
		{"an IPv6 address", "fd.sip", OpEq, "::1", Constant{Kind: schema.KindAddr, Addr: netip.MustParseAddr("::1")}, ""},
		{"an IPv4 address out of range", "fd.sip", OpEq, "10.0.0.300", Constant{}, "unrecognized IPv4 address 10.0.0.300"},
		{"an IPv6 address has no dots", "fd.sip", OpEq, "::ffff:1.2.3.4", Constant{}, "unrecognized IPv4 address ::ffff:1.2.3.4"},
		{"an IPv6 address has no zone", "fd.sip", OpEq, "fe80::1%eth0", Constant{}, "unrecognized IPv6 address fe80::1%eth0"},
		{"a network keeps its host bits", "fd.snet", OpEq, "10.0.0.1/8", Constant{Kind: schema.KindNet, Prefix: netip.MustParsePrefix("10.0.0.1/8")}, ""},
		{"a network of all IPv4 addresses", "fd.snet", OpEq, "0.0.0.0/0", Constant{Kind: schema.KindNet, Prefix: netip.MustParsePrefix("0.0.0.0/0")}, ""},
		{"no network of all IPv6 addresses", "fd.snet", OpEq, "::/0", Constant{}, "invalid v6 netmask 0"},
		{"an IPv6 network", "fd.snet", OpEq, "2001:db8::/32", Constant{Kind: schema.KindNet, Prefix: netip.MustParsePrefix("2001:db8::/32")}, ""},
		{"a network has a length", "fd.snet", OpEq, "10.0.0.0", Constant{}, "unrecognized IP network 10.0.0.0"},
		{"a network has an address", "fd.snet", OpEq, "10.0.0/8", Constant{}, "unrecognized IP address 10.0.0/8"},
		{"an IPv6 network has an address", "fd.snet", OpEq, ":::/8", Constant{}, "unrecognized IPv6 address :::/8"},
		{"an IPv4 network is too narrow", "fd.snet", OpEq, "10.0.0.0/33", Constant{}, "invalid netmask 33"},
		{"an IPv6 network is too narrow", "fd.snet", OpEq, "::/129", Constant{}, "invalid v6 netmask 129"},
		{"a length is a number", "fd.snet", OpEq, "10.0.0.0/x", Constant{}, "x is not a valid number"},

		{"an event", "evt.type", OpEq, "openat", Constant{Kind: str, Str: "openat"}, ""},
		{"a system call without events of its own", "evt.type", OpEq, "mremap", Constant{Kind: str, Str: "mremap"}, ""},
		{"no event", "evt.type", OpStartsWith, "op", Constant{}, "unknown event type op"},
		{"a type without constants", "evt.rawarg.euid", OpEq, "0", Constant{}, "filter error: '=' operator not supported for type 'UID'"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ref, err := schema.ParseField(tt.field)
			if err != nil {
				t.Fatal(err)
			}
			got, err := ParseConstant(ref, tt.op, tt.text)
			if text := errorText(err); text != tt.err {
				t.Errorf("error %q, want %q", text, tt.err)
			}
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestServices(t *testing.T) {
	if len(services()) < 300 {
		t.Errorf("%d services", len(services()))
	}
	for name, want := range map[string]uint16{"ssh": 22, "domain": 53, "www": 80, "postgresql": 5432} {
		if got := services()[name]; got != want {
			t.Errorf("%s is port %d, want %d", name, got, want)
		}
	}
}
