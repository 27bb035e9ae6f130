package falco

// validation is the protocol of a load as Falco does it.
type validation struct {
	entries []noted // of the file being loaded
	plugins [][]pluginRequirement
}

type noted struct {
	Diagnostic
	way way
}

// note adds a problem to the protocol. Without a protocol it does nothing.
func (v *validation) note(d Diagnostic, to func() way) {
	if v != nil {
		v.entries = append(v.entries, noted{d, to()})
	}
}

// stopped reports whether the file being loaded had an error.
func (v *validation) stopped() bool {
	if v == nil {
		return false
	}
	for _, e := range v.entries {
		if e.Severity == Error {
			return true
		}
	}
	return false
}

// Validate loads files in order and returns what Falco says of each of them: a file is
// read up to its first error, then compiled together with all that was collected
// before, up to the first error again. What a bad file defined before its error stays,
// so an error that only compiling finds comes back with every later file.
//
// The error is that a plugin which a file requires is not built in; it comes with no
// results, whatever they were.
func Validate(files []File) ([]Result, error) {
	v, err := load(files)
	if err != nil {
		return nil, err
	}
	return v.results, nil
}

// loaded is what a load as Falco does it comes to.
type loaded struct {
	loader     *loader
	results    []Result
	resolution *resolution // of the last file that could be read; nil without one
}

func load(files []File) (*loaded, error) {
	l := &loader{refused: make(map[itemKey]bool), validation: &validation{}}
	v := &loaded{loader: l}
	for _, f := range files {
		l.validation.entries = nil
		l.read(newSource(f), f.Content)
		if !l.validation.stopped() {
			v.resolution = l.resolution()
			v.resolution.run()
		}
		for _, requirement := range l.validation.plugins {
			if err := missingPlugin(requirement); err != nil {
				return nil, err
			}
		}
		v.results = append(v.results, l.validation.result(f))
	}
	return v, nil
}

// result ends the protocol of a file: what comes after the first error does not count.
func (v *validation) result(f File) Result {
	r := Result{Name: f.Name, Successful: true}
	r.Schema, r.SchemaWarnings = checkSchema(f)
	for _, n := range v.entries {
		e := Entry{Code: n.Code, Message: n.Message, DeprecatedField: n.way.field, Context: n.way.locations}
		e.Snippet = snippet(n.way.text, e.Context[len(e.Context)-1].Offset)
		if n.Severity == Error {
			r.Successful, r.Errors = false, []Entry{e}
			break
		}
		r.Warnings = append(r.Warnings, e)
	}
	return r
}
