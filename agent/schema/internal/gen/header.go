package main

import (
	"bytes"
	"fmt"
	"strings"
)

// header writes the numbers that the BPF programs share with package schema.
func header(t *tables) []byte {
	var b bytes.Buffer
	b.WriteString("/* " + notice + " */\n")
	b.WriteString("#ifndef SAKER_SCHEMA_H\n#define SAKER_SCHEMA_H\n\n")
	b.WriteString("/* Event types that a current kernel source produces. */\nenum ppme_event_type {\n")
	for _, e := range t.events {
		if !strings.Contains(e.Flags, "EF_OLD_VERSION") && !strings.Contains(e.Flags, "EF_UNUSED") {
			fmt.Fprintf(&b, "\t%s = %d,\n", e.Symbol, e.Code)
		}
	}
	fmt.Fprintf(&b, "\tPPM_EVENT_MAX = %d,\n};\n", len(t.events))
	for i, f := range t.flags {
		if i == 0 || f.Table != t.flags[i-1].Table {
			fmt.Fprintf(&b, "\n/* %s */\n", f.Table)
		}
		fmt.Fprintf(&b, "#define %s %#xu\n", f.Symbol, f.Value)
	}
	b.WriteString("\n#endif\n")
	return b.Bytes()
}
