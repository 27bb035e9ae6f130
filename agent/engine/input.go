package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/saker-project/saker/agent/field"
	"github.com/saker-project/saker/agent/schema"
)

// fieldUse is a field that some rule reads. Its position in Engine.fields is the
// slot that Evaluators keep its value in.
type fieldUse struct {
	ref       schema.FieldRef
	multi     bool
	extractor *field.Extractor
}

// fieldTable gives each field a slot.
type fieldTable struct {
	uses  []fieldUse
	slots map[schema.FieldRef]int
}

func newFieldTable() *fieldTable { return &fieldTable{slots: map[schema.FieldRef]int{}} }

func (t *fieldTable) slot(ref schema.FieldRef) int {
	slot, ok := t.slots[ref]
	if !ok {
		slot = len(t.uses)
		t.slots[ref] = slot
		t.uses = append(t.uses, fieldUse{ref: ref, multi: ref.Multi(), extractor: field.Compile(ref)})
	}
	return slot
}

// inputPlan says how to build the input of one rule: the fields that it, and what
// it refers to, reads.
type inputPlan struct{ classes []inputClass }

// inputClass is one object in the input: "proc" with the fields of that class.
type inputClass struct {
	name   *ast.Term
	fields []inputField
}

type inputField struct {
	name *ast.Term
	slot int
}

// resolveInputs finds the fields that each rule reads and reports the references
// to input that name no field.
func resolveInputs(p *policy, fields *fieldTable) Problems {
	w := inputWalker{policy: p, read: map[*ast.Rule][]schema.FieldRef{}, refers: map[*ast.Rule][]*ast.Rule{}}
	for _, path := range slices.Sorted(maps.Keys(p.modules)) {
		for _, rule := range p.modules[path].Rules {
			w.walk(rule)
		}
	}
	for _, r := range p.rules {
		r.input = newInputPlan(w.reachable(p.definitions[r.entry.String()]), fields)
	}
	return w.problems
}

// inputWalker collects what rules refer to.
type inputWalker struct {
	policy   *policy
	read     map[*ast.Rule][]schema.FieldRef
	refers   map[*ast.Rule][]*ast.Rule
	problems Problems
}

func (w *inputWalker) walk(rule *ast.Rule) {
	var visit func(t *ast.Term) bool
	visit = func(t *ast.Term) bool {
		ref, ok := t.Value.(ast.Ref)
		if !ok {
			return false
		}
		switch {
		case ref.HasPrefix(ast.InputRootRef):
			if field, ok := w.field(t, ref); ok {
				w.read[rule] = append(w.read[rule], field)
			}
		case ref.HasPrefix(ast.DefaultRootRef):
			w.refers[rule] = append(w.refers[rule], w.policy.covered(ref)...)
		}
		for i, part := range ref {
			if _, head := part.Value.(ast.Var); i > 0 || !head {
				ast.WalkTerms(part, visit)
			}
		}
		return true
	}
	ast.WalkTerms(rule, visit)
}

func (w *inputWalker) problem(t *ast.Term, format string, args ...any) {
	w.problems = append(w.problems, problemAt(t.Location, format, args...))
}

// field returns the field that a reference to input names.
func (w *inputWalker) field(t *ast.Term, ref ast.Ref) (schema.FieldRef, bool) {
	class, rest, ok := inputNames(ref)
	if !ok {
		w.problem(t, "%v is no field: a reference to input is a class and a name, both constant", ref)
		return schema.FieldRef{}, false
	}
	field, err := schema.ParseInput(class, rest)
	if err != nil {
		message := fmt.Sprintf("%v: %v", ref, err)
		if near := nearestFields(class + "." + rest); len(near) > 0 {
			message += "; near it: " + strings.Join(near, ", ")
		}
		w.problem(t, "%s", message)
	}
	return field, err == nil
}

// inputNames takes a reference to input apart: class and rest as package schema
// names them.
func inputNames(ref ast.Ref) (class, rest string, ok bool) {
	if len(ref) < 3 {
		return "", "", false
	}
	c, ok1 := ref[1].Value.(ast.String)
	r, ok2 := ref[2].Value.(ast.String)
	return string(c), string(r), ok1 && ok2
}

// reachable returns the fields that rules read, and the rules they refer to.
func (w *inputWalker) reachable(rules []*ast.Rule) []schema.FieldRef {
	seen := map[*ast.Rule]bool{}
	var fields []schema.FieldRef
	pending := slices.Clone(rules)
	for len(pending) > 0 {
		rule := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		if seen[rule] {
			continue
		}
		seen[rule] = true
		fields = append(fields, w.read[rule]...)
		pending = append(pending, w.refers[rule]...)
	}
	return fields
}

// covered returns the rules that a reference to data may need: those that define
// the document, a part of it, or a document around it.
func (p *policy) covered(ref ast.Ref) []*ast.Rule {
	prefix := ref.GroundPrefix()
	key := prefix.String()
	rules, ok := p.coverage[key]
	if !ok {
		for _, name := range p.documents {
			defined := p.definitions[name]
			if document := defined[0].Ref().GroundPrefix(); document.HasPrefix(prefix) || prefix.HasPrefix(document) {
				rules = append(rules, defined...)
			}
		}
		p.coverage[key] = rules
	}
	return rules
}

func newInputPlan(fields []schema.FieldRef, table *fieldTable) inputPlan {
	var plan inputPlan
	slices.SortFunc(fields, func(a, b schema.FieldRef) int { return strings.Compare(a.String(), b.String()) })
	for _, ref := range slices.Compact(fields) {
		class, rest := ref.InputPath()
		last := len(plan.classes) - 1
		if last < 0 || plan.classes[last].name.Value.Compare(ast.String(class)) != 0 {
			plan.classes = append(plan.classes, inputClass{name: ast.StringTerm(class)})
			last++
		}
		c := &plan.classes[last]
		c.fields = append(c.fields, inputField{name: ast.StringTerm(rest), slot: table.slot(ref)})
	}
	return plan
}

// nearestFields returns up to three field names that a misspelt one may mean, the
// nearest first.
func nearestFields(text string) []string {
	type candidate struct {
		name     string
		distance int
	}
	var candidates []candidate
	limit := 1 + len(text)/4
	for _, f := range schema.Fields() {
		if d := levenshtein.ComputeDistance(text, f.Name); d <= limit && !f.Hidden {
			candidates = append(candidates, candidate{f.Name, d})
		}
	}
	slices.SortFunc(candidates, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), strings.Compare(a.name, b.name))
	})
	var names []string
	for _, c := range candidates[:min(len(candidates), 3)] {
		names = append(names, c.name)
	}
	return names
}
