package translate

import "github.com/saker-project/saker/translate/falco"

// The types of what Falco says of rules files, see package falco.
type (
	// Result is what Falco says of one file.
	Result = falco.Result
	// Entry is an error or a warning of a Result.
	Entry = falco.Entry
	// Location is one step of the way from a file to a problem.
	Location = falco.Location
	// Mark is a place as Falco counts.
	Mark = falco.Mark
	// SchemaStatus says whether a file fits the JSON schema of rules files.
	SchemaStatus = falco.SchemaStatus
	// PluginError is a requirement of a rules file that no plugin satisfies.
	PluginError = falco.PluginError
	// NotLoadedError is a file with an error where one without is needed.
	NotLoadedError = falco.NotLoadedError
	// Description is what rules files define and what it comes to.
	Description = falco.Description
	// Requirement is a plugin that a rules file asks for.
	Requirement = falco.Requirement
	// RuleDescription is a rule as written, and its details.
	RuleDescription = falco.RuleDescription
	// MacroDescription is a macro as written, and its details.
	MacroDescription = falco.MacroDescription
	// ListDescription is a list and what it comes to.
	ListDescription = falco.ListDescription
	// ConditionDetails is what can be said of a condition.
	ConditionDetails = falco.ConditionDetails
)

// The statuses of Result.Schema.
const (
	SchemaOK     = falco.SchemaOK
	SchemaFailed = falco.SchemaFailed
	SchemaNone   = falco.SchemaNone
)

// Validate says of each file what Falco's -V does: files are loaded in order into one
// collection, each up to its first error. The error is a *PluginError; it comes without
// results. Load says more: all problems of all files.
func Validate(files []File, _ Options) ([]Result, error) { return falco.Validate(files) }

// Describe says what files define together, as Falco's -L does. appended is text that
// the configuration appends to every output. The error is a *PluginError, or a
// *NotLoadedError for the first bad file.
func Describe(files []File, appended string, _ Options) (*Description, error) {
	return falco.Describe(files, appended)
}
