package stdout

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/outputs"
	"github.com/saker-project/saker/outputs/outputtest"
)

var jsonFormat = outputs.Format{JSON: true}

func TestBehavesAsAnOutput(t *testing.T) {
	for name, cfg := range map[string]Config{"unbuffered": {}, "buffered": {Buffered: true}} {
		t.Run(name, func(t *testing.T) {
			outputtest.Run(t, func(*testing.T) outputtest.Fixture {
				var w bytes.Buffer
				return outputtest.Fixture{
					Output: New(cfg, jsonFormat, &w),
					Rules:  func(t *testing.T) []string { return rules(t, w.String()) },
				}
			})
		})
	}
}

// rules returns the rule of each line.
func rules(t *testing.T, text string) []string {
	t.Helper()
	var names []string
	for line := range strings.Lines(text) {
		var object struct{ Rule string }
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			t.Fatalf("%v in line %q", err, line)
		}
		names = append(names, object.Rule)
	}
	return names
}

// chunks remembers each call of Write.
type chunks []string

func (c *chunks) Write(p []byte) (int, error) {
	*c = append(*c, string(p))
	return len(p), nil
}

func TestUnbufferedWritesEachLineAtOnce(t *testing.T) {
	var w chunks
	o := New(Config{}, jsonFormat, &w)
	a := outputtest.Alert("r")
	line := string(jsonFormat.Append(nil, a)) + "\n"
	for range 2 {
		if err := o.Write(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(chunks{line, line}, w); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
}

func TestBufferedWritesAtClose(t *testing.T) {
	var w chunks
	o := New(Config{Buffered: true}, jsonFormat, &w)
	for range 2 {
		if err := o.Write(t.Context(), outputtest.Alert("r")); err != nil {
			t.Fatal(err)
		}
	}
	if len(w) != 0 {
		t.Errorf("%d writes before Close", len(w))
	}
	if err := o.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := rules(t, strings.Join(w, "")); len(w) != 1 || len(got) != 2 {
		t.Errorf("%d writes with %d lines at Close", len(w), len(got))
	}
}

// failing writes some bytes of the first call, then fails.
type failing struct {
	bytes.Buffer
	failed bool
}

func (f *failing) Write(p []byte) (int, error) {
	if !f.failed {
		f.failed = true
		f.Buffer.Write(p[:5])
		return 5, errors.New("no space left")
	}
	return f.Buffer.Write(p)
}

func TestARepeatedLineStandsAlone(t *testing.T) {
	var w failing
	o := New(Config{}, jsonFormat, &w)
	a := outputtest.Alert("r")
	if err := o.Write(t.Context(), a); err == nil {
		t.Fatal("the writer's error is gone")
	}
	if err := o.Write(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	line := string(jsonFormat.Append(nil, a))
	if diff := cmp.Diff(line[:5]+"\n"+line+"\n", w.String()); diff != "" {
		t.Errorf("written (-want +got):\n%s", diff)
	}
}

func TestBufferedKeepsWhatTheWriterDidNotTake(t *testing.T) {
	var w failing
	o := New(Config{Buffered: true}, jsonFormat, &w)
	var refused, accepted int
	for accepted < 100 {
		if o.Write(t.Context(), outputtest.Alert("r")) != nil {
			refused++
			continue
		}
		accepted++
	}
	if err := o.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := len(rules(t, w.String())); got != accepted || refused != 1 {
		t.Errorf("%d lines, %d accepted, %d refused", got, accepted, refused)
	}
}
