/*
 * The simulated machine's CPU: one access of the stated width each.
 *
 * Outside a race nothing happens between two accesses.  In one (race.h) each access is a place
 * where others may go on, and memory is that of the CPU that the race is run on.
 */
#ifndef ARCH_INCLUDED_BY_ARCH_H
#error "include arch.h"
#endif

#include "arch/sim/memory.h"

enum { ARCH_SPIN_MAX = 16 };

static inline uint16_t
arch_load16(const uint16_t *p)
{
	if (sim_is_racing())
		return (uint16_t)race_load(p, sizeof *p, SIM_PLAIN);
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

static inline uint32_t
arch_load32(const uint32_t *p)
{
	if (sim_is_racing())
		return race_load(p, sizeof *p, SIM_PLAIN);
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

static inline void
arch_store16(uint16_t *p, uint16_t v)
{
	if (sim_is_racing())
		race_store(p, sizeof *p, v, SIM_PLAIN);
	else
		__atomic_store_n(p, v, __ATOMIC_RELAXED);
}

static inline void
arch_store32(uint32_t *p, uint32_t v)
{
	if (sim_is_racing())
		race_store(p, sizeof *p, v, SIM_PLAIN);
	else
		__atomic_store_n(p, v, __ATOMIC_RELAXED);
}

static inline uint16_t
arch_load16_acquire(const uint16_t *p)
{
	if (sim_is_racing())
		return (uint16_t)race_load(p, sizeof *p, SIM_ORDERED);
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static inline void
arch_store16_release(uint16_t *p, uint16_t v)
{
	if (sim_is_racing())
		race_store(p, sizeof *p, v, SIM_ORDERED);
	else
		__atomic_store_n(p, v, __ATOMIC_RELEASE);
}

static inline uint16_t
arch_cmpxchg16(uint16_t *p, uint16_t want, uint16_t v)
{
	if (sim_is_racing())
		return (uint16_t)race_cmpxchg(p, sizeof *p, want, v);
	__atomic_compare_exchange_n(p, &want, v, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	return want;
}

static inline void
arch_relax(void)
{
	if (sim_is_racing())
		race_relax();
}
