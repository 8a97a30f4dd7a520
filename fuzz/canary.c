/*
 * canary: a target that must be found out.
 *
 * It compares with a model to which it tells a lie: that a reference may be ended while its page is
 * mapped.  A campaign whose engine does not find this within seconds would not find anything else
 * either.
 */
#include <stdlib.h>

#include "diff/duel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first end that was refused; the canary holds that none ever is. */
static bool
refused(const struct program *p, const struct trace *t)
{
	for (unsigned int i = 0; i < p->n_ops; i++)
		if (p->ops[i].kind == OP_END_REF && t->record[i].skip == SKIP_NOT &&
		    t->record[i].rc == 0)
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct duel *duel;
	static struct program program;

	if (duel == NULL)
		duel = duel_new();
	if (duel == NULL)
		abort();
	program_decode(&program, data, size);
	duel_run_sim(duel, &program);
	if (refused(&program, duel_got(duel)))
		abort();
	return 0;
}
