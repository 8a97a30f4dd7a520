/*
 * fuzz_plain: fuzz_ops without what makes it ours: no mutator that knows operations, no signal
 * beside the compiler's.  It is what fuzz_ops is measured against, and used for nothing else.
 */
#include <stdio.h>
#include <stdlib.h>

#include "diff/duel.h"
#include "diff/tell.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/* As fuzz_ops has it. */
const char *
__asan_default_options(void)
{
	return "quarantine_size_mb=1";
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct duel *duel;
	static struct program program;
	struct difference why;

	if (duel == NULL)
		duel = duel_new();
	if (duel == NULL)
		abort();
	program_decode(&program, data, size);
	if (!duel_run(duel, &program, false, &why)) {
		tell_difference(stderr, &program, &why);
		abort();
	}
	return 0;
}
