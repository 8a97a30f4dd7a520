/*
 * coarse: comparing with a lane that tells less than Xen does.
 *
 * A kernel's library says of an operation that it went well or not, and nothing of entries,
 * references and counters; and it cannot do all that a program may ask.  Such a lane's trace is
 * `coarse': answers are okay or general_error, 0 or -EINVAL, and what cannot be known is left
 * unseen.  What it has not done (SKIP_LANE) is left out of the program for the other side, too, so
 * that all it has done is compared.
 */
#ifndef COARSE_H
#define COARSE_H

#include "diff/trace.h"

/*
 * The program that a lane has done: p, without races and without what `got' has skipped.
 * Operations keep their places; one that is left out is a fail_alloc of 0, which does nothing.
 * Each operation is a call of its own.
 */
void coarse_program(struct program *done, const struct program *p, const struct trace *got);

/* Forget of t, a trace of p, what a coarse lane does not tell. */
void coarse_forget(const struct program *p, struct trace *t);

/* What got[] has skipped as a lane that cannot do it, filled from t: to be compared with that. */
void coarse_fill(struct trace *got, const struct trace *t);

#endif
