package listing

import (
	"bytes"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/saker-project/saker/falco-rules/corpus"
)

// The tests of this file compare with what a real Falco 0.44.1 listed. No field
// and no event is missing on either side; different on purpose are
//   - the descriptions, which are ours; the container plugin's class has none in
//     Falco
//   - the schema version: ours is that of the table, 4.5.1, that Falco had 4.3.0;
//     the events that came since belong to iterators, which no listing shows
//   - the order of the generic events: ours is that of the table of system calls,
//     Falco's that of a hash table

func reference(t *testing.T, name string) string {
	return corpus.Path(t, "reference", "falco-cli", name)
}

func readText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(reference(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func render(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

type fieldList struct{ FieldClasses []fieldClass }

func TestFieldsEqualThoseOfFalcoButForDescriptions(t *testing.T) {
	want := corpus.Decode[fieldList](t, reference(t, "list-with-container-plugin.json")).FieldClasses
	ignore := cmp.Options{
		cmpopts.IgnoreFields(fieldClass{}, "Desc", "Short"), cmpopts.IgnoreFields(field{}, "Desc", "Tags"),
	}
	if diff := cmp.Diff(want, fieldClasses(), ignore); diff != "" {
		t.Error(diff)
	}
}

func TestTagsEqualThoseOfFalco(t *testing.T) {
	line := regexp.MustCompile(`(?m)^([a-z]\S*)\s+\(([A-Z_,]+)\) `)
	want := map[string]string{}
	for _, m := range line.FindAllStringSubmatch(readText(t, "list-with-container-plugin.txt"), -1) {
		want[m[1]] = m[2]
	}
	got := map[string]string{}
	for _, c := range fieldClasses() {
		for _, f := range c.Fields {
			if len(f.Tags) > 0 {
				got[f.Name] = strings.Join(f.Tags, ",")
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNamesEqualThoseOfFalco(t *testing.T) {
	got := render(t, func(w io.Writer) error { return Fields(w, FieldOptions{NamesOnly: true}) })
	if diff := cmp.Diff(readText(t, "list-N-with-container-plugin.txt"), got); diff != "" {
		t.Error(diff)
	}
}

// The layouts are compared byte by byte: what Falco listed as JSON is rendered
// here, with Falco's descriptions.
func TestFalcosFieldsAreRenderedAsByFalco(t *testing.T) {
	for _, name := range []string{"list", "list-with-container-plugin"} {
		classes := corpus.Decode[fieldList](t, reference(t, name+".json")).FieldClasses
		for i, ours := range fieldClasses()[:len(classes)] {
			for j := range classes[i].Fields {
				classes[i].Fields[j].Tags = ours.Fields[j].Tags
			}
		}
		classes[0].Short, classes[1].Short = "All event types", "Syscall events only"
		for ext, format := range map[string]Format{"txt": Text, "md": Markdown, "json": JSON} {
			if name != "list" && format == Markdown {
				continue // not among the recordings
			}
			got := render(t, func(w io.Writer) error { return writeFields(w, classes, FieldOptions{Format: format}) })
			if diff := cmp.Diff(readText(t, name+"."+ext), got); diff != "" {
				t.Errorf("%s.%s: %s", name, ext, diff)
			}
		}
	}
}

func TestEventsEqualThoseOfFalcoButForTheOrderOfGenericOnes(t *testing.T) {
	want, got := corpus.Decode[*events](t, reference(t, "list-events.json")), eventTable()
	for _, table := range []*events{want, got} {
		first := slices.IndexFunc(table.Syscall, func(e event) bool { return len(e.Params) > 0 && e.Params[0].Name == "ID" })
		slices.SortFunc(table.Syscall[first:], func(a, b event) int {
			if c := strings.Compare(a.Name, b.Name); c != 0 {
				return c
			}
			return strings.Compare(b.Dir, a.Dir) // ">" first
		})
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(events{}, "SchemaVersion")); diff != "" {
		t.Error(diff)
	}
}

func TestSchemaVersionIsThatOfTheTables(t *testing.T) {
	table := corpus.Decode[struct {
		Source struct {
			Version string `json:"driver_schema_version"`
		} `json:"_source"`
	}](t, corpus.Path(t, "reference", "events.json")).Source
	if table.Version != SchemaVersion {
		t.Errorf("the event table has version %s, the listing says %s", table.Version, SchemaVersion)
	}
}

func TestFalcosEventsAreRenderedAsByFalco(t *testing.T) {
	table := corpus.Decode[*events](t, reference(t, "list-events.json"))
	for ext, format := range map[string]Format{"txt": Text, "md": Markdown, "json": JSON} {
		got := render(t, func(w io.Writer) error { return writeEvents(w, table, format) })
		if diff := cmp.Diff(readText(t, "list-events."+ext), got); diff != "" {
			t.Errorf("list-events.%s: %s", ext, diff)
		}
	}
}
