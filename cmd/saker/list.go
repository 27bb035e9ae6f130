package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"github.com/saker-project/saker/agent/schema/listing"
)

// listFlags are the flags that print tables instead of watching this machine.
type listFlags struct {
	flags    *pflag.FlagSet
	source   *string
	names    *bool
	events   *bool
	format   *string
	markdown *bool
}

// anySource is the value of --list without a source.
const anySource = "all"

// addListFlags adds the flags of the listings to flags. None of them needs a
// configuration.
func addListFlags(flags *pflag.FlagSet) *listFlags {
	l := &listFlags{
		flags:    flags,
		source:   flags.String("list", "", "print the fields that rules may use, with --list=`source` those of one event source"),
		names:    flags.BoolP("names", "N", false, "with --list: only the names"),
		events:   flags.Bool("list-events", false, "print the events that rules may name"),
		format:   flags.String("format", listing.Text.String(), "print --list and --list-events as `text`, markdown or json"),
		markdown: flags.Bool("markdown", false, ""),
	}
	flags.Lookup("list").NoOptDefVal = anySource
	flags.Lookup("markdown").Hidden = true // deprecated, but old scripts use it
	return l
}

// asked reports whether the flags, which have been parsed, ask for a listing.
func (l *listFlags) asked() bool { return l.flags.Changed("list") || *l.events }

// run prints the listing that is asked for, the events when both are; types adds
// the types of fields to the text. It is to be called even when none is asked for:
// a wrong format is an error then too.
func (l *listFlags) run(types bool, out, stderr io.Writer) error {
	format, err := l.parseFormat(stderr)
	if err != nil {
		return err
	}
	switch {
	case *l.events:
		return listEvents(out, format)
	case l.flags.Changed("list"):
		o := listing.FieldOptions{Source: *l.source, Format: format, NamesOnly: *l.names, Types: types}
		if o.Source == anySource {
			o.Source = ""
		}
		return listFields(out, o)
	}
	return nil
}

func (l *listFlags) parseFormat(stderr io.Writer) (listing.Format, error) {
	if !*l.markdown {
		return listing.ParseFormat(*l.format)
	}
	if l.flags.Changed("format") {
		return 0, errors.New("--markdown and --format exclude each other")
	}
	fmt.Fprintln(stderr, "Warning: --markdown is deprecated, use --format markdown")
	return listing.Markdown, nil
}

// listFields prints the fields that rules may use.
func listFields(w io.Writer, o listing.FieldOptions) error {
	if err := listing.Fields(w, o); err != nil {
		return fmt.Errorf("list fields: %w", err)
	}
	return nil
}

// listEvents prints the events that rules may name.
func listEvents(w io.Writer, format listing.Format) error {
	if err := listing.Events(w, format); err != nil {
		return fmt.Errorf("list events: %w", err)
	}
	return nil
}
