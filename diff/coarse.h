/*
 * coarse: comparing with a lane that does less than a program asks, or tells less than Xen does.
 *
 * What a lane has not done (SKIP_LANE) is left out of the program for the other side, too, so that
 * all it has done is compared.  That is all there is to a partial trace.
 *
 * A kernel's library says of an operation that it went well or not, and nothing of entries,
 * references and counters.  Its trace is coarse: answers are okay or general_error, 0 or -EINVAL,
 * and what cannot be known is left unseen.
 */
#ifndef COARSE_H
#define COARSE_H

#include "diff/trace.h"

/*
 * The program that a lane has done: p, without races and without what `got' has skipped.
 * Operations keep their places; one that is left out is an answer expected of nothing.  To a coarse
 * lane each operation is a call of its own; of a partial one's batches all members were done, or
 * none.
 */
void coarse_program(struct program *done, const struct program *p, const struct trace *got);

/* Forget of t, a trace of p, what a coarse lane does not tell. */
void coarse_forget(const struct program *p, struct trace *t);

/* What got[] has skipped as a lane that cannot do it, filled from t: to be compared with that. */
void coarse_fill(struct trace *got, const struct trace *t);

#endif
