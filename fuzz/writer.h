/*
 * writer: a program being written, operation by operation, each fitted to a guess of what the ones
 * before it have brought about.
 */
#ifndef WRITER_H
#define WRITER_H

#include "fuzz/guess.h"

struct writer {
	struct program *p;
	struct rng *r;
	unsigned int n_ops;	/* how many are wanted */
	struct guess g;
};

/* Add an operation, if there is room. */
void writer_put(struct writer *w, const struct op *o);

/* Any kind, drawn with the chance that its weight gives it. */
enum op_kind writer_kind(struct rng *r);

/*
 * Add an operation of that kind, or a batch of them, or what must come before it; now and then
 * spoilt.  A hypercall may keep from one operation what the next one uses, so that half of a batch
 * is what came before with a field changed.
 */
void writer_draw(struct writer *w, enum op_kind kind, unsigned int actor);

/* Add a few operations that belong together; d begins. */
void writer_scene(struct writer *w, unsigned int d);

#endif
