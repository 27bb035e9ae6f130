package outputs

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/falco-rules/corpus"
)

// TestAlertsOfARealFalco takes the alerts that a real Falco printed apart and
// checks that Append puts the same together.
func TestAlertsOfARealFalco(t *testing.T) {
	time.Local = time.UTC // that Falco's zone
	t.Cleanup(func() { time.Local = time.FixedZone("test", 2*60*60) })

	files, err := filepath.Glob(filepath.Join(corpus.Path(t), "conformance/falco-0.44.1/alerts/*.jsonl.gz"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no alerts in the corpus: %v", err)
	}
	format := DefaultFormat()
	format.JSON = true
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			file, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			unzipped, err := gzip.NewReader(file)
			if err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(unzipped)
			for lines.Scan() {
				want := decode(t, lines.Text())
				delete(want, "capture") // the corpus' own
				want["hostname"] = "h"
				got := decode(t, string(format.Append(nil, rebuild(t, want))))
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("alert (-falco +ours):\n%s", diff)
				}
			}
			if err := lines.Err(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// rebuild returns the Alert that a decoded line came from.
func rebuild(t *testing.T, line map[string]any) *Alert {
	t.Helper()
	when, err := time.Parse(time.RFC3339Nano, line["time"].(string))
	if err != nil {
		t.Fatal(err)
	}
	priority, err := schema.ParsePriority(line["priority"].(string))
	if err != nil {
		t.Fatal(err)
	}
	_, message, _ := strings.Cut(line["output"].(string), ": "+priority.String()+" ")
	a := &Alert{
		Time: when, Rule: line["rule"].(string), Priority: priority,
		Source: line["source"].(string), Hostname: "h", Message: message,
	}
	for _, tag := range line["tags"].([]any) {
		a.Tags = append(a.Tags, tag.(string))
	}
	fields := line["output_fields"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value := fields[name]
		if number, ok := value.(json.Number); ok {
			if value, err = strconv.ParseInt(string(number), 10, 64); err != nil {
				t.Fatal(err)
			}
		}
		a.Fields = append(a.Fields, Field{name, value})
	}
	return a
}

func decode(t *testing.T, line string) map[string]any {
	t.Helper()
	var object map[string]any
	decoder := json.NewDecoder(strings.NewReader(line))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil {
		t.Fatal(err)
	}
	return object
}
