/*
 * worker: one engine run on one target, and what it says of itself.
 *
 * libFuzzer prints a line when it keeps an input, and at powers of two; the numbers here come from
 * those lines.  A run ends by itself after its slice of time, which is short enough that little is
 * lost if we are killed: what it counted is written when it ends.
 */
#ifndef WORKER_H
#define WORKER_H

#include <stdint.h>

#include "fuzz/child.h"
#include "fuzz/file.h"

enum {
	WORKER_SLICE_S = 60,            /* longest run */
	WORKER_MAX_LEN = 12 + 128 * 12, /* bytes of a program: 128 operations */
	WORKER_CRASHED = 77,
	WORKER_TIMEOUT = 70,
	WORKER_OOM = 71, /* libFuzzer's exit statuses */
};

struct worker_plan {
	const char *root, *folder; /* the tree; the campaign's folder */
	const char *target;        /* fuzz_ops, fuzz_text */
	unsigned int seconds;
	uint64_t seed;
	uint64_t slice; /* names the counters' file */
	unsigned int place; /* names the cells' */
};

struct worker {
	struct child child;
	const char *target;
	uint64_t runs, coverage, inputs; /* as last told */
	int status;                      /* once ended */
	bool running;
};

/* Start a run.  False with one line in why[FILE_WHY]. */
bool worker_start(struct worker *w, const struct worker_plan *p, char *why);

/* Take in what it printed.  Returns true if it has just ended. */
bool worker_poll(struct worker *w);

/* Whether the end was a finding's; else it was either time (status 0) or our rig. */
bool worker_found(const struct worker *w);

#endif
