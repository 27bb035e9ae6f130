package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const packageDir = "../.."

func TestCommittedFilesAreWhatTheTablesSay(t *testing.T) {
	files, err := generate(os.DirFS(filepath.Join(packageDir, "tables")))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		committed, err := os.ReadFile(filepath.Join(packageDir, f.path))
		if err != nil {
			t.Error(err)
		} else if diff := cmp.Diff(string(committed), string(f.content)); diff != "" {
			t.Errorf("%s is stale, run go generate ./agent/schema:\n%s", f.path, diff)
		}
	}
}

func TestEveryGeneratedSourceOfThePackageHasATable(t *testing.T) {
	files, err := generate(os.DirFS(filepath.Join(packageDir, "tables")))
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]bool{}
	for _, f := range files {
		made[f.path] = true
	}
	sources, err := filepath.Glob(filepath.Join(packageDir, "*_gen.go"))
	if err != nil || len(sources) == 0 {
		t.Fatal(sources, err)
	}
	for _, s := range sources {
		if !made[filepath.Base(s)] {
			t.Errorf("%s is a leftover", filepath.Base(s))
		}
	}
}

func TestTablesAreChecked(t *testing.T) {
	for _, tt := range []struct {
		test, table, text, want string
	}{
		{"an unknown key", "flags.json", `[{"nmae": "O_RDWR"}]`, `unknown field "nmae"`},
		{"an event at the wrong position", "events.json", `[{"code": 1, "symbol": "A"}]`, "A has code 1 at position 0"},
		{"a parameter without format", "events.json", `[{"params": ["fd PT_FD"]}]`, "want name, type and format"},
		{"an unknown attribute", "events.json", `[{"params": ["fd PT_FD PF_DEC dir:1"]}]`, `unknown attribute "dir"`},
		{"a base that is no number", "events.json", `[{"params": ["fd PT_FD PF_DEC dirfd:x"]}]`, "invalid syntax"},
		{"a base that is no parameter", "events.json", `[{"symbol": "A", "params": ["p PT_FSRELPATH PF_NA dirfd:1"]}]`, "A: p has no parameter 1"},
		{"a field outside its class", "fields.json", `[{"name": "a", "class": "x"}, {"name": "b", "class": "y"}, {"name": "c", "class": "x"}]`, "c stands outside its class x"},
		{"numbers out of order", "ia32.json", `[{"ia32": 2}, {"ia32": 1}]`, "1 is out of order"},
	} {
		t.Run(tt.test, func(t *testing.T) {
			dir := fstest.MapFS{}
			for _, name := range []string{"enums", "dynamic", "events", "flags", "syscalls", "ia32", "fields"} {
				dir[name+".json"] = &fstest.MapFile{Data: []byte("[]")}
			}
			if _, err := readTables(dir); err != nil {
				t.Fatalf("empty tables: %v", err)
			}
			dir[tt.table].Data = []byte(tt.text)
			if _, err := readTables(dir); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

func TestMissingTableIsAnError(t *testing.T) {
	if _, err := generate(fstest.MapFS{}); err == nil || !strings.Contains(err.Error(), "events.json") {
		t.Error(err)
	}
}
