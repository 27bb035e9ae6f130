package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/saker-project/saker/agent/schema"
)

// scalar is a type of value: how its text is read.
type scalar[T any] struct {
	want   string // what texts there are, to people
	parse  func(text string) (T, bool)
	accept func(T) bool // nil accepts every value; a value that is not accepted is an error

	// lenient says that text which cannot be parsed leaves the default, with a
	// warning, because Falco does that without one. Otherwise it is an error.
	lenient bool
}

// into returns a reader that stores the value in a field.
func (s scalar[T]) into(field func(*Config) *T) reader {
	return func(d *decoder, path string, n *yaml.Node) {
		text, ok := d.text(path, n, s.want)
		if !ok {
			return
		}
		value, ok := s.parse(text)
		switch {
		case ok && (s.accept == nil || s.accept(value)):
			*field(d.cfg) = value
		case !ok && s.lenient:
			d.warn(d.tree.position(n), path, "found %q, want %s; the default, %v, is kept", text, s.want, *field(d.cfg))
		default:
			d.fail(d.tree.position(n), path, "found %q, want %s", text, s.want)
		}
	}
}

// ours returns s for a key that Falco does not have: what cannot be read is an
// error.
func (s scalar[T]) ours() scalar[T] {
	s.lenient = false
	return s
}

var (
	boolean  = scalar[bool]{want: "true or false", parse: parseBool, lenient: true}
	anyText  = scalar[string]{want: "text", parse: func(text string) (string, bool) { return text, true }}
	duration = scalar[time.Duration]{want: `a duration above 0 with its unit, such as "2s" or "500ms"`, parse: parseDuration}
	priority = scalar[schema.Priority]{
		want:  "one of emergency, alert, critical, error, warning, notice, informational, debug",
		parse: func(text string) (schema.Priority, bool) { p, err := schema.ParsePriority(text); return p, err == nil },
	}
	logLevel     = scalar[schema.Priority]{want: "one of " + strings.Join(logLevels, ", ") + ", in lower case", parse: parseLogLevel}
	ruleMatching = scalar[RuleMatching]{want: "first or all", parse: parseRuleMatching}
)

// bufSizePreset is an int16 in Falco, which refuses all but 1 to 10 of them.
var bufSizePreset = scalar[int]{
	want:    "a whole number from 1 to 10",
	parse:   whole(math.MinInt16, math.MaxInt16).parse,
	accept:  func(preset int) bool { return 1 <= preset && preset <= 10 },
	lenient: true,
}

// whole is a whole number between two bounds.
func whole(low, high int64) scalar[int] {
	return scalar[int]{
		want: fmt.Sprintf("a whole number from %d", low),
		parse: func(text string) (int, bool) {
			number, ok := parseInt(text)
			return int(number), ok && low <= number && number <= high
		},
		lenient: true,
	}
}

// parseBool reads a boolean as yaml-cpp does, Falco's YAML library: the usual
// words in lower case, upper case, or with a capital. 1 and 0 are none.
func parseBool(text string) (value, ok bool) {
	lower := strings.ToLower(text)
	if text != lower && text != strings.ToUpper(text) && text != strings.ToUpper(text[:1])+lower[1:] {
		return false, false
	}
	switch lower {
	case "y", "yes", "true", "on":
		return true, true
	case "n", "no", "false", "off":
		return false, true
	}
	return false, false
}

// parseInt reads a whole number as yaml-cpp does: 0x begins a hexadecimal one, any
// other 0 an octal one.
func parseInt(text string) (int64, bool) {
	digits := strings.ToLower(strings.TrimLeft(text, "+-"))
	if strings.HasPrefix(digits, "0b") || strings.HasPrefix(digits, "0o") || strings.Contains(digits, "_") {
		return 0, false // numbers in Go only
	}
	number, err := strconv.ParseInt(text, 0, 64)
	return number, err == nil
}

func parseDuration(text string) (time.Duration, bool) {
	d, err := time.ParseDuration(text)
	return d, err == nil && d > 0
}

// logLevels are the words of log_level, by priority.
var logLevels = []string{"emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"}

func parseLogLevel(text string) (schema.Priority, bool) {
	i := slices.Index(logLevels, text)
	return schema.Priority(max(i, 0)), i >= 0
}

func parseRuleMatching(text string) (RuleMatching, bool) {
	for _, m := range []RuleMatching{MatchFirst, MatchAll} {
		if strings.EqualFold(text, m.String()) {
			return m, true
		}
	}
	return 0, false
}
