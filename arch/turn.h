/*
 * turn: one decision in a race: which branch goes on, and what its memory does.
 *
 * A schedule is a string of turns, a byte each.  Every byte is a turn, so that bytes may be changed
 * at will; turn_code gives the one byte that is written.  Small codes are simple turns.
 */
#ifndef TURN_H
#define TURN_H

#include <stdint.h>

enum {
	RACE_BRANCHES_MAX = 3,
	TURN_STORES_MAX = 8,		/* waiting stores of a branch: DRAIN 0 to 7 */
	TURN_STALE_MAX = 8,		/* STALE 1 to 8 */
};

enum turn_kind {
	TURN_STEP,	/* the branch takes its next step; a store does not wait if none does */
	TURN_HOLD,	/* its next step is a store, which waits in its store buffer */
	TURN_DRAIN,	/* its index-th oldest waiting store reaches memory */
	TURN_STALE,	/* its next step is a load, which sees what was there index writes ago */
};

struct turn {
	uint8_t branch;			/* below RACE_BRANCHES_MAX */
	uint8_t kind;			/* enum turn_kind */
	uint8_t index;			/* DRAIN, STALE; 0 of the others */
};

enum {
	TURN_DRAIN_0 = 2,		/* rows of RACE_BRANCHES_MAX codes each */
	TURN_STALE_1 = TURN_DRAIN_0 + TURN_STORES_MAX,
	TURN_CODES = (TURN_STALE_1 + TURN_STALE_MAX) * RACE_BRANCHES_MAX,
};

/* The byte of a turn, below TURN_CODES.  Pre: its members are in the bounds above. */
static inline uint8_t
turn_code(struct turn t)
{
	unsigned int row = t.kind;

	if (t.kind == TURN_DRAIN)
		row = TURN_DRAIN_0 + t.index;
	else if (t.kind == TURN_STALE)
		row = TURN_STALE_1 + t.index - 1u;
	return (uint8_t)(row * RACE_BRANCHES_MAX + t.branch);
}

/* The turn of any byte: codes from TURN_CODES on begin again. */
static inline struct turn
turn_of(uint8_t code)
{
	unsigned int row = code % TURN_CODES / RACE_BRANCHES_MAX;
	struct turn t = {.branch = code % TURN_CODES % RACE_BRANCHES_MAX, .kind = (uint8_t)row};

	if (row >= TURN_STALE_1) {
		t.kind = TURN_STALE;
		t.index = (uint8_t)(row - TURN_STALE_1 + 1);
	} else if (row >= TURN_DRAIN_0) {
		t.kind = TURN_DRAIN;
		t.index = (uint8_t)(row - TURN_DRAIN_0);
	}
	return t;
}

#endif
