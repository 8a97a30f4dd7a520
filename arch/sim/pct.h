/*
 * pct: one order of a race at random, so that an order that needs few switches is likely.
 *
 * Each CPU and each store buffer has a random priority; whoever has the highest of those that can
 * goes on.  At `depth' random turns the one that goes on falls behind all others.  Of n threads and
 * k turns, any order that needs d such falls has a chance of at least 1/(n k^d), where turns drawn
 * one by one hardly ever leave a branch alone for long.  For races that are too long for explore.h.
 *
 * All of it is a function of the seed.
 */
#ifndef PCT_H
#define PCT_H

#include "arch/sim/race.h"

enum { PCT_DEPTH_MAX = 8, PCT_AGENTS = 2 * RACE_BRANCHES_MAX };

struct pct {
	uint64_t seed;
	unsigned int depth, turn;
	unsigned int fall[PCT_DEPTH_MAX];	/* the turns at which one falls behind */
	int lowest;
	int priority[PCT_AGENTS];		/* CPU b's at 2 b, its buffer's behind it */
};

/* Begin a race of about so many turns.  Pre: depth <= PCT_DEPTH_MAX, turns > 0. */
void pct_start(struct pct *p, uint64_t seed, unsigned int depth, unsigned int turns);

/* struct race_control's pick; ctx is the struct pct. */
unsigned int pct_pick(void *ctx, const struct race_option *o, unsigned int n);

#endif
