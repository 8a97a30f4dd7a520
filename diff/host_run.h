/* host_run: a program, done by kernels' grant code: each domain's operations by its side. */
#ifndef HOST_RUN_H
#define HOST_RUN_H

#include <stdio.h>

#include "diff/host_side.h"

/* A side, wherever it is. */
struct host_party {
	/* As host_side_answer; false if it cannot be asked any more, *answer being anything. */
	bool (*ask)(void *side, const struct host_ask *ask, struct host_answer *answer);
	void *side;
};

/* A side that is here. */
struct host_party host_party_here(struct host_side *side);

/*
 * Run p, of n domains at most, party[i] doing what domain i does.  Nothing is left lent or mapped
 * after.  The trace is coarse.  Each operation is written to `say' before it is done, unless that
 * is NULL.  False if a party is lost; then the others have ended what they had, and *t is nothing.
 */
bool host_run(const struct host_party *party, unsigned int n, const struct program *p,
	      struct trace *t, FILE *say);

#endif
