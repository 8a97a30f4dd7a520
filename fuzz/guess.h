/*
 * guess: roughly what a program has brought about, so that the next operation can make sense.
 *
 * A guess, not a model: it knows no error path, no limit and no order of checks, and nothing is
 * wrong when it errs; the program then only probes an error more.  It is a few hundred bytes, and
 * an operation costs a few nanoseconds.
 */
#ifndef GUESS_H
#define GUESS_H

#include "fuzz/mutate.h"

/* What a reference slot holds. */
enum guess_state {
	GUESS_FREE, GUESS_CLAIMED, GUESS_ACCESS, GUESS_ACCEPT, GUESS_ARRIVED,
	GUESS_STATES,
};

struct guess_map {
	uint8_t granter, slot;		/* whose reference slot is mapped here */
	bool dev;
};

struct guess_domain {
	uint16_t in[GUESS_STATES];	/* bit s: reference slot s is in this state */
	uint8_t state[REF_SLOTS];
	uint8_t peer[REF_SLOTS];	/* DOM_*: to whom granted, from whom accepted */
	uint8_t page[REF_SLOTS];	/* page granted, or slot to land in */
	uint8_t users[REF_SLOTS];	/* mappings of it */
	uint8_t pages;			/* bit s: page slot s holds a page */
	uint8_t maps;			/* bit m: m is mapped */
	uint8_t chains;			/* bit c: chain c holds references */
	bool suspended;
	struct guess_map map[MAP_SLOTS];
	uint16_t chain[CHAIN_SLOTS];	/* how many */
	int free;			/* references free, growth left aside */
};

struct guess {
	struct guess_domain domain[DOMAINS_MAX];
	const struct program_header *header;
};

/* A program begins.  *h outlives the guess. */
void guess_begin(struct guess *g, const struct program_header *h);

/* An operation was done. */
void guess_apply(struct guess *g, const struct op *o);

/* Make *o an operation of this kind and actor that will most likely do something; not OP_JOIN. */
void guess_op(const struct guess *g, struct rng *r, enum op_kind kind, unsigned int actor,
	      struct op *o);

/* A random set bit of mask; -1 for none. */
int guess_bit(struct rng *r, uint32_t mask);

/* Make one field of *o that its kind uses something else: near, special, or anything in range. */
void guess_spoil(struct rng *r, struct op *o);

#endif
