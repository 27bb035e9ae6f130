package listing

import (
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

func TestFormatsAreWordsOfAnyCase(t *testing.T) {
	for word, want := range map[string]Format{"text": Text, "Markdown": Markdown, "JSON": JSON} {
		got, err := ParseFormat(word)
		if err != nil || got != want || !strings.EqualFold(got.String(), word) {
			t.Errorf("%s is %v, %v", word, got, err)
		}
	}
	_, err := ParseFormat("yaml")
	if err == nil || !strings.Contains(err.Error(), "text, markdown or json") {
		t.Errorf("error %v", err)
	}
}

func TestUnknownSourceIsAnError(t *testing.T) {
	if err := Fields(io.Discard, FieldOptions{Source: "k8s_audit"}); !errors.Is(err, ErrSource) {
		t.Errorf("error %v", err)
	}
	if err := Fields(io.Discard, FieldOptions{Source: "syscall"}); err != nil {
		t.Error(err)
	}
}

// A writer that fails must not look like an empty listing.
func TestErrorsOfTheWriterAreReturned(t *testing.T) {
	broken, w := io.Pipe()
	broken.CloseWithError(io.ErrUnexpectedEOF)
	for _, format := range []Format{Text, Markdown, JSON} {
		for _, names := range []bool{false, true} {
			if err := Fields(w, FieldOptions{Format: format, NamesOnly: names}); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("fields as %v, names only %v: error %v", format, names, err)
			}
		}
		if err := Events(w, format); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("events as %v: error %v", format, err)
		}
	}
}

func TestEveryListedFieldAndClassIsDescribed(t *testing.T) {
	for _, c := range fieldClasses() {
		if c.Desc == "" {
			t.Errorf("class %s has no description", c.Name)
		}
		for _, f := range c.Fields {
			if f.Desc == "" {
				t.Errorf("%s has no description", f.Name)
			}
		}
	}
}

// The golden files hold excerpts: of each class, section or list of names the
// beginning.
func TestLayouts(t *testing.T) {
	fields := func(o FieldOptions) func(io.Writer) error {
		return func(w io.Writer) error {
			classes := fieldClasses()
			for i := range classes {
				classes[i].Fields = classes[i].Fields[:2]
			}
			return writeFields(w, classes, o)
		}
	}
	table := func(format Format) func(io.Writer) error {
		return func(w io.Writer) error {
			t := eventTable()
			for _, section := range []*[]event{&t.Syscall, &t.Tracepoint, &t.Plugin, &t.Meta} {
				*section = (*section)[:min(4, len(*section))]
			}
			return writeEvents(w, t, format)
		}
	}
	for name, write := range map[string]func(io.Writer) error{
		"fields_text":       fields(FieldOptions{}),
		"fields_text_types": fields(FieldOptions{Types: true}),
		"fields_markdown":   fields(FieldOptions{Format: Markdown}),
		"fields_names":      fields(FieldOptions{NamesOnly: true}),
		"fields_names_json": fields(FieldOptions{NamesOnly: true, Format: JSON}),
		"events_text":       table(Text),
		"events_markdown":   table(Markdown),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", name+".txt")
			got := render(t, write)
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
