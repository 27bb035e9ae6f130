package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// The rows of the table files. One row stands on one line, so that a change of
// the vocabulary reads as a change of lines.
type (
	enumRow struct {
		Enum  string // Go type of the constant
		Name  string
		Value uint32
	}
	dynamicRow struct {
		Table  string
		Type   string
		Format string
	}
	eventRow struct {
		Code     int // position in the table; part of the capture format
		Symbol   string
		Name     string // evt.type
		Category string // EC_ constants joined by |
		Flags    string // EF_ constants joined by |
		Params   []paramText
	}
	flagRow struct {
		Table  string
		Name   string
		Value  uint32
		Symbol string
	}
	syscallRow struct {
		Name  string
		SC    uint16
		AMD64 int // -1: the architecture has no such call
		ARM64 int
		Enter string
		Exit  string
	}
	ia32Row struct {
		IA32  int
		AMD64 int // -1: no counterpart
	}
	fieldRow struct {
		Class      string
		Name       string
		Type       string
		Format     string
		Arg        string   // snake case of an ArgRule; empty: none
		Properties []string // snake case of the bool members of Field
		Status     string   // empty: live
		Desc       string
	}
)

// paramText is one parameter: "name type format", then any of "flags:<table>",
// "dynamic:<table>" and "dirfd:<index of the parameter that holds the base>".
type paramText struct {
	Name, Type, Format string
	Flags, Dynamic     string
	Dirfd              int // -1: none
}

func (p *paramText) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	words := strings.Fields(s)
	if len(words) < 3 {
		return fmt.Errorf("parameter %q: want name, type and format", s)
	}
	*p = paramText{Name: words[0], Type: words[1], Format: words[2], Dirfd: -1}
	for _, word := range words[3:] {
		key, value, _ := strings.Cut(word, ":")
		switch key {
		case "flags":
			p.Flags = value
		case "dynamic":
			p.Dynamic = value
		case "dirfd":
			n, err := strconv.Atoi(value)
			if err != nil {
				return fmt.Errorf("parameter %q: %w", s, err)
			}
			p.Dirfd = n
		default:
			return fmt.Errorf("parameter %q: unknown attribute %q", s, key)
		}
	}
	return nil
}

// tables is everything the generator knows.
type tables struct {
	enums    []enumRow
	dynamic  []dynamicRow
	events   []eventRow
	flags    []flagRow
	syscalls []syscallRow
	ia32     []ia32Row
	fields   []fieldRow
}

// readTables reads and checks all table files.
func readTables(dir fs.FS) (*tables, error) {
	t := new(tables)
	err := errors.Join(
		readTable(dir, "enums.json", &t.enums),
		readTable(dir, "dynamic.json", &t.dynamic),
		readTable(dir, "events.json", &t.events),
		readTable(dir, "flags.json", &t.flags),
		readTable(dir, "syscalls.json", &t.syscalls),
		readTable(dir, "ia32.json", &t.ia32),
		readTable(dir, "fields.json", &t.fields),
	)
	if err != nil {
		return nil, err
	}
	return t, t.check()
}

func readTable(dir fs.FS, name string, rows any) error {
	text, err := fs.ReadFile(dir, name)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(rows); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// check finds what the Go compiler would not: positions that do not fit.
func (t *tables) check() error {
	for i, e := range t.events {
		if e.Code != i {
			return fmt.Errorf("events.json: %s has code %d at position %d", e.Symbol, e.Code, i)
		}
		for _, p := range e.Params {
			if p.Dirfd >= len(e.Params) {
				return fmt.Errorf("events.json: %s: %s has no parameter %d", e.Symbol, p.Name, p.Dirfd)
			}
		}
	}
	var classes []string
	for _, f := range t.fields {
		last := len(classes) - 1
		switch i := slices.Index(classes, f.Class); {
		case i < 0:
			classes = append(classes, f.Class)
		case i != last:
			return fmt.Errorf("fields.json: %s stands outside its class %s", f.Name, f.Class)
		}
	}
	for i, r := range t.ia32 {
		if i > 0 && r.IA32 <= t.ia32[i-1].IA32 {
			return fmt.Errorf("ia32.json: %d is out of order", r.IA32)
		}
	}
	return nil
}
