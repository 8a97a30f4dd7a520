/*
 * model: the reference.  Sequential, obvious, written from spec.md alone.
 *
 * It predicts the whole trace of a program: what core, hypervisor and interpreter together must
 * answer, on the Xen that a profile describes.  It shares no code with core or arch/sim; it knows
 * frames only as numbers of its own.  Where Xen leaves an outcome open, the record's `any` and the
 * domain's `any_digest` say which fields are free.
 *
 * Not modelled, because LANGUAGE.md keeps programs from depending on it: handle values, machine
 * frame numbers, shortage of the hypervisor's own memory.
 *
 * In a race the branches' operations are cut into sections (spec.md 12xx), which are done one at a
 * time in an order that somebody chooses (struct model_order).  race_set.h tries them all.
 */
#ifndef MODEL_H
#define MODEL_H

#include "diff/profile.h"
#include "diff/trace.h"

struct model;

/* A section that can be done now: the next one of a branch, and what it is about. */
struct model_option {
	const void *object;		/* all it may touch; NULL: anything */
	uint8_t branch;
	uint8_t id;			/* below MODEL_OPTIONS_MAX, the same as long as it is one */
	bool drains;			/* a store of the branch's becomes visible */
	bool looks;			/* and changes nothing */
	bool data;			/* no section, but one of n outcomes of the branch's last */
};

enum { MODEL_OPTIONS_MAX = 27 };

/* Who decides the order of sections in races. */
struct model_order {
	/*
	 * Choose: the place in o of what is done next.  n > 0; stores that wait come first, then
	 * the next section of the branch that ran last, if it can be done, then the others by
	 * branch.  n or more gives the race up.
	 */
	unsigned int (*pick)(void *ctx, const struct model_option *o, unsigned int n);
	/*
	 * NULL, or told of operations [at, at + n) that have just answered; values that the end of
	 * the race decides are not there yet.  False gives the race up.
	 */
	bool (*answered)(void *ctx, const struct trace *t, unsigned int at, unsigned int n);
	void *ctx;
};

/*
 * Do sections of races in that order (copied) from now on.  NULL, as at the start: a branch goes on
 * until it ends or waits, then the lowest that can.
 */
void model_set_order(struct model *m, const struct model_order *order);

/* sizeof(struct model), for a caller that brings the memory. */
extern const size_t model_bytes;

/* Prepare memory of model_bytes, once, before the first model_begin. */
void model_init(struct model *m);

/* Give back what races needed; the memory itself stays the caller's. */
void model_fini(struct model *m);

/*
 * Start a program on a Xen of that profile.  Pre: p is normal; both outlive the run.  Cost follows
 * what the last program touched.
 */
void model_begin(struct model *m, const struct program *p, const struct profile *profile);

/*
 * Predict the next operations: one, or a whole batch.  Writes their records to t->record, from `at`
 * on, and returns how many: 0 if a race was given up, and the model is then good for nothing but
 * model_begin.  Pre: at is 0, or what the calls before returned in sum.
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
