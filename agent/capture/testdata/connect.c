/* Connects to itself over loopback and prints its pid and both ports. */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_in server = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, client;
	socklen_t size = sizeof(server);
	int l = socket(AF_INET, SOCK_STREAM, 0), c = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(l, (struct sockaddr *)&server, size) || listen(l, 1) ||
	    getsockname(l, (struct sockaddr *)&server, &size) || connect(c, (struct sockaddr *)&server, size) ||
	    getsockname(c, (struct sockaddr *)&client, &size))
		return 1;
	printf("%d %d %d\n", getpid(), ntohs(client.sin_port), ntohs(server.sin_port));
	return 0;
}
