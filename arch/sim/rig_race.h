/*
 * rig_race: races for the tests of arch/sim: who goes when by hand, or every way there is.
 *
 * Branches run on stacks of their own, so no assertion of cmocka's may fail in one: they leave what
 * they saw behind, and it is looked at after.  sim_check_step must hold after every turn, and
 * sim_check after the race.
 */
#ifndef RIG_RACE_H
#define RIG_RACE_H

#include "arch/sim/race.h"
#include "arch/sim/rig.h"

typedef void rig_branch(void);

struct rig_race {
	unsigned int n;
	unsigned int dom[RACE_BRANCHES_MAX];
	rig_branch *run[RACE_BRANCHES_MAX];
};

/*
 * Part of a schedule: the branch goes on until its next step is one more than `after` steps that
 * touch the byte at `until`; with NULL as long as it can.
 */
struct rig_stage {
	unsigned int branch;
	const void *until;
	unsigned int after;
};

/* Race, stage by stage, and then however it ends. */
void rig_race(const struct rig_race *r, const struct rig_stage *stage, unsigned int n);

#define RIG_RACE(r, ...) \
	rig_race(r, (const struct rig_stage[]){__VA_ARGS__}, \
		 sizeof (const struct rig_stage[]){__VA_ARGS__} / sizeof (struct rig_stage))

/*
 * Race in every way in which a branch that could go on is left for another at most `switches`
 * times; no store waits.  `begin' is called before each race, `outcome' after it: a bit of what it
 * returns is one way to end.  Returns all bits that were seen.
 */
unsigned int rig_race_all(const struct rig_race *r, unsigned int switches, void (*begin)(void),
			  unsigned int (*outcome)(void));

/* How many races rig_race_all has run, in all. */
extern unsigned long rig_races;

#endif
