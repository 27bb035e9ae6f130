// Package falcorules holds the rules that saker runs with when it is given none.
// They are ordinary Falco rules files, written for saker and embedded into the
// binary.
package falcorules

import _ "embed"

// Name is the file name under which diagnostics report the default rules.
const Name = "saker_rules.yaml"

// YAML is the default ruleset.
//
//go:embed saker_rules.yaml
var YAML []byte
