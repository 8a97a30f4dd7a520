/* program_internal: what is remembered while a program is made normal.  See program.h. */
#ifndef PROGRAM_INTERNAL_H
#define PROGRAM_INTERNAL_H

#include "diff/race.h"

/* The race that is open, which has begun and not yet ended. */
struct race_cursor {
	bool open;
	bool empty;			/* nothing is in the branch in hand */
	uint8_t branches, ops;
	uint8_t ended;			/* branches of the race that ended last */
	uint8_t actor;			/* of the branch in hand, unless it is empty */
	uint16_t at;			/* of its OP_RACE */
};

/* Normalizing goes through a program once and remembers this much. */
struct cursor {
	struct op *last;	/* the last operation that is done, and may have an answer */
	unsigned int batch;	/* members up to and with `last` of its batch */
	bool told;		/* `last` has its OP_EXPECT, or there is no `last` */
	unsigned int n;		/* operations kept */
	struct race_cursor race;
};

/* Whether o goes into one hypercall with the operation before it. */
static inline bool
cursor_joins(const struct cursor *c, const struct op *o)
{
	const struct op *last = c->last;

	return last != NULL && (last->flags & OP_JOIN) && last->kind == o->kind &&
	       last->actor == o->actor && c->batch < OP_BATCH_MAX;
}

/* Keep a mark of a race where it makes sense; drop it where it does not. */
void program_keep_mark(struct cursor *c, struct program *p, const struct op *o);

/*
 * Fit *o, an operation that is done, into the open race: it gets its branch's actor.  If the race
 * cannot have it, there is no race any more when this returns.
 */
void program_fit_race(struct cursor *c, struct program *p, struct op *o);

/* A race that is still open at the end is none. */
void program_end_race(struct cursor *c, struct program *p);

#endif
