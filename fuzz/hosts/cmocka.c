#include "fuzz/hosts/cmocka.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PASSED, FAILED, SKIPPED, ENDS };

/* Where the test that runs goes when it ends early, and with which of the above. */
static jmp_buf end;

void
cmocka_fail(const char *file, int line, const char *format, ...)
{
	va_list args;

	printf("%s:%d: ", file, line);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	longjmp(end, FAILED);
}

void
cmocka_skip(void)
{
	longjmp(end, SKIPPED);
}

void
print_message(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
}

void
cmocka_true(bool holds, const char *what, const char *file, int line)
{
	if (!holds)
		cmocka_fail(file, line, "does not hold: %s", what);
}

void
cmocka_equal(uintmax_t a, uintmax_t b, bool wanted, const char *file, int line)
{
	if ((a == b) != wanted)
		cmocka_fail(file, line, "%#" PRIxMAX " %s %#" PRIxMAX, a, wanted ? "!=" : "==", b);
}

void
cmocka_string(const char *a, const char *b, bool wanted, const char *file, int line)
{
	if ((strcmp(a, b) == 0) != wanted)
		cmocka_fail(file, line, "\"%s\" %s \"%s\"", a, wanted ? "!=" : "==", b);
}

void
cmocka_memory(const void *a, const void *b, size_t n, const char *file, int line)
{
	if (memcmp(a, b, n) != 0)
		cmocka_fail(file, line, "%zu bytes are not the same", n);
}

static int
run(const struct CMUnitTest *t, void **state)
{
	int how = setjmp(end);

	if (how == PASSED)
		t->test(state);
	printf("[ %s ] %s\n", how == PASSED ? "OK" : how == FAILED ? "FAIL" : "SKIP", t->name);
	fflush(stdout);
	return how;
}

static int
fixture(int (*f)(void **), void **state, const char *name, const char *which)
{
	if (f == NULL || f(state) == 0)
		return 0;
	printf("%s: the group's %s failed\n", name, which);
	return 1;
}

int
cmocka_run(const char *name, const struct CMUnitTest *tests, size_t n, int (*set_up)(void **),
	   int (*tear_down)(void **))
{
	static const char *const words[ENDS] = {"PASSED", "FAILED", "SKIPPED"};
	unsigned int count[ENDS] = {0};
	void *state = NULL;

	if (fixture(set_up, &state, name, "set-up")) {
		count[FAILED] = (unsigned int)n;
	} else {
		for (size_t i = 0; i < n; i++)
			count[run(&tests[i], &state)]++;
		count[FAILED] += (unsigned int)fixture(tear_down, &state, name, "end");
	}
	for (unsigned int how = 0; how < ENDS; how++)
		if (how == PASSED || count[how] > 0)
			printf("[  %s  ] %u test(s).\n", words[how], count[how]);
	return (int)count[FAILED];
}
