package report

import "github.com/saker-project/saker/translate/falco"

// code is how a code of an entry is explained: label in text, description in JSON.
type code struct{ label, description string }

func same(label string) code { return code{label, label} }

var codes = map[string]code{
	falco.ErrYAMLParse:        same("YAML parse error"),
	falco.ErrYAMLValidate:     same("Error validating internal structure of YAML file"),
	falco.ErrCompileCondition: same("Error compiling condition"),
	falco.ErrCompileOutput:    same("Error compiling output"),
	falco.ErrValidate:         same("Error validating rule/macro/list/exception objects"),

	falco.WarnUnknownSource: {"Unknown event source", "A rule has a unknown event source. This can occur when reading rules content " +
		"without having a corresponding plugin loaded, etc. The rule will be silently ignored."},
	falco.WarnUnsafeNACheck: {"Unsafe <NA> comparison in condition", "Comparing a field value with <NA> is unsafe and can lead to " +
		"unpredictable behavior of the rule condition. If you need to check for the existence of a field, consider using the 'exists' operator instead."},
	falco.WarnNoEventType: {"Condition has no event-type restriction", "A rule condition matches too many evt.type values. This has a " +
		"significant performance penalty. Make the condition more specific by adding an evt.type field or further restricting the number of " +
		"evt.type values in the condition."},
	falco.WarnUnknownFilter: {"Unknown field or event-type in condition or output", "A rule condition or output refers to a field or " +
		"evt.type that does not exist. This is normally an error, but if a rule has a skip-if-unknown-filter property, the error is downgraded to a warning."},
	falco.WarnUnusedMacro: {"Unused macro", "A macro is defined in the rules content but is not used by any other macro or rule."},
	falco.WarnUnusedList:  {"Unused list", "A list is defined in the rules content but is not used by any other list, macro, or rule."},
	falco.WarnUnknownItem: {"Unknown rules file item", "An unknown top-level object is in the rules content. It will be ignored."},
	falco.WarnDeprecatedItem: {"Used deprecated item",
		"A deprecated item is employed by lists, macros, or rules."},
	falco.WarnAppendNoValues: {"Overriding/appending with no values", "A rule exception is overriding/appending with no values"},
	falco.WarnExceptionName: {"Multiple exceptions defined with the same name",
		"A rule is defining multiple exceptions with the same name"},
	falco.WarnInvalidMacroName: {"Invalid macro name", "A macro is defined with an invalid name"},
	falco.WarnInvalidListName:  {"Invalid list name", "A list is defined with an invalid name"},
	falco.WarnCondition:        {"Warning in rule condition", "A rule condition or output have been parsed with a warning"},
	falco.WarnUnknownKey: {"Unknown key in item definition", "An item in the rules content contains an unrecognized key. The key will be " +
		"ignored. This may indicate a typo or a property placed on the wrong item type."},
}

// label returns the label of an entry's code.
func label(e falco.Entry) string {
	text := codes[e.Code].label
	if e.DeprecatedField != "" {
		text += ": field '" + e.DeprecatedField + "'"
	}
	return text
}
