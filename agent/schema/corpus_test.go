package schema

import (
	"testing"

	"github.com/saker-project/saker/falco-rules/corpus"
)

// readReference decodes a file of the corpus' folder reference.
func readReference[T any](t *testing.T, name string) T {
	t.Helper()
	v := corpus.Decode[T](t, corpus.Path(t, "reference", name))
	return v
}
