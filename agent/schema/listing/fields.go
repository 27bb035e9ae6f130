package listing

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/saker-project/saker/agent/schema"
)

// FieldOptions says which fields to list, and how.
type FieldOptions struct {
	Source    string // the event source whose fields to list; empty for all
	Format    Format
	NamesOnly bool // without classes and descriptions; Markdown is then as Text
	Types     bool // adds types to Text; the other formats always have them
}

// ErrSource is returned for a source that no events come from.
var ErrSource = errors.New("value for --list must be a valid source type (syscall)")

// Fields writes the fields that rules may use, grouped by class. What Falco does
// not list is left out: hidden, deprecated and print-only fields and the class
// utils. The fields of the container plugin are all listed: plugins cannot mark
// theirs.
func Fields(w io.Writer, o FieldOptions) error {
	classes := fieldClasses()
	if o.Source != "" {
		classes = slices.DeleteFunc(classes, func(c fieldClass) bool { return !slices.Contains(c.Sources, o.Source) })
		if len(classes) == 0 {
			return ErrSource
		}
	}
	return writeFields(w, classes, o)
}

// fieldClass is a group of fields; its JSON is that of Falco.
type fieldClass struct {
	Desc    string   `json:"desc,omitempty"`
	Sources []string `json:"event_sources"`
	Fields  []field  `json:"fields"`
	Name    string   `json:"name"`
	Short   string   `json:"-"` // tells classes of one name apart
}

type field struct {
	Argument *argument `json:"argument"` // nil when the field takes none
	Desc     string    `json:"desc"`
	List     bool      `json:"is_list"`
	Name     string    `json:"name"`
	Type     string    `json:"type"`
	Tags     []string  `json:"-"` // sorted
}

// argument is the rule for a field's argument. Kinds is empty except for plugins'
// fields: only those say what they take.
type argument struct {
	Required bool     `json:"required"`
	Kinds    []string `json:"type"`
}

// containerClass is the class of the fields that Falco's container plugin adds.
const containerClass = "container_plugin"

// classTexts describes the classes that are listed, by schema.Field.Class.
var classTexts = map[string]struct{ name, short, desc string }{
	"gen_event":    {"evt", "every event", "Number, time and origin, which events of all kinds have."},
	"event":        {"evt", "system calls", "The call itself: its name, its arguments (evt.arg.flags is the argument flags), what it returned."},
	"thread":       {"process", "", "The thread that made the call, its process and the processes it descends from."},
	"user":         {"user", "", "The user whose rights the process has."},
	"group":        {"group", "", "The group whose rights the process has."},
	"fd":           {"fd", "", "The open file, socket or other object behind the descriptor that the call uses."},
	"fspath":       {"fs.path", "", "The paths that a call names when it acts on files without opening them, such as rename and unlink."},
	"fdlist":       {"fdlist", "", "The descriptors that a call of the poll family waits for."},
	containerClass: {"container (plugin)", "", "The container and the Kubernetes pod that the process runs in."},
}

func fieldClasses() []fieldClass {
	var classes []fieldClass
	last := ""
	for _, f := range schema.Fields() {
		texts, listed := classTexts[f.Class]
		plugin := f.Class == containerClass
		if !listed || f.Hidden || f.PrintOnly || f.Status != schema.Live && !plugin {
			continue
		}
		if f.Class != last {
			last = f.Class
			classes = append(classes, fieldClass{
				Name: texts.name, Short: texts.short, Desc: texts.desc, Sources: []string{"syscall"},
			})
		}
		c := &classes[len(classes)-1]
		arg := argumentOf(f.Arg)
		c.Fields = append(c.Fields, field{
			Name: f.Name, Type: typeName(f.Type), List: f.List, Desc: f.Desc, Argument: arg, Tags: tags(f, arg),
		})
	}
	return classes
}

func argumentOf(rule schema.ArgRule) *argument {
	switch rule {
	case schema.ArgNone:
		return nil
	case schema.ArgOptionalIndex, schema.ArgOptionalKey:
		return &argument{Kinds: []string{}}
	case schema.ArgIndexOrKey:
		return &argument{Required: true, Kinds: []string{"INDEX", "KEY"}}
	case schema.ArgKey:
		return &argument{Required: true, Kinds: []string{"KEY"}}
	}
	// Falco calls the argument of evt.abspath (ArgSide) required too, and does not
	// ask for it.
	return &argument{Required: true, Kinds: []string{}}
}

// tags returns the words in parentheses before a description.
func tags(f schema.Field, arg *argument) []string {
	var tags []string
	add := func(tag string, ok bool) {
		if ok {
			tags = append(tags, tag)
		}
	}
	add("ARG_ALLOWED", arg != nil && !arg.Required)
	add("ARG_INDEX", arg != nil && slices.Contains(arg.Kinds, "INDEX"))
	add("ARG_KEY", arg != nil && slices.Contains(arg.Kinds, "KEY"))
	add("ARG_REQUIRED", arg != nil && arg.Required)
	add("EPF_IS_LIST", f.List)
	add("EPF_NO_RHS", f.NoRHS)
	add("EPF_NO_TRANSFORMER", f.NoTransformer)
	add("FILTER_ONLY", f.FilterOnly)
	return tags
}

func writeFields(w io.Writer, classes []fieldClass, o FieldOptions) error {
	var names []string
	for _, c := range classes {
		for _, f := range c.Fields {
			names = append(names, f.Name)
		}
	}
	switch {
	case o.NamesOnly && o.Format == JSON:
		return writeJSON(w, map[string]any{"fieldnames": names})
	case o.NamesOnly:
		_, err := io.WriteString(w, strings.Join(names, "\n")+"\n")
		return err
	case o.Format == JSON:
		return writeJSON(w, map[string]any{"fieldclasses": classes})
	}
	var b bytes.Buffer
	for _, c := range classes {
		if o.Format == Markdown {
			c.markdown(&b)
		} else {
			c.text(&b, o.Types)
		}
	}
	return write(w, &b)
}

func (c *fieldClass) text(b *bytes.Buffer, types bool) {
	name := c.Name
	if c.Short != "" {
		name += " (" + c.Short + ")"
	}
	b.WriteString("-------------------------------\n")
	fmt.Fprintf(b, "%-*s%s\n", descColumn, "Field Class:", name)
	if c.Desc != "" {
		entry(b, "Description:", c.Desc)
	}
	entry(b, "Event Sources:", strings.Join(c.Sources, " "))
	b.WriteByte('\n')
	for _, f := range c.Fields {
		desc := f.Desc
		if len(f.Tags) > 0 {
			desc = "(" + strings.Join(f.Tags, ",") + ") " + desc
		}
		if types {
			desc = "(Type: " + f.Type + ") " + desc
		}
		entry(b, f.Name, desc)
	}
	b.WriteByte('\n')
}

// The text layout has a column of names and one of descriptions; the latter
// begins at descColumn and ends before lineLength.
const (
	descColumn = 30
	lineLength = 120
)

// entry writes a name and its wrapped text. A name that is wider than its column
// has a line of its own, and a blank follows each word.
func entry(b *bytes.Buffer, name, text string) {
	b.WriteString(name)
	column := len(name)
	if column > descColumn {
		b.WriteByte('\n')
		column = 0
	}
	b.WriteString(strings.Repeat(" ", descColumn-column))
	column = descColumn
	for _, word := range strings.Fields(text) {
		if column+len(word)+1 > lineLength && column > descColumn {
			b.WriteString("\n" + strings.Repeat(" ", descColumn))
			column = descColumn
		}
		b.WriteString(word + " ")
		column += len(word) + 1
	}
	b.WriteByte('\n')
}

func (c *fieldClass) markdown(b *bytes.Buffer) {
	b.WriteString("## Field Class: " + c.Name + "\n\n")
	if c.Desc != "" {
		b.WriteString(c.Desc + "\n\n")
	}
	b.WriteString("Event Sources: " + strings.Join(c.Sources, " ") + " \n\n")
	b.WriteString("Name | Type | Description\n:----|:-----|:-----------\n")
	for _, f := range c.Fields {
		typ := f.Type
		if f.List {
			typ = "LIST(" + typ + ")"
		}
		b.WriteString("`" + f.Name + "` | " + typ + " | " + strings.ReplaceAll(f.Desc, "|", `\|`) + "\n")
	}
	b.WriteByte('\n')
}
