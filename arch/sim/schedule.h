/*
 * schedule: who goes on in a race; shared by race.c and schedule.c.
 *
 * A branch that does not run stands before its next step, which it has declared.  A turn is taken
 * by whoever runs when one is due: draining a store is done on the spot, a step is granted to its
 * branch, which then runs up to the next one.
 */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include "arch/sim/cpu.h"
#include "arch/sim/fiber.h"
#include "arch/sim/race.h"

enum { LOCKS_HELD_MAX = 8 };

enum next_kind {
	NEXT_STEP,			/* of the hypervisor, or the branch's first */
	NEXT_LOAD,
	NEXT_STORE,
	NEXT_ATOMIC,
	NEXT_FENCE,
	NEXT_LOCK,
	NEXT_LOCK_SHARED,
	NEXT_FLUSH,
	NEXT_RELAX,
	NEXT_NONE,			/* it has ended */
};

/* What a branch does when it goes on. */
struct next {
	const void *object;
	uint32_t size;
	uint8_t kind;			/* enum next_kind */
	uint8_t access;			/* enum race_access */
	bool shared;
	const struct sim_lock *lock;	/* what LOCK, LOCK_SHARED and FLUSH wait for */
};

struct branch {
	struct cpu cpu;
	struct next next;
	struct turn granted;
	/* What was loaded last, and after how many writes: arch_relax waits for the next one. */
	const void *watched;
	uint32_t watched_size, watched_time;
	struct sim_lock *lock[LOCKS_HELD_MAX];
	unsigned int n_locks;
};

struct race {
	struct race_control control;
	struct race_result result;
	struct fibers *fibers;
	struct memory memory;
	struct branch branch[RACE_BRANCHES_MAX];
	unsigned int n, current;	/* current: who took the last step */
	bool began;			/* a turn was taken, of which `after` is to be told */
	const struct guest_turns *turns;
	unsigned int n_read;		/* of them */
	void (*run)(void *ctx, unsigned int i);
	void *ctx;
};

/*
 * Take turns until a step is granted, and go on with its branch: returns when the caller's, branch
 * `me`, is.  With the caller at its end, or from fiber 0 (RACE_BRANCHES_MAX), this never grants it
 * anything; fiber 0 returns when the race has ended.
 */
void schedule(struct race *r, unsigned int me);

/* Tell who wants to hear of it what a turn does. */
void race_tell(struct race *r, const struct race_event *e);

static inline unsigned int
fiber_of(unsigned int branch)
{
	return branch == RACE_BRANCHES_MAX ? 0 : branch + 1;
}

#endif
