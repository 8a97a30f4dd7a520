/*
 * coverage: which operations met entries in which state, and what came of it.
 *
 * The suite's own signal beside the compiler's: one cell for each (entry state, operation, result).
 * Under libFuzzer the cells are extra counters, so that an input which shows a new combination is
 * kept.  The totals are what a campaign reports, and why none passes without having done anything.
 */
#ifndef COVERAGE_H
#define COVERAGE_H

#include "diff/model.h"
#include "reports/totals.h"

enum {
	/*
	 * A state's cells: every result for the kinds among which those with a status are, three
	 * for the others; an answer and the marks of races have theirs in common.  An engine
	 * clears and reads all cells at each run.
	 */
	COVERAGE_FEW = 3,
	COVERAGE_KIND_0 = OP_MAP, COVERAGE_KIND_LAST = OP_GET_STATUS,
	COVERAGE_FULL_KINDS = COVERAGE_KIND_LAST - COVERAGE_KIND_0 + 1,
	COVERAGE_ROW = COVERAGE_FULL_KINDS * TOTALS_ANSWERS +
		       (OP_EXPECT + 1 - COVERAGE_FULL_KINDS) * COVERAGE_FEW,
	/* Two operations of different branches of a race, and what came of each: by a hash. */
	COVERAGE_RACES = 512,
	COVERAGE_RACE_0 = MODEL_ENTRY_STATES * COVERAGE_ROW,
	COVERAGE_CELLS = COVERAGE_RACE_0 + COVERAGE_RACES,
	COVERAGE_RACE_MOST = 12,	/* of one race: 3 branches of 2 have so many */
};

struct coverage {
	uint64_t programs, operations;
	uint64_t unsure;	/* programs with races that were not judged to the end */
	uint64_t hits[COVERAGE_CELLS];
};

/*
 * The cell of operation `at`: what came of it in t, in the state that `expected` (of a duel)
 * recorded.
 */
unsigned int coverage_cell(const struct program *p, const struct trace *expected,
			   const struct trace *t, unsigned int at);

/*
 * The cells of the race that begins at `at`: one for each two operations of different branches and
 * what came of them in t.  Returns how many.
 */
unsigned int coverage_race(const struct program *p, const struct trace *t, unsigned int at,
			   unsigned int cell[COVERAGE_RACE_MOST]);

/* Add what happened in one run: `t`'s answers. */
void coverage_add(struct coverage *c, const struct program *p, const struct trace *expected,
		  const struct trace *t);

/* Cells with any hit. */
unsigned int coverage_cells(const struct coverage *c);

/* How often a kind had a result in a state; 0 for what cannot be. */
uint64_t coverage_hits(const struct coverage *c, unsigned int state, unsigned int kind,
		       unsigned int result);

/*
 * Add what `c' counted since the last call in this process to the file, which others may be
 * reading: it is shared memory, so that a kill loses only what came since.  The first call opens
 * it.  Returns false if it cannot be had.
 */
bool coverage_publish(const struct coverage *c, const char *path);

/* Add a published file's counts.  Returns false, and adds nothing, if it is none. */
bool coverage_load(struct coverage *c, const char *path);

/* Append the totals to a file, as totals_print writes them.  Returns false if that fails. */
bool coverage_save(const struct coverage *c, const char *path);

#endif
