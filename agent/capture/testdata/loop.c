/* loop open|getpid N: makes N openat+close pairs, or N getpid calls, and prints
 * the nanoseconds that one took. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv)
{
	long n = argc > 2 ? atol(argv[2]) : 0;
	int pair = argc > 1 && !strcmp(argv[1], "open");
	double start = now();

	for (long i = 0; i < n; i++) {
		if (pair)
			close(openat(AT_FDCWD, "/etc/hostname", O_RDONLY));
		else
			syscall(SYS_getpid);
	}
	printf("%.1f\n", (now() - start) / n);
	return 0;
}
