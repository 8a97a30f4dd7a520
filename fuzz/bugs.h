/*
 * bugs: the bench of planted bugs: how long engines take to find each deliberate defect, with our
 * mutator and signal and without.
 *
 * A run is an engine on a target with one defect in it, from an empty corpus and a seed, until it
 * dies or time is up.  Runs are kept in bugs.jsonl, a line each, and not done again while the
 * program they were done with is the same.
 */
#ifndef BUGS_H
#define BUGS_H

#include <stdint.h>

#include "fuzz/bench.h"
#include "fuzz/survival.h"
#include "fuzz/watch.h"

enum bugs_engine { BUGS_LIBFUZZER, BUGS_AFL, BUGS_ENGINES };
enum bugs_variant { BUGS_OURS, BUGS_PLAIN, BUGS_VARIANTS };

enum { BUGS_NAME = 64, BUGS_BUILD = 32 };

struct bugs_run {
	unsigned int bug, seed; /* seed 1, 2, ... */
	enum bugs_engine engine;
	enum bugs_variant variant;
	bool done;
	struct moment reached, triggered; /* executions 0: it did not, within the time */
	uint64_t executions;
	double seconds; /* how long it was watched */
};

/* One defect. */
struct bug {
	char name[BUGS_NAME];
	char build[BUGS_ENGINES][BUGS_VARIANTS][BUGS_BUILD]; /* says what it was made of */
};

struct bugs {
	const char *folder; /* for bugs.jsonl and bugs.svg */
	struct bug *bug;
	unsigned int n_bugs;
	struct bugs_run *run;
	size_t n_runs;
	unsigned int seeds, seconds, jobs;
	bool engine[BUGS_ENGINES];
};

extern const char *const bugs_engine_names[BUGS_ENGINES];
extern const char *const bugs_variant_names[BUGS_VARIANTS];

/*
 * List in b->bug the defects of fuzz/teeth.txt that programs can show and whose name is one of n
 * names, or contains one; all if n is 0.  Exits if a name fits none.
 */
void bugs_list(struct bugs *b, char *const *names, unsigned int n);

/* Build the targets, and them with each defect.  Returns false with a line in why[FILE_WHY]. */
bool bugs_build(struct bugs *b, char *why);

/* Write the path of a target with a defect, or without if bug is NULL. */
void bugs_target(char *path, const struct bug *bug, enum bugs_engine e, enum bugs_variant v);

/* Lay out b->run, what bugs.jsonl has of it done.  Seeds come last, so that a part is a sample. */
void bugs_plan(struct bugs *b);

/* Do what is not done, and append it to bugs.jsonl.  False with a line in why[FILE_WHY]. */
bool bugs_measure(struct bugs *b, char *why);

/* Keep a run that is done. */
bool bugs_keep(const struct bugs *b, const struct bugs_run *r, char *why);

/* ------------------------------------------------------------------ what came of it */

/* The runs of one defect, or of all (BUGS_ALL), with one engine and variant. */
enum { BUGS_ALL = -1 };
struct bugs_times {
	struct lifetime *reached, *triggered; /* seconds, sorted */
	size_t n, n_reached, n_triggered;     /* runs done, and of these */
	double reached_median, triggered_median, executions_median; /* INFINITY: fewer than half */
};

/* Fill *t.  Free with bugs_times_free. */
void bugs_times(struct bugs_times *t, const struct bugs *b, int bug, enum bugs_engine e,
		enum bugs_variant v);
void bugs_times_free(struct bugs_times *t);

/* Print all that is known, as text or one object a line; the last rows are those with an aim. */
void bugs_tell(const struct bugs *b, struct bench *bench);

/* Draw what share of the runs had not found its defect by then.  False with a line in why. */
bool bugs_draw(const struct bugs *b, const char *path, char *why);

#endif
