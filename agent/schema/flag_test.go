package schema

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFlagTablesKeepTheirOrder(t *testing.T) {
	open := PPME_SYSCALL_OPEN_X.Info().Params[2].Flags
	if open == nil || open.Name != "file_flags" {
		t.Fatalf("flags of open: %v", open)
	}
	var names []string
	for _, f := range open.Flags {
		names = append(names, f.Name)
	}
	// O_RDWR stands before its parts, so that a file opened for both is not O_WRONLY|O_RDONLY.
	want := []string{
		"O_LARGEFILE", "O_DIRECTORY", "O_DIRECT", "O_TRUNC", "O_SYNC", "O_NONBLOCK", "O_EXCL", "O_DSYNC", "O_APPEND", "O_CREAT",
		"O_RDWR", "O_WRONLY", "O_RDONLY", "O_CLOEXEC", "O_NONE", "O_TMPFILE", "O_F_CREATED", "FD_UPPER_LAYER", "FD_LOWER_LAYER",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

func TestFlagTableCount(t *testing.T) {
	if got := len(FlagTables()); got != 55 {
		t.Errorf("%d flag tables", got)
	}
}
