/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* The few kernel types that the programs read. Each struct names only the
 * members in use: CO-RE relocates them against the running kernel's BTF, so
 * order and offsets here do not matter. A type or member that changed its name
 * between kernels has a second struct with a ___suffix, which CO-RE ignores. */
#pragma once

/* Keeps libbpf's PT_REGS macros on the names used below. */
#define __VMLINUX_H__

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;
#define true 1
#define false 0
#define NULL ((void *)0)

enum bpf_map_type {
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_ARRAY_OF_MAPS = 12,
	BPF_MAP_TYPE_RINGBUF = 27,
};

enum { BPF_F_MMAPABLE = 1U << 10 };
enum { BPF_RB_NO_WAKEUP = 1, BPF_RB_FORCE_WAKEUP = 2 };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long bp, bx, r10, r9, r8, cx, dx, si, di, orig_ax;
};
struct thread_info {
	unsigned long flags;
	__u32 status;
};
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs {
	__u64 regs[31];
	__u64 orig_x0;
	__s32 syscallno;
};
struct thread_info {
	unsigned long flags;
};
#endif

typedef struct { __u32 val; } kuid_t;
typedef struct { __u32 val; } kgid_t;

struct list_head { struct list_head *next, *prev; };

struct qstr { const unsigned char *name; };

struct super_block {
	__u32 s_dev;
	unsigned long s_flags;
	unsigned long s_magic;
};

struct timespec64 { __s64 tv_sec; long tv_nsec; };

struct inode {
	__u16 i_mode;
	kuid_t i_uid;
	unsigned int i_flags;
	struct super_block *i_sb;
	unsigned long i_ino;
	__s64 i_mtime_sec, i_ctime_sec; /* since 6.11 */
	__u32 i_mtime_nsec, i_ctime_nsec;
};
struct inode___v66 { struct timespec64 __i_ctime, __i_mtime; }; /* 6.6 has __i_ctime, 6.7 both */
struct inode___v61 { struct timespec64 i_ctime, i_mtime; };

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
};

struct vfsmount { struct dentry *mnt_root; };

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	unsigned int f_mode;
	void *private_data;
	struct inode *f_inode;
	struct path f_path;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct { struct fdtable *fdt; };

struct fs_struct { struct path root, pwd; };

struct mm_struct {
	unsigned long total_vm;
	unsigned long arg_start, arg_end, env_start, env_end;
	struct file *exe_file;
};

struct pid_namespace { struct task_struct *child_reaper; };

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[0];
};

enum pid_type { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_PGID, PIDTYPE_SID };

struct tty_driver { int major, minor_start; };
struct tty_struct {
	int index;
	struct tty_driver *driver;
};

struct rlimit { unsigned long rlim_cur; };

struct signal_struct {
	struct pid *pids[4];
	struct tty_struct *tty;
	struct rlimit rlim[16];
};

typedef struct { __u64 val; } kernel_cap_t; /* see capabilities() */

struct user_namespace { int level; };

struct cred {
	kuid_t uid, euid, fsuid;
	kgid_t gid, egid;
	kernel_cap_t cap_inheritable, cap_permitted, cap_effective;
	struct user_namespace *user_ns;
};

struct kernfs_node {
	struct kernfs_node *__parent; /* since 6.15 */
	const char *name;
	__u64 id;
};
struct kernfs_node___v61 { struct kernfs_node *parent; };

struct cgroup { struct kernfs_node *kn; };
struct cgroup_subsys_state { struct cgroup *cgroup; };
struct css_set {
	struct cgroup_subsys_state *subsys[16];
	struct cgroup *dfl_cgrp;
};
enum cgroup_subsys_id {
	cpuset_cgrp_id,
	cpu_cgrp_id,
	cpuacct_cgrp_id,
	io_cgrp_id,
	memory_cgrp_id,
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int flags;
	int exit_code;
	__s32 pid, tgid;
	char comm[16];
	struct task_struct *real_parent, *group_leader;
	__u64 start_boottime;
	unsigned long min_flt, maj_flt;
	kuid_t loginuid;
	struct pid *thread_pid;
	const struct cred *cred;
	struct mm_struct *mm;
	struct fs_struct *fs;
	struct files_struct *files;
	struct signal_struct *signal;
	struct css_set *cgroups;
};

struct linux_binprm { const char *filename; };

struct in6_addr { __u8 bytes[16]; };

struct sock_common {
	__be32 skc_daddr, skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num, skc_family;
	struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
};

struct sock {
	struct sock_common __sk_common;
	__u16 sk_protocol, sk_type;
};

struct socket { struct sock *sk; };

struct unix_address {
	int len;
	char name[0]; /* struct sockaddr_un */
};

struct unix_sock {
	struct unix_address *addr;
	struct sock *peer;
};

struct seq_file { int unused; };
struct bpf_iter_meta { struct seq_file *seq; };
struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#pragma clang attribute pop

#define TS_COMPAT 2           /* x86 thread_info.status: a 32-bit system call */
#define TIF_32BIT 22          /* arm64 thread_info.flags: a 32-bit task */
#define X32_SYSCALL_BIT 0x40000000

#define PF_KTHREAD 0x00200000
#define PF_USER_WORKER 0x00004000
#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define S_IFDIR 0040000
#define AT_FDCWD (-100)
#define FMODE_CREATED 0x100000
#define SB_RDONLY 1
#define S_IMMUTABLE (1 << 3)
#define RLIMIT_NOFILE 7
#define CAP_DAC_OVERRIDE 1
#define CAP_FOWNER 3
#define OVERLAYFS_SUPER_MAGIC 0x794c7630

#define EINPROGRESS 115

#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10

#define CSIGNAL 0xff
#define CLONE_VM 0x00000100
#define CLONE_FS 0x00000200
#define CLONE_FILES 0x00000400
#define CLONE_SIGHAND 0x00000800
#define CLONE_PTRACE 0x00002000
#define CLONE_VFORK 0x00004000
#define CLONE_PARENT 0x00008000
#define CLONE_THREAD 0x00010000
#define CLONE_NEWNS 0x00020000
#define CLONE_SYSVSEM 0x00040000
#define CLONE_SETTLS 0x00080000
#define CLONE_PARENT_SETTID 0x00100000
#define CLONE_CHILD_CLEARTID 0x00200000
#define CLONE_UNTRACED 0x00800000
#define CLONE_CHILD_SETTID 0x01000000
#define CLONE_NEWCGROUP 0x02000000
#define CLONE_NEWUTS 0x04000000
#define CLONE_NEWIPC 0x08000000
#define CLONE_NEWUSER 0x10000000
#define CLONE_NEWPID 0x20000000
#define CLONE_NEWNET 0x40000000
#define CLONE_IO 0x80000000

/* open(2) flags: the generic values, and those that arm64 moved. */
#define O_ACCMODE 3
#define O_WRONLY 1
#define O_RDWR 2
#define O_CREAT 00000100
#define O_EXCL 00000200
#define O_TRUNC 00001000
#define O_APPEND 00002000
#define O_NONBLOCK 00004000
#define O_DSYNC 00010000
#define O_CLOEXEC 02000000
#define O_SYNC_ONLY 04000000
#define O_TMPFILE_ONLY 020000000
#if defined(__TARGET_ARCH_arm64)
#define O_DIRECTORY 040000
#define O_DIRECT 0200000
#define O_LARGEFILE 0400000
#else
#define O_DIRECT 040000
#define O_LARGEFILE 0100000
#define O_DIRECTORY 0200000
#endif
