package nats

import (
	"errors"
	"fmt"
	"strings"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/outputs"
)

// The placeholders of a subject template.
const (
	placePriority = "<priority>"
	placeRule     = "<rule>"
)

// subject is a checked subject template.
type subject string

// parseSubject checks a template.
func parseSubject(text string) (subject, error) {
	if strings.Contains(strings.NewReplacer(placePriority, "", placeRule, "").Replace(text), "<") {
		return "", fmt.Errorf("%q has a placeholder other than %s and %s", text, placePriority, placeRule)
	}
	sample := subject(text).fill("p", "r")
	if strings.ContainsFunc(sample, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '*' || r == '>' }) {
		return "", fmt.Errorf("%q has a blank, a control character or a wildcard", text)
	}
	for part := range strings.SplitSeq(sample, ".") {
		if part == "" {
			return "", fmt.Errorf("%q has an empty part", text)
		}
	}
	first, _, _ := strings.Cut(text, ".")
	if strings.Contains(first, "<") || strings.HasPrefix(first, "$") {
		return "", errors.New("the first part must be fixed text and not begin with $, which the server keeps for itself")
	}
	return subject(text), nil
}

func (s subject) fill(priority, rule string) string {
	return strings.NewReplacer(placePriority, priority, placeRule, rule).Replace(string(s))
}

// of returns the subject of an alert.
func (s subject) of(a *outputs.Alert) string {
	return s.fill(slug(a.Priority.String()), slug(a.Rule))
}

// filter returns the widest subject that a stream made for the template takes:
// the fixed parts at its start and everything below them.
func (s subject) filter() string {
	fixed := string(s)
	if i := strings.IndexByte(fixed, '<'); i >= 0 {
		fixed = fixed[:strings.LastIndexByte(fixed[:i], '.')] + ".>"
	}
	return fixed
}

// patterns returns subjects with wildcards that between them match exactly what
// alerts of all priorities are published on, but that a rule beside fixed text
// stands for the whole part.
func (s subject) patterns() []string {
	parts := strings.Split(string(s), ".")
	for i, part := range parts {
		if strings.Contains(part, placeRule) {
			parts[i] = "*"
		}
	}
	wild := subject(strings.Join(parts, "."))
	var patterns []string
	for p := schema.Emergency; p <= schema.Debug; p++ {
		pattern := wild.fill(slug(p.String()), "")
		if len(patterns) > 0 && patterns[0] == pattern {
			break // the template does not name the priority
		}
		patterns = append(patterns, pattern)
	}
	return patterns
}

// slug returns text as part of a subject, as falcosidekick makes it: lower case,
// every run of characters other than a-z and 0-9 an underscore, none at either
// end. Where that leaves nothing, which would be no valid subject, it returns an
// underscore.
func slug(text string) string {
	var b strings.Builder
	gap := false
	for _, c := range []byte(strings.ToLower(text)) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('_')
		}
		gap = false
		b.WriteByte(c)
	}
	if b.Len() == 0 {
		return "_"
	}
	return b.String()
}
