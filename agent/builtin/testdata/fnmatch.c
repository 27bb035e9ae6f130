/* Answers for glob_test.go: stdin holds records of one byte (fold case or not),
 * pattern and value, each with its 16-bit length before it; stdout gets one '1'
 * or '0' per record. */
#include <fnmatch.h>
#include <stdint.h>
#include <stdio.h>

static int text(char *into)
{
	uint16_t n;

	if (fread(&n, sizeof n, 1, stdin) != 1 || fread(into, 1, n, stdin) != n)
		return 0;
	into[n] = 0;
	return 1;
}

int main(void)
{
	static char pattern[UINT16_MAX + 1], value[UINT16_MAX + 1];
	int fold;

	while ((fold = getchar()) != EOF) {
		if (!text(pattern) || !text(value))
			return 1;
		putchar(fnmatch(pattern, value, fold ? FNM_CASEFOLD : 0) == 0 ? '1' : '0');
	}
	return 0;
}
