package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/saker-project/saker/translate"
)

const translateUsage = `saker translate: print the Rego modules that Falco rules files become

Usage:
  saker translate FILE...       files and directories, in the order they build on each other

Every problem of every file is reported, with its place; nothing is printed then.
`

// translateCommand prints the modules of the named rules files, each after a
// comment with its path.
func translateCommand(args []string, stdout, stderr io.Writer) error {
	flags := flagSet("translate", translateUsage, stdout)
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("name the rules files to translate: saker translate FILE")
	}
	files, err := readRules(flags.Args(), false)
	if err != nil {
		return err
	}
	ruleset, err := loadRules(files, stderr)
	if err != nil {
		return err
	}
	for i, m := range ruleset.Modules {
		if i > 0 {
			fmt.Fprintln(stdout)
		}
		fmt.Fprintf(stdout, "# %s\n%s", m.Path, m.Source)
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
