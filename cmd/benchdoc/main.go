// Command benchdoc runs the benchmarks and writes their results as a page, with
// the machine, the date and the commit they belong to.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/sys/unix"
)

// suite is one run of go test -bench.
type suite struct {
	title string
	about string
	pkg   string
	bench string
	flags []string
}

var suites = []suite{
	{
		"Kernel side",
		"What capture adds to a system call: medians over pairs of runs without and with it. A captured `openat` comes with a `close` that is not captured.",
		"./agent/capture", "AddedToSystemCall", []string{"-benchtime=1x"},
	},
	{
		"Reader",
		"From the rings to `capture.Event`, drained after they were filled.",
		"./agent/capture", "Reader", []string{"-benchtime=5x"},
	},
	{
		"State and fields",
		"One event through the tables, and the value of one field.",
		"./agent/state", ".", nil,
	},
	{"", "", "./agent/field", ".", nil},
	{
		"Decision",
		"One event through the guards of the 25 stable stock rules, and what a match costs.",
		"./agent/engine", ".", nil,
	},
	{
		"Delivery",
		"Formatting an alert, and alerts acknowledged by the embedded server with its file store.",
		"./outputs/...", ".", nil,
	},
	{
		"The whole agent",
		"From the start of the process to the first captured event; resident memory after a minute with a process started every 10 ms; the time from a system call to a NATS subscriber.",
		"./cmd/saker", ".", []string{"-benchtime=1x"},
	},
}

func main() {
	out := flag.String("o", "docs/benchmarks.md", "page to write")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "benchdoc:", err)
		os.Exit(1)
	}
}

func run(path string) error {
	var page bytes.Buffer
	if err := header(&page); err != nil {
		return err
	}
	for _, s := range suites {
		fmt.Fprintln(os.Stderr, "benchdoc:", s.pkg, s.bench)
		if err := s.run(&page); err != nil {
			return fmt.Errorf("%s: %w", s.pkg, err)
		}
	}
	return os.WriteFile(path, page.Bytes(), 0o644)
}

func header(w io.Writer) error {
	commit, err := exec.Command("git", "describe", "--always", "--dirty").Output()
	if err != nil {
		return fmt.Errorf("git describe: %w", err)
	}
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return fmt.Errorf("uname: %w", err)
	}
	fmt.Fprintf(w, "# Benchmarks\n\nMade by `make bench`; figures of one machine, good for comparing with other commits on the same one.\n\n")
	fmt.Fprintf(w, "| | |\n|---|---|\n")
	fmt.Fprintf(w, "| commit | %s |\n", strings.TrimSpace(string(commit)))
	fmt.Fprintf(w, "| date | %s |\n", time.Now().UTC().Format(time.DateOnly))
	fmt.Fprintf(w, "| machine | %s, %d CPUs, %s/%s |\n", cpuModel(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	fmt.Fprintf(w, "| kernel | %s |\n", unix.ByteSliceToString(u.Release[:]))
	fmt.Fprintf(w, "| Go | %s |\n", runtime.Version())
	return nil
}

func cpuModel() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown CPU"
	}
	for line := range strings.Lines(string(info)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown CPU"
}

func (s suite) run(w io.Writer) error {
	args := []string{"test", "-run=^$", "-bench=" + s.bench, "-timeout=30m"}
	if len(s.flags) == 0 { // what runs programs would report the test's own memory
		args = append(args, "-benchmem")
	}
	args = append(args, s.flags...)
	cmd := exec.Command("go", append(args, s.pkg)...)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("go test: %w\n%s", err, text)
	}
	var rows bytes.Buffer
	results := benchfmt.NewReader(bytes.NewReader(text), s.pkg)
	for results.Scan() {
		switch r := results.Result().(type) {
		case *benchfmt.Result:
			row(&rows, r)
		case *benchfmt.SyntaxError:
			return r
		}
	}
	if err := results.Err(); err != nil {
		return err
	}
	if rows.Len() == 0 {
		return errors.New("no results: did every benchmark skip?")
	}
	if s.title != "" {
		fmt.Fprintf(w, "\n## %s\n\n%s\n\n| benchmark | figures |\n|---|---|\n", s.title, s.about)
	}
	_, err = w.Write(rows.Bytes())
	return err
}

// row writes one result. Figures that are 0 because the benchmark reports others
// in their place are left out; no allocations is a figure.
func row(w io.Writer, r *benchfmt.Result) {
	var figures []string
	for _, v := range r.Values {
		value, unit := v.Value, v.Unit
		if v.OrigUnit != "" {
			value, unit = v.OrigValue, v.OrigUnit
		}
		if value == 0 && unit == "ns/op" {
			continue
		}
		figures = append(figures, fmt.Sprintf("%s %s", number(value), unit))
	}
	name, _, _ := bytes.Cut(r.Name.Full(), []byte("-"))
	fmt.Fprintf(w, "| %s | %s |\n", strings.ReplaceAll(string(name), "_", " "), strings.Join(figures, ", "))
}

// number prints three significant digits, and thousands as such.
func number(v float64) string {
	switch {
	case v == float64(int64(v)) && v < 1e4:
		return fmt.Sprint(int64(v))
	case v >= 100:
		text := fmt.Sprintf("%.0f", v)
		for i := len(text) - 3; i > 0; i -= 3 {
			text = text[:i] + "," + text[i:]
		}
		return text
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
