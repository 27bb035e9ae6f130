package schema

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The tests of this file compare the tables with the corpus: nothing may be
// missing, renamed or renumbered.

func TestEventTableEqualsTheReference(t *testing.T) {
	type param struct {
		Name, Type, Format string
		Flags              string `json:"flags_table"`
		Dirfd              *int   `json:"dirfd_param"`
		Dynamic            int    `json:"dyn_count"`
	}
	type event struct {
		Code     uint16
		Symbol   string `json:"ppme"`
		Name     string
		Dir      string
		Category uint32 `json:"category_value"`
		Flags    uint32 `json:"flags_value"`
		Status   string
		Params   []param
	}
	want := readReference[struct{ Events []event }](t, "events.json").Events

	got := make([]event, len(Events()))
	for i, e := range Events() {
		got[i] = event{
			Code: uint16(e.Type), Symbol: e.Symbol, Name: e.Name, Dir: "enter", Status: "current",
			Category: uint32(e.Category), Flags: uint32(e.Flags), Params: []param{},
		}
		if e.Exit {
			got[i].Dir = "exit"
		}
		if e.Old {
			got[i].Status = "old"
		}
		if e.Unused {
			got[i].Status = "unused"
		}
		for _, p := range e.Params {
			q := param{Name: p.Name, Type: "PT_" + p.Type.String(), Format: formatNames[p.Format], Dynamic: len(p.Dynamic)}
			if p.Flags != nil {
				q.Flags = p.Flags.Name
			}
			if p.Dirfd >= 0 {
				q.Dirfd = &p.Dirfd
			}
			got[i].Params = append(got[i].Params, q)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

var formatNames = map[PrintFormat]string{
	PF_NA: "PF_NA", PF_DEC: "PF_DEC", PF_HEX: "PF_HEX", PF_10_PADDED_DEC: "PF_10_PADDED_DEC", PF_ID: "PF_ID",
	PF_DIR: "PF_DIR", PF_OCT: "PF_OCT",
}

func TestFlagTablesEqualTheReferenceInOrder(t *testing.T) {
	want := readReference[struct{ Tables map[string][]Flag }](t, "flags.json").Tables
	got := map[string][]Flag{}
	for _, table := range FlagTables() {
		got[table.Name] = table.Flags
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSyscallsEqualTheReference(t *testing.T) {
	type row struct {
		Name    string `json:"syscall"`
		SC      uint16 `json:"ppm_sc_code"`
		AMD64   *int   `json:"x86_64"`
		ARM64   *int   `json:"arm64"`
		Enter   string
		Exit    string
		Generic bool
	}
	type reference struct {
		Syscalls []row
		IA32     map[string]int `json:"ia32_to_x86_64"`
	}
	want := readReference[reference](t, "events.json")

	optional := func(nr int) *int {
		if nr < 0 {
			return nil
		}
		return &nr
	}
	got := reference{IA32: map[string]int{}}
	for _, s := range Syscalls() {
		got.Syscalls = append(got.Syscalls, row{
			Name: s.Name, SC: s.SC, AMD64: optional(s.AMD64), ARM64: optional(s.ARM64),
			Enter: s.Enter.Info().Symbol, Exit: s.Exit.Info().Symbol, Generic: s.Generic,
		})
	}
	for nr := range want.IA32 {
		n, err := strconv.Atoi(nr)
		if err != nil {
			t.Fatal(err)
		}
		got.IA32[nr] = IA32ToAMD64(n)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFieldsEqualTheReference(t *testing.T) {
	type row struct {
		Name, Type, Status string
		Class              string `json:"cls"`
		Format             string `json:"print_format"`
		List               bool   `json:"is_list"`
		FilterOnly         bool   `json:"filter_only"`
		PrintOnly          bool   `json:"print_only"`
		NoRHS              bool   `json:"no_rhs_field"`
		NoTransformer      bool   `json:"no_transformer"`
		Hidden             bool
		SuggestedOutput    bool `json:"suggested_output"`
		TakesArg           bool `json:"arg_allowed"`
	}
	want := readReference[struct{ Fields []row }](t, "fields.json").Fields
	status := map[FieldStatus]string{Live: "live", Deprecated: "deprecated", Dead: "dead"}

	var got []row
	for i, f := range Fields() {
		r := row{
			Name: f.Name, Type: "PT_" + f.Type.String(), Status: status[f.Status], Class: f.Class,
			Format: formatNames[f.Format], List: f.List, FilterOnly: f.FilterOnly, PrintOnly: f.PrintOnly, NoRHS: f.NoRHS,
			NoTransformer: f.NoTransformer, Hidden: f.Hidden, SuggestedOutput: f.SuggestedOutput, TakesArg: f.Arg != ArgNone,
		}
		if i < len(want) && want[i].Format == "" {
			r.Format = "" // plugins' fields have no format of their own
		}
		got = append(got, r)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryFieldOfTheStockRulesParses(t *testing.T) {
	used := readReference[struct {
		Used []struct {
			Name string
			Args map[string]int
		} `json:"used_by_stock_rules"`
	}](t, "fields.json").Used
	if len(used) == 0 {
		t.Fatal("no fields in the reference")
	}
	for _, u := range used {
		texts := []string{}
		for arg := range u.Args {
			if u.Name == "evt.arg" {
				texts = append(texts, u.Name+"."+arg)
			} else {
				texts = append(texts, u.Name+"["+arg+"]")
			}
		}
		if len(texts) == 0 {
			texts = append(texts, u.Name)
		}
		for _, text := range texts {
			ref, err := ParseField(text)
			if err != nil {
				t.Error(err)
			} else if ref.String() != text || !strings.HasPrefix(text, ref.Field.Name) {
				t.Errorf("%s parses as %s", text, ref)
			}
		}
	}
}
