/*
 * reduce: what a sweep found, made small.
 *
 * A finding of a new class is kept at once as it was found, and reduced when the lane has nothing
 * else to do.  What is left shows the same class, alone.  Reducing is bounded, by seconds and, as
 * each death of a machine costs a boot, by deaths: what was not done is said where it is kept.
 */
#ifndef REDUCE_H
#define REDUCE_H

#include <signal.h>

#include "fuzz/findings.h"
#include "fuzz/judge.h"

enum { REDUCE_WAITING = 64 };

/* A finding that waits. */
struct reduce_waiting {
	struct program program;	/* adapted */
	struct finding finding;
	unsigned int n_begun;	/* the lane's, if it failed */
	bool died;
};

struct reduce {
	struct judge *judge;
	struct findings *findings;
	const volatile sig_atomic_t *stop;
	double seconds_left;	/* for all that is to come */
	struct reduce_waiting *waiting[REDUCE_WAITING];
	unsigned int n_waiting;
};

/*
 * Keep what p, which is adapted, has just shown; if its class is new, it waits for reduce_all.
 * `died': the judge's second lane failed of it.
 */
void reduce_keep(struct reduce *r, const struct program *p, const struct finding *f, bool died);

/*
 * Reduce and tell all that wait.  Returns the seconds it took.  Pre: no program is given to the
 * lane.  The judge's totals stay as they are.
 */
double reduce_all(struct reduce *r);

#endif
