package rego

import (
	"fmt"
	"strings"

	"github.com/saker-project/saker/translate/falco"
)

// sharedModules writes the lists and the macros that translated rules use.
func (t *translation) sharedModules(rules *falco.Ruleset) ([]Module, error) {
	var plain, odd []*translatedMacro
	for _, m := range rules.Macros {
		switch tm := t.macros[m.Name]; {
		case !t.needed[m.Name]:
		case tm.plain:
			plain = append(plain, tm)
		default:
			odd = append(odd, tm)
		}
	}
	var out []Module
	for _, write := range []func() (*Module, error){
		t.listModule,
		func() (*Module, error) { return macroModule(plain) },
		func() (*Module, error) { return t.oddModule(odd) },
	} {
		m, err := write()
		if err != nil {
			return nil, err
		}
		if m != nil {
			out = append(out, *m)
		}
	}
	return out, nil
}

func (t *translation) listModule() (*Module, error) {
	text := listRules(t.sets.order, isPlain, func(name string) string { return name })
	if text == "" {
		return nil, nil
	}
	return newModule("falco.lists", header+"package falco.lists\n\nimport rego.v2\n"+text)
}

// listRules writes sets, one rule each.
func listRules(all []*listSet, want func(string) bool, name func(string) string) string {
	var b strings.Builder
	for _, l := range all {
		if !want(l.name) {
			continue
		}
		set := &setLiteral{own: l.literals}
		text, _ := set.flat()
		if len(text) > lineWidth {
			text = set.broken()
		}
		b.WriteString("\n")
		if l.name != l.list {
			b.WriteString("# from list " + commentText(l.list) + "\n")
		}
		fmt.Fprintf(&b, "%s := %s\n", name(l.name), text)
	}
	return b.String()
}

// macroModule writes the macros that can be rules of package falco.macros.
func macroModule(macros []*translatedMacro) (*Module, error) {
	if len(macros) == 0 {
		return nil, nil
	}
	return newModule("falco.macros", header+"package falco.macros\n\nimport rego.v2\n"+macroRules(macros, true))
}

// macroRules writes macros, one rule each, with the imports they need before them.
func macroRules(macros []*translatedMacro, imports bool) string {
	var b, rules strings.Builder
	all := &generator{}
	for _, m := range macros {
		all.usesLists = all.usesLists || m.gen.usesLists
		all.usesMacros = all.usesMacros || m.gen.usesMacros
		name := m.Name
		if !m.plain {
			name = reference("macros", m.Name)
		}
		fmt.Fprintf(&rules, "\n# %s\n%s if {\n%s}\n", commentText(fmt.Sprintf("%s:%d", m.Position.File, m.Position.Line)), name, body(m.expr))
	}
	if imports {
		writeImports(&b, all)
	}
	return b.String() + rules.String()
}

// oddModule writes lists and macros whose names cannot be rules of a package of their
// own: keywords, names of builtins, names that are no identifiers.
func (t *translation) oddModule(macros []*translatedMacro) (*Module, error) {
	odd := func(name string) bool { return !isPlain(name) }
	lists := listRules(t.sets.order, odd, func(name string) string { return reference("lists", name) })
	if lists == "" && len(macros) == 0 {
		return nil, nil
	}
	return newModule("falco", header+"package falco\n\nimport rego.v2\n"+lists+macroRules(macros, false))
}
