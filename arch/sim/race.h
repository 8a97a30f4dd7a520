/*
 * race: several virtual CPUs at once, deterministically.
 *
 * Each branch of a race runs on a stack of its own, and stops before each access to shared memory
 * and each step of the hypervisor.  There, turns (arch/turn.h) say who goes on; nothing else is
 * left to chance, so that the same turns are the same run.
 *
 * Memory is that of x86 (a store buffer for each CPU, first in first out, forwarded to its own
 * loads) or of Arm (stores pass each other unless they overlap or the later one is a release; loads
 * may be early, see cpu.h).
 */
#ifndef RACE_H
#define RACE_H

#include "arch/sim/sim.h"
#include "arch/turn.h"

enum {
	RACE_STEPS_MAX = 4096,		/* STEP, HOLD and STALE; more is a livelock */
	RACE_TURNS_MAX = 2 * RACE_STEPS_MAX,
	RACE_OPTIONS_MAX = RACE_BRANCHES_MAX * (2 + TURN_STORES_MAX + TURN_STALE_MAX),
};

enum race_access { RACE_LOCAL, RACE_READ, RACE_WRITE };

/*
 * A turn that can be taken now, and what it touches: `size` bytes from `object` on, or nothing that
 * others see (RACE_LOCAL).  Of a store that can wait both STEP and HOLD are options, and the STEP
 * is HOLD and DRAIN in one.
 */
struct race_option {
	struct turn turn;
	uint8_t access;			/* enum race_access */
	bool orders;			/* later loads see no older memory than of now (Arm) */
	bool shared;			/* memory of guests, which may be loaded early */
	uint32_t size;
	const void *object;
};

/* Whether two options of different branches, taken one after the other, differ by their order. */
bool race_dependent(const struct race_option *a, const struct race_option *b, bool arm);

/*
 * Choose: the place in o of the turn to take.  n > 0; the current branch's STEP comes first if it
 * can be taken, then other STEPs by branch, then HOLD, DRAIN, STALE, each by branch and index.
 * A return of n or more gives the race up (RACE_STOPPED).  Called on a branch's stack: it returns,
 * and does not use the machine.
 */
typedef unsigned int race_pick(void *ctx, const struct race_option *o, unsigned int n);

enum race_end {
	RACE_DONE,
	RACE_DEADLOCK,			/* nobody can go on, and not all are at their ends */
	RACE_LIVELOCK,			/* RACE_STEPS_MAX */
	RACE_STOPPED,			/* by pick or after */
};

/* How a race went.  Of the turns that were taken, the first `needed` give the same run. */
struct race_result {
	uint8_t code[RACE_TURNS_MAX];
	unsigned int n, needed;
	unsigned int steps;
	enum race_end end;
};

/* What a turn does, for who tells of a race. */
enum race_act {
	RACE_BEGINS,			/* a branch, with what its guest keeps to itself */
	RACE_STEP,			/* of the hypervisor, in function `in' */
	RACE_LOAD,
	RACE_STORE,			/* at once */
	RACE_HOLD,			/* a store that waits in the store buffer */
	RACE_DRAIN,			/* one that waited reaches memory */
	RACE_EXCHANGE,			/* atomic: a compare-and-exchange that put `value' there */
	RACE_REFUSED,			/* one that found what it did not want */
	RACE_AND,			/* atomic, too */
	RACE_FENCE,
	RACE_LOCK,
	RACE_LOCK_SHARED,
	RACE_FLUSH,			/* in function `in'; waits for accesses under way */
	RACE_RELAX,			/* a spin goes round again */
	RACE_ACTS,
};

struct race_event {
	struct turn turn;
	uint8_t act;			/* enum race_act */
	bool ordered;			/* an acquire, a release */
	uint32_t size;			/* as struct race_option's */
	const void *object;
	uint32_t was, value;		/* what an atomic found; what is, or was to be, there */
	const char *in;			/* NULL, or the function that a step is in */
};

struct race_control {
	race_pick *pick;		/* NULL: the turns of the program */
	/*
	 * NULL, or called after every turn, on a branch's stack.  Accesses from here are not part
	 * of the race: they see memory as it is.  False gives the race up.
	 */
	bool (*after)(void *ctx);
	/*
	 * NULL, or told of every turn before it changes anything, and of a load with what it found.
	 * As `after'.
	 */
	void (*saw)(void *ctx, const struct race_event *e);
	/* NULL, or called when a race has ended; the result lives until the next race. */
	void (*ended)(void *ctx, const struct race_result *r);
	void *ctx;
};

/* Use a copy of c from the next race on, also after resets; NULL: the program's turns alone. */
void sim_race_set(struct sim *s, const struct race_control *c);

/*
 * The last race of this machine, or NULL if there was none.  After any end but RACE_DONE the
 * branches were left where they stood, with their locks released; the guests' cores and the machine
 * are then good for nothing but sim_reset.
 */
const struct race_result *sim_race_result(const struct sim *s);

#endif
