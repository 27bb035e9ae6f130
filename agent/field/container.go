package field

import "github.com/saker-project/saker/agent/state"

// containerFields are what the control groups tell about a container. The rest
// is the runtime's to tell.
var containerFields = fields{
	"container.id":      ofString(of(self, func(t *state.Thread) string { return t.Cgroups.Container.ID })),
	"container.full_id": ofString(of(self, func(t *state.Thread) string { return t.Cgroups.Container.FullID })),
	"container.type":    ofString(of(self, func(t *state.Thread) string { return t.Cgroups.Container.Type })),
}
