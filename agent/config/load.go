package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Options says what to load. The zero value loads the defaults.
type Options struct {
	Path       string                   // the falco.yaml; "" for none
	Overrides  []string                 // -o options in their order, "key=value"
	RulesFiles []string                 // -r options; if there are any they replace rules_files
	Getenv     func(name string) string // value of an environment variable; nil means os.Getenv
}

// Load returns the configuration: the file, changed by the overrides in their
// order, or the defaults when no file is named. A key that the file leaves out has
// the value of Default, except stdout_output.enabled and log_stderr, which are
// then off, as in Falco.
//
// With an error there is no Config, but there may be warnings. The error is a
// *multierror.Error that holds one *Error for each problem, or that of reading
// the file.
func Load(opt Options) (*Config, []Warning, error) {
	getenv := opt.Getenv
	if getenv == nil {
		getenv = os.Getenv
	}
	var found problems
	cfg, t := Default(), emptyTree()
	if opt.Path != "" {
		content, err := os.ReadFile(opt.Path)
		if err != nil {
			return nil, nil, fmt.Errorf("configuration file: %w", err)
		}
		cfg, t = defaultInFile(), parseTree(opt.Path, content, &found)
		t.expand(getenv, &found)
	}
	for _, option := range opt.Overrides {
		if err := t.override(option); err != nil {
			key, _, _ := strings.Cut(option, "=")
			found.fail(optionPosition(key), "", "%v", err)
		}
	}
	d := decoder{cfg: cfg, tree: t, problems: &found}
	d.section("", known, t.root)
	if err := found.err(); err != nil {
		return nil, found.warnings, err
	}
	if len(opt.RulesFiles) > 0 {
		cfg.RulesFiles = slices.Clone(opt.RulesFiles)
	}
	return cfg, found.warnings, nil
}

// parseTree reads the first document of a file, the only one that Falco reads. The
// tree of a file that is no YAML, or no mapping, is empty.
func parseTree(file string, content []byte, found *problems) *tree {
	t := emptyTree()
	t.file = file
	documents := yaml.NewDecoder(bytes.NewReader(content))
	var doc, second yaml.Node
	switch err := documents.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return t
	case err != nil:
		found.fail(Position{File: file}, "", "%v", err)
		return t
	}
	if root := doc.Content[0]; root.Kind == yaml.MappingNode {
		t.root = root
	} else if !isNull(root) {
		found.fail(t.position(root), "", "found %s, want a mapping of keys to values", describe(root))
	}
	if documents.Decode(&second) == nil {
		found.warn(t.position(&second), "", "only the first document of a file is read")
	}
	return t
}
