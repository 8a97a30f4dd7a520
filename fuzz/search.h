/*
 * search: the engines' part of a campaign: workers on targets until the time is over.
 *
 * All workers of a target share its folder of inputs, whatever their engine.  One worker first
 * gives the parser's target a share of its time; fuzz_race gets a share of everyone's; the rest is
 * fuzz_ops.  With two engines AFL++ gets a quarter of all workers' time: libFuzzer runs some times
 * as many programs a second.
 */
#ifndef SEARCH_H
#define SEARCH_H

#include <signal.h>

#include "fuzz/findings.h"
#include "fuzz/state.h"
#include "fuzz/worker.h"

enum {
	SEARCH_JOBS_MAX = 64,
	SEARCH_TEXT_SHARE = 8, /* the parser's target gets 1/8 of one worker's time */
	SEARCH_RACE_SHARE = 4, /* fuzz_race gets 1/4 of all workers' time */
	SEARCH_AFL_SHARE = 4,  /* AFL++ gets 1/4 of all workers' time, if it is not alone */
};

struct search {
	const char *root;
	struct state *state;
	struct findings *findings;
	const char *target;  /* NULL: all */
	uint64_t seconds_ms; /* in all, with what earlier runs did */
	unsigned int jobs;
	bool engine[ENGINES];      /* which take part; AFL++ is left out if it does not work */
	char afl_why[FILE_WHY];    /* and why, if it was to take part */
	const volatile sig_atomic_t *stop;
};

/*
 * Check that each engine finds the canary.  False with one line in why[FILE_WHY].  Beside another
 * engine AFL++ is only left out if it does not.
 */
bool search_canary(struct search *s, char *why);

/* What one worker gives a target at least, where all have their share. */
static inline uint64_t
search_share(enum target t, uint64_t seconds_ms)
{
	if (t == TARGET_OPS)
		return seconds_ms;
	return seconds_ms / (t == TARGET_TEXT ? SEARCH_TEXT_SHARE : SEARCH_RACE_SHARE);
}

/* Whether so short a campaign has a whole second for this target. */
static inline bool
search_has(enum target t, uint64_t seconds_ms)
{
	return t == TARGET_OPS || search_share(t, seconds_ms) >= 1000;
}

/* Search until time is over or *stop.  False with a line in why if the engines do not work. */
bool search_run(struct search *s, char *why);

/* Put into the summary what each engine did, over all runs of this campaign. */
void search_tell(const struct search *s, struct summary *summary);

#endif
