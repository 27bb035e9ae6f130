package builtin

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
)

// Regexp is a compiled pattern of Regex. It may be used by several goroutines.
type Regexp struct{ re *regexp.Regexp }

// CompileRegex compiles a pattern in POSIX egrep syntax (no \d, no (?...)). As
// in RE2's POSIX mode, a dot does not match a newline, a negated class does, and
// ^ and $ match at line ends.
func CompileRegex(pattern string) (*Regexp, error) {
	// regexp.CompilePOSIX differs in what [^x] matches, and has no way to
	// anchor: the printed tree can be given to regexp.Compile instead.
	tree, err := syntax.Parse(pattern, syntax.ClassNL)
	if err != nil {
		return nil, err
	}
	re, err := regexp.Compile(`\A(?:` + tree.String() + `)\z`)
	if err != nil {
		return nil, err
	}
	return &Regexp{re}, nil
}

// Match reports whether the pattern matches the whole of value. A byte that is
// not part of valid UTF-8 counts as U+FFFD.
func (x *Regexp) Match(value string) bool { return x.re.MatchString(value) }

// Regex is Match with pattern compiled and remembered; it is false for a pattern
// that does not compile.
func Regex(value, pattern string) bool {
	x := regexes.get(pattern)
	return x != nil && x.Match(value)
}

// regexLimit bounds the remembered patterns. Rules have constant patterns, a few
// hundred at most; only patterns made from events could exceed it.
const regexLimit = 1024

var regexes = regexCache{known: map[string]*Regexp{}}

// regexCache remembers compiled patterns, nil for those that do not compile.
type regexCache struct {
	mu    sync.RWMutex
	known map[string]*Regexp
}

func (c *regexCache) get(pattern string) *Regexp {
	c.mu.RLock()
	x, ok := c.known[pattern]
	c.mu.RUnlock()
	if ok {
		return x
	}
	pattern = strings.Clone(pattern) // the caller's may alias an event
	x, _ = CompileRegex(pattern)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) >= regexLimit {
		clear(c.known)
	}
	c.known[pattern] = x
	return x
}
