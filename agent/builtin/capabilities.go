package builtin

import (
	"cmp"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Capabilities returns what this version of OPA can do, and the builtins. The caller
// owns it.
func Capabilities() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.Builtins = append(c.Builtins, Declarations()...)
	slices.SortFunc(c.Builtins, func(a, b *ast.Builtin) int { return cmp.Compare(a.Name, b.Name) })
	return c
}
