package schema

// Field is one field that conditions and outputs may name.
type Field struct {
	Name            string // without argument: "proc.aname"
	Class           string // Falco's group: gen_event, event, thread, user, group, fd, fspath, utils, fdlist, container_plugin
	Type            ParamType
	Format          PrintFormat
	Arg             ArgRule
	Status          FieldStatus
	List            bool   // the value is a list
	Scan            bool   // without argument a condition tries several values: all ancestors, both ends of a socket
	FilterOnly      bool   // an output prints <NA>
	PrintOnly       bool   // listings mark it; it works in conditions too
	NoRHS           bool   // cannot stand on the right of an operator
	NoTransformer   bool   // cannot be the argument of tolower() and its like
	Hidden          bool   // listings leave it out
	SuggestedOutput bool   // appended to outputs when the configuration asks for suggested fields
	Desc            string // one line for people
}

// ArgRule says which argument a field takes.
type ArgRule uint8

// The argument rules. An index is decimal.
const (
	ArgNone          ArgRule = iota
	ArgOptionalIndex         // nothing or [index]: proc.aname[2]
	ArgOptionalKey           // nothing, [index] or [NAME]; digits are always an index: proc.aenv[HOME]
	ArgParamOrIndex          // .parameter or [index]: evt.arg.flags, evt.arg[0]
	ArgParam                 // .parameter: evt.rawarg.fd
	ArgEvent                 // .event name: evt.type.is.open
	ArgSide                  // nothing, .src or .dst: evt.abspath.src
	ArgTime                  // [nanoseconds since the Unix epoch]: evt.around[1700000000000000000]
	ArgSubsystem             // .subsystem, letters and _ only: thread.cgroup.cpuset
	ArgIndexOrKey            // [index] or [pattern]; an index has no leading zero: container.mount.dest[/etc*]
	ArgKey                   // [key] or .key: container.label[app]
	ArgStatic                // .key of the configuration's static_fields
)

// FieldStatus says whether a field can still have a value.
type FieldStatus uint8

// The states of a field.
const (
	Live       FieldStatus = iota
	Deprecated             // kept for old rules; constant, or about to go
	Dead                   // known, but never has a value
)

// Fields returns all fields, grouped by class in the order in which classes are
// searched. The fields static.<key> are not among them.
func Fields() []Field { return fields[:] }

// staticField stands for all fields static.<key>; the key is the argument.
var staticField = Field{
	Name: "static", Class: "static", Type: PT_CHARBUF, Format: PF_NA, Arg: ArgStatic, SuggestedOutput: true,
	Desc: "Value of a key of the configuration's static_fields",
}
