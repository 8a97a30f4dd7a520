/*
 * model: the reference.  Sequential, obvious, written from spec.md alone.
 *
 * It predicts the whole trace of a program: what core, hypervisor and interpreter together must
 * answer, on the Xen that a profile describes.  It shares no code with core or arch/sim; it knows
 * frames only as numbers of its own.  Where Xen leaves an outcome open, the record's `any` and the
 * domain's `any_digest` say which fields are free.
 *
 * Not modelled, because LANGUAGE.md keeps programs from depending on it: handle values, machine
 * frame numbers, races (a program is sequential), shortage of the hypervisor's own memory.
 */
#ifndef MODEL_H
#define MODEL_H

#include "diff/profile.h"
#include "diff/trace.h"

struct model;

/* sizeof(struct model), for a caller that brings the memory. */
extern const size_t model_bytes;

/* Prepare memory of model_bytes, once, before the first model_begin. */
void model_init(struct model *m);

/*
 * Start a program on a Xen of that profile.  Pre: p is normal; both outlive the run.  Cost follows
 * what the last program touched.
 */
void model_begin(struct model *m, const struct program *p, const struct profile *profile);

/*
 * Predict the next operations: one, or a whole batch.  Writes their records to t->record, from `at`
 * on, and returns how many.  Pre: at is 0, or what the calls before returned in sum.
 */
unsigned int model_step(struct model *m, unsigned int at, struct trace *t);

/* Write what the run ends with (t->domain, n_records, domains). */
void model_end(struct model *m, struct trace *t);

/*
 * A record's `state` is that of the entry that the operation is about, before it ran, for semantic
 * coverage: 0 to MODEL_ENTRY_STATES - 1.  See spec.md.
 */
enum { MODEL_ENTRY_STATES = 16 };

#endif
