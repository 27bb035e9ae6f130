/* Opens a file through the 32-bit system call gate:
 * gcc -m32 -static -nostdlib open32.c. Exits with 0 when the call failed. */
static const char path[] = "/etc/saker-open32";

static long call3(long nr, long a, long b, long c)
{
	long r;

	__asm__ volatile("int $0x80" : "=a"(r) : "a"(nr), "b"(a), "c"(b), "d"(c) : "memory");
	return r;
}

void _start(void)
{
	long fd = call3(5 /* open */, (long)path, 2 /* O_RDWR */, 0);

	call3(1 /* exit */, fd >= 0, 0, 0);
}
