package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/spf13/pflag"

	"github.com/saker-project/saker/agent/config"
	"github.com/saker-project/saker/translate"
	"github.com/saker-project/saker/translate/report"
)

// inspectFlags are the flags that say something about rules files instead of
// watching this machine: Falco's -V, -L and -l.
type inspectFlags struct {
	validate *[]string
	all      *bool
	rule     *string
}

func addInspectFlags(flags *pflag.FlagSet) inspectFlags {
	return inspectFlags{
		validate: flags.StringArrayP("validate", "V", nil, "say what is wrong with a rules `file`, each on top of those before it; repeatable"),
		all:      flags.BoolP("describe-all", "L", false, "print the names and descriptions of all rules"),
		rule:     flags.StringP("describe", "l", "", "print the name and description of one `rule`"),
	}
}

func (f inspectFlags) asked() bool { return len(*f.validate) > 0 || *f.all || *f.rule != "" }

func (f inspectFlags) run(cfg *config.Config, named bool, log *slog.Logger, out io.Writer) error {
	if len(*f.validate) > 0 {
		return f.validateFiles(cfg.JSONOutput, log, out)
	}
	files, err := configuredFiles(cfg, named)
	if err != nil {
		return err
	}
	d, err := describe(files, *f.rule)
	if err != nil {
		return err
	}
	if cfg.JSONOutput {
		_, err = fmt.Fprintf(out, "%s\n", report.Describe(d, *f.rule))
	} else {
		_, err = io.WriteString(out, report.Table(d, *f.rule))
	}
	return err
}

func describe(files []translate.File, rule string) (*translate.Description, error) {
	d, err := translate.Describe(files, "", translate.Options{})
	var bad *translate.NotLoadedError
	if errors.As(err, &bad) {
		return nil, errors.New(strings.TrimSuffix(report.Verbose(bad.Result), "\n"))
	}
	if err != nil {
		return nil, err
	}
	if rule != "" && !d.Has(rule) {
		//lint:ignore ST1005 Falco's text
		return nil, fmt.Errorf("Rule %q is not loaded", rule)
	}
	return d, nil
}

// validateFiles prints what Falco's -V prints. Warnings in text form go to the log,
// as there; the error repeats everything if any file is invalid.
func (f inspectFlags) validateFiles(asJSON bool, log *slog.Logger, out io.Writer) error {
	var files []translate.File
	for _, path := range *f.validate {
		read, err := readRules([]string{path}, false)
		if err != nil {
			return err
		}
		files = append(files, read...)
	}
	results, err := translate.Validate(files, translate.Options{})
	if err != nil {
		return err
	}
	var text strings.Builder
	valid := true
	for _, r := range results {
		valid = valid && r.Successful
		switch {
		case !r.Successful:
			text.WriteString(report.Verbose(r) + "\n")
		case len(r.Warnings) > 0:
			fmt.Fprintf(&text, "%s: Ok, with warnings\n", r.Name)
			log.Warn(report.Verbose(r))
		default:
			fmt.Fprintf(&text, "%s: Ok\n", r.Name)
		}
	}
	if asJSON {
		var d *translate.Description
		if valid && (*f.all || *f.rule != "") {
			if d, err = describe(files, *f.rule); err != nil {
				return err
			}
		}
		_, err = fmt.Fprintf(out, "%s\n", report.JSON(results, d, *f.rule))
	} else {
		_, err = io.WriteString(out, text.String())
	}
	if err == nil && !valid {
		err = errors.New(strings.TrimSuffix(text.String(), "\n"))
	}
	return err
}
