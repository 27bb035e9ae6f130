// Package config reads the agent's configuration: a falco.yaml, or a saker.yaml,
// which is the same with a section nats_output, and the -o options of the command
// line.
//
// # Usage
//
// Load returns a Config with every field set; Default is the Config of an agent
// without a file, and DefaultYAML the same as a commented file to start from.
//
// # Falco
//
// Keys, their meaning, ${VAR} in values and the grammar of -o are Falco's (0.44,
// engine 0.63). Values that Falco quietly replaces by a default are replaced here
// too, with a warning. Keys of Falco that have no effect here, keys that nobody
// knows, and keys given twice are warnings; nothing is ignored in silence.
//
// Evident defects are not followed: text after a "$" that starts no variable is
// still expanded, and a variable that contains itself is an error, not a loop.
//
// # Failure
//
// Load reports everything that is wrong at once, as a *multierror.Error of *Error,
// each with its place. It reads one file and nothing else: whether rules files
// exist, or an address can be listened on, is for those who open them.
//
// # Concurrency
//
// Functions may be called from any goroutine. A Config is a plain value.
package config
