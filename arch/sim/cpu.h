/*
 * cpu: what one virtual CPU sees of memory in a race: its store buffer, and its early loads.
 *
 * Memory is one sequence of writes, numbered from 1; all CPUs agree on it.  A CPU's stores wait in
 * its buffer until they are drained, which is when they become writes:
 *
 *   x86   the oldest only
 *   Arm   any that does not overlap an older one; a release only as the oldest
 *
 * A load sees the CPU's own waiting stores, and for the rest memory as it is now, or on Arm, if the
 * schedule says so, as it was before the last writes there: but never from before what this CPU has
 * seen or written there (coherence), nor from before what it has to be later than: the write that
 * an acquire load saw, an atomic operation, a lock taken, a fence.
 *
 * Limits: a load is never late, so no store of a CPU is visible before an earlier load of it; no
 * load is from before the last HISTORY_MAX writes.
 */
#ifndef CPU_H
#define CPU_H

#include "arch/sim/yield.h"
#include "arch/turn.h"

enum {
	HISTORY_MAX = 64,
	SEEN_MAX = 32,
	UNLOCKS_MAX = 8,
};

enum store_kind { STORE_PLAIN, STORE_RELEASE, STORE_UNLOCK, STORE_UNLOCK_SHARED };

struct store {
	void *p;			/* of an unlock: the lock */
	uint32_t v;
	uint8_t size;			/* of an unlock: 0 */
	uint8_t kind;			/* enum store_kind */
};

/* A write that took place: what it overwrote, or, if longer than 4 bytes, nothing. */
struct write {
	const uint8_t *p;
	uint32_t size;
	uint8_t old[4];
};

struct memory {
	bool arm;
	uint32_t now;			/* writes so far */
	struct write history[HISTORY_MAX];	/* number t at (t - 1) % HISTORY_MAX */
};

/* Which write of two aligned bytes this CPU has seen. */
struct seen {
	uintptr_t p;
	uint32_t time;
};

struct cpu {
	struct memory *memory;
	unsigned int n_stores, n_seen;
	uint32_t floor;			/* loads see at least so many writes */
	struct store store[TURN_STORES_MAX + UNLOCKS_MAX];	/* oldest first */
	struct seen seen[SEEN_MAX];
};

/* Nothing was written yet. */
void memory_start(struct memory *m, bool arm);
/* Nothing waits. */
void cpu_start(struct cpu *c, struct memory *m);

/* `size` bytes were, or are about to be, written by other means; what they were is forgotten. */
void memory_wrote(struct memory *m, const void *p, uint32_t size);
/* Whether anybody wrote to these bytes after the first `time` writes. */
bool memory_changed(const struct memory *m, const void *p, unsigned int size, uint32_t time);

/* How many writes back a load of these bytes may look now; 0 on x86. */
unsigned int cpu_stale_max(const struct cpu *c, const void *p, unsigned int size);

/* Load; `stale` is at most cpu_stale_max. */
uint32_t cpu_load(struct cpu *c, const void *p, unsigned int size, bool acquire,
		  unsigned int stale);

/* A load of these bytes is not early any more: it sees what is there now. */
void cpu_catch_up(struct cpu *c, const void *p, unsigned int size);

/* Put a store behind those that wait.  Pre: an unlock, or fewer than TURN_STORES_MAX wait. */
void cpu_store(struct cpu *c, struct store s);
/* Whether the i-th oldest can become visible. */
bool cpu_can_drain(const struct cpu *c, unsigned int i);
/* Make it so, and unlock what waited for nothing else. */
void cpu_drain(struct cpu *c, unsigned int i);

/* Forget all that waits; locks that were on their way are free. */
void cpu_give_up(struct cpu *c);

/* Everything later is later than now.  Pre: nothing waits. */
void cpu_fence(struct cpu *c);
/* Write at once; returns what was there.  A fence.  Pre: nothing waits. */
uint32_t cpu_exchange(struct cpu *c, void *p, unsigned int size, uint32_t v);

#endif
