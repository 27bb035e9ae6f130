package falco

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// EngineVersion is the version of Falco's rule engine whose rules load here.
const EngineVersion = "0.63.0"

// version is major, minor, patch.
type version [3]uint64

var engineVersion = mustVersion(EngineVersion)

// builtinPlugins are the plugins whose fields are part of the agent.
var builtinPlugins = map[string]version{"container": mustVersion("0.7.1")}

func mustVersion(text string) version {
	v, ok := parseVersion(text)
	if !ok {
		panic("falco: bad version constant " + text)
	}
	return v
}

func (v version) String() string { return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2]) }

func (v version) compare(w version) int {
	return cmp.Or(cmp.Compare(v[0], w[0]), cmp.Compare(v[1], w[1]), cmp.Compare(v[2], w[2]))
}

// satisfies reports whether v can stand in for a required version: the same major
// number and not older.
func (v version) satisfies(required version) bool {
	return v[0] == required[0] && v.compare(required) >= 0
}

// parseVersion scans three numbers with dots at the start of text; what follows them
// does not count.
func parseVersion(text string) (version, bool) {
	var v version
	for i := range v {
		digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
		n, err := strconv.ParseUint(text[:digits], 10, 32)
		if err != nil {
			return version{}, false
		}
		v[i], text = n, text[digits:]
		if i < len(v)-1 {
			var dot bool
			if text, dot = strings.CutPrefix(text, "."); !dot {
				return version{}, false
			}
		}
	}
	return v, true
}

// parseUint32 reads a YAML number: 0x and 0 prefixes change the base, signs are refused.
func parseUint32(text string) (uint32, bool) {
	base := 10
	digits := text
	if hex, ok := strings.CutPrefix(strings.ToLower(text), "0x"); ok {
		base, digits = 16, hex
	} else if len(text) > 1 && text[0] == '0' {
		base, digits = 8, text[1:]
	}
	n, err := strconv.ParseUint(digits, base, 32)
	return uint32(n), err == nil
}

var engineKeys = keys("required_engine_version")

func (l *loader) readEngineVersion(it *item) {
	s, ok := it.text("required_engine_version")
	if !ok {
		return
	}
	it.checkKeys(engineKeys)
	var required version
	if n, ok := parseUint32(s.value()); ok {
		required = version{engineVersion[0], uint64(n), engineVersion[2]}
	} else if required, ok = parseVersion(s.value()); !ok {
		it.fail(ErrYAMLValidate, s.node, fmt.Sprintf(
			"Unable to parse engine version '%s' as a semver string. Expected \"x.y.z\" semver format.", s.value()),
			"write three numbers with dots, such as "+EngineVersion)
		return
	}
	if !engineVersion.satisfies(required) {
		it.fail(ErrValidate, s.node, fmt.Sprintf(
			"Rules require engine version %s, but engine version is %s", required, engineVersion),
			"use rules made for this version, or a newer agent")
		return
	}
	if required.compare(l.requiredEngine) > 0 {
		l.requiredEngine = required
	}
}

var pluginKeys = keys("required_plugin_versions")

// readPluginVersions checks that one plugin of each requirement is built in. Falco
// loads plugins; here only what is part of the agent counts.
func (l *loader) readPluginVersions(it *item) {
	n := lookup(it.node, "required_plugin_versions")
	it.checkKeys(pluginKeys)
	if n.Kind != yaml.SequenceNode {
		it.fail(ErrYAMLValidate, n, "Value of required_plugin_versions must be a sequence", "write a list of name and version")
		return
	}
	for _, entry := range n.Content {
		entry = resolve(entry)
		if entry.Kind != yaml.MappingNode {
			it.fail(ErrYAMLValidate, entry, "Plugin version must be a mapping", "write name: and version:")
			continue
		}
		it.inside([]step{{inPluginsEntry, "", entry}}, func() { l.readPluginRequirement(it, entry) })
	}
}

type pluginRequirement struct {
	name    string
	version version
}

func (l *loader) readPluginRequirement(it *item, entry *yaml.Node) {
	var all []pluginRequirement
	complete := true
	add := func(m *yaml.Node) {
		failed := it.failed
		it.failed = false
		defer func() {
			complete = complete && !it.failed
			it.failed = it.failed || failed
		}()
		name, ok1 := it.scalar(m, "name", true)
		text, ok2 := it.scalar(m, "version", true)
		if !ok1 || !ok2 {
			return
		}
		for _, r := range all {
			if r.name == name.value() {
				it.fail(ErrValidate, name.node, fmt.Sprintf(
					"Defined multiple alternative version requirements for plugin '%s'", r.name), "name each plugin once")
				return
			}
		}
		v, ok := parseVersion(text.value())
		if !ok {
			it.fail(ErrValidate, text.node, fmt.Sprintf(
				"Invalid required version '%s' for plugin '%s'", text.value(), name.value()), "write three numbers with dots")
			return
		}
		all = append(all, pluginRequirement{name.value(), v})
	}
	add(entry)
	if alternatives := lookup(entry, "alternatives"); alternatives != nil {
		if alternatives.Kind != yaml.SequenceNode {
			it.fail(ErrYAMLValidate, alternatives, "Value of plugin version alternatives must be a sequence", "write a list of name and version")
			return
		}
		for _, a := range alternatives.Content {
			a = resolve(a)
			if a.Kind != yaml.MappingNode {
				it.fail(ErrYAMLValidate, a, "Plugin version alternative must be a mapping", "write name: and version:")
				continue
			}
			it.inside([]step{{inPluginsAlternative, "", a}}, func() { add(a) })
		}
	}
	switch {
	case !complete:
	case it.loader.validation != nil:
		it.loader.validation.plugins = append(it.loader.validation.plugins, all)
	default:
		checkPlugins(it, entry, all)
	}
}

// checkPlugins lets the first plugin that is built in decide.
func checkPlugins(it *item, entry *yaml.Node, all []pluginRequirement) {
	if err := missingPlugin(all); err != nil {
		it.fail(ErrValidate, entry, err.message, err.hint)
	}
}

// missingPlugin says why no plugin that is built in satisfies a requirement, if so.
func missingPlugin(all []pluginRequirement) *PluginError {
	wanted := make([]string, len(all))
	for i, r := range all {
		wanted[i] = fmt.Sprintf("%s (>= %s)", r.name, r.version)
		have, ok := builtinPlugins[r.name]
		switch {
		case !ok:
		case have.satisfies(r.version):
			return nil
		default:
			return &PluginError{fmt.Sprintf(
				"Plugin '%s' version '%s' is not compatible with required plugin version '%s'", r.name, have, r.version),
				"use rules made for this version, or a newer agent"}
		}
	}
	return &PluginError{"Plugin requirement not satisfied, must load one of: " + strings.Join(wanted, ", "),
		"plugins are not loaded here; only container is built in"}
}

// PluginError is a requirement of a rules file that no plugin satisfies.
type PluginError struct{ message, hint string }

// Error returns what is wrong in Falco's words.
func (e *PluginError) Error() string { return e.message }
