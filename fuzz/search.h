/*
 * search: the engines' part of a campaign: workers on targets until the time is over.
 *
 * All workers of a target share its folder of inputs, whatever their engine.  One worker first
 * gives the parser's target a share of its time; the rest is fuzz_ops.  With two engines AFL++ gets
 * a quarter of all workers' time: libFuzzer runs some times as many programs a second.
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
	SEARCH_AFL_SHARE = 4,  /* AFL++ gets 1/4 of all workers' time, if it is not alone */
};

struct search {
	const char *root;
	struct state *state;
	struct findings *findings;
	const char *target;  /* NULL: both */
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

/* Whether so short a campaign has a whole second for the parser's target. */
static inline bool
search_has_text(uint64_t seconds_ms)
{
	return seconds_ms / SEARCH_TEXT_SHARE >= 1000;
}

/* Search until time is over or *stop.  False with a line in why if the engines do not work. */
bool search_run(struct search *s, char *why);

/* Put into the summary what each engine did, over all runs of this campaign. */
void search_tell(const struct search *s, struct summary *summary);

#endif
