package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/go-multierror"
)

// result is what Load returned, with problems as text and the folder of the file
// left out of it.
type result struct {
	Config   *Config
	Warnings []string
	Errors   []string
}

// load loads a file named falco.yaml with the content, which may be empty, without
// any environment.
func load(t *testing.T, content string, overrides ...string) result {
	t.Helper()
	return loadWith(t, content, nil, overrides...)
}

func loadWith(t *testing.T, content string, env map[string]string, overrides ...string) result {
	t.Helper()
	return run(t, Options{Path: writeFile(t, content), Overrides: overrides, Getenv: func(name string) string { return env[name] }})
}

// writeFile writes a falco.yaml into a folder of its own.
func writeFile(t *testing.T, content string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "falco.yaml")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func run(t *testing.T, opt Options) result {
	t.Helper()
	cfg, warnings, err := Load(opt)
	folder := ""
	if opt.Path != "" {
		folder = filepath.Dir(opt.Path) + string(filepath.Separator)
	}
	got := result{Config: cfg}
	for _, w := range warnings {
		got.Warnings = append(got.Warnings, strings.ReplaceAll(w.String(), folder, ""))
	}
	if err == nil {
		return got
	}
	var all *multierror.Error
	if !errors.As(err, &all) {
		t.Fatalf("Load: %v, want a *multierror.Error", err)
	}
	for _, err := range all.Errors {
		var e *Error
		if !errors.As(err, &e) {
			t.Fatalf("Load: %v, want errors of *Error", err)
		}
		got.Errors = append(got.Errors, strings.ReplaceAll(e.Error(), folder, ""))
	}
	return got
}

// inFile returns the Config of a file that sets only what change does.
func inFile(change func(*Config)) *Config {
	c := defaultInFile()
	change(c)
	return c
}
