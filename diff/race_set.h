/*
 * race_set: what the model allows a program with races to answer: the outcomes of all orders of its
 * operations' sections.
 *
 * For each order (race_order.h) the model is run anew from the program's start: nothing of it is
 * copied.
 *
 * Hosted.
 */
#ifndef RACE_SET_H
#define RACE_SET_H

#include "diff/compare.h"
#include "diff/model.h"
#include "diff/race_order.h"

enum { RACE_SET_RUNS_MAX = 8192 };

struct race_set;

/* Memory for the search; NULL without. */
struct race_set *race_set_new(void);
void race_set_free(struct race_set *s);

/* Give a search up after so many runs, at most RACE_SET_RUNS_MAX, which is also the default. */
void race_set_limit(struct race_set *s, unsigned long runs);

/* What it took, of the last search. */
struct race_set_count {
	unsigned long runs;		/* of the model */
	unsigned long orders;		/* that went to their end */
	unsigned long pruned;		/* that would have been one of them again */
	bool cut_short;			/* there are more: the limit was met, or a race is long */
};

const struct race_set_count *race_set_count(const struct race_set *s);

/*
 * Whether some order leaves the records [0, n) of `got' and, if n is n_ops, its end.  Pre: p is
 * normal; guide may be NULL.
 *
 * True: *expected is that order's trace; or, if the search was cut short, that of the order that
 * went furthest.  False: *why is the first difference of the order that went furthest: FIELD_RACE
 * if no order answers as the race there did (`invariant' is what was answered, valid until the next
 * search), else what differs after it.
 */
bool race_set_allows(struct race_set *s, struct model *m, const struct program *p,
		     const struct profile *profile, const struct trace *got, unsigned int n,
		     const struct race_guide *guide, struct trace *expected,
		     struct difference *why);

/*
 * Call each(ctx, t) with the trace of every order; traces of several may be the same.  Without
 * `reduce' the orders that differ in nothing are done as well: for tests.  At most `runs' runs.
 */
void race_set_all(struct race_set *s, struct model *m, const struct program *p,
		  const struct profile *profile, bool reduce, unsigned long runs,
		  void (*each)(void *ctx, const struct trace *t), void *ctx);

#endif
