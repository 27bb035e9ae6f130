package format

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// corpus returns the path of a file of the shared corpus: $SAKER_CORPUS, else
// ../shared beside the module. It skips the test where there is none, except in CI.
func corpus(t *testing.T, elem ...string) string {
	t.Helper()
	dir := os.Getenv("SAKER_CORPUS")
	if dir == "" {
		dir = filepath.Join(moduleRoot(t), "..", "shared")
	}
	path := filepath.Join(append([]string{dir}, elem...)...)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no shared corpus: %v", err)
		}
		t.Skipf("no shared corpus: %v", err)
	}
	return path
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the working directory")
		}
		dir = filepath.Dir(dir)
	}
}
