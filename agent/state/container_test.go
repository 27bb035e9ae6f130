package state

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/agent/state/statetest"
)

func TestMatchContainer(t *testing.T) {
	const id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	full := func(engine string) Container { return Container{Type: engine, ID: "0123456789ab", FullID: id} }
	tests := []struct {
		name, path string
		want       Container
	}{
		{"docker with cgroupfs", "/docker/" + id, full("docker")},
		{"docker with systemd", "/system.slice/docker-" + id + ".scope", full("docker")},
		{"docker in docker, the inner one", "/docker/" + strings.Repeat("f", 64) + "/docker/" + id, full("docker")},
		{"podman with systemd", "/machine.slice/libpod-" + id + ".scope", full("podman")},
		{"podman with a group below", "/machine.slice/libpod-" + id + ".scope/container", full("podman")},
		{"podman with cgroupfs", "/libpod_parent/libpod-" + id, full("podman")},
		{"rootless podman", "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + id + ".scope", full("podman")},
		{"podman's payload", "/libpod-payload-" + id, full("podman")},
		{"podman's monitor is no container", "/machine.slice/libpod-conmon-" + id + ".scope", Host},
		{"Kubernetes with containerd", "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-containerd-" + id + ".scope", full("cri")},
		{"Kubernetes with CRI-O", "/kubepods.slice/kubepods-pod1.slice/crio-" + id + ".scope", full("cri")},
		{"CRI-O with cgroupfs", "/kubepods/pod1/crio-" + id, full("cri")},
		{"Kubernetes with cgroupfs looks like docker", "/kubepods/besteffort/pod1/" + id, full("docker")},
		{"containerd's systemd name", "/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:" + id, full("cri")},
		{"nerdctl", "/system.slice/nerdctl-" + id + ".scope", full("cri")},
		{"containerd", "/default/my-container_1", Container{Type: "containerd", ID: "my-container", FullID: "my-container_1"}},
		{"containerd with a short id", "/k8s.io/web", Container{Type: "containerd", ID: "web", FullID: "web"}},
		{"LXC", "/lxc/web", Container{Type: "lxc", ID: "web", FullID: "web"}},
		{"LXC's payload", "/lxc.payload.web/system.slice", Container{Type: "lxc", ID: "web", FullID: "web"}},
		{"the root", "/", Host},
		{"nothing", "", Host},
		{"init", "/init.scope", Host},
		{"a service", "/system.slice/ssh.service", Host},
		{"a group below a service", "/system.slice/systemd-udevd.service/udev", Host},
		{"a session", "/user.slice/user-1000.slice/session-1.scope", Host},
		{"an id that is too short", "/docker/" + id[1:] + ".service", Host},
		{"an id with other characters", "/system.slice/docker-" + strings.Repeat("z", 64) + ".scope", Host},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, matchContainer(tt.path)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.path, diff)
			}
		})
	}
}

func TestCgroups(t *testing.T) {
	const id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	c := newCgroups(statetest.List("cpuset=/", "perf_cgroup=/p", "mem_cgroup=/m", "io=/docker/"+id, "junk", "cpu_cgroup=/c"))
	want := "cpuset=/ perf_event=/p memory=/m blkio=/docker/" + id + " cpu=/c"
	if c.Line != want {
		t.Errorf("Line = %q, want %q", c.Line, want)
	}
	if c.Container.Type != "docker" {
		t.Errorf("the container is found in any of the groups; got %v", c.Container)
	}
	for subsystem, want := range map[string]string{"cpu": "/c", "cpuset": "/", "blkio": "/docker/" + id, "io": "", "cp": ""} {
		if got, _ := c.Path(subsystem); got != want {
			t.Errorf("Path(%q) = %q, want %q", subsystem, got, want)
		}
	}
}

func TestEqualCgroupsAreShared(t *testing.T) {
	cache := make(cgroupCache)
	first := cache.get("cpu=/a\x00")
	if second := cache.get("cpu=/a\x00"); first != second {
		t.Error("two threads in one group have two Cgroups")
	}
	for i := range 3 * maxCgroups {
		cache.get(strings.Repeat("x", i) + "=/")
	}
	if len(cache) > maxCgroups {
		t.Errorf("the cache has %d entries, want at most %d", len(cache), maxCgroups)
	}
}
