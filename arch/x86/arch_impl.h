/*
 * Shared memory on x86-64.  Loads stay in order among loads, and stores among stores (TSO), so
 * acquire and release need only the compiler's obedience; a locked instruction is a full barrier.
 * A cmpxchg is locked on a guest's only CPU too: the hypervisor runs on another.
 */
#ifndef ARCH_INCLUDED_BY_ARCH_H
#error "include arch/arch.h"
#endif

#include "arch/plain.h"

/*
 * Some 50 us: many times what the hypervisor takes from committed to completed.  Kept small, as a
 * PAUSE costs an emulator about a microsecond, and a program may ask for a wait that never ends.
 */
enum { ARCH_SPIN_MAX = 1 << 10 };

static inline uint16_t
arch_load16_acquire(const uint16_t *p)
{
	uint16_t v;

	__asm__ volatile("movw %1, %0" : "=r"(v) : "m"(*p) : "memory");
	return v;
}

static inline void
arch_store16_release(uint16_t *p, uint16_t v)
{
	__asm__ volatile("movw %1, %0" : "=m"(*p) : "ri"(v) : "memory");
}

static inline uint16_t
arch_cmpxchg16(uint16_t *p, uint16_t want, uint16_t v)
{
	__asm__ volatile("lock cmpxchgw %2, %1"
			 : "+a"(want), "+m"(*p) : "r"(v) : "memory", "cc");
	return want;
}

static inline void
arch_relax(void)
{
	__asm__ volatile("pause" : : : "memory");
}
