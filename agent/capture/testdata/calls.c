/* Makes each captured call once, on names that say which. argv[1] is a folder. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct open_how how = {.flags = O_RDONLY | O_DIRECTORY, .resolve = RESOLVE_NO_SYMLINKS};
	struct clone_args args = {.exit_signal = SIGCHLD};
	char name[4096], *none[] = {NULL};
	long pid;

	if (argc < 2)
		return 1;
	snprintf(name, sizeof(name), "%s/creat", argv[1]);
	if (syscall(SYS_creat, name, 0640) < 0)
		return 1;
	snprintf(name, sizeof(name), "%s/open", argv[1]);
	if (syscall(SYS_open, name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, 0600) < 0)
		return 1;
	if (syscall(SYS_openat2, AT_FDCWD, argv[1], &how, sizeof(how)) < 0)
		return 1;
	syscall(SYS_execve, "/nope/execve", none, none);
	syscall(SYS_execveat, AT_FDCWD, "/nope/execveat", none, none, 0);
	if ((pid = syscall(SYS_fork)) == 0)
		syscall(SYS_exit_group, 0);
	printf("fork %ld\n", pid);
	if ((pid = vfork()) == 0)
		_exit(0);
	printf("vfork %ld\n", pid);
	if ((pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)) == 0)
		syscall(SYS_exit_group, 0);
	printf("clone %ld\n", pid);
	if ((pid = syscall(SYS_clone3, &args, sizeof(args))) == 0)
		syscall(SYS_exit_group, 0);
	printf("clone3 %ld\n", pid);
	while (wait(NULL) > 0)
		;
	return 0;
}
