// Command gen turns the tables in agent/schema/tables into the Go source of
// package schema and the C header bpf/schema.h.
//
// Usage: go generate ./agent/schema, after editing a table. The output depends
// on the tables alone and is committed; a test compares the two.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// headerPath is where the C header goes, seen from agent/schema.
const headerPath = "../../bpf/schema.h"

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// run generates everything for the package in folder dir.
func run(dir string) error {
	files, err := generate(os.DirFS(filepath.Join(dir, "tables")))
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.path), f.content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
