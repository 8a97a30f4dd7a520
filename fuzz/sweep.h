/*
 * sweep: many programs, one lane, beside the model: the tree's corpus, what a campaign kept, fresh
 * random ones.
 *
 * A lane that can take programs ahead (a machine in QEMU) gets them so.
 */
#ifndef SWEEP_H
#define SWEEP_H

#include <signal.h>

#include "fuzz/findings.h"
#include "fuzz/judge.h"

struct sweep {
	const char *lane;
	struct findings *findings;
	struct summary_lane *result;
	const volatile sig_atomic_t *stop;              /* set: end early */
	void (*progress)(void *arg, uint64_t programs); /* called now and then; may be NULL */
	void *progress_arg;
	/* what to run */
	const char *const *folders; /* NULL-terminated; those that are missing are left out */
	uint64_t n_random, seed;
	unsigned int random_ops;
	double seconds_max; /* ends with a note if it takes longer */
};

/*
 * Run it all.  SUCCESS or FAILURE (findings were kept) with s->result->ran; SKIP if the lane is not
 * to be had here, ERROR if it broke, both with the reason in s->result->why.
 */
enum verdict sweep_run(struct sweep *s);

/* Random program i of a seed: a function of the two alone. */
void sweep_draw(struct program *p, uint64_t seed, uint64_t i, unsigned int n_ops);

#endif
