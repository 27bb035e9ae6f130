//go:build ignore

// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0
// The capture programs. System calls are seen at their exit only: there the
// kernel has already faulted in what the arguments point to, and the result is
// known. Arguments are read from the saved registers, so 32-bit calls are seen
// too. Every record goes to the ring of the CPU it happened on, without waking
// the reader unless the reader asked for it (see ring_output).
#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "schema.h"
#include "record.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Set by user space before load. */
const volatile __u64 boot_epoch; /* ns from the Unix epoch to boot */
const volatile __u32 iterator_slot; /* index of the iterator's scratch */

/* Types that only user space names: a variable each keeps them in the BTF. */
const enum drop_reason *drop_reason_type __attribute__((unused));
const enum record_flag *record_flag_type __attribute__((unused));
const struct record_header *record_header_type __attribute__((unused));

/* Whose system calls and threads are never reported: the process that ran the
 * iterator last, which user space does once before it attaches. */
__u32 own_tgid;

/* Set by user space at any time. */
__u64 wanted[SYSCALLS / 64];             /* a bit per system call number of the 64-bit table */
__u64 wanted_compat[SYSCALLS / 64];      /* the same for the 32-bit table */
__u16 syscall_event[SYSCALLS];           /* event type by system call number */
__u16 syscall_event_compat[SYSCALLS];

/* 1: the reader sleeps, wake it. In a page of its own, which user space maps. */
__u32 doorbell SEC(".data.doorbell");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, DROP_REASONS * EVENT_TYPES);
	__type(key, __u32);
	__type(value, __u64);
} drops SEC(".maps");

struct ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 12);
};

/* One ring a CPU; user space makes the inner maps in the size it wants. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, MAX_CPUS);
	__type(key, __u32);
	__array(values, struct ring);
} rings SEC(".maps");

/* Where a record is put together before it goes to the ring. Parameters are
 * written at a masked offset, so data needs room for one more parameter after
 * the last maskable byte. */
struct scratch {
	struct record_header header;
	__u8 data[RECORD_LIMIT + PATH_LIMIT];
	__u8 path[2 * PATH_LIMIT]; /* paths grow backwards from the middle */
	__u32 path_at;             /* where the path starts */
	__u32 at;                  /* end of the parameters in data */
};

/* An array with one entry a CPU instead of a per-CPU array, whose values may not
 * exceed 32 KiB. The programs run with preemption off and do not nest. The
 * entry after the last CPU belongs to the iterator, which may sleep. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2); /* set at load */
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

/* v, which is below the power of two limit, in a form that the verifier
 * believes: the compiler may not drop the mask as needless. */
#define BOUND(v, limit)                  \
	({                               \
		__u32 b_ = (v);          \
		barrier_var(b_);         \
		b_ & ((limit) - 1);      \
	})

static __always_inline void count_drop(__u32 reason, __u32 type)
{
	__u32 key = reason * EVENT_TYPES + (type & (EVENT_TYPES - 1));
	__u64 *n = bpf_map_lookup_elem(&drops, &key);

	if (n)
		*n += 1;
}

/* ---- putting a record together ---- */

static __always_inline struct scratch *scratch_of(__u32 slot)
{
	return bpf_map_lookup_elem(&scratches, &slot);
}

static __always_inline void begin(struct scratch *s, struct task_struct *task, __u16 type, __s64 ret,
				  __u32 flags)
{
	s->header.time = bpf_ktime_get_boot_ns();
	s->header.cgroup_id = task->cgroups->dfl_cgrp->kn->id;
	s->header.thread_start = task->group_leader->start_boottime;
	s->header.pid = task->tgid;
	s->header.tid = task->pid;
	s->header.ret = ret;
	s->header.type = type;
	s->header.flags = flags;
	s->at = 0;
}

/* Helper calls cost more than all else here, so what hangs off a task is read
 * through its typed pointer wherever the verifier allows. */

/* Space for one parameter: a pointer to where its bytes go, or NULL when the
 * record is full. The bytes may be PATH_LIMIT - 2 at most. */
static __always_inline __u8 *param(struct scratch *s)
{
	__u32 at = s->at;

	if (at >= RECORD_LIMIT)
		return NULL;
	return &s->data[(at & (RECORD_LIMIT - 1)) + 2];
}

static __always_inline void param_end(struct scratch *s, __u32 len)
{
	__u32 at = s->at;

	if (at >= RECORD_LIMIT)
		return;
	*(__u16 *)&s->data[at & (RECORD_LIMIT - 1)] = len;
	s->at = at + 2 + len;
}

#define put(s, value)                                        \
	do {                                                 \
		typeof(value) v_ = (value);                  \
		__u8 *p_ = param(s);                         \
		if (p_) {                                    \
			__builtin_memcpy(p_, &v_, sizeof(v_)); \
			param_end(s, sizeof(v_));            \
		}                                            \
	} while (0)

static __always_inline void put_absent(struct scratch *s)
{
	param_end(s, 0);
}

/* A string of the process, without its NUL. An unreadable one is empty and
 * marks the record. */
static __always_inline void put_user_str(struct scratch *s, const void *str)
{
	__u8 *p = param(s);
	long n;

	if (!p)
		return;
	n = bpf_probe_read_user_str(p, PATH_LIMIT - 2, str);
	if (n <= 0) {
		if (str)
			s->header.flags |= RECORD_FAULT;
		n = 1;
	}
	if (n == PATH_LIMIT - 2)
		s->header.flags |= RECORD_TRUNCATED;
	param_end(s, (n - 1) & (PATH_LIMIT - 1));
}

static __always_inline void put_kernel_str(struct scratch *s, const void *str, __u32 limit)
{
	__u8 *p = param(s);
	long n;

	if (!p)
		return;
	n = bpf_probe_read_kernel_str(p, limit, str);
	if (n <= 0)
		n = 1;
	param_end(s, (n - 1) & (PATH_LIMIT - 1));
}

/* The ring's wakeup is an interrupt on this CPU, so it happens only when the
 * reader has said that it sleeps, and once. */
static __always_inline void ring_output(struct scratch *s)
{
	__u32 cpu = bpf_get_smp_processor_id();
	__u32 len = s->at;
	__u64 wakeup = BPF_RB_NO_WAKEUP;
	void *ring;

	if (len >= RECORD_LIMIT) {
		count_drop(DROP_SCRATCH, s->header.type);
		return;
	}
	s->header.len = len;
	ring = bpf_map_lookup_elem(&rings, &cpu);
	if (!ring) {
		count_drop(DROP_RING_FULL, s->header.type);
		return;
	}
	if (doorbell && __sync_lock_test_and_set(&doorbell, 0))
		wakeup = BPF_RB_FORCE_WAKEUP;
	if (bpf_ringbuf_output(ring, &s->header, sizeof(s->header) + (len & (RECORD_LIMIT - 1)), wakeup)) {
		count_drop(DROP_RING_FULL, s->header.type);
		if (wakeup == BPF_RB_FORCE_WAKEUP)
			doorbell = 1;
	}
}

/* ---- paths as the kernel knows them ---- */

/* Writes the path of a dentry below a mount into the scratch of slot and
 * returns where it starts in scratch.path (it ends at PATH_LIMIT), crossing
 * mounts up to the root of the mount tree. A dentry without a name in any tree
 * (a memfd) gives its bare name. Not inlined: verified once. */
__noinline __u32 walk_path(__u64 mnt_, __u64 dentry_, __u32 slot)
{
	struct vfsmount *vfs = (struct vfsmount *)mnt_;
	struct dentry *dentry = (struct dentry *)dentry_;
	struct mount *mnt;
	struct scratch *s = scratch_of(slot);

	if (!s || !vfs || !dentry)
		return PATH_LIMIT;
	s->path_at = PATH_LIMIT;
	mnt = (void *)vfs - bpf_core_field_offset(struct mount, mnt);
	for (int i = 0; i < 96; i++) {
		struct dentry *root = BPF_CORE_READ(mnt, mnt.mnt_root);
		struct dentry *parent = BPF_CORE_READ(dentry, d_parent);
		const unsigned char *name;
		__u32 at = s->path_at; /* kept in memory, so that each turn looks the same to the verifier */
		__u32 len;
		long n;

		if (dentry == root) {
			struct mount *up = BPF_CORE_READ(mnt, mnt_parent);

			if (up == mnt)
				break;
			dentry = BPF_CORE_READ(mnt, mnt_mountpoint);
			mnt = up;
			continue;
		}
		name = BPF_CORE_READ(dentry, d_name.name);
		/* Behind the middle first, to learn the length; then in place. */
		n = bpf_probe_read_kernel_str(&s->path[PATH_LIMIT], 256, name);
		if (n <= 1)
			break;
		len = (n - 1) & 255;
		if (at > PATH_LIMIT || at < len + 1)
			break;
		at -= len;
		bpf_probe_read_kernel(&s->path[at & (PATH_LIMIT - 1)], len, name);
		if (parent != dentry) {
			at -= 1;
			s->path[at & (PATH_LIMIT - 1)] = '/';
		}
		s->path_at = at;
		if (parent == dentry)
			break; /* in no tree */
		dentry = parent;
	}
	return s->path_at;
}

/* The path, or "/" for the root itself. */
static __always_inline void put_path(struct scratch *s, struct vfsmount *mnt, struct dentry *dentry, __u32 slot)
{
	__u32 from, len;
	__u8 *p;

	if (!mnt || !dentry) {
		put_absent(s);
		return;
	}
	from = walk_path((__u64)mnt, (__u64)dentry, slot);
	p = param(s);
	if (!p)
		return;
	if (from >= PATH_LIMIT) {
		*p = '/';
		param_end(s, 1);
		return;
	}
	len = PATH_LIMIT - from;
	if (len > PATH_LIMIT - 2) {
		len = PATH_LIMIT - 2;
		s->header.flags |= RECORD_TRUNCATED;
	}
	bpf_probe_read_kernel(p, BOUND(len, PATH_LIMIT), &s->path[BOUND(from, PATH_LIMIT)]);
	param_end(s, len);
}

static __always_inline struct file *file_of(struct task_struct *task, __s32 fd)
{
	struct fdtable *fdt = task->files->fdt;
	struct file *file = NULL;

	if (fd < 0 || (__u32)fd >= fdt->max_fds)
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), fdt->fd + fd);
	return file;
}

/* ---- renumbering, as the schema's flag tables want it ---- */

static __always_inline __u32 open_flags(__u32 f)
{
	__u32 r = 0;

	switch (f & O_ACCMODE) {
	case O_WRONLY:
		r = PPM_O_WRONLY;
		break;
	case O_RDWR:
		r = PPM_O_RDWR;
		break;
	default:
		r = PPM_O_RDONLY;
	}
	if (f & O_CREAT)
		r |= PPM_O_CREAT;
	if (f & O_TMPFILE_ONLY)
		r |= PPM_O_TMPFILE;
	if (f & O_APPEND)
		r |= PPM_O_APPEND;
	if (f & O_DSYNC)
		r |= PPM_O_DSYNC;
	if (f & O_EXCL)
		r |= PPM_O_EXCL;
	if (f & O_NONBLOCK)
		r |= PPM_O_NONBLOCK;
	if (f & O_SYNC_ONLY)
		r |= PPM_O_SYNC;
	if (f & O_TRUNC)
		r |= PPM_O_TRUNC;
	if (f & O_DIRECT)
		r |= PPM_O_DIRECT;
	if (f & O_DIRECTORY)
		r |= PPM_O_DIRECTORY;
	if (f & O_LARGEFILE)
		r |= PPM_O_LARGEFILE;
	if (f & O_CLOEXEC)
		r |= PPM_O_CLOEXEC;
	return r;
}

static __always_inline __u32 clone_flags(__u64 f)
{
	__u32 r = 0;

#define MAP(name)              \
	if (f & CLONE_##name)  \
		r |= PPM_CL_CLONE_##name
	MAP(FILES);
	MAP(FS);
	MAP(IO);
	MAP(NEWIPC);
	MAP(NEWNET);
	MAP(NEWNS);
	MAP(NEWPID);
	MAP(NEWUTS);
	MAP(NEWUSER);
	MAP(NEWCGROUP);
	MAP(PARENT);
	MAP(PARENT_SETTID);
	MAP(PTRACE);
	MAP(SIGHAND);
	MAP(SYSVSEM);
	MAP(THREAD);
	MAP(UNTRACED);
	MAP(VM);
	MAP(CHILD_CLEARTID);
	MAP(CHILD_SETTID);
	MAP(SETTLS);
	MAP(VFORK);
#undef MAP
	return r;
}

/* Device numbers in the form user space knows (makedev(3) of 32 bits). */
static __always_inline __u32 device(__u32 kernel_dev)
{
	__u32 major = kernel_dev >> 20, minor = kernel_dev & 0xfffff;

	return (minor & 0xff) | (major << 8) | ((minor & ~0xffU) << 12);
}

/* ---- a process ---- */

static __always_inline __s64 pid_in(struct pid *pid, bool innermost)
{
	__u32 level = innermost ? BPF_CORE_READ(pid, level) : 0;
	__u32 nr = 0;

	if (!pid)
		return 0;
	bpf_probe_read_kernel(&nr, sizeof(nr),
			      (void *)pid + bpf_core_field_offset(struct pid, numbers) +
				      level * bpf_core_type_size(struct upid) +
				      bpf_core_field_offset(struct upid, nr));
	return nr;
}

static __always_inline __u32 pid_level(struct task_struct *task)
{
	return BPF_CORE_READ(task, thread_pid, level);
}

/* Start of the first process of the task's pid namespace, ns since boot. */
static __always_inline __u64 pidns_start(struct task_struct *task)
{
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	struct pid_namespace *ns = NULL;
	__u32 level = BPF_CORE_READ(pid, level);

	if (!level)
		return 0;
	bpf_probe_read_kernel(&ns, sizeof(ns),
			      (void *)pid + bpf_core_field_offset(struct pid, numbers) +
				      level * bpf_core_type_size(struct upid) +
				      bpf_core_field_offset(struct upid, ns));
	return BPF_CORE_READ(ns, child_reaper, start_boottime);
}

static __always_inline __u32 tty_of(struct task_struct *task)
{
	struct tty_struct *tty = BPF_CORE_READ(task, signal, tty);
	struct tty_driver *driver;

	if (!tty)
		return 0;
	driver = BPF_CORE_READ(tty, driver);
	return device((BPF_CORE_READ(driver, major) << 20) |
		      (BPF_CORE_READ(driver, minor_start) + BPF_CORE_READ(tty, index)));
}

static __always_inline __u64 ns_of(__s64 sec, __u64 nsec)
{
	return sec * 1000000000ULL + nsec;
}

/* A time of an inode: which is ctime or mtime. */
#define inode_time(inode, which)                                                                         \
	({                                                                                               \
		struct inode *now_ = (inode);                                                            \
		struct inode___v66 *v66_ = (void *)now_;                                                 \
		struct inode___v61 *v61_ = (void *)now_;                                                 \
		__u64 ns_;                                                                               \
		if (bpf_core_field_exists(now_->i_##which##_sec))                                        \
			ns_ = ns_of(BPF_CORE_READ(now_, i_##which##_sec),                                \
				    BPF_CORE_READ(now_, i_##which##_nsec));                              \
		else if (bpf_core_field_exists(v66_->__i_##which))                                       \
			ns_ = ns_of(BPF_CORE_READ(v66_, __i_##which.tv_sec),                             \
				    BPF_CORE_READ(v66_, __i_##which.tv_nsec));                           \
		else                                                                                     \
			ns_ = ns_of(BPF_CORE_READ(v61_, i_##which.tv_sec),                               \
				    BPF_CORE_READ(v61_, i_##which.tv_nsec));                             \
		ns_;                                                                                     \
	})

/* A set of capabilities, bit n for capability n. The set is one 64-bit word
 * since 6.3 and two 32-bit words before: the same bytes, so no member is named. */
#define capabilities(cred, set)                                          \
	({                                                               \
		__u64 bits_ = 0;                                         \
		bpf_core_read(&bits_, sizeof(bits_), &(cred)->set);      \
		bits_;                                                   \
	})

/* Could the process overwrite its own program? The order of the questions is
 * Falco's: a read-only or immutable file never, its owner always. */
static __always_inline bool exe_writable(struct inode *inode, const struct cred *cred)
{
	__u16 mode = BPF_CORE_READ(inode, i_mode);
	__u64 caps = capabilities(cred, cap_effective);

	if (BPF_CORE_READ(inode, i_sb, s_flags) & SB_RDONLY || BPF_CORE_READ(inode, i_flags) & S_IMMUTABLE)
		return false;
	if (BPF_CORE_READ(cred, fsuid.val) == BPF_CORE_READ(inode, i_uid.val))
		return true;
	if (mode & 022)
		return true;
	return caps & (1ULL << CAP_DAC_OVERRIDE | 1ULL << CAP_FOWNER);
}

static __always_inline __u32 exe_flags(struct file *exe, const struct cred *cred)
{
	struct inode *inode = BPF_CORE_READ(exe, f_inode);
	struct dentry *dentry = BPF_CORE_READ(exe, f_path.dentry);
	__u32 r = 0;
	char name[8] = {};

	if (exe_writable(inode, cred))
		r |= PPM_EXE_WRITABLE;
	if (BPF_CORE_READ(inode, i_sb, s_magic) == OVERLAYFS_SUPER_MAGIC) {
		/* struct ovl_inode keeps the upper dentry right behind its inode;
		 * it may be a module's type, without BTF here. */
		struct dentry *upper = NULL;

		bpf_probe_read_kernel(&upper, sizeof(upper), (void *)inode + bpf_core_type_size(struct inode));
		r |= upper ? PPM_EXE_UPPER_LAYER : PPM_EXE_LOWER_LAYER;
	}
	bpf_probe_read_kernel_str(name, sizeof(name), BPF_CORE_READ(dentry, d_name.name));
	if (BPF_CORE_READ(dentry, d_parent) == dentry && name[0] == 'm' && name[1] == 'e' && name[2] == 'm' &&
	    name[3] == 'f' && name[4] == 'd' && name[5] == ':')
		r |= PPM_EXE_FROM_MEMFD;
	return r;
}

/* Writes the path of a control group, its last six components, as walk_path
 * does. */
__noinline __u32 walk_cgroup(__u64 node, __u32 slot)
{
	struct kernfs_node *kn = (struct kernfs_node *)node;
	struct scratch *s = scratch_of(slot);

	if (!s)
		return PATH_LIMIT;
	s->path_at = PATH_LIMIT;
	for (int i = 0; i < 6; i++) {
		struct kernfs_node___v61 *v61 = (void *)kn;
		struct kernfs_node *up;
		__u32 at = s->path_at, len;
		const char *name;
		long n;

		if (bpf_core_field_exists(v61->parent))
			up = BPF_CORE_READ(v61, parent);
		else
			up = BPF_CORE_READ(kn, __parent);
		if (!up)
			break;
		name = BPF_CORE_READ(kn, name);
		n = bpf_probe_read_kernel_str(&s->path[PATH_LIMIT], 256, name);
		if (n <= 1)
			break;
		len = (n - 1) & 255;
		if (at > PATH_LIMIT || at < len + 1)
			break;
		at -= len;
		bpf_probe_read_kernel(&s->path[at & (PATH_LIMIT - 1)], len, name);
		at -= 1;
		s->path[at & (PATH_LIMIT - 1)] = '/';
		s->path_at = at;
		kn = up;
	}
	return s->path_at;
}

#define CGROUP_LIMIT 2048

/* "<subsystem>=<path>" and a NUL for each subsystem that Falco names. */
static __always_inline void put_cgroups(struct scratch *s, struct task_struct *task, __u32 slot)
{
	struct css_set *set = BPF_CORE_READ(task, cgroups);
	__u8 *p = param(s);
	__u32 len = 0, from, n;

	if (!p)
		return;
#define SUBSYS(sub)                                                                                           \
	if (bpf_core_enum_value_exists(enum cgroup_subsys_id, sub##_cgrp_id)) {                               \
		struct kernfs_node *kn = BPF_CORE_READ(                                                       \
			set, subsys[bpf_core_enum_value(enum cgroup_subsys_id, sub##_cgrp_id) & 15], cgroup, kn); \
		from = walk_cgroup((__u64)kn, slot);                                                          \
		if (kn && from <= PATH_LIMIT && from >= PATH_LIMIT - 6 * 256) {                               \
			__builtin_memcpy(p + len, #sub "=", sizeof(#sub));                                    \
			len += sizeof(#sub);                                                                  \
			n = BOUND(PATH_LIMIT - from, CGROUP_LIMIT);                                           \
			if (!n) {                                                                             \
				p[len] = '/';                                                                 \
				n = 1;                                                                        \
			} else {                                                                              \
				bpf_probe_read_kernel(p + len, n, &s->path[BOUND(from, PATH_LIMIT)]);         \
			}                                                                                     \
			len += n;                                                                             \
			p[len] = 0;                                                                           \
			len += 1;                                                                             \
			if (len > CGROUP_LIMIT)                                                               \
				goto done;                                                                    \
		}                                                                                             \
	}
	SUBSYS(cpuset)
	SUBSYS(cpu)
	SUBSYS(cpuacct)
	SUBSYS(io)
	SUBSYS(memory)
#undef SUBSYS
done:
	param_end(s, len & (PATH_LIMIT - 1));
}

/* exe and args: the process's own argument list, split behind its first
 * string. Readable only from the process itself. */
static __always_inline void put_exe_args(struct scratch *s, struct mm_struct *mm)
{
	unsigned long start = BPF_CORE_READ(mm, arg_start), end = BPF_CORE_READ(mm, arg_end);
	__u32 len, exe;
	__u8 *p;
	long n;

	p = param(s);
	if (!p)
		return;
	n = bpf_probe_read_user_str(p, PATH_LIMIT - 2, (void *)start);
	if (n <= 0) {
		s->header.flags |= RECORD_FAULT;
		put_absent(s);
		put_absent(s);
		return;
	}
	exe = n & (PATH_LIMIT - 1);
	param_end(s, (exe - 1) & (PATH_LIMIT - 1));

	p = param(s);
	if (!p)
		return;
	len = 0;
	if (end > start + exe) {
		unsigned long left = end - start - exe;

		len = PATH_LIMIT - 2 - exe;
		if (left > len)
			s->header.flags |= RECORD_TRUNCATED;
		else
			len = left;
		len &= PATH_LIMIT - 1;
		if (len > PATH_LIMIT - 2 || bpf_probe_read_user(p, len, (void *)(start + exe))) {
			s->header.flags |= RECORD_FAULT;
			len = 0;
		}
	}
	param_end(s, len);
}

static __always_inline void put_env(struct scratch *s, struct mm_struct *mm)
{
	unsigned long start = BPF_CORE_READ(mm, env_start), end = BPF_CORE_READ(mm, env_end);
	__u8 *p = param(s);
	__u64 len = end - start;

	if (!p)
		return;
	if (len > PATH_LIMIT - 2)
		len = PATH_LIMIT - 2;
	if (end <= start || bpf_probe_read_user(p, len & (PATH_LIMIT - 1), (void *)start))
		len = 0;
	param_end(s, len & (PATH_LIMIT - 1));
}

/* From tid to vm_swap, parameters 3 to 12 of the clone and execve events. */
static __always_inline void put_process(struct scratch *s, struct task_struct *task, struct mm_struct *mm,
					struct fs_struct *cwd, __u32 slot)
{
	put(s, (__s64)BPF_CORE_READ(task, pid));
	put(s, (__s64)BPF_CORE_READ(task, tgid));
	put(s, (__s64)BPF_CORE_READ(task, real_parent, pid));
	if (cwd)
		put_path(s, BPF_CORE_READ(cwd, pwd.mnt), BPF_CORE_READ(cwd, pwd.dentry), slot);
	else
		put_absent(s);
	put(s, (__u64)BPF_CORE_READ(task, signal, rlim[RLIMIT_NOFILE].rlim_cur));
	put(s, (__u64)BPF_CORE_READ(task, maj_flt));
	put(s, (__u64)BPF_CORE_READ(task, min_flt));
	put(s, (__u32)(BPF_CORE_READ(mm, total_vm) << 2)); /* pages of 4 KiB to KiB */
	put_absent(s);                                     /* vm_rss */
	put_absent(s);                                     /* vm_swap */
	put_kernel_str(s, task->comm, sizeof(task->comm));
	put_cgroups(s, task, slot);
}

/* Parameters 1 to 20 of the clone family. mm is the address space of the
 * current task: a child's arguments are its parent's. */
static __always_inline void put_clone(struct scratch *s, struct task_struct *task, struct mm_struct *mm, __u32 flags,
				      __u32 slot)
{
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	struct pid *group = BPF_CORE_READ(task, signal, pids[PIDTYPE_TGID]);

	put_exe_args(s, mm);
	put_process(s, task, mm, NULL, slot);
	put(s, flags);
	put(s, (__u32)BPF_CORE_READ(task, cred, euid.val));
	put(s, (__u32)BPF_CORE_READ(task, cred, egid.val));
	put(s, pid_in(pid, true));
	put(s, group ? pid_in(group, true) : pid_in(pid, true));
	put(s, pidns_start(task));
}

/* ---- system calls ---- */

struct call {
	__u64 arg[6];
};

static __always_inline bool is_compat(struct task_struct *task)
{
#if defined(__TARGET_ARCH_x86)
	return task->thread_info.status & TS_COMPAT;
#else
	return task->thread_info.flags & (1UL << TIF_32BIT);
#endif
}

static __always_inline __u32 call_number(struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return regs->orig_ax & ~X32_SYSCALL_BIT;
#else
	return regs->syscallno;
#endif
}

static __always_inline void call_args(struct call *c, struct pt_regs *regs, bool compat)
{
#if defined(__TARGET_ARCH_x86)
	if (compat) {
		c->arg[0] = (__u32)regs->bx;
		c->arg[1] = (__u32)regs->cx;
		c->arg[2] = (__u32)regs->dx;
		c->arg[3] = (__u32)regs->si;
		c->arg[4] = (__u32)regs->di;
		c->arg[5] = (__u32)regs->bp;
		return;
	}
	c->arg[0] = regs->di;
	c->arg[1] = regs->si;
	c->arg[2] = regs->dx;
	c->arg[3] = regs->r10;
	c->arg[4] = regs->r8;
	c->arg[5] = regs->r9;
#else
	c->arg[0] = regs->orig_x0;
	c->arg[1] = regs->regs[1];
	c->arg[2] = regs->regs[2];
	c->arg[3] = regs->regs[3];
	c->arg[4] = regs->regs[4];
	c->arg[5] = regs->regs[5];
#endif
}

/* What open, openat and openat2 learn from the file they made. */
static __always_inline void put_file(struct scratch *s, struct file *file)
{
	struct inode *inode;

	if (!file) {
		put(s, (__u32)0);
		put(s, (__u64)0);
		return;
	}
	inode = BPF_CORE_READ(file, f_inode);
	put(s, device(BPF_CORE_READ(inode, i_sb, s_dev)));
	put(s, (__u64)BPF_CORE_READ(inode, i_ino));
}

/* The directory that a relative name starts from: an extension parameter. Only
 * the kernel knows it for certain; it costs a walk, so only for such names. */
static __always_inline void put_base(struct scratch *s, struct task_struct *task, __s32 dirfd, bool absolute,
				     __u32 slot)
{
	struct file *dir;
	struct fs_struct *fs;

	if (absolute) {
		put_absent(s);
		return;
	}
	if (dirfd == AT_FDCWD) {
		fs = BPF_CORE_READ(task, fs);
		put_path(s, BPF_CORE_READ(fs, pwd.mnt), BPF_CORE_READ(fs, pwd.dentry), slot);
		return;
	}
	dir = file_of(task, dirfd);
	if (!dir) {
		put_absent(s);
		return;
	}
	put_path(s, BPF_CORE_READ(dir, f_path.mnt), BPF_CORE_READ(dir, f_path.dentry), slot);
}

static __always_inline void emit_open(struct scratch *s, struct task_struct *task, struct call *c, __u16 type, __s64 ret,
				      __u32 slot)
{
	__s32 dirfd = AT_FDCWD;
	__u32 flags = 0, mode = 0;
	__u64 how[3] = {}; /* struct open_how */
	const void *name;
	struct file *file = ret > 0 ? file_of(task, ret) : NULL;
	__u32 name_at;
	__u8 *first;
	bool absolute = false;

	put(s, ret);
	switch (type) {
	case PPME_SYSCALL_OPEN_X:
		name = (void *)c->arg[0];
		flags = c->arg[1];
		mode = c->arg[2];
		break;
	case PPME_SYSCALL_CREAT_X:
		name = (void *)c->arg[0];
		mode = c->arg[1];
		break;
	case PPME_SYSCALL_OPENAT2_X:
		dirfd = c->arg[0];
		name = (void *)c->arg[1];
		if (bpf_probe_read_user(how, sizeof(how), (void *)c->arg[2]))
			s->header.flags |= RECORD_FAULT;
		flags = how[0];
		mode = how[1];
		put(s, (__s64)dirfd);
		break;
	default:
		dirfd = c->arg[0];
		name = (void *)c->arg[1];
		flags = c->arg[2];
		mode = c->arg[3];
		put(s, (__s64)dirfd);
	}
	name_at = s->at;
	put_user_str(s, name);
	if (s->at > name_at + 2) {
		first = &s->data[(name_at & (RECORD_LIMIT - 1)) + 2];
		absolute = *first == '/';
	}
	if (type != PPME_SYSCALL_CREAT_X) {
		__u32 r = open_flags(flags);

		if (file && flags & O_CREAT && BPF_CORE_READ(file, f_mode) & FMODE_CREATED)
			r |= PPM_O_F_CREATED;
		put(s, r);
	}
	/* Without O_CREAT or O_TMPFILE the register holds no mode. */
	if (type != PPME_SYSCALL_CREAT_X && !(flags & (O_CREAT | O_TMPFILE_ONLY)))
		mode = 0;
	put(s, mode);
	if (type == PPME_SYSCALL_OPENAT2_X)
		put(s, (__u32)how[2]);
	put_file(s, file);
	if (type == PPME_SYSCALL_CREAT_X)
		put(s, (__u16)0);
	put_base(s, task, dirfd, absolute, slot);
}

/* The address that connect was given, in the schema's form: family as in the
 * schema, then address and port (host order) or path. */
static __always_inline void put_sockaddr(struct scratch *s, const void *addr, __u32 size)
{
	__u8 raw[28] = {};
	__u16 family = 0;
	__u8 *p = param(s);
	long n;

	if (!p)
		return;
	bpf_probe_read_user(&family, sizeof(family), addr);
	switch (family) {
	case AF_INET:
		if (size < 8 || bpf_probe_read_user(raw, 8, addr))
			break;
		p[0] = PPM_AF_INET;
		__builtin_memcpy(p + 1, raw + 4, 4);
		p[5] = raw[3];
		p[6] = raw[2];
		param_end(s, 7);
		return;
	case AF_INET6:
		if (size < 24 || bpf_probe_read_user(raw, 24, addr))
			break;
		p[0] = PPM_AF_INET6;
		__builtin_memcpy(p + 1, raw + 8, 16);
		p[17] = raw[3];
		p[18] = raw[2];
		param_end(s, 19);
		return;
	case AF_UNIX:
		p[0] = PPM_AF_UNIX;
		n = bpf_probe_read_user_str(p + 1, 108, addr + 2);
		if (n < 1)
			n = 1;
		param_end(s, n & 127);
		return;
	}
	put_absent(s);
}

/* Both ends of a connected socket: family, source, destination. */
static __always_inline void put_tuple(struct scratch *s, struct sock *sk, __u16 family)
{
	__u8 *p = param(s);
	__u16 port;

	if (!p)
		return;
	switch (family) {
	case AF_INET:
		p[0] = PPM_AF_INET;
		*(__u32 *)(p + 1) = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
		*(__u16 *)(p + 5) = BPF_CORE_READ(sk, __sk_common.skc_num);
		*(__u32 *)(p + 7) = BPF_CORE_READ(sk, __sk_common.skc_daddr);
		port = BPF_CORE_READ(sk, __sk_common.skc_dport);
		*(__u16 *)(p + 11) = __builtin_bswap16(port);
		param_end(s, 13);
		return;
	case AF_INET6:
		p[0] = PPM_AF_INET6;
		BPF_CORE_READ_INTO((struct in6_addr *)(p + 1), sk, __sk_common.skc_v6_rcv_saddr);
		*(__u16 *)(p + 17) = BPF_CORE_READ(sk, __sk_common.skc_num);
		BPF_CORE_READ_INTO((struct in6_addr *)(p + 19), sk, __sk_common.skc_v6_daddr);
		port = BPF_CORE_READ(sk, __sk_common.skc_dport);
		*(__u16 *)(p + 35) = __builtin_bswap16(port);
		param_end(s, 37);
		return;
	case AF_UNIX: {
		struct unix_sock *us = (void *)sk, *peer = (void *)BPF_CORE_READ(us, peer);
		struct unix_address *addr = peer ? BPF_CORE_READ(peer, addr) : NULL;
		long n = 1;

		p[0] = PPM_AF_UNIX;
		*(__u64 *)(p + 1) = (__u64)us;
		*(__u64 *)(p + 9) = (__u64)peer;
		if (addr)
			n = bpf_probe_read_kernel_str(p + 17, 108, addr->name + 2);
		if (n < 1)
			n = 1;
		param_end(s, 17 + ((n - 1) & 127));
		return;
	}
	}
	put_absent(s);
}

static __always_inline void emit_connect(struct scratch *s, struct task_struct *task, struct call *c, __s64 ret)
{
	__s32 fd = c->arg[0];
	struct file *file = file_of(task, fd);
	struct socket *sock;
	struct sock *sk = NULL;
	struct {
		__u16 family, type, protocol;
	} socket = {};

	if (file && (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) == S_IFSOCK) {
		sock = BPF_CORE_READ(file, private_data);
		sk = BPF_CORE_READ(sock, sk);
		socket.family = BPF_CORE_READ(sk, __sk_common.skc_family);
		socket.type = BPF_CORE_READ(sk, sk_type);
		socket.protocol = BPF_CORE_READ(sk, sk_protocol);
	}
	put(s, ret);
	if (sk && (ret >= 0 || ret == -EINPROGRESS))
		put_tuple(s, sk, socket.family);
	else
		put_absent(s);
	put(s, (__s64)fd);
	put_sockaddr(s, (void *)c->arg[1], c->arg[2]);
	if (sk)
		put(s, socket);
	else
		put_absent(s);
}

/* A call that did not replace the program: what the caller asked for. */
static __always_inline void emit_exec_failed(struct scratch *s, struct task_struct *task, struct call *c, __u16 type,
					     __s64 ret)
{
	bool at = type == PPME_SYSCALL_EXECVEAT_X;
	const void *name = (void *)c->arg[at ? 1 : 0];

	put(s, ret);
	put_user_str(s, name); /* exe: what would have run */
	put_absent(s);         /* args */
	put(s, (__s64)task->pid);
	put(s, (__s64)task->tgid);
	put(s, (__s64)BPF_CORE_READ(task, real_parent, pid));
	for (int i = 6; i <= 12; i++)
		put_absent(s);
	put_kernel_str(s, task->comm, sizeof(task->comm));
	for (int i = 14; i <= 29; i++)
		put_absent(s);
	if (!at)
		put_user_str(s, name);
}

static __always_inline void emit_clone_parent(struct scratch *s, struct task_struct *task, struct call *c, __u16 type,
					      __s64 ret, __u32 slot)
{
	__u64 flags = 0;

	if (type == PPME_SYSCALL_CLONE_20_X)
		flags = c->arg[0];
	else if (type == PPME_SYSCALL_CLONE3_X)
		bpf_probe_read_user(&flags, sizeof(flags), (void *)c->arg[0]);
	else if (type == PPME_SYSCALL_VFORK_20_X)
		flags = CLONE_VFORK | CLONE_VM;
	put(s, ret);
	put_clone(s, task, BPF_CORE_READ(task, mm), clone_flags(flags), slot);
}

static __always_inline bool is_wanted(__u32 nr, bool compat)
{
	__u64 bit = 1ULL << (nr & 63);
	__u32 word = BOUND(nr / 64, SYSCALLS / 64);

	return (compat ? wanted_compat[word] : wanted[word]) & bit;
}

static __always_inline __u16 event_of(__u32 nr, bool compat)
{
	nr = BOUND(nr, SYSCALLS);
	if (compat)
		return syscall_event_compat[nr];
	return syscall_event[nr];
}

SEC("tp_btf/sys_exit")
int BPF_PROG(sys_exit, struct pt_regs *regs, long ret)
{
	__u32 nr = call_number(regs), slot;
	struct task_struct *task;
	struct scratch *s;
	struct call c;
	bool compat;
	__u16 type;

	/* Most calls end here: in neither table, whichever applies. */
	if (nr >= SYSCALLS || !(is_wanted(nr, false) || is_wanted(nr, true)))
		return 0;
	task = (struct task_struct *)bpf_get_current_task_btf();
	compat = is_compat(task);
	if (!is_wanted(nr, compat))
		return 0;
	if (task->tgid == own_tgid || task->flags & PF_KTHREAD)
		return 0;
	type = event_of(nr, compat);
	slot = bpf_get_smp_processor_id();
	s = scratch_of(slot);
	if (!s) {
		count_drop(DROP_SCRATCH, type);
		return 0;
	}
	call_args(&c, regs, compat);
	switch (type) {
	case SOCKETCALL: {
		/* 32-bit x86 has one call for all socket calls: 3 is connect, with
		 * its arguments in memory. */
		__u32 args[3];

		if (c.arg[0] != 3 || bpf_probe_read_user(args, sizeof(args), (void *)c.arg[1]))
			return 0;
		for (int i = 0; i < 3; i++)
			c.arg[i] = args[i];
		type = PPME_SOCKET_CONNECT_X;
		break;
	}
	case PPME_SYSCALL_EXECVE_19_X:
	case PPME_SYSCALL_EXECVEAT_X:
		if (ret >= 0) /* reported by sched_process_exec */
			return 0;
		break;
	case PPME_SYSCALL_CLONE_20_X:
	case PPME_SYSCALL_CLONE3_X:
	case PPME_SYSCALL_FORK_20_X:
	case PPME_SYSCALL_VFORK_20_X:
		if (ret == 0) /* the child's view, reported by sched_process_fork */
			return 0;
		break;
	}
	begin(s, task, type, ret, compat ? RECORD_COMPAT : 0);
	switch (type) {
	case PPME_SYSCALL_OPEN_X:
	case PPME_SYSCALL_OPENAT_2_X:
	case PPME_SYSCALL_OPENAT2_X:
	case PPME_SYSCALL_CREAT_X:
		emit_open(s, task, &c, type, ret, slot);
		break;
	case PPME_SOCKET_CONNECT_X:
		emit_connect(s, task, &c, ret);
		break;
	case PPME_SYSCALL_EXECVE_19_X:
	case PPME_SYSCALL_EXECVEAT_X:
		emit_exec_failed(s, task, &c, type, ret);
		break;
	case PPME_SYSCALL_CLONE_20_X:
	case PPME_SYSCALL_CLONE3_X:
	case PPME_SYSCALL_FORK_20_X:
	case PPME_SYSCALL_VFORK_20_X:
		emit_clone_parent(s, task, &c, type, ret, slot);
		break;
	default:
		return 0;
	}
	ring_output(s);
	return 0;
}

/* ---- the life of a process ---- */

SEC("tp_btf/sched_process_exec")
int BPF_PROG(sched_process_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	__u32 slot = bpf_get_smp_processor_id();
	struct scratch *s = scratch_of(slot);
	const struct cred *cred = BPF_CORE_READ(task, cred);
	struct mm_struct *mm = BPF_CORE_READ(task, mm);
	struct file *exe = BPF_CORE_READ(mm, exe_file);
	struct inode *inode = BPF_CORE_READ(exe, f_inode);
	struct pid *group = BPF_CORE_READ(task, signal, pids[PIDTYPE_PGID]);

	if (!s) {
		count_drop(DROP_SCRATCH, PPME_SYSCALL_EXECVE_19_X);
		return 0;
	}
	begin(s, task, PPME_SYSCALL_EXECVE_19_X, 0, 0);
	put(s, (__s64)0);
	put_exe_args(s, mm);
	put_process(s, task, mm, BPF_CORE_READ(task, fs), slot);
	put_env(s, mm);
	put(s, tty_of(task));
	put(s, pid_in(group, true));
	put(s, (__u32)BPF_CORE_READ(task, loginuid.val));
	put(s, exe_flags(exe, cred));
	put(s, capabilities(cred, cap_inheritable));
	put(s, capabilities(cred, cap_permitted));
	put(s, capabilities(cred, cap_effective));
	put(s, (__u64)BPF_CORE_READ(inode, i_ino));
	put(s, inode_time(inode, ctime));
	put(s, inode_time(inode, mtime));
	put(s, (__u32)BPF_CORE_READ(cred, euid.val));
	put_path(s, BPF_CORE_READ(exe, f_path.mnt), BPF_CORE_READ(exe, f_path.dentry), slot);
	put(s, pid_in(group, false));
	put(s, (__u32)BPF_CORE_READ(cred, egid.val));
	put_kernel_str(s, BPF_CORE_READ(bprm, filename), PATH_LIMIT - 2);
	ring_output(s);
	return 0;
}

/* The child's view of fork, before the child runs, under the name of the call
 * that made it. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(sched_process_fork, struct task_struct *parent, struct task_struct *child)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	bool compat = is_compat(task);
	__u32 slot = bpf_get_smp_processor_id(), nr = call_number(regs), flags;
	__u16 type = PPME_SYSCALL_CLONE_20_X, named = 0;
	struct scratch *s = scratch_of(slot);
	struct call c;
	__u64 asked = 0;

	if (child->flags & (PF_KTHREAD | PF_USER_WORKER) || child->tgid == own_tgid)
		return 0;
	if (!s) {
		count_drop(DROP_SCRATCH, type);
		return 0;
	}
	call_args(&c, regs, compat);
	if (nr < SYSCALLS)
		named = event_of(nr, compat);
	switch (named) {
	case PPME_SYSCALL_CLONE3_X:
		type = named;
		bpf_probe_read_user(&asked, sizeof(asked), (void *)c.arg[0]);
		break;
	case PPME_SYSCALL_VFORK_20_X:
		type = named;
		asked = CLONE_VFORK | CLONE_VM;
		break;
	case PPME_SYSCALL_FORK_20_X:
		type = named;
		break;
	case PPME_SYSCALL_CLONE_20_X:
		asked = c.arg[0];
	}
	flags = clone_flags(asked);
	if (pid_level(child))
		flags |= PPM_CL_CHILD_IN_PIDNS;
	begin(s, child, type, 0, compat ? RECORD_COMPAT : 0);
	put(s, (__s64)0);
	put_clone(s, child, BPF_CORE_READ(parent, mm), flags, slot);
	ring_output(s);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(sched_process_exit, struct task_struct *task)
{
	struct scratch *s = scratch_of(bpf_get_smp_processor_id());
	__s64 code = task->exit_code;

	if (task->flags & (PF_KTHREAD | PF_USER_WORKER) || task->tgid == own_tgid)
		return 0;
	if (!s) {
		count_drop(DROP_SCRATCH, PPME_PROCEXIT_1_E);
		return 0;
	}
	begin(s, task, PPME_PROCEXIT_1_E, 0, 0);
	put(s, code);
	put(s, (code >> 8) & 0xff);
	put(s, (__u8)(code & 0x7f));
	put(s, (__u8)((code >> 7) & 1));
	put_absent(s); /* reaper_tid: user space finds it in its own table */
	ring_output(s);
	return 0;
}

/* ---- who is already there ---- */

static __always_inline void put_task_memory(struct scratch *s, struct task_struct *task, unsigned long start,
					    unsigned long end)
{
	__u8 *p = param(s);
	__u64 len = end - start;

	if (!p)
		return;
	if (len > PATH_LIMIT - 2)
		len = PATH_LIMIT - 2;
	if (end <= start || bpf_copy_from_user_task(p, len & (PATH_LIMIT - 1), (void *)start, task, 0))
		len = 0;
	param_end(s, len & (PATH_LIMIT - 1));
}

/* One PPME_ITER_TASK_E record a thread, written to the iterator's file. */
SEC("iter.s/task")
int iterate_tasks(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	__u32 slot = iterator_slot, len;
	struct scratch *s = scratch_of(slot);
	const struct cred *cred;
	struct mm_struct *mm;
	struct file *exe;
	struct inode *inode;
	struct pid *pid, *group, *session, *leader;

	own_tgid = bpf_get_current_pid_tgid() >> 32;
	if (!task || !s || task->flags & (PF_KTHREAD | PF_USER_WORKER))
		return 0;
	mm = task->mm;
	if (!mm)
		return 0;
	cred = task->cred;
	exe = BPF_CORE_READ(mm, exe_file);
	inode = BPF_CORE_READ(exe, f_inode);
	pid = BPF_CORE_READ(task, thread_pid);
	leader = BPF_CORE_READ(task, signal, pids[PIDTYPE_TGID]);
	group = BPF_CORE_READ(task, signal, pids[PIDTYPE_PGID]);
	session = BPF_CORE_READ(task, signal, pids[PIDTYPE_SID]);

	begin(s, task, PPME_ITER_TASK_E, 0, 0);
	put(s, (__s32)BPF_CORE_READ(task, real_parent, pid));
	put(s, (__s32)pid_in(group, false));
	put(s, (__s32)pid_in(group, true));
	put(s, (__s32)pid_in(session, false));
	put_kernel_str(s, task->comm, sizeof(task->comm));
	put_task_memory(s, task, BPF_CORE_READ(mm, arg_start), BPF_CORE_READ(mm, arg_end));
	put_path(s, BPF_CORE_READ(exe, f_path.mnt), BPF_CORE_READ(exe, f_path.dentry), slot);
	put(s, exe_flags(exe, cred));
	put_task_memory(s, task, BPF_CORE_READ(mm, env_start), BPF_CORE_READ(mm, env_end));
	put_path(s, BPF_CORE_READ(task, fs, pwd.mnt), BPF_CORE_READ(task, fs, pwd.dentry), slot);
	put(s, (__u64)BPF_CORE_READ(task, signal, rlim[RLIMIT_NOFILE].rlim_cur));
	put(s, (__u32)BPF_CORE_READ(cred, euid.val));
	put(s, (__u32)BPF_CORE_READ(cred, egid.val));
	put(s, capabilities(cred, cap_permitted));
	put(s, capabilities(cred, cap_effective));
	put(s, capabilities(cred, cap_inheritable));
	put(s, (__u64)BPF_CORE_READ(inode, i_ino));
	put(s, inode_time(inode, ctime));
	put(s, inode_time(inode, mtime));
	put(s, (__u32)(BPF_CORE_READ(mm, total_vm) << 2));
	put_absent(s); /* vm_rss */
	put_absent(s); /* vm_swap */
	put(s, (__u64)BPF_CORE_READ(task, maj_flt));
	put(s, (__u64)BPF_CORE_READ(task, min_flt));
	put(s, (__s32)(leader ? pid_in(leader, true) : 0));
	put(s, (__s32)pid_in(pid, true));
	put(s, pidns_start(task));
	put_cgroups(s, task, slot);
	put_path(s, BPF_CORE_READ(task, fs, root.mnt), BPF_CORE_READ(task, fs, root.dentry), slot);
	put(s, boot_epoch + BPF_CORE_READ(task, start_boottime));
	put(s, tty_of(task));
	put(s, (__u32)BPF_CORE_READ(task, loginuid.val));
	len = s->at;
	if (len >= RECORD_LIMIT)
		return 0;
	s->header.len = len;
	bpf_seq_write(ctx->meta->seq, &s->header, sizeof(s->header) + (len & (RECORD_LIMIT - 1)));
	return 0;
}
