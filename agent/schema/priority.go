package schema

import (
	"fmt"
	"strconv"
	"strings"
)

// Priority is the severity of a rule; smaller is more severe.
type Priority uint8

// The priorities, ranked as syslog does.
const (
	Emergency Priority = iota
	Alert
	Critical
	Error
	Warning
	Notice
	Informational
	Debug
)

var priorityNames = [...]string{
	"Emergency", "Alert", "Critical", "Error", "Warning", "Notice", "Informational", "Debug",
}

// String returns the word that alerts carry: "Informational", never "Info".
func (p Priority) String() string {
	if int(p) >= len(priorityNames) {
		return "Priority(" + strconv.Itoa(int(p)) + ")"
	}
	return priorityNames[p]
}

// ParsePriority returns the priority that text names, in either case. "info" is
// Informational; numbers and other abbreviations are errors.
func ParsePriority(text string) (Priority, error) {
	for i, name := range priorityNames {
		if strings.EqualFold(text, name) {
			return Priority(i), nil
		}
	}
	if strings.EqualFold(text, "info") {
		return Informational, nil
	}
	return 0, fmt.Errorf("unknown priority %q", text)
}
