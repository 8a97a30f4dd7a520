/*
 * explore: every order of a race, once.
 *
 * A run of the race is one order of its turns.  Two orders that differ only in turns next to each
 * other that touch nothing in common are the same to everybody; of those one is run (sleep sets).
 *
 *	explore_start(e, arm);
 *	do
 *		run the program, with explore_pick and e as the machine's control;
 *	while (explore_next(e));
 *
 * Everything before the race must be the same in each run.
 */
#ifndef EXPLORE_H
#define EXPLORE_H

#include "arch/sim/race.h"

struct explore;

/* Returns NULL without memory. */
struct explore *explore_new(void);
void explore_free(struct explore *e);

/* Begin with a race that is new.  `arm': its memory. */
void explore_start(struct explore *e, bool arm);

/* struct race_control's pick; ctx is the struct explore. */
unsigned int explore_pick(void *ctx, const struct race_option *o, unsigned int n);

/* After a run: whether there is another.  Call it once a run. */
bool explore_next(struct explore *e);

/* The last run was given up, as one that is the same was there before: it shows nothing. */
bool explore_pruned(const struct explore *e);

/* Since explore_start: runs to the end, and those given up; in n_turns the turns of both. */
struct explore_count {
	unsigned long n_runs, n_pruned, n_turns;
	bool deep;			/* a race was so long that not all orders were tried */
};
struct explore_count explore_count(const struct explore *e);

#endif
