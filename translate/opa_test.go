package translate_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/translate"
)

// compile compiles the modules of a ruleset together, as the engine does.
func compile(t *testing.T, rules *translate.Ruleset) *ast.Compiler {
	t.Helper()
	modules := make(map[string]*ast.Module)
	for _, m := range rules.Modules {
		module, err := ast.ParseModuleWithOpts(m.Path, string(m.Source), ast.ParserOptions{
			ProcessAnnotation: true, RegoVersion: ast.RegoV1, Capabilities: ast.CapabilitiesForThisVersion(),
		})
		if err != nil {
			t.Fatalf("parse %s: %v\n%s", m.Path, err, m.Source)
		}
		modules[m.Path] = module
	}
	c := ast.NewCompiler().WithStrict(true).WithCapabilities(ast.CapabilitiesForThisVersion())
	if c.Compile(modules); c.Failed() {
		for _, m := range rules.Modules {
			t.Logf("%s:\n%s", m.Path, m.Source)
		}
		t.Fatalf("compile: %v", c.Errors)
	}
	return c
}

// matches evaluates one rule on an event, with OPA's rule index and without.
func matches(t *testing.T, c *ast.Compiler, pkg string, event map[string]any) bool {
	t.Helper()
	query, err := rego.New(
		rego.Query("x = data."+pkg+".match"), rego.Compiler(c), rego.StrictBuiltinErrors(true),
	).PrepareForEval(context.Background())
	if err != nil {
		t.Fatalf("prepare %s: %v", pkg, err)
	}
	var verdicts []bool
	for _, index := range []bool{true, false} {
		result, err := query.Eval(context.Background(), rego.EvalInput(inputOf(t, event)), rego.EvalRuleIndexing(index))
		if err != nil {
			t.Fatalf("evaluate %s: %v", pkg, err)
		}
		verdicts = append(verdicts, len(result) == 1 && result[0].Bindings["x"] == true)
	}
	if verdicts[0] != verdicts[1] {
		t.Fatalf("%s: OPA's rule index changes the verdict on %v", pkg, event)
	}
	return verdicts[0]
}

// inputOf puts fields, named as in Falco, where conditions in Rego look for them.
func inputOf(t *testing.T, event map[string]any) map[string]any {
	t.Helper()
	input := make(map[string]any)
	for name, value := range event {
		ref, err := schema.ParseField(name)
		if err != nil {
			t.Fatalf("event: %v", err)
		}
		class, rest := ref.InputPath()
		fields, _ := input[class].(map[string]any)
		if fields == nil {
			fields = make(map[string]any)
			input[class] = fields
		}
		fields[rest] = value
	}
	return input
}

// describe writes diagnostics one a line.
func describe(diagnostics []translate.Diagnostic) string {
	var out string
	for _, d := range diagnostics {
		out += fmt.Sprintf("%s: %s: %s (%s)\n", d.Position, d.Severity, d.Message, d.Code)
		if d.Hint != "" {
			out += "    " + d.Hint + "\n"
		}
	}
	return out
}
