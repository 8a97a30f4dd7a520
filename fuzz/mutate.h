/*
 * mutate: random programs, and small changes to programs that know what operations are.
 *
 * All of it is a function of the seed: the same on every machine.  Both engines share it.
 */
#ifndef MUTATE_H
#define MUTATE_H

#include "diff/program.h"

/* A small generator; state is its seed. */
struct rng { uint64_t state; };
uint64_t rng_next(struct rng *r);
/* A number below n.  Pre: n > 0. */
uint32_t rng_below(struct rng *r, uint32_t n);

/*
 * Write a random normal program of n_ops operations into *p: structure-aware, so that later
 * operations mostly use what earlier ones made (grants are mapped, mappings unmapped, transfers
 * accepted), with a share of error paths, odd flags, special domids, batches and faults. `header`
 * is used as it is, or, if NULL, drawn too.  Pre: n_ops <= PROGRAM_OPS_MAX.
 */
void mutate_random(struct program *p, struct rng *r, const struct program_header *header,
		   unsigned int n_ops);

/* Write such operations behind those of *p, a normal program, until there are n_ops.  As above. */
void mutate_extend(struct program *p, struct rng *r, unsigned int n_ops);

/*
 * Put reads in place of what no machine in QEMU can do (widen, page_out): beside a lane that skips
 * an operation a model goes on alone, and nothing behind it would be compared.
 */
void mutate_for_machine(struct program *p);

/*
 * Make of *p a program for a lane that does what a kernel's library can (host:), and has 1 or 2
 * domains, as the header says: other operations replaced by those that there are, names mostly of
 * what is there.  Some are dropped, so n_ops may shrink.  *p is normal after.
 */
void mutate_for_library(struct program *p);

/* Draw a header, as mutate_random does without one. */
void mutate_header(struct rng *r, struct program_header *h);

/*
 * Change *p (normal before and after) in one or a few places, or now and then write its rest or all
 * of it anew; at most max_ops operations result.  Pre: max_ops <= PROGRAM_OPS_MAX, here and below.
 */
void mutate_program(struct program *p, struct rng *r, unsigned int max_ops);

/* Make *out from parts of *a and *b.  out may be neither. */
void mutate_cross(struct program *out, const struct program *a, const struct program *b,
		  struct rng *r, unsigned int max_ops);

#endif
