/*
 * search_internal: what the parts of a search share: the workers' places, and what they had.
 */
#ifndef SEARCH_INTERNAL_H
#define SEARCH_INTERNAL_H

#include <string.h>

#include "fuzz/progress.h"
#include "fuzz/search.h"

/* One worker's place; it starts runs one after the other. */
struct place {
	struct worker worker;
	unsigned int old_findings; /* in a row */
	bool given_up;
	bool afl_failed; /* its last run of AFL++ ended as none should */
};

struct crew {
	struct search *search;
	struct place place[SEARCH_JOBS_MAX];
	struct progress progress;
	double start, saved;
	uint64_t start_ms;              /* of the state, when we began */
	uint64_t ended[TARGETS];        /* executions of runs that are over */
	uint64_t ended_by[ENGINES];     /* the same, since we began */
	uint64_t had_ms[TARGETS];       /* of time, by target */
	uint64_t afl_ms, all_ms;        /* AFL++ has had; of all that we started */
	unsigned int broken;            /* runs in a row that ended as none should */
};

static inline uint64_t
crew_ms(const struct crew *c)
{
	return c->start_ms + (uint64_t)((child_clock() - c->start) * 1000);
}

static inline bool
is_text(const char *target)
{
	return target_of(target) == TARGET_TEXT;
}

/* Start place i's next run, if any is worth it now.  False with one line in why[FILE_WHY]. */
bool search_start(struct crew *c, unsigned int i, char *why);

/* AFL++ does not work, and why.  Returns whether there is another engine to go on with. */
bool search_leave_afl(struct search *s, const char *why);

#endif
