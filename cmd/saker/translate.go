package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/saker-project/saker/agent/builtin"
	"github.com/saker-project/saker/translate"
)

const translateUsage = `saker translate: print the Rego modules that Falco rules files become

Usage:
  saker translate FILE...           files and directories, in the order they build on each other
  saker translate -o DIR FILE...    write them below DIR, for OPA's tools

Every problem of every file is reported, with its place; nothing is printed or written then.

Flags:
`

// capabilitiesName is the file that tells OPA's tools of the builtins.
const capabilitiesName = "capabilities.json"

// translateCommand prints the modules of the named rules files, each after a
// comment with its path, or writes them to files.
func translateCommand(args []string, stdout, stderr io.Writer) error {
	flags := flagSet("translate", translateUsage, stdout)
	dir := flags.StringP("output", "o", "", "directory for one file per module and OPA's "+capabilitiesName+"; other files in it stay")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("name the rules files to translate: saker translate FILE")
	}
	if flags.Changed("output") {
		if err := checkDirectory(*dir); err != nil {
			return err
		}
	}
	files, err := readRules(flags.Args(), false)
	if err != nil {
		return err
	}
	ruleset, err := loadRules(files, stderr)
	if err != nil {
		return err
	}
	if flags.Changed("output") {
		return writeModules(*dir, ruleset.Modules)
	}
	for i, m := range ruleset.Modules {
		if i > 0 {
			fmt.Fprintln(stdout)
		}
		fmt.Fprintf(stdout, "# %s\n%s", m.Path, m.Source)
	}
	return nil
}

// checkDirectory returns an error unless dir is a directory or can become one.
func checkDirectory(dir string) error {
	if dir == "" {
		return errors.New("name the directory to write to: saker translate -o DIR FILE")
	}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("output directory: %w", err)
	case !info.IsDir():
		return fmt.Errorf("%s is a file: -o names a directory, and rules files follow it: saker translate -o DIR FILE", dir)
	}
	return nil
}

// writeModules writes modules below dir, and what stock OPA needs to check them.
func writeModules(dir string, modules []translate.Module) error {
	capabilities, err := json.MarshalIndent(builtin.Capabilities(), "", "  ")
	if err != nil {
		return fmt.Errorf("%s: %w", capabilitiesName, err)
	}
	if err := writeFile(dir, capabilitiesName, append(capabilities, '\n')); err != nil {
		return err
	}
	for _, m := range modules {
		if err := writeFile(dir, m.Path, m.Source); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(dir, name string, content []byte) error {
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("output directory: %w", err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		return fmt.Errorf("output file: %w", err)
	}
	return nil
}

// loadRules translates rules files. Warnings go to stderr, errors are returned
// together.
func loadRules(files []translate.File, stderr io.Writer) (*translate.Ruleset, error) {
	ruleset, diagnostics := translate.Load(files, translate.Options{})
	for _, d := range diagnostics {
		if d.Severity != translate.Error {
			fmt.Fprintln(stderr, "Warning:", d.Error())
		}
	}
	return ruleset, translate.Join(diagnostics)
}
