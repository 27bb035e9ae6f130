package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// list parses args as flags of the listings and prints what they ask for.
func list(t *testing.T, args ...string) (out, stderr string, err error) {
	t.Helper()
	flags := flagSet("saker", "", io.Discard)
	types := flags.BoolP("verbose", "v", false, "")
	l := addListFlags(flags)
	if err := flags.Parse(args); err != nil {
		return "", "", err
	}
	var o, e bytes.Buffer
	err = l.run(*types, &o, &e)
	if err == nil && l.asked() != (o.Len() > 0) {
		t.Errorf("%v: asked for a listing: %v, printed %d bytes", args, l.asked(), o.Len())
	}
	return o.String(), e.String(), err
}

func TestListFlagsPrintWhatTheyAskFor(t *testing.T) {
	for args, want := range map[string]string{
		"--list":                          "-------------------------------\nField Class:                  evt (",
		"--list=syscall -v":               "\nevt.num                       (Type: UINT64) ",
		"--list syscall":                  "\nfdlist.sports  ", // as in Falco, a source needs the equals sign
		"--list --list-events":            "## Metaevents\n",
		"--list -N":                       "evt.num\nevt.time\n",
		"--list -N --format json":         "{\n  \"fieldnames\": [\n    \"evt.num\",\n",
		"--list --format JSON":            "{\n  \"fieldclasses\": [\n",
		"--list --format=Markdown":        "## Field Class: evt\n",
		"--list-events":                   "\n> switch(PID **next**, ",
		"--list-events --format markdown": "\nNo | `<` | `read` | ERRNO **res**, ",
		"--list-events --format json":     "\"schema_version\": \"",
		"-v":                              "",
	} {
		out, stderr, err := list(t, strings.Fields(args)...)
		if err != nil || stderr != "" || !strings.Contains(out, want) {
			t.Errorf("%s: error %v, stderr %q, output without %q:\n%.500s", args, err, stderr, want, out)
		}
	}
}

func TestMarkdownFlagStillWorks(t *testing.T) {
	out, stderr, err := list(t, "--list", "--markdown")
	if err != nil || !strings.HasPrefix(out, "## Field Class: evt\n") || !strings.Contains(stderr, "deprecated") {
		t.Errorf("error %v, stderr %q, output %.100q", err, stderr, out)
	}
}

func TestListFlagsRefuse(t *testing.T) {
	for args, want := range map[string]string{
		"--list=k8s_audit":                    "must be a valid source type",
		"--list --format yaml":                "text, markdown or json",
		"--format yaml":                       "text, markdown or json",
		"--list-events --format":              "format",
		"--list --markdown --format markdown": "exclude each other",
	} {
		out, _, err := list(t, strings.Fields(args)...)
		if err == nil || !strings.Contains(err.Error(), want) || out != "" {
			t.Errorf("%s: error %v, want %q; output %.100q", args, err, want, out)
		}
	}
}
