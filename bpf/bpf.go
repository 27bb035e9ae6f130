// Package bpf is the one door to the programs in the kernel: it loads and
// attaches them, says which system calls they report, hands out their rings and
// counts what they could not deliver. The programs are C (saker.bpf.c); the
// objects for amd64 and arm64 are committed and embedded, so that building the
// agent needs no compiler but Go's.
//
// # Concurrency
//
// The methods of Programs may be called from several goroutines, a Reader's from
// one.
//
// # Failure
//
// Load answers with *Unsupported when this machine lacks something, naming it and
// the way to get it. Nothing is pinned: when the process ends, however it ends,
// the kernel detaches and frees everything.
package bpf

//go:generate go tool bpf2go -cc clang-19 -strip llvm-strip-14 -cflags "-O2 -g -Wall -Werror -mcpu=v3" -target amd64,arm64 -go-package bpf -type record_header -type record_flag -type drop_reason saker saker.bpf.c -- -I.
