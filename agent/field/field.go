// Package field extracts the fields that rules name from an event and from what
// package state knows at that moment.
//
// # Usage
//
// Compile turns the name of a field into an Extractor, once. For each event a
// Context is Reset after Machine.Apply, and extractors read from it:
//
//	machine.Apply(ev)
//	context.Reset(ev)
//	value, ok := extractor.Value(context)
//
// A field without a value is absent, which is not the same as an empty string or
// 0: every comparison with it is false. Fields that nothing here can fill are
// always absent, and Supported says so.
//
// # Fields
//
// These have values, with every argument that Falco accepts for them:
//
//   - evt.arg evt.args evt.buffer evt.buflen evt.category evt.count evt.count.error evt.count.exit evt.cpu
//     evt.datetime evt.datetime.s evt.deltatime evt.deltatime.ns evt.deltatime.s evt.dir evt.failed
//     evt.hostname evt.info evt.io_dir evt.is_async evt.is_io evt.is_io_read evt.is_io_write
//     evt.is_open_create evt.is_open_exec evt.is_open_read evt.is_open_write evt.is_syslog evt.is_wait
//     evt.latency evt.latency.ns evt.latency.s evt.num evt.rawarg evt.rawres evt.rawtime evt.rawtime.ns
//     evt.rawtime.s evt.reltime evt.reltime.ns evt.reltime.s evt.res evt.source evt.time evt.time.iso8601
//     evt.time.s evt.type evt.type.is evt.wait_latency
//   - syscall.type
//   - proc.aargs proc.acmdline proc.aenv proc.aexe proc.aexepath proc.aname proc.apid proc.args
//     proc.cmdlenargs proc.cmdline proc.cmdnargs proc.cwd proc.duration proc.env proc.exe proc.exe_ino
//     proc.exe_ino.ctime proc.exe_ino.ctime_duration_pidns_start proc.exe_ino.ctime_duration_proc_start
//     proc.exe_ino.mtime proc.exeline proc.exepath proc.fdlimit proc.is_exe_from_memfd
//     proc.is_exe_lower_layer proc.is_exe_upper_layer proc.is_exe_writable proc.is_pgid_leader
//     proc.is_sid_leader proc.is_vpgid_leader proc.loginshellid proc.name proc.nchilds proc.nthreads
//     proc.pcmdline proc.pexe proc.pexepath proc.pgid proc.pgid.exe proc.pgid.exepath proc.pgid.name
//     proc.pid proc.pid.ts proc.pidns_init_start_ts proc.pname proc.ppid proc.ppid.duration proc.ppid.ts
//     proc.pvpid proc.sid proc.sid.exe proc.sid.exepath proc.sname proc.tty proc.vmrss proc.vmsize
//     proc.vmswap proc.vpgid proc.vpgid.exe proc.vpgid.exepath proc.vpgid.name proc.vpid
//   - thread.cap_effective thread.cap_inheritable thread.cap_permitted thread.cgroup thread.cgroups
//     thread.ismain thread.nametid thread.pfmajor thread.pfminor thread.tid thread.vmrss thread.vmrss.b
//     thread.vmsize thread.vmsize.b thread.vtid
//   - user.homedir user.loginname user.loginuid user.name user.shell user.uid
//   - group.gid group.name
//   - fd.cip fd.cnet fd.connected fd.containerdirectory fd.containername fd.cport fd.dev fd.dev.major
//     fd.dev.minor fd.directory fd.filename fd.ino fd.ip fd.is_lower_layer fd.is_server fd.is_upper_layer
//     fd.l4proto fd.lip fd.lnet fd.lport fd.name fd.name_changed fd.nameraw fd.net fd.num fd.port fd.rip
//     fd.rnet fd.rport fd.sip fd.snet fd.sockfamily fd.sport fd.type fd.typechar fd.uid
//   - fs.path.name fs.path.nameraw fs.path.source fs.path.sourceraw fs.path.target fs.path.targetraw
//   - container.full_id container.id container.type
//
// # Memory
//
// Extracting a single value allocates nothing, apart from the first use of a text
// that a process keeps (its command line). A value's string is memory of the
// event, of the state or of the Context, and is valid until the next Reset.
//
// # Concurrency
//
// A Context belongs to the goroutine of its Machine. Extractors are shared and
// read-only.
//
// # Failure
//
// Nothing fails; what an event lacks is absent.
//
// Meanings and texts follow Falco 0.44, its evident defects excepted; each place
// says so.
package field
