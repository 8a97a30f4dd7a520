/* mutate_race_scene: what races are made of.  See mutate_race.h. */
#ifndef MUTATE_RACE_SCENE_H
#define MUTATE_RACE_SCENE_H

#include "arch/turn.h"
#include "fuzz/mutate.h"

/* An operation by that actor on the entry that these programs are about: d0's in g0. */
void mutate_race_op(struct rng *r, unsigned int actor, struct op *o);

/* A turn of that branch, mostly a plain step; a stale load only with `arm`. */
struct turn mutate_race_turn(struct rng *r, bool arm, unsigned int branch);

/* A schedule of a race with so many branches.  Returns how many turns: at most 64. */
unsigned int mutate_race_schedule(struct rng *r, bool arm, unsigned int branches, uint8_t *code);

#endif
