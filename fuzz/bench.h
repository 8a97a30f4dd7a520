/*
 * bench: figures as ratios, each against a yardstick measured in the same run on the same machine.
 *
 * An absolute number says little on somebody else's machine, so an aim is always about the ratio.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>

struct bench_row {
	const char *name, *unit;
	double value, yardstick; /* in the same unit */
	double aim;              /* of the ratio value / yardstick */
	bool at_least;           /* the aim is a floor, else a ceiling */
};

struct bench {
	bool json;
	unsigned int n_rows, n_missed, n_skipped;
};

/* Print a row and count it. */
void bench_row(struct bench *b, const struct bench_row *r);

/* Print that a figure is not to be had, and why. */
void bench_skip(struct bench *b, const char *name, const char *why);

/* The figures. */
void bench_engine(struct bench *b); /* engine, engine-idle, fuzz_race, memory */
void bench_afl(struct bench *b);    /* afl, afl-idle */
void bench_core(struct bench *b);   /* core-64, core-2048 */
void bench_model(struct bench *b);  /* model */
void bench_xen(struct bench *b);    /* xen, xen-3, xen-boot, xen-memory */
void bench_minimize(struct bench *b); /* minimize, minimize-xen */

/* How `bench bugs' is run. */
struct bench_bugs_options {
	char *const *names; /* of defects, or parts of names; none: all */
	unsigned int n_names, seeds, seconds, jobs; /* jobs 0: one a CPU */
	const char *engine; /* NULL: all there are */
	const char *out;    /* folder for the runs and the picture; NULL: out/bench */
};

/* bugs-*: how much sooner planted defects are found; found-*: how many.  Minutes to an hour. */
void bench_bugs(struct bench *b, const struct bench_bugs_options *o);

#endif
