package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ParseField parses the name of a field with its argument, as conditions and
// outputs write it but without quotes: "proc.name", "proc.aname[2]",
// "evt.arg.flags", "proc.env[HOME]". The whole text must be the field. Lookup and
// messages are Falco's ("filter_check called with nonexistent field <text>",
// "unknown event argument <name>", "<text> is not a valid number").
//
// It refuses static.<key>; a FieldParser that knows the keys accepts them.
func ParseField(text string) (FieldRef, error) { return FieldParser{}.Parse(text) }

// FieldParser parses field names where the configuration adds fields.
type FieldParser struct {
	Static []string // keys of static_fields: static.<key> exists for each
}

// Parse is ParseField with the fields that p adds.
func (p FieldParser) Parse(text string) (FieldRef, error) {
	if !utf8.ValidString(text) {
		return FieldRef{}, fmt.Errorf("field %q is not valid UTF-8", text)
	}
	if key, ok := strings.CutPrefix(text, staticField.Name+"."); ok && slices.Contains(p.Static, key) {
		return staticRef(key), nil
	}
	field := lookupField(text)
	if field == nil {
		return FieldRef{}, nonexistent(text)
	}
	ref, ok := splitArg(field, text[len(field.Name):])
	if !ok {
		return FieldRef{}, nonexistent(text)
	}
	if err := checkArg(ref); err != nil {
		return FieldRef{}, err
	}
	return ref, nil
}

func staticRef(key string) FieldRef {
	return FieldRef{Field: &staticField, Arg: key, HasArg: true, Dotted: true}
}

func nonexistent(text string) error {
	return fmt.Errorf("filter_check called with nonexistent field %s", text)
}

// lookupField returns the field with the longest name that text begins with,
// within the first class that has any; nil if no class has.
func lookupField(text string) *Field {
	var longest *Field
	for i := range fields {
		f := &fields[i]
		if longest != nil && f.Class != longest.Class {
			break
		}
		if strings.HasPrefix(text, f.Name) && (longest == nil || len(f.Name) > len(longest.Name)) {
			longest = f
		}
	}
	return longest
}

// splitArg reads what follows the field's name: nothing, [argument] or .argument.
func splitArg(field *Field, rest string) (FieldRef, bool) {
	switch {
	case rest == "":
		return FieldRef{Field: field}, true
	case rest[0] == '.':
		return FieldRef{Field: field, Arg: rest[1:], HasArg: true, Dotted: true}, true
	case rest[0] == '[' && rest[len(rest)-1] == ']':
		return FieldRef{Field: field, Arg: rest[1 : len(rest)-1], HasArg: true}, true
	}
	return FieldRef{}, false
}

// checkArg checks the argument against the rule of the field.
func checkArg(r FieldRef) error {
	ok := false
	switch rule := r.Field.Arg; rule {
	case ArgNone:
		if r.HasArg && !r.Dotted && r.Field.Class == pluginClass {
			return fmt.Errorf("%s does not allow nor require an argument but one is provided: %s", r.Field.Name, r.Arg)
		}
		ok = !r.HasArg
	case ArgOptionalIndex:
		ok = !r.HasArg || isIndex(r)
	case ArgOptionalKey:
		ok = !r.HasArg || !r.Dotted && r.Arg != "" && (!allDigits(r.Arg) || isIndex(r))
	case ArgSide:
		ok = !r.HasArg || r.Dotted && (r.Arg == "src" || r.Arg == "dst")
	default:
		if !r.HasArg {
			return fmt.Errorf("%s requires an argument but none provided", r.Field.Name)
		}
		return checkRequiredArg(r)
	}
	if !ok {
		return nonexistent(r.String())
	}
	return nil
}

// pluginClass is the class of the fields that Falco takes from its container
// plugin. Plugins' fields have their own messages.
const pluginClass = "container_plugin"

// checkRequiredArg checks an argument that is there and must be.
func checkRequiredArg(r FieldRef) error {
	ok := false
	switch r.Field.Arg {
	case ArgParam, ArgParamOrIndex:
		if r.Dotted {
			return checkParamName(r)
		}
		if r.Field.Arg == ArgParam {
			return fmt.Errorf("%s takes the name of a parameter, not an index: %s.<name>", r.Field.Name, r.Field.Name)
		}
		if !isIndex(r) {
			return notNumber(r.Arg)
		}
		ok = true
	case ArgEvent:
		if ok = r.Dotted; ok && !KnownEventName(r.Arg) {
			return fmt.Errorf("unknown event type %s", r.Arg)
		}
	case ArgTime:
		if ok = !r.Dotted; ok {
			if _, err := strconv.ParseUint(r.Arg, 10, 64); err != nil || !allDigits(r.Arg) {
				return notNumber(r.Arg)
			}
		}
	case ArgSubsystem:
		ok = r.Dotted && r.Arg != "" && strings.Trim(r.Arg, subsystemLetters) == ""
	case ArgIndexOrKey:
		ok = !r.Dotted
	case ArgKey:
		ok = !r.Dotted || r.Arg != "" && !strings.ContainsAny(r.Arg, "[]")
	}
	if !ok {
		return nonexistent(r.String())
	}
	return nil
}

const subsystemLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"

// checkParamName checks the name after evt.arg. or evt.rawarg. as Falco does: the
// longest known parameter name that begins it must be all of it.
func checkParamName(r FieldRef) error {
	p := longestParamName(r.Arg)
	if p == nil {
		return fmt.Errorf("unknown event argument %s", r.Arg)
	}
	if p.Name != r.Arg {
		return nonexistent(r.String())
	}
	return nil
}

func notNumber(text string) error { return fmt.Errorf("%s is not a valid number", text) }

func isIndex(r FieldRef) bool {
	_, ok := r.Index()
	return ok
}
