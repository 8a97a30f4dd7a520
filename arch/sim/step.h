/* Stand-in until the engine's header is here. */
#ifndef STEP_H
#define STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/sim/sim.h"

enum sim_access { SIM_READS, SIM_WRITES };

struct sim_lock {
	bool held;
};

static inline void
sim_step(struct sim *s, const void *object, enum sim_access access)
{
	(void)s;
	(void)object;
	(void)access;
}

static inline void
sim_lock(struct sim *s, struct sim_lock *l)
{
	(void)s;
	ARCH_ASSERT(!l->held);
	l->held = true;
}

static inline void
sim_unlock(struct sim *s, struct sim_lock *l)
{
	(void)s;
	ARCH_ASSERT(l->held);
	l->held = false;
}

typedef uint32_t __attribute__((may_alias)) sim_word;

static inline uint32_t
sim_load_word(const struct grant_entry_v1 *e)
{
	return __atomic_load_n((const sim_word *)&e->flags, __ATOMIC_RELAXED);
}

static inline void
sim_store_word(struct grant_entry_v1 *e, uint32_t v)
{
	__atomic_store_n((sim_word *)&e->flags, v, __ATOMIC_RELAXED);
}

static inline uint32_t
sim_cmpxchg_word(struct grant_entry_v1 *e, uint32_t want, uint32_t v)
{
	__atomic_compare_exchange_n((sim_word *)&e->flags, &want, v, 0, __ATOMIC_SEQ_CST,
				    __ATOMIC_SEQ_CST);
	return want;
}

static inline void
sim_clear_flags(struct grant_entry_v1 *e, uint16_t mask)
{
	__atomic_fetch_and(&e->flags, (uint16_t)~mask, __ATOMIC_SEQ_CST);
}

#endif
