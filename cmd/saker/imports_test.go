package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/saker-project/saker/"

// allowed lists, for each of our packages, which others of ours it may import. A
// package stands for those below it. An import that is missing here is either a
// mistake or a change of the architecture, to be made in ARCHITECTURE.md first.
var allowed = map[string][]string{
	"agent/schema":  {},
	"bpf":           {},
	"falco-rules":   {},
	"translate":     {"translate", "agent/schema"},
	"outputs":       {"outputs", "agent/schema"},
	"agent/capture": {"bpf", "agent/schema"},
	"agent/state":   {"agent/capture", "agent/schema"},
	"agent/field":   {"agent/state", "agent/capture", "agent/schema"},
	"agent/builtin": {"agent/schema"},
	"agent/engine":  {"agent/field", "agent/builtin", "translate", "outputs", "agent/schema"},
	"agent/config":  {"agent/schema"},
	"agent":         {"agent", "translate", "outputs", "bpf"},
	"cmd":           {""},
}

// forbidden lists packages of others that must not be reached, with the reason.
var forbidden = map[string]map[string]string{
	"translate": {
		"github.com/cilium/ebpf":                      "translation is pure and runs anywhere",
		"github.com/nats-io":                          "translation is pure and runs anywhere",
		"github.com/open-policy-agent/opa/v1/topdown": "translation writes Rego, it does not run it",
		"github.com/open-policy-agent/opa/v1/rego":    "translation writes Rego, it does not run it",
		"github.com/open-policy-agent/opa/v1/storage": "translation writes Rego, it does not run it",
	},
	"outputs": {
		"github.com/cilium/ebpf":            "outputs know alerts, not where they come from",
		"github.com/open-policy-agent/opa/": "outputs know alerts, not how they were decided",
	},
	"agent/schema": {
		"github.com/": "the vocabulary is data without dependencies",
	},
}

type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func listPackages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var pkgs []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return pkgs
		}
		if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

// room returns the longest key that path is, or is below.
func room[V any](rooms map[string]V, path string) (string, bool) {
	best, found := "", false
	for r := range rooms {
		if within(path, r) && len(r) >= len(best) {
			best, found = r, true
		}
	}
	return best, found
}

func within(path, dir string) bool {
	return dir == "" || path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}

func TestImportsFollowTheArchitecture(t *testing.T) {
	for _, p := range listPackages(t) {
		path := strings.TrimPrefix(p.ImportPath, module)
		r, ok := room(allowed, path)
		if !ok {
			t.Errorf("%s: no room of ARCHITECTURE.md", path)
			continue
		}
		for _, imported := range p.Imports {
			ours, ok := strings.CutPrefix(imported, module)
			if !ok || within(ours, r) && r != "agent" {
				continue
			}
			if !slices.ContainsFunc(allowed[r], func(a string) bool { return within(ours, a) }) {
				t.Errorf("%s imports %s: %s may import only %v", path, ours, r, allowed[r])
			}
		}
		for _, dep := range p.Deps {
			for bad, reason := range forbidden[r] {
				if strings.HasPrefix(dep, bad) && !strings.HasPrefix(dep, module) {
					t.Errorf("%s reaches %s: %s", path, dep, reason)
				}
			}
		}
	}
}
