// Command saker watches this machine's kernel, decides with Falco rules
// translated to Rego, and publishes alerts to NATS.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/pflag"
)

// version is set by the build.
var version = "dev"

func main() { os.Exit(Main(os.Args[1:], os.Stdout, os.Stderr)) }

const usage = `saker: runtime security with Falco rules, decided in Rego, published to NATS

Usage:
  saker [flags]                 watch this machine (needs root)
  saker translate FILE...       print, or write, the Rego modules that rules files become

Flags:
`

// Main runs saker with the arguments after its name and returns the exit code: 0
// when it was told to stop, 1 for every error.
func Main(args []string, stdout, stderr io.Writer) int {
	var err error
	if len(args) > 0 && args[0] == "translate" {
		err = translateCommand(args[1:], stdout, stderr)
	} else {
		err = runCommand(args, stdout, stderr)
	}
	switch {
	case err == nil, errors.Is(err, pflag.ErrHelp):
		return 0
	default:
		fmt.Fprintln(stderr, "Error:", err)
		return 1
	}
}

// flagSet returns an empty set of flags whose help goes to out.
func flagSet(name, help string, out io.Writer) *pflag.FlagSet {
	flags := pflag.NewFlagSet(name, pflag.ContinueOnError)
	flags.SetOutput(out)
	flags.SortFlags = false
	flags.Usage = func() {
		fmt.Fprint(out, help)
		flags.PrintDefaults()
	}
	return flags
}
