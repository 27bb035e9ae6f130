package falcorules_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/saker-project/saker/agent/capture"
	"github.com/saker-project/saker/agent/engine"
	"github.com/saker-project/saker/agent/field"
	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/agent/state"
	"github.com/saker-project/saker/agent/state/statetest"
	falcorules "github.com/saker-project/saker/falco-rules"
	"github.com/saker-project/saker/translate"
)

func load(t *testing.T) *engine.Engine {
	t.Helper()
	ruleset, diagnostics := translate.Load([]translate.File{{Name: falcorules.Name, Content: falcorules.YAML}}, translate.Options{})
	for _, d := range diagnostics {
		t.Errorf("%v: %v", d.Severity, d.Error())
	}
	if ruleset == nil {
		t.FailNow()
	}
	e, err := engine.New(ruleset.Modules, engine.Options{MinPriority: schema.Debug, RuleMatching: engine.MatchAll})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// program is a process of a scene: it is forked by the one before it and
// starts path.
type program struct {
	path      string
	args      string // blank separated
	uid       int
	cwd       string
	fromMemfd bool
	container bool
}

// act is what the last program of a scene does after it started.
type act func(tid int64) *capture.Event

const (
	read   = schema.PPM_O_RDONLY
	write  = schema.PPM_O_WRONLY
	empty  = schema.PPM_O_WRONLY | schema.PPM_O_TRUNC
	create = schema.PPM_O_WRONLY | schema.PPM_O_CREAT | schema.PPM_O_TRUNC | schema.PPM_O_F_CREATED
)

func open(path string, flags int) act {
	return func(tid int64) *capture.Event {
		return statetest.Open(tid, 3, path, statetest.Params{"flags": flags})
	}
}

func openFails(path string) act {
	return func(tid int64) *capture.Event {
		return statetest.Open(tid, -13, path, statetest.Params{"flags": read})
	}
}

func connect(to string) act {
	return func(tid int64) *capture.Event { return statetest.Connect(tid, 3, "10.1.2.3:40000", to, nil) }
}

const containerCgroup = "memory=/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// play takes a scene through state and rules and returns the rules that fired.
func play(t *testing.T, e *engine.Engine, programs []program, last act) []string {
	t.Helper()
	machine := state.New(state.Options{})
	fields := field.NewContext(machine)
	evaluator := e.NewEvaluator()
	var fired []string
	judge := func(ev *capture.Event) {
		machine.Apply(ev)
		fields.Reset(ev)
		evaluator.Evaluate(fields, func(m *engine.Match) { fired = append(fired, m.Rule.Name) })
	}
	machine.Apply(statetest.Task(1, 0, "systemd", nil))
	tid := int64(1)
	for _, p := range programs {
		parent := tid
		tid += 10
		cgroups := "memory=/system.slice"
		if p.container {
			cgroups = containerCgroup
		}
		params := statetest.Params{
			"args": statetest.List(strings.Fields(p.args)...), "uid": p.uid, "cwd": p.cwd, "cgroups": statetest.List(cgroups),
		}
		if p.fromMemfd {
			params["flags"] = schema.PPM_EXE_FROM_MEMFD
		}
		judge(statetest.Clone(tid, parent, statetest.Params{"cgroups": statetest.List(cgroups)}))
		judge(statetest.Exec(tid, parent, p.path, params))
	}
	if last != nil {
		judge(last(tid))
	}
	return fired
}

func TestRules(t *testing.T) {
	e := load(t)
	bash := program{path: "/usr/bin/bash"}
	under := func(p ...program) []program { return append([]program{bash}, p...) }
	apt := program{path: "/usr/bin/apt-get", args: "install x"}
	type scene struct {
		name     string
		programs []program
		last     act
		fires    bool
	}
	tests := []struct {
		rule   string
		scenes []scene
	}{
		{"Account secrets read", []scene{
			{"cat reads /etc/shadow", under(program{path: "/usr/bin/cat", args: "/etc/shadow"}), open("/etc/shadow", read), true},
			{"a program in a container reads sudo's rules", under(program{path: "/usr/bin/python3", container: true}), open("/etc/sudoers.d/admins", read), true},
			{"sudo reads its rules", under(program{path: "/usr/bin/sudo"}), open("/etc/sudoers", read), false},
			{"a package manager's script reads /etc/shadow", under(apt, program{path: "/usr/bin/perl"}), open("/etc/shadow", read), false},
			{"somebody is refused", under(program{path: "/usr/bin/cat"}), openFails("/etc/shadow"), false},
			{"cat reads /etc/passwd", under(program{path: "/usr/bin/cat"}), open("/etc/passwd", read), false},
		}},
		{"Private keys searched for", []scene{
			{"find looks for ssh keys", under(program{path: "/usr/bin/find", args: "/ -name id_rsa"}), nil, true},
			{"grep looks for keys in files", under(program{path: "/usr/bin/grep", args: "-r BEGIN_RSA_PRIVATE KEY /home"}), nil, true},
			{"find looks for something else", under(program{path: "/usr/bin/find", args: "/ -name id_card"}), nil, false},
			{"ls names a key", under(program{path: "/usr/bin/ls", args: "/root/.ssh/id_rsa"}), nil, false},
		}},
		{"Path traversal into system files", []scene{
			{"a web server climbs to /etc", []program{{path: "/usr/sbin/nginx", cwd: "/var/www/html"}}, open("../../../etc/passwd", read), true},
			{"the attempt fails", []program{{path: "/usr/sbin/nginx", cwd: "/var/www/html"}}, openFails("../../../root/.ssh/id_rsa"), true},
			{"a compiler below a shell climbs", under(program{path: "/usr/bin/cc1", cwd: "/usr/src/a/b"}), open("../../../../etc/x.h", read), false},
			{"a web server climbs within its tree", []program{{path: "/usr/sbin/nginx", cwd: "/var/www/html"}}, open("../../x/y", read), false},
		}},
		{"Program run from shared memory", []scene{
			{"a program in /dev/shm", under(program{path: "/dev/shm/x"}), nil, true},
			{"a program in /run/shm", under(program{path: "/run/shm/.hidden/x", container: true}), nil, true},
			{"a program that names /dev/shm", under(program{path: "/usr/bin/ls", args: "/dev/shm/x"}), nil, false},
			{"a program beside it", under(program{path: "/dev/shmx"}), nil, false},
		}},
		{"Program run from memory only", []scene{
			{"a memfd", under(program{path: "memfd:payload", fromMemfd: true}), nil, true},
			{"a memfd in a container", under(program{path: "memfd:", fromMemfd: true, container: true}), nil, true},
			{"runc starts itself", under(program{path: "memfd:runc_cloned:/proc/self/exe", fromMemfd: true}), nil, false},
			{"buildah starts its helper", under(program{path: "memfd:buildah-chroot-runtime", fromMemfd: true}), nil, false},
			{"a program on disk", under(program{path: "/usr/bin/true"}), nil, false},
		}},
		{"Shell started by a server", []scene{
			{"nginx starts sh", []program{{path: "/usr/sbin/nginx"}, {path: "/bin/sh", args: "-c id"}}, nil, true},
			{"postgres starts bash", []program{{path: "/usr/lib/postgresql/postgres"}, {path: "/bin/bash"}}, nil, true},
			{"nginx starts another nginx", []program{{path: "/usr/sbin/nginx"}, {path: "/usr/sbin/nginx"}}, nil, false},
			{"a script below the server's script", []program{{path: "/usr/sbin/nginx"}, {path: "/usr/bin/perl"}, {path: "/bin/sh"}}, nil, false},
		}},
		{"Program directory written", []scene{
			{"cp replaces a program", under(program{path: "/usr/bin/cp"}), open("/usr/bin/ls", empty), true},
			{"a new program in /usr/local/sbin", under(program{path: "/usr/bin/curl"}), open("/usr/local/sbin/x", create), true},
			{"dpkg installs one", under(apt, program{path: "/usr/bin/dpkg"}), open("/usr/bin/ls.dpkg-new", create), false},
			{"install installs one", under(program{path: "/usr/bin/install"}), open("/usr/local/bin/x", create), false},
			{"a program is read", under(program{path: "/usr/bin/cp"}), open("/usr/bin/ls", read), false},
			{"a container changes its own", under(program{path: "/usr/bin/cp", container: true}), open("/usr/bin/ls", empty), false},
		}},
		{"Scheduled job written", []scene{
			{"a file in /etc/cron.d", under(program{path: "/usr/bin/tee"}), open("/etc/cron.d/x", create), true},
			{"another user's table", under(program{path: "/usr/bin/tee"}), open("/var/spool/cron/crontabs/root", write), true},
			{"crontab edits one", under(program{path: "/usr/bin/crontab"}), open("/var/spool/cron/crontabs/tmp.x", create), false},
			{"a job is read", under(program{path: "/usr/bin/cat"}), open("/etc/cron.d/x", read), false},
		}},
		{"Library preload configured", []scene{
			{"the file is made", under(program{path: "/usr/bin/tee"}), open("/etc/ld.so.preload", create), true},
			{"the file is changed in a container", under(program{path: "/usr/bin/tee", container: true}), open("/etc/ld.so.preload", write), true},
			{"the file is read", under(program{path: "/usr/bin/cat"}), open("/etc/ld.so.preload", read), false},
			{"the cache is rebuilt", under(program{path: "/usr/sbin/ldconfig"}), open("/etc/ld.so.cache~", create), false},
		}},
		{"Login key added", []scene{
			{"a key is appended", under(program{path: "/usr/bin/tee"}), open("/home/u/.ssh/authorized_keys", write), true},
			{"root gets one", under(program{path: "/usr/bin/python3"}), open("/root/.ssh/authorized_keys2", create), true},
			{"a file of that name elsewhere", under(program{path: "/usr/bin/tee"}), open("/home/u/authorized_keys", write), false},
			{"sshd reads them", []program{{path: "/usr/sbin/sshd"}}, open("/home/u/.ssh/authorized_keys", read), false},
		}},
		{"Log emptied", []scene{
			{"the login log", under(program{path: "/usr/bin/truncate"}), open("/var/log/wtmp", empty), true},
			{"an application's log", under(program{path: "/usr/bin/python3"}), open("/var/log/app/access.log", empty), true},
			{"a log is begun", under(program{path: "/usr/bin/python3"}), open("/var/log/app/access.log", create), false},
			{"a log is written", under(program{path: "/usr/bin/python3"}), open("/var/log/app/access.log", write), false},
			{"logrotate empties one", under(program{path: "/usr/sbin/logrotate"}), open("/var/log/syslog", empty), false},
		}},
		{"Disk wiping program started", []scene{
			{"shred", under(program{path: "/usr/bin/shred", args: "-u x"}), nil, true},
			{"mkfs in a container", under(program{path: "/usr/sbin/mkfs.ext4", container: true}), nil, true},
			{"an installer makes a file system", []program{{path: "/usr/bin/cloud-init"}, {path: "/usr/sbin/mkfs.ext4"}}, nil, false},
			{"its manual", under(program{path: "/usr/bin/man", args: "shred"}), nil, false},
		}},
		{"Metadata service asked from a container", []scene{
			{"curl in a container", under(program{path: "/usr/bin/curl", container: true}), connect("169.254.169.254:80"), true},
			{"another port", under(program{path: "/usr/bin/python3", container: true}), connect("169.254.169.254:8080"), true},
			{"curl on the host", under(program{path: "/usr/bin/curl"}), connect("169.254.169.254:80"), false},
			{"another address", under(program{path: "/usr/bin/curl", container: true}), connect("169.254.169.253:80"), false},
		}},
	}
	tested := map[string]bool{}
	for _, tt := range tests {
		tested[tt.rule] = true
		for _, s := range tt.scenes {
			t.Run(tt.rule+"/"+s.name, func(t *testing.T) {
				var want []string
				if s.fires {
					want = []string{tt.rule}
				}
				if diff := cmp.Diff(want, play(t, e, s.programs, s.last)); diff != "" {
					t.Errorf("rules that fired (-want +got):\n%s", diff)
				}
			})
		}
	}
	for _, r := range e.Rules() {
		if !tested[r.Name] {
			t.Errorf("rule %q has no test", r.Name)
		}
	}
}
