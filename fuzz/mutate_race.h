/*
 * mutate_race: programs with races, and small changes to them.  See mutate.h, whose rules hold
 * here.
 *
 * mutate_program neither makes races nor gives `arm`: what it is used for does one operation after
 * the other.
 */
#ifndef MUTATE_RACE_H
#define MUTATE_RACE_H

#include "fuzz/mutate.h"

/*
 * Write a program with one race into *p: something that becomes of one entry, then two or three
 * branches that use it, and a random schedule.
 */
void mutate_race_random(struct program *p, struct rng *r);

/*
 * Change *p (normal before and after) in its races, their schedules, or anywhere else.  It has a
 * race afterwards, if there was one or max_ops leaves room for one.
 */
void mutate_race(struct program *p, struct rng *r, unsigned int max_ops);

/*
 * Make a race of two operations of *p that use one reference: the later one moves to the other.
 * False, with nothing changed, if there are no two such or no room.
 */
bool mutate_race_around(struct program *p, struct rng *r, unsigned int max_ops);

#endif
