package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/saker-project/saker/agent/builtin"
	"github.com/saker-project/saker/translate"
)

// policy is a set of modules that OPA has compiled.
type policy struct {
	compiler *ast.Compiler
	store    storage.Store
	rules    []*Rule

	// modules are the modules as they stood when OPA had resolved names and
	// declared variables, and had not yet taken expressions apart.
	modules map[string]*ast.Module
	// definitions holds the rules of modules by the document they define, and
	// documents the keys in order of definition.
	definitions map[string][]*ast.Rule
	documents   []string
	// coverage remembers the answers of covered.
	coverage map[string][]*ast.Rule
}

// compilePolicy parses and compiles modules.
func compilePolicy(modules []translate.Module) (*policy, error) {
	capabilities := newCapabilities()
	p := &policy{
		store:       inmem.New(),
		modules:     map[string]*ast.Module{},
		definitions: map[string][]*ast.Rule{},
		coverage:    map[string][]*ast.Rule{},
	}
	parsed := map[string]*ast.Module{}
	var problems Problems
	for _, m := range modules {
		if parsed[m.Path] != nil {
			problems = append(problems, &Problem{Module: m.Path, Message: "two modules have this path"})
			continue
		}
		module, err := ast.ParseModuleWithOpts(m.Path, string(m.Source), ast.ParserOptions{
			ProcessAnnotation: true,
			Capabilities:      capabilities,
			RegoVersion:       ast.RegoV1,
		})
		if err != nil {
			problems = append(problems, problemsOf(m.Path, err)...)
			continue
		}
		parsed[m.Path] = module
		rule, bad := readRule(module, m.Path)
		problems = append(problems, bad...)
		if rule != nil {
			rule.position = len(p.rules)
			p.rules = append(p.rules, rule)
		}
	}
	problems = append(problems, checkUnique(p.rules)...)
	if len(problems) > 0 {
		return nil, problems
	}

	p.compiler = ast.NewCompiler().
		WithCapabilities(capabilities).
		WithStrict(true).
		SetErrorLimit(0).
		WithStageAfterID(ast.StageRewriteLocalVars, ast.CompilerStageDefinition{
			Name:       "KeepForGuards",
			MetricName: "compile_stage_keep_for_guards",
			Stage:      p.keep,
		})
	p.compiler.Compile(parsed)
	if p.compiler.Failed() {
		return nil, problemsOf("", p.compiler.Errors)
	}
	return p, nil
}

// checkUnique reports rules that share a name or a package.
func checkUnique(rules []*Rule) Problems {
	var problems Problems
	names, packages := map[string]string{}, map[string]string{}
	for _, r := range rules {
		if first, ok := names[r.Name]; ok {
			problems = append(problems, &Problem{Module: r.Module, Message: fmt.Sprintf("rule %q is in %s already", r.Name, first)})
		}
		if first, ok := packages[r.Package]; ok {
			problems = append(problems, &Problem{Module: r.Module, Message: fmt.Sprintf("package %s has a rule in %s already", r.Package, first)})
		}
		names[r.Name], packages[r.Package] = r.Module, r.Module
	}
	return problems
}

// keep copies the modules at the stage that guards are made from; later stages
// change them in place.
func (p *policy) keep(c *ast.Compiler) *ast.Error {
	for _, path := range slices.Sorted(maps.Keys(c.Modules)) {
		kept := c.Modules[path].Copy()
		p.modules[path] = kept
		for _, rule := range kept.Rules {
			document := rule.Ref().String()
			if p.definitions[document] == nil {
				p.documents = append(p.documents, document)
			}
			p.definitions[document] = append(p.definitions[document], rule)
		}
	}
	return nil
}

// newCapabilities returns what rules may call: OPA's builtins that depend on
// their arguments alone, and ours. A rule that could ask the network, the clock or
// a random source would not give the same verdict twice.
func newCapabilities() *ast.Capabilities {
	c := builtin.Capabilities()
	c.AllowNet = []string{} // nil would allow every host
	c.Builtins = slices.DeleteFunc(c.Builtins, func(b *ast.Builtin) bool { return b.Nondeterministic })
	return c
}

// query is the prepared query of one rule. It is safe for concurrent use.
type query struct{ prepared rego.PreparedEvalQuery }

// prepare makes the query that asks whether r matches.
func (p *policy) prepare(ctx context.Context, r *Rule) error {
	options := append(builtin.Functions(),
		rego.ParsedQuery(ast.NewBody(ast.NewExpr(ast.NewTerm(r.entry)))),
		rego.Compiler(p.compiler),
		rego.Store(p.store),
	)
	prepared, err := rego.New(options...).PrepareForEval(ctx)
	if err != nil {
		return problemsOf(r.Module, err)
	}
	r.query = query{prepared}
	return nil
}

// ask evaluates the query.
func (q query) ask(ctx context.Context, input ast.Value, cancel topdown.Cancel) (bool, error) {
	results, err := q.prepared.Eval(ctx,
		rego.EvalParsedInput(input),
		rego.EvalExternalCancel(cancel), // else Eval starts a goroutine
		rego.EvalMetrics(metrics.NoOp()),
	)
	if err != nil || len(results) == 0 {
		return false, err
	}
	return results[0].Expressions[0].Value == true, nil
}
