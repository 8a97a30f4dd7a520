/*
 * Shared memory by compiler builtins: any hosted target.  ThreadSanitizer understands these, so
 * this is the arch that it judges the core's use of acquire and release on.
 */
#ifndef ARCH_INCLUDED_BY_ARCH_H
#error "include arch/arch.h"
#endif

/* Some milliseconds: the thread that is the hypervisor may be off its CPU for that long. */
enum { ARCH_SPIN_MAX = 1 << 20 };

static inline uint16_t
arch_load16(const uint16_t *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

static inline uint32_t
arch_load32(const uint32_t *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

static inline void
arch_store16(uint16_t *p, uint16_t v)
{
	__atomic_store_n(p, v, __ATOMIC_RELAXED);
}

static inline void
arch_store32(uint32_t *p, uint32_t v)
{
	__atomic_store_n(p, v, __ATOMIC_RELAXED);
}

static inline uint16_t
arch_load16_acquire(const uint16_t *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static inline void
arch_store16_release(uint16_t *p, uint16_t v)
{
	__atomic_store_n(p, v, __ATOMIC_RELEASE);
}

static inline uint16_t
arch_cmpxchg16(uint16_t *p, uint16_t want, uint16_t v)
{
	__atomic_compare_exchange_n(p, &want, v, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	return want;
}

static inline void
arch_relax(void)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}
