package rego

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/saker-project/saker/agent/schema"
)

// packages returns the package of each rule: falco.rules.<slug of its name>. Where
// the slug is shared, starts with a digit or is a keyword, a hash of the name tells
// the rule apart, so that no package depends on the order of rules.
func packages(names []string) map[string]string {
	count := make(map[string]int)
	for _, n := range names {
		count[slug(n)]++
	}
	out := make(map[string]string, len(names))
	for _, n := range names {
		s := slug(n)
		digit := s != "" && s[0] >= '0' && s[0] <= '9'
		if s == "" || digit || count[s] > 1 || isKeyword(s) {
			s += "_" + hash(n)
		}
		if digit {
			s = "_" + s
		}
		out[n] = "falco.rules." + s
	}
	return out
}

// slug keeps letters and digits of ASCII, in lower case, and puts one underscore for
// whatever stands between them.
func slug(name string) string {
	var b strings.Builder
	gap := false
	for _, c := range []byte(strings.ToLower(name)) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			if gap && b.Len() > 0 {
				b.WriteByte('_')
			}
			gap = false
			b.WriteByte(c)
			continue
		}
		gap = true
	}
	return b.String()
}

// hash returns 8 hexadecimal digits of a name's SHA-256.
func hash(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:4])
}

func isKeyword(word string) bool { return ast.IsKeywordInRegoVersion(word, ast.RegoV2) }

// reserved are the names that mean something in a module of ours already: the first
// parts of all builtins, the documents, and our own imports.
var reserved = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{"input": true, "data": true, "falco": true, "lists": true, "macros": true}
	for _, b := range ast.CapabilitiesForThisVersion().Builtins {
		first, _, _ := strings.Cut(b.Name, ".")
		set[first] = true
	}
	return set
})

// isPlain reports whether a list or a macro can be a rule of this name in a package
// of its own. The others are written in package falco.
func isPlain(name string) bool {
	return isIdentifier(name) && !isKeyword(name) && !reserved()[name]
}

func isIdentifier(name string) bool {
	for i, c := range []byte(name) {
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != "" && name != "_"
}

// reference returns how a rule refers to a list or a macro: lists.x or lists["my x"].
func reference(document, name string) string {
	if isPlain(name) {
		return document + "." + name
	}
	return document + "[" + schema.RegoString(name) + "]"
}

// fileName returns the path of a package's module.
func fileName(pkg string) string { return strings.ReplaceAll(pkg, ".", "/") + ".rego" }

// sortedUnique returns the texts in order, each once.
func sortedUnique(in []string) []string {
	out := slices.Clone(in)
	slices.Sort(out)
	return slices.Compact(out)
}
