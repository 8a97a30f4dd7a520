/*
 * tree: all schedules of a small race, for tests, and what came of them.
 *
 * A race is run on rig_dom[0] and up, again and again, with the picks of the run before changed
 * from the last one on, until there is none left to change.  Before each run all of the below is 0.
 */
#ifndef TREE_H
#define TREE_H

#include "arch/sim/race.h"
#include "arch/sim/rig.h"
#include "arch/sim/yield.h"

/* What races are about; a run leaves its outcome, digits below 10, in tree_r. */
extern uint16_t tree_x, tree_y;
extern uint32_t tree_pair, tree_r[4];
extern struct sim_lock tree_lock;

/* Run all schedules of n branches.  Each is done at its end. */
void tree_run(void (*run)(void *ctx, unsigned int i), unsigned int n, bool arm);

/* Whether a run of the last tree_run had an outcome, tree_r as four decimal digits. */
bool tree_seen(unsigned int outcome);

/* The test fails unless just these outcomes were seen; -1 ends them. */
void tree_expect(const int *want);

#define EXPECT(...) tree_expect((const int[]){__VA_ARGS__, -1})

#endif
