/*
 * yield: where the hypervisor lets others go on in a race: before its steps, and at locks.
 *
 * Between two yields, which the accesses of arch.h are as well, nobody else does anything.  So code
 * between two of them may touch only what a lock that it holds protects, and the object that it
 * named.  Outside a race a yield costs the test of a pointer.
 */
#ifndef YIELD_H
#define YIELD_H

#include <string.h>

#include "arch/arch.h"
#include "arch/sim/memory.h"

struct sim;

enum sim_access { SIM_READ, SIM_WRITE };

/* Somebody holds it for himself (writer: who), or some hold it together. */
struct sim_lock {
	uint8_t writer, readers;
};

/* What the functions below are while a race is on.  Pre: it is. */
void race_step(const void *object, enum sim_access access, const char *in);
void race_step_bytes(const void *p, unsigned int size, enum sim_access access);
void race_fence(void);
void race_lock(struct sim_lock *l, bool shared);
void race_unlock(struct sim_lock *l, bool shared);
bool race_holds(const struct sim_lock *l);
void race_enter(struct sim_lock *l, const void *object, const char *in);
void race_leave(struct sim_lock *l);
void race_flush(struct sim_lock *l, const void *object, const char *in);

/* The function that a step is in is its name, where a race is told of: these three say which. */
#define sim_step(s, object, access) sim_step_in(s, object, access, __func__)
#define sim_enter(l, object) sim_enter_in(l, object, __func__)
#define sim_flush(l, object) sim_flush_in(l, object, __func__)

/*
 * Before a step of the hypervisor that reads or writes `object`, which is any address that stands
 * for it: the same in all steps that touch it.
 */
static inline void
sim_step_in(struct sim *s, const void *object, enum sim_access access, const char *in)
{
	(void)s;
	if (sim_is_racing())
		race_step(object, access, in);
}

/* What this CPU stored is visible, and later loads are later.  A hypercall begins with it. */
static inline void
sim_fence(struct sim *s)
{
	(void)s;
	if (sim_is_racing())
		race_fence();
}

/*
 * The same for plain C on memory that guests load and store (a copy): `size` bytes from p on.  What
 * is written so is never seen as it was before.
 */
static inline void
sim_step_bytes(struct sim *s, const void *p, unsigned int size, enum sim_access access)
{
	(void)s;
	if (sim_is_racing())
		race_step_bytes(p, size, access);
}

/*
 * A guest's access through a mapping, from looking at the mapping, which is a step that reads
 * `object`, until the access is done and visible.  A flush does not come between: as a CPU does an
 * access before it takes the interrupt, or answers the broadcast, that makes it forget mappings.
 */
static inline void
sim_enter_in(struct sim_lock *l, const void *object, const char *in)
{
	if (sim_is_racing())
		race_enter(l, object, in);
}

static inline void
sim_leave(struct sim_lock *l)
{
	if (sim_is_racing())
		race_leave(l);
}

/* A step that changes `object`, when no access of the guest that l belongs to is under way. */
static inline void
sim_flush_in(struct sim_lock *l, const void *object, const char *in)
{
	if (sim_is_racing())
		race_flush(l, object, in);
}

/*
 * Take a lock.  Not recursive.  In a race this is a step, and who has to wait cannot take it; the
 * lock is an acquire, and giving it back, which is no step, a release.
 */
static inline void
sim_lock(struct sim *s, struct sim_lock *l)
{
	(void)s;
	if (sim_is_racing()) {
		race_lock(l, false);
		return;
	}
	ARCH_ASSERT(l->writer == 0 && l->readers == 0);
	l->writer = 1;
}

static inline void
sim_unlock(struct sim *s, struct sim_lock *l)
{
	(void)s;
	ARCH_ASSERT(l->writer != 0);
	if (sim_is_racing())
		race_unlock(l, false);
	else
		l->writer = 0;
}

/* Whether this CPU has taken the lock and not given it back. */
static inline bool
sim_lock_is_mine(const struct sim_lock *l)
{
	return sim_is_racing() ? race_holds(l) : l->writer != 0;
}

/* Take a lock together with others that do so. */
static inline void
sim_lock_shared(struct sim *s, struct sim_lock *l)
{
	(void)s;
	if (sim_is_racing()) {
		race_lock(l, true);
		return;
	}
	ARCH_ASSERT(l->writer == 0);
	l->readers++;
}

static inline void
sim_unlock_shared(struct sim *s, struct sim_lock *l)
{
	(void)s;
	ARCH_ASSERT(l->readers != 0);
	if (sim_is_racing())
		race_unlock(l, true);
	else
		l->readers--;
}

/* ------------------------------------------------------------------ accesses beyond arch.h's
 * Sixteen or 32 bits at once, naturally aligned: flags, or flags and domid.  Each is a yield.
 */

static inline uint32_t
sim_load32(const void *p)
{
	uint32_t v;

	if (sim_is_racing())
		return race_load(p, sizeof v, SIM_PLAIN);
	memcpy(&v, p, sizeof v);
	return v;
}

/* Atomic, and a full barrier.  Returns what *p was. */
static inline uint32_t
sim_cmpxchg32(void *p, uint32_t want, uint32_t v)
{
	uint32_t was;

	if (sim_is_racing())
		return race_cmpxchg(p, sizeof was, want, v);
	memcpy(&was, p, sizeof was);
	if (was == want)
		memcpy(p, &v, sizeof v);
	return was;
}

/* *p &= mask, likewise. */
static inline uint16_t
sim_and16(uint16_t *p, uint16_t mask)
{
	uint16_t was;

	if (sim_is_racing())
		return (uint16_t)race_and(p, sizeof was, mask);
	was = *p;
	*p = was & mask;
	return was;
}

#endif
