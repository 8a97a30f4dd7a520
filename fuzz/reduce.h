/*
 * reduce: what a campaign found, made small.
 *
 * A finding of a new class is kept at once as it was found.  What a sweep found is reduced when the
 * lane has nothing else to do, what an engine found at once.  Reducing is bounded: what was not
 * done is said where the finding is kept.
 */
#ifndef REDUCE_H
#define REDUCE_H

#include "fuzz/findings.h"
#include "fuzz/minimize.h"

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

/*
 * Reduce and tell what an engine found and findings_keep has kept: p, which shows f on sim beside
 * the model, or only on the engine's target.
 */
void reduce_engine_find(struct findings *fs, const struct program *p, const struct finding *f,
			bool target_only);

#endif
