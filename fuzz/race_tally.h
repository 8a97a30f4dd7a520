/*
 * race_tally: one program with races, run in many ways on one lane: its outcomes, and whether each
 * is one that the model allows.
 *
 * On sim the ways are all orders of the race's turns.  On a real Xen they are delays, one seed a
 * run.
 */
#ifndef RACE_TALLY_H
#define RACE_TALLY_H

#include "diff/lane.h"
#include "fuzz/file.h"
#include "fuzz/outcomes.h"
#include "reports/finding.h"

/* A finding, and the program that shows it. */
struct race_found {
	struct finding finding;
	struct program program;		/* on sim with the turns that were taken */
	uint32_t seed;			/* on a real Xen: of its delays */
	struct trace got;		/* there: what it answered, if it did not die */
	unsigned long n;		/* runs that were not as allowed, of any class */
};

struct race_tally {
	struct outcomes outcomes;
	struct race_found found;	/* the first; n is 0 if there is none */
	unsigned long n_pruned;		/* sim: orders that are another's like */
	unsigned long n_overlapped;	/* a real Xen: runs with operations under way at once */
	bool cut_short;			/* sim: not all orders were tried */
	/* Runs taken to be right because the search for an order of the model's was cut short. */
	unsigned long n_unsure;
	char console[FILE_PATH_MAX];	/* what the machine said, if it died; or "" */
};

/* A lane, opened for races. */
struct race_lane {
	const char *name;		/* the caller's */
	struct outcome_judge judge;
	struct lane *xen;		/* NULL: sim */
	struct duel *duel;		/* sim */
	struct explore *explore;
};

/* Open it, or exit as lanes_open does. */
void race_lane_open(struct race_lane *l, const char *name);
void race_lane_close(struct race_lane *l);

/* Change p so that the lane can run it. */
void race_lane_adapt(struct race_lane *l, struct program *p);

/*
 * Try p, which is adapted, in at most `runs' ways, on a real Xen with seeds from `seed' on.
 * SUCCESS, or FAILURE if anything was found: *t is to be freed by race_tally_free.  SKIP or ERROR
 * with a line in why[FILE_WHY]: nothing is to be freed.
 */
enum verdict race_tally(struct race_tally *t, struct race_lane *l, const struct program *p,
			uint64_t runs, uint32_t seed, char *why);
void race_tally_free(struct race_tally *t);

/* The two halves of race_tally; outcomes are begun. */
enum verdict race_tally_sim(struct race_tally *t, struct race_lane *l, const struct program *p,
			    uint64_t runs);
enum verdict race_tally_xen(struct race_tally *t, struct race_lane *l, const struct program *p,
			    uint64_t runs, uint32_t seed, char *why);

#endif
