package falco

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"
)

// shape is the part of a JSON schema that rules files need. Scalars are typed loosely,
// as YAML has them: a number is a text too.
type shape struct {
	scalar     func(text string) string // says what is wrong with a scalar, "" for nothing
	elements   *shape                   // of a sequence
	properties map[string]*shape        // of a map; there may be no others
	required   []string
	nonEmpty   bool
	anything   bool
}

func textShape() *shape { return &shape{scalar: func(string) string { return "" }} }

// scalarShape accepts scalars for which ok is true.
func scalarShape(problem string, ok func(string) bool) *shape {
	return &shape{scalar: func(text string) string {
		if ok(text) {
			return ""
		}
		return problem
	}}
}

func enumShape(words ...string) *shape {
	return scalarShape("Failed to match against any enum values.", func(text string) bool { return slices.Contains(words, text) })
}

const wrongType = "The value has the wrong type."

// rulesShape is a document of a rules file: one flat set of keys serves all kinds of
// items.
var rulesShape = func() *shape {
	text := textShape()
	boolean := scalarShape(wrongType, func(t string) bool { return t == "true" || t == "false" })
	integer := scalarShape(wrongType, func(t string) bool { _, err := strconv.ParseInt(t, 10, 64); return err == nil })
	texts := &shape{elements: text}
	operation := enumShape("append", "replace")
	override := &shape{nonEmpty: true, properties: make(map[string]*shape)}
	for _, key := range []string{"items", "desc", "condition", "output", "priority", "enabled", "exceptions", "capture",
		"capture_duration", "tags", "warn_evttypes", "skip-if-unknown-filter"} {
		override.properties[key] = operation
	}
	plugin := func() *shape {
		return &shape{properties: map[string]*shape{"name": text, "version": text}, required: []string{"name", "version"}}
	}
	requirement := plugin()
	requirement.properties["alternatives"] = &shape{elements: plugin()}
	anything := &shape{anything: true}
	exception := &shape{
		properties: map[string]*shape{"name": text, "fields": anything, "comps": anything, "values": anything},
		required:   []string{"name"},
	}
	return &shape{elements: &shape{properties: map[string]*shape{
		"append": boolean, "capture": boolean, "enabled": boolean, "skip-if-unknown-filter": boolean, "warn_evttypes": boolean,
		"capture_duration": integer, "condition": text, "desc": text, "list": text, "macro": text, "output": text, "rule": text,
		"source": text, "required_engine_version": text, "items": texts, "tags": texts,
		"exceptions": {elements: exception}, "override": override, "required_plugin_versions": {elements: requirement},
		"priority": enumShape("EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO", "INFORMATIONAL", "DEBUG"),
	}}}
}()

// checkSchema compares the documents of a file with the schema.
func checkSchema(f File) (SchemaStatus, []string) {
	status := SchemaNone
	var problems []string
	decoder := yaml.NewDecoder(bytes.NewReader(f.Content))
	for {
		var doc yaml.Node
		if decoder.Decode(&doc) != nil {
			return status, problems
		}
		if len(doc.Content) == 0 || isNull(resolve(doc.Content[0])) {
			continue
		}
		problems = rulesShape.check(problems, resolve(doc.Content[0]), "<root>")
		if status = SchemaOK; len(problems) > 0 {
			status = SchemaFailed
		}
	}
}

// check appends what is wrong with a node, the innermost problem first and then, for
// each step outwards, that the inner one failed.
func (s *shape) check(problems []string, n *yaml.Node, path string) []string {
	fail := func(format string, args ...any) {
		problems = append(problems, "failed for "+path+": "+fmt.Sprintf(format, args...))
	}
	switch {
	case s.anything:
	case s.scalar != nil:
		if n.Kind != yaml.ScalarNode || isNull(n) {
			fail(wrongType)
		} else if problem := s.scalar(n.Value); problem != "" {
			fail("%s", problem)
		}
	case s.elements != nil:
		if n.Kind != yaml.SequenceNode {
			fail(wrongType)
			break
		}
		for i, e := range n.Content {
			before := len(problems)
			problems = s.elements.check(problems, resolve(e), fmt.Sprintf("%s[%d]", path, i))
			if len(problems) > before {
				fail("Failed to validate item #%d in array.", i)
			}
		}
	case n.Kind != yaml.MappingNode:
		fail(wrongType)
	default:
		problems = s.checkMap(problems, n, path)
	}
	return problems
}

func (s *shape) checkMap(problems []string, n *yaml.Node, path string) []string {
	fail := func(format string, args ...any) {
		problems = append(problems, "failed for "+path+": "+fmt.Sprintf(format, args...))
	}
	for _, key := range slices.Sorted(maps.Keys(s.properties)) {
		value := lookup(n, key)
		if value == nil {
			continue
		}
		before := len(problems)
		problems = s.properties[key].check(problems, value, path+"["+key+"]")
		if len(problems) > before {
			fail("Failed to validate against schema associated with property name '%s'.", key)
		}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := resolve(n.Content[i]).Value; s.properties[key] == nil {
			fail("There is no property '%s'.", key)
		}
	}
	for _, key := range s.required {
		if lookup(n, key) == nil {
			fail("The property '%s' is missing.", key)
		}
	}
	if s.nonEmpty && len(n.Content) == 0 {
		fail("There must be at least one property.")
	}
	return problems
}
