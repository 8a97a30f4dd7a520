/*
 * search: the engines' part of a campaign: workers on targets until the time is over.
 *
 * All workers of a target share its folder of inputs.  One worker first gives the parser's target a
 * share of its time; the rest is fuzz_ops.
 */
#ifndef SEARCH_H
#define SEARCH_H

#include <signal.h>

#include "fuzz/findings.h"
#include "fuzz/state.h"

enum {
	SEARCH_JOBS_MAX = 64,
	SEARCH_TEXT_SHARE = 8, /* the parser's target gets 1/8 of one worker's time */
};

struct search {
	const char *root;
	struct state *state;
	struct findings *findings;
	const char *target;  /* NULL: both */
	uint64_t seconds_ms; /* in all, with what earlier runs did */
	unsigned int jobs;
	const volatile sig_atomic_t *stop;
};

/*
 * Check that the canary is found.  False with one line in why[FILE_WHY].
 */
bool search_canary(const struct search *s, char *why);

/* Whether so short a campaign has a whole second for the parser's target. */
static inline bool
search_has_text(uint64_t seconds_ms)
{
	return seconds_ms / SEARCH_TEXT_SHARE >= 1000;
}

/* Search until time is over or *stop.  False with a line in why if the engines do not work. */
bool search_run(struct search *s, char *why);

#endif
