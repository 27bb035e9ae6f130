/* Opens a path that lies in a page of a file mapping nobody has touched: a
 * reader that cannot fault pages in sees nothing there before the kernel has. */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd = open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *page;

	if (argc < 3 || fd < 0 || write(fd, argv[2], strlen(argv[2]) + 1) < 0 || fsync(fd))
		return 1;
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	page = mmap(0, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	if (page == MAP_FAILED)
		return 1;
	return open(page, O_RDONLY) >= 0;
}
