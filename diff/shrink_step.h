/*
 * shrink_step: the steps by which a program becomes smaller, each known by a number.
 *
 * A step writes the program that it leads to, normal, and returns false if there is none or it is
 * the same program.
 */
#ifndef SHRINK_STEP_H
#define SHRINK_STEP_H

#include "diff/program.h"

/* Steps of one sort: as many as count says, tried in this order. */
struct shrink_steps {
	unsigned int (*count)(const struct program *p);
	bool (*step)(struct program *to, const struct program *p, unsigned int number);
};

/* Remove operations [at, at + n) of p; batches keep their ends. */
bool shrink_remove(struct program *to, const struct program *p, unsigned int at, unsigned int n);

/*
 * What 1-minimal is about: single removals; batches undone; one flag cleared, one word of the
 * header or one operand lowered; and for offsets and other numbers, of which lowerings tries a few,
 * each value that is lower.  What a program expects (OP_EXPECT) is removed, never lowered.
 */
extern const struct shrink_steps shrink_removals, shrink_unjoins, shrink_lowerings, shrink_values;

/* Of the lowerings those to the least.  None changes how many there are. */
extern const struct shrink_steps shrink_leasts;

/*
 * Larger steps, that single ones do not lead to: two operations removed; a name replaced
 * everywhere by a lower one, which may be in use.
 */
extern const struct shrink_steps shrink_pairs, shrink_renamings;

/*
 * Races: done one branch after the other, in any order; without one of the branches; with an
 * operation done before it or after.
 */
extern const struct shrink_steps shrink_races;

/*
 * Schedules: cut short; without a turn, or all that a branch takes in a row; two such runs in the
 * other order, if the branch then changes less often; a turn made a plain step, or its index lower.
 */
extern const struct shrink_steps shrink_schedules;

#endif
