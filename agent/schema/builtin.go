package schema

// Builtin is the signature of a function that the agent adds to Rego.
//
// A builtin never raises an error. One with the result "boolean" is false where
// it cannot decide, the others are undefined. Values come from events and may be
// of any type, so their arguments are declared "any".
type Builtin struct {
	Name   string // "falco.glob"
	Args   []BuiltinArg
	Result string // a type, as in BuiltinArg
	Doc    string
}

// BuiltinArg is one argument of a builtin.
type BuiltinArg struct {
	Name string
	Type string // "string", "number", "boolean", "any", "array[string]", "array[any]" or "set[string]"
	Doc  string
}

// Builtins returns all builtins, sorted by name. Their meaning is that of Falco's
// operators and transformers of the same names, byte by byte.
func Builtins() []Builtin { return builtins[:] }

var (
	argValue   = BuiltinArg{"value", "any", "value of a field"}
	argHex     = BuiltinArg{"hex", "string", "bytes as an even number of hexadecimal digits"}
	argPattern = BuiltinArg{"pattern", "string", "pattern of fnmatch(3) without flags"}
)

var builtins = [...]Builtin{
	{"falco.b64", []BuiltinArg{argValue}, "string",
		"decodes base64; undefined when value is not base64"},
	{"falco.basename", []BuiltinArg{argValue}, "string",
		"the part of value after its last slash"},
	{"falco.bcontains", []BuiltinArg{argValue, argHex}, "boolean",
		"whether value contains the bytes"},
	{"falco.bstartswith", []BuiltinArg{argValue, argHex}, "boolean",
		"whether value starts with the bytes"},
	{"falco.concat", []BuiltinArg{{"values", "array[any]", "strings"}}, "string",
		"all values joined without a separator"},
	{"falco.getopt", []BuiltinArg{
		{"args", "array[any]", "arguments of a program, strings"},
		{"options", "string", "the known options as in getopt(3): a letter, followed by a colon if it takes a value"},
	}, "array[string]", "the options among args in order: a letter, its value if it takes one, and ? for an unknown letter"},
	{"falco.getopt_option", []BuiltinArg{
		{"args", "array[any]", "arguments of a program, strings"},
		{"options", "string", "the known options, as for falco.getopt"},
		{"option", "string", "the letter of one of them"},
	}, "string", "the value of the last such option among args, its letter if it takes none; undefined without one"},
	{"falco.glob", []BuiltinArg{argValue, argPattern}, "boolean",
		"whether the whole value matches pattern; * and ? match slashes too"},
	{"falco.icontains", []BuiltinArg{argValue, {"part", "string", "text to look for"}}, "boolean",
		"whether value contains part, ASCII letters in either case"},
	{"falco.iglob", []BuiltinArg{argValue, argPattern}, "boolean",
		"falco.glob with letters in either case"},
	{"falco.in_net", []BuiltinArg{
		{"address", "any", "IPv4 or IPv6 address"},
		{"network", "string", "network in CIDR notation"},
	}, "boolean", "whether address lies in network; false when the families differ"},
	{"falco.join", []BuiltinArg{
		{"separator", "any", "text between the values"},
		{"values", "array[any]", "strings and integers"},
	}, "string", "all values joined"},
	{"falco.len", []BuiltinArg{argValue}, "number",
		"bytes of a string, elements of an array"},
	{"falco.pmatch", []BuiltinArg{argValue, {"prefixes", "set[string]", "paths; a component may be a glob"}}, "boolean",
		"whether value is one of the paths or lies below one"},
	{"falco.regex", []BuiltinArg{argValue, {"pattern", "string", "POSIX extended regular expression"}}, "boolean",
		"whether the whole value matches pattern"},
	{"falco.tolower", []BuiltinArg{argValue}, "string",
		"value with its ASCII letters in lower case"},
	{"falco.toupper", []BuiltinArg{argValue}, "string",
		"value with its ASCII letters in upper case"},
}
