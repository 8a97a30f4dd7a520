/*
 * race: operations that go on at once, and the turns they take.
 *
 * A race stands among a program's operations as marks (diff/op.h): OP_RACE, the operations of its
 * branches with OP_WITH between them, OP_RACE_END, then its schedule in OP_TURNS.  program.h says
 * what a normal one is.  A turn is a byte, a code of arch/turn.h.
 *
 * Freestanding.
 */
#ifndef DIFF_RACE_H
#define DIFF_RACE_H

#include "arch/turn.h"
#include "diff/program.h"

_Static_assert((int)TURN_CODES <= 192, "a turn is a byte inside an operation");

enum {
	RACE_OPS_MAX = 6,		/* operations in all branches; a batch is one */
	RACE_TURNS_PER_OP = 8,		/* in one OP_TURNS */
	RACE_DIGIT = 192,		/* turns are below it, as all bytes inside an operation */
	RACE_SCHEDULE_MAX = PROGRAM_OPS_MAX * RACE_TURNS_PER_OP,
};

/* Operations [from, to) of the program, answers among them. */
struct race_branch {
	uint16_t from, to;
	uint8_t actor;
};

struct race_place {
	uint16_t from, to;		/* from its OP_RACE to behind its schedule */
	uint16_t turns;			/* where its schedule begins, to `to` */
	uint8_t n;			/* branches: 2 or 3 */
	struct race_branch branch[RACE_BRANCHES_MAX];
};

/*
 * Find the race that operation `at` is in: its marks and its schedule are, too.  Returns false if
 * it is in none.  Pre: p is normal, at < n_ops.
 */
bool race_at(struct race_place *r, const struct program *p, unsigned int at);

/* Where the first race of p begins, or n_ops.  Pre: p is normal. */
unsigned int race_first(const struct program *p);

/* Whether p has a race at all.  Pre: p is normal. */
bool race_any(const struct program *p);

/* The branch that operation `at` is in, or r->n for marks and turns.  Pre: `at` is in *r. */
unsigned int race_branch_of(const struct race_place *r, unsigned int at);

/* The chain that an operation names, or CHAIN_SLOTS. */
unsigned int race_chain(const struct op *o);

/* Bit m: map, unmap or replace in two branches of this actor name mapping m. */
unsigned int race_maps_shared(const struct race_place *r, const struct program *p,
			      unsigned int actor);

/*
 * Whether a window that one of this actor's branches gave back may show what another mapped: one
 * replaces a mapping, or maps where two give back the same.
 */
bool race_windows_doubtful(const struct race_place *r, const struct program *p,
			   unsigned int actor);

/* ------------------------------------------------------------------ the schedule */

/* Its turns, as codes.  Returns how many, at most RACE_SCHEDULE_MAX. */
unsigned int race_turns(const struct race_place *r, const struct program *p,
			uint8_t code[RACE_SCHEDULE_MAX]);

/*
 * Put these n turns in place of *p's race *r's schedule, as far as the program has room for them.
 * p is normal afterwards, and *r what it was but for its schedule.
 */
void race_set_turns(struct race_place *r, struct program *p, const uint8_t *code, unsigned int n);

/*
 * What a schedule costs a reader: the places where the branch changes, and the turns that are no
 * plain step.
 */
unsigned int race_switches(const uint8_t *code, unsigned int n);

/* ------------------------------------------------------------------ one OP_TURNS */

/* How many turns it has. */
static inline unsigned int
race_turns_in(const struct op *o)
{
	return o->a.dom;
}

/* Turn i of them. */
unsigned int race_turn(const struct op *o, unsigned int i);

/* Add a turn behind them.  Pre: there are fewer than RACE_TURNS_PER_OP. */
void race_put_turn(struct op *o, unsigned int code);

/* The same turn, of a branch that a race with so many has.  Any code becomes one of a turn. */
unsigned int race_turn_fitted(unsigned int code, unsigned int branches);

#endif
