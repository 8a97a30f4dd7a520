/*
 * Shared memory on 64-bit Arm.  Loads and stores are reordered unless the instruction, or a barrier
 * between two, says no: ldar and stlr order one access, dmb orders all.
 *
 * The hypervisor and other domains run in the same inner shareable domain, on any CPU.
 */
#ifndef ARCH_INCLUDED_BY_ARCH_H
#error "include arch/arch.h"
#endif

#include "arch/plain.h"

/* Some 50 us: many times what the hypervisor takes from committed to completed. */
enum { ARCH_SPIN_MAX = 1 << 10 };

static inline uint16_t
arch_load16_acquire(const uint16_t *p)
{
	uint32_t v;

	__asm__ volatile("ldarh %w0, %1" : "=r"(v) : "Q"(*p) : "memory");
	return (uint16_t)v;
}

static inline void
arch_store16_release(uint16_t *p, uint16_t v)
{
	__asm__ volatile("stlrh %w1, %0" : "=Q"(*p) : "r"(v) : "memory");
}

static inline void
arm_barrier(void)
{
	__asm__ volatile("dmb ish" : : : "memory");
}

/*
 * Neither form of the exchange orders everything by itself: an acquire and a release leave earlier
 * stores behind a load that finds another value and stores nothing.  So a barrier stands at each
 * side.
 */
static inline uint16_t
arch_cmpxchg16(uint16_t *p, uint16_t want, uint16_t v)
{
	uint32_t was;

	arm_barrier();
#ifdef __ARM_FEATURE_ATOMICS
	was = want;
	__asm__ volatile("casalh %w0, %w2, %1" : "+r"(was), "+Q"(*p) : "r"(v) : "memory");
#else
	uint32_t refused;

	__asm__ volatile("1:	ldxrh	%w0, %2\n"
			 "	cmp	%w0, %w3\n"
			 "	b.ne	2f\n"
			 "	stxrh	%w1, %w4, %2\n"
			 "	cbnz	%w1, 1b\n"
			 "2:"
			 : "=&r"(was), "=&r"(refused), "+Q"(*p)
			 : "r"((uint32_t)want), "r"(v) : "memory", "cc");
#endif
	arm_barrier();
	return (uint16_t)was;
}

static inline void
arch_relax(void)
{
	__asm__ volatile("yield" : : : "memory");
}
