/* Makes argv[1] opens that fail, as fast as it can. */
#include <fcntl.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	for (long n = atol(argv[1]); n > 0; n--)
		openat(AT_FDCWD, "/nope/flood", O_RDONLY);
	return 0;
}
