package schema

import "testing"

func TestParamType(t *testing.T) {
	for _, tt := range []struct {
		typ  ParamType
		name string
		size int
		kind Kind
	}{
		{PT_CHARBUF, "CHARBUF", 0, KindString},
		{PT_FSRELPATH, "FSRELPATH", 0, KindString},
		{PT_BYTEBUF, "BYTEBUF", 0, KindBytes},
		{PT_ERRNO, "ERRNO", 8, KindInt},
		{PT_FD, "FD", 8, KindInt},
		{PT_PID32, "PID32", 4, KindInt},
		{PT_PORT, "PORT", 2, KindUint},
		{PT_FLAGS16, "FLAGS16", 2, KindUint},
		{PT_ABSTIME, "ABSTIME", 8, KindUint},
		{PT_BOOL, "BOOL", 4, KindBool},
		{PT_DOUBLE, "DOUBLE", 8, KindFloat},
		{PT_IPADDR, "IPADDR", 0, KindAddr},
		{PT_IPNET, "IPNET", 0, KindNet},
		{PT_UID, "UID", 4, KindOther}, // rules cannot compare it
		{PT_SOCKTUPLE, "SOCKTUPLE", 0, KindOther},
		{PT_DYN, "DYN", 0, KindOther},
		{ParamType(200), "ParamType(200)", 0, KindOther},
	} {
		if tt.typ.String() != tt.name || tt.typ.Size() != tt.size || tt.typ.Kind() != tt.kind {
			t.Errorf("%v: size %d, kind %d", tt.typ, tt.typ.Size(), tt.typ.Kind())
		}
	}
}

func TestDynamicParametersListTheirTypes(t *testing.T) {
	for _, e := range Events() {
		for _, p := range e.Params {
			if (p.Type == PT_DYN) != (len(p.Dynamic) > 0) {
				t.Errorf("%s: %s is %s with %d types", e.Symbol, p.Name, p.Type, len(p.Dynamic))
			}
		}
	}
	val := PPME_SOCKET_SETSOCKOPT_X.Info().Params[4]
	if got := val.Dynamic[4]; got != (DynamicParam{PT_RELTIME, PF_DEC}) {
		t.Errorf("setsockopt val, index 4: %v", got)
	}
}
