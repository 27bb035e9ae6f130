// Package corpus finds the test material that is not in the repository because it
// is other people's: real rules files, captures, and what a real Falco made of
// them. Only tests use it.
package corpus

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// Path returns the path of a file of the corpus, which is the folder that
// SAKER_CORPUS names, else the folder shared beside the module. Without the file
// the test is skipped, but fails where CI=true.
func Path(tb testing.TB, elem ...string) string {
	tb.Helper()
	dir := os.Getenv("SAKER_CORPUS")
	if dir == "" {
		dir = filepath.Join(moduleRoot(tb), "..", "shared")
	}
	path := filepath.Join(append([]string{dir}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		SkipOrFail(tb, "no corpus: "+err.Error())
	}
	return path
}

// SkipOrFail skips a test that this machine cannot run, and fails it where CI=true:
// there nothing may be missing.
func SkipOrFail(tb testing.TB, reason string) {
	tb.Helper()
	if os.Getenv("CI") == "true" {
		tb.Fatal(reason)
	}
	tb.Skip(reason)
}

func moduleRoot(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			tb.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// Decode reads a file as JSON or, where its name says so, as YAML; a name that
// ends in .gz is unpacked first.
func Decode[T any](tb testing.TB, path string) T {
	tb.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	name, packed := strings.CutSuffix(path, ".gz")
	if packed {
		r, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			tb.Fatal(err)
		}
		if text, err = io.ReadAll(r); err != nil {
			tb.Fatal(err)
		}
	}
	decode := json.Unmarshal
	if strings.HasSuffix(name, ".yaml") {
		decode = yaml.Unmarshal
	}
	var v T
	if err := decode(text, &v); err != nil {
		tb.Fatalf("%s: %v", path, err)
	}
	return v
}

// RulesFiles returns the paths of all rules files of the corpus.
func RulesFiles(tb testing.TB) []string {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join(Path(tb, "rules"), "*.yaml"))
	if err != nil || len(paths) == 0 {
		tb.Fatalf("no rules files: %v", err)
	}
	return paths
}
