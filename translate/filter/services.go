package filter

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

//go:embed services.txt
var servicesText string

// services maps service names to ports. Falco asks the machine it runs on; a
// table of our own makes a rule mean the same everywhere.
var services = sync.OnceValue(func() map[string]uint16 {
	ports := make(map[string]uint16)
	for line := range strings.Lines(servicesText) {
		name, number, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || name == "#" {
			continue
		}
		port, err := strconv.ParseUint(number, 10, 16)
		if err != nil {
			panic("services.txt: " + line)
		}
		ports[name] = uint16(port)
	}
	return ports
})
