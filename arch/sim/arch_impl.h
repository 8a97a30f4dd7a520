/*
 * The simulated machine's CPU: one access of the stated width each.
 *
 * A program runs one operation after the other, so nothing happens between two accesses yet.
 * sim_yield is where a schedule will let the hypervisor or another guest take a step; it comes
 * before each access, which is then one indivisible event.
 */
#ifndef ARCH_INCLUDED_BY_ARCH_H
#error "include arch.h"
#endif

enum { ARCH_SPIN_MAX = 16 };

static inline void
sim_yield(const void *p)
{
	(void)p;
}

static inline uint16_t
arch_load16(const uint16_t *p)
{
	sim_yield(p);
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

static inline uint32_t
arch_load32(const uint32_t *p)
{
	sim_yield(p);
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

static inline void
arch_store16(uint16_t *p, uint16_t v)
{
	sim_yield(p);
	__atomic_store_n(p, v, __ATOMIC_RELAXED);
}

static inline void
arch_store32(uint32_t *p, uint32_t v)
{
	sim_yield(p);
	__atomic_store_n(p, v, __ATOMIC_RELAXED);
}

static inline uint16_t
arch_load16_acquire(const uint16_t *p)
{
	sim_yield(p);
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static inline void
arch_store16_release(uint16_t *p, uint16_t v)
{
	sim_yield(p);
	__atomic_store_n(p, v, __ATOMIC_RELEASE);
}

static inline uint16_t
arch_cmpxchg16(uint16_t *p, uint16_t want, uint16_t v)
{
	sim_yield(p);
	__atomic_compare_exchange_n(p, &want, v, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	return want;
}

static inline void
arch_relax(void)
{
	sim_yield(NULL);
}
