/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* What the programs and user space agree on. Go takes these types from the
 * objects' BTF, so they are written once, here. */
#pragma once

/* One record in a ring: this header, then len bytes of parameters, each a
 * 16-bit length and that many bytes, in the order of the event's entry in the
 * schema. */
struct record_header {
	__u64 time;         /* ns since boot, suspend included */
	__u64 cgroup_id;    /* inode of the cgroup v2 directory */
	__u64 thread_start; /* start of the thread group, ns since boot */
	__u32 pid;          /* thread group */
	__u32 tid;
	__s64 ret;
	__u16 type; /* event type of the schema */
	__u16 len;
	__u32 flags; /* enum record_flag */
};

/* The same bits as capture.Flags. */
enum record_flag {
	RECORD_COMPAT = 1,
	RECORD_TRUNCATED = 2,
	RECORD_FAULT = 4,
};

/* Why an event was not delivered. */
enum drop_reason {
	DROP_RING_FULL,
	DROP_SCRATCH, /* the record outgrew its buffer, or there was none */
	DROP_REASONS,
};

#define EVENT_TYPES 512 /* room for every event type of the schema */
#define SOCKETCALL (EVENT_TYPES - 1) /* no event: stands for socketcall(2) in the table of calls */
#define SYSCALLS 512    /* room for every system call number */
#define MAX_CPUS 512

#define PATH_LIMIT 4096 /* longest path, argument list and environment */
#define RECORD_LIMIT 32768
