/* Plays the parts of the live tests. Copied under the names that rules look for,
 * it does what its arguments say:
 *
 *   spawn PROG ARG...       run a program as a child and wait for it
 *   as UID GID PROG ARG...  become a user, then the program
 *   read FILE               open a file for reading
 *   late SECONDS FILE       the same, some time after the start
 *   empty FILE              open a file for writing, emptying it
 *   connect ADDRESS PORT    connect a TCP socket
 *   memfd ARG...            run itself from memory with other arguments
 *   true                    nothing
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int spawn(char **argv)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execvp(argv[0], argv);
		perror(argv[0]);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 126;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}

static int become(char **argv)
{
	if (setgroups(0, NULL) || setgid(atoi(argv[1])) || setuid(atoi(argv[0]))) {
		perror("become");
		return 1;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}

static int open_file(const char *file, int flags)
{
	int fd = open(file, flags, 0600);

	if (fd < 0)
		return 1;
	return close(fd) != 0;
}

static int tcp_connect(const char *address, const char *port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1)
		return 1;
	return connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0;
}

static int from_memory(char **argv)
{
	int self = open("/proc/self/exe", O_RDONLY), fd = memfd_create("saker-test", 0);
	struct stat st;

	if (self < 0 || fd < 0 || fstat(self, &st) || sendfile(fd, self, NULL, st.st_size) != st.st_size) {
		perror("memfd");
		return 1;
	}
	fexecve(fd, argv, environ);
	perror("fexecve");
	return 127;
}

int main(int argc, char **argv)
{
	const char *part = argc > 1 ? argv[1] : "";

	if (!strcmp(part, "spawn") && argc > 2)
		return spawn(argv + 2);
	if (!strcmp(part, "as") && argc > 4)
		return become(argv + 2);
	if (!strcmp(part, "read") && argc > 2)
		return open_file(argv[2], O_RDONLY);
	if (!strcmp(part, "late") && argc > 3) {
		usleep(atof(argv[2]) * 1e6);
		return open_file(argv[3], O_RDONLY);
	}
	if (!strcmp(part, "empty") && argc > 2)
		return open_file(argv[2], O_WRONLY | O_TRUNC);
	if (!strcmp(part, "connect") && argc > 3)
		return tcp_connect(argv[2], argv[3]);
	if (!strcmp(part, "memfd"))
		return from_memory(argv + 1);
	return strcmp(part, "true") != 0;
}
