/* The first process of a guest kernel: mounts what saker needs, runs it, acts for
 * one of its default rules, ends it and powers off. What is printed goes to the
 * serial console, where .ci/kernels looks for the alert. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Starts a program; its messages come through the returned descriptor. */
static pid_t start(char **argv, FILE **messages)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], 2);
		execv(argv[0], argv);
		perror(argv[0]);
		_exit(127);
	}
	close(ends[1]);
	*messages = fdopen(ends[0], "r");
	return pid;
}

int main(int argc, char **argv)
{
	if (argc > 1) { /* the actor */
		int fd = open(argv[1], O_RDONLY);

		return fd < 0;
	}
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	mount("tmpfs", "/tmp", "tmpfs", 0, NULL);
	mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, NULL);

	char *saker[] = {"/saker", "-o", "nats_output.enabled=false", NULL};
	char *reader[] = {"/reader", "/etc/shadow", NULL};
	FILE *messages, *none;
	pid_t agent = start(saker, &messages);
	char line[4096];
	int status;

	while (fgets(line, sizeof(line), messages)) {
		fputs(line, stdout);
		if (strstr(line, "watching this machine"))
			break;
	}
	waitpid(start(reader, &none), &status, 0);
	sleep(2);
	kill(agent, SIGTERM);
	waitpid(agent, &status, 0);
	printf("guest: saker ended with %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	fflush(stdout);
	sync();
	reboot(RB_POWER_OFF);
	return 1;
}
