/*
 * shrink_leap: all that can be taken from a program at once, but for a few things.
 *
 * A leap gives programs one by one, the smallest first: those with nothing left but its last
 * operation, or with everything lowered; then those where one thing is kept, two, three.  So the
 * first that shows what is looked for is about the smallest, and is the only one that does.  A leap
 * gives up where the programs become too many; ordinary steps are for the rest.
 */
#ifndef SHRINK_LEAP_H
#define SHRINK_LEAP_H

#include "diff/program.h"

enum { LEAP_KEPT_MAX = 3, LEAP_THINGS_MAX = PROGRAM_OPS_MAX, LEAP_PROGRAMS_MAX = 5000 };

struct leap {
	const struct program *from;	/* the caller's, until the last leap_next */
	bool lowers;			/* things are lowerings; else operations */
	unsigned int n_things, n_kept;
	uint16_t thing[LEAP_THINGS_MAX];
	unsigned int kept[LEAP_KEPT_MAX];	/* places in thing[], ascending */
	bool begun;
};

/* Leap from p by removing operations. */
void leap_remove(struct leap *l, const struct program *p);

/* Leap from p by lowerings, of which there are none until leap_add names them. */
void leap_lower(struct leap *l, const struct program *p);

/* Add a lowering, by its number in shrink_leasts, if there is room. */
void leap_add(struct leap *l, unsigned int number);

/* The next program, normal and another than p; false at the end. */
bool leap_next(struct leap *l, struct program *to);

#endif
