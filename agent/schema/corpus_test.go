package schema

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/saker-project/saker/falco-rules/corpus"
)

// readReference decodes a file of the corpus' folder reference.
func readReference[T any](t *testing.T, name string) T {
	t.Helper()
	text, err := os.ReadFile(corpus.Path(t, "reference", name))
	if err != nil {
		t.Fatal(err)
	}
	var v T
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
