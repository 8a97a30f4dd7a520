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
 * times.  `begin' is called before each race, `outcome' after it: a bit of what it
 * returns is one way to end.  Returns all bits that were seen.
 */
unsigned int rig_race_all(const struct rig_race *r, unsigned int switches, void (*begin)(void),
			  unsigned int (*outcome)(void));
/* The same with Arm's memory, where stores may wait. */
unsigned int rig_race_all_arm(const struct rig_race *r, unsigned int switches,
			      void (*begin)(void), unsigned int (*outcome)(void));

/* ------------------------------------------------------------------ branches, and what they saw */

enum { RIG_REF = 8, RIG_OTHER = 9 };
enum { RIG_BUSY, RIG_ENDED };		/* what the end of a grant says */

extern int rig_status[2], rig_ended[3];
extern unsigned int rig_n_ended;

/* Anew, and d0's RIG_REF lets d1 have page 0. */
void rig_begin_granted(void);
/* And d1 has mapped it at window 0, by rig_handle. */
void rig_begin_mapped(void);

uint16_t *rig_entry_flags(unsigned int d, grant_ref_t ref);

/* d0 ends a grant as a granter must: by an exchange that fails if the peer comes first (R1106). */
int rig_end(grant_ref_t ref);

/* Branches that end RIG_REF and note what came of it: rig_ended[rig_n_ended++]. */
void rig_end_once(void);
void rig_end_thrice(void);

/* The hypercall, and nothing of cmocka's: its status.  d0 is the granter. */
int rig_try_map(unsigned int d, grant_ref_t ref, unsigned int w, uint32_t flags);
int rig_try_unmap(unsigned int d, grant_handle_t h, unsigned int w);

/* Branches of d1: map RIG_REF at window 0 (rig_status[0]) or 1 (rig_status[1]); unmap window 0. */
void rig_map_rw(void);
void rig_map_rw_too(void);
void rig_unmap_once(void);

/* ------------------------------------------------------------------ outcomes
 * A bit for each that a test lists, in order; another for whatever must not be.
 */

enum { RIG_FIRST = 1, RIG_SECOND = 2, RIG_THIRD = 4, RIG_UNEXPECTED = 128 };

struct rig_outcome {
	int a, b;
};

unsigned int rig_which(int a, int b, const struct rig_outcome *o, unsigned int n);

#define RIG_WHICH(a, b, ...) \
	rig_which(a, b, (const struct rig_outcome[]){__VA_ARGS__}, \
		  sizeof (const struct rig_outcome[]){__VA_ARGS__} / sizeof (struct rig_outcome))

#endif
