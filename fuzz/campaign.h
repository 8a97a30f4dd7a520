/*
 * campaign: the main job.  Engines search for a while, then what they kept is replayed on sim and
 * on a real Xen.
 *
 * Before all that, a target that must be found out shows that the engine sees failures at all.
 * Nothing is lost if we are killed: see state.h.  A campaign that did nothing is an error, not a
 * success.
 */
#ifndef CAMPAIGN_H
#define CAMPAIGN_H

#include <stdbool.h>
#include <stdint.h>

enum { CAMPAIGN_RANDOM_PROGRAMS = 2000, CAMPAIGN_RANDOM_OPS = 32 };

struct campaign_options {
	const char *lane;   /* after the engines; NULL: every real Xen that is to be had */
	const char *target; /* NULL: all */
	const char *engine; /* "libfuzzer", "afl", "both"; NULL: both, if AFL++ is there */
	const char *out;    /* NULL: the tree's out/campaign */
	uint64_t seconds, jobs, seed; /* seed 0: chosen, and told */
	bool json;
};

/* Run it.  Returns the exit status of the command. */
int campaign_run(const struct campaign_options *o);

struct random_options {
	const char *lane;
	uint64_t programs, seed, ops, seconds; /* ops 0: 1 to 64; seconds 0: no limit */
	const char *out;                       /* NULL: the tree's out/random */
	bool json;
};

/* Random programs on one lane beside the model, in this process and this build.  As above. */
int campaign_random(const struct random_options *o);

#endif
