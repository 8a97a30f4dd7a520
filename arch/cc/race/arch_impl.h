/*
 * Shared memory that tells a test of every access before it takes place: what the hypervisor can do
 * between two accesses, a test does then, deterministically.  For unit tests of single functions.
 */
#ifndef ARCH_INCLUDED_BY_ARCH_H
#error "include arch/arch.h"
#endif

enum { ARCH_SPIN_MAX = 16 };

enum race_access {
	RACE_LOAD,
	RACE_LOAD_ACQUIRE,
	RACE_STORE,
	RACE_STORE_RELEASE,
	RACE_CMPXCHG,
	RACE_RELAX,			/* no access: p is NULL */
};

/* The test's. */
void race_before(enum race_access access, const void *p);

static inline uint16_t
arch_load16(const uint16_t *p)
{
	race_before(RACE_LOAD, p);
	return *p;
}

static inline uint32_t
arch_load32(const uint32_t *p)
{
	race_before(RACE_LOAD, p);
	return *p;
}

static inline void
arch_store16(uint16_t *p, uint16_t v)
{
	race_before(RACE_STORE, p);
	*p = v;
}

static inline void
arch_store32(uint32_t *p, uint32_t v)
{
	race_before(RACE_STORE, p);
	*p = v;
}

static inline uint16_t
arch_load16_acquire(const uint16_t *p)
{
	race_before(RACE_LOAD_ACQUIRE, p);
	return *p;
}

static inline void
arch_store16_release(uint16_t *p, uint16_t v)
{
	race_before(RACE_STORE_RELEASE, p);
	*p = v;
}

static inline uint16_t
arch_cmpxchg16(uint16_t *p, uint16_t want, uint16_t v)
{
	uint16_t was;

	race_before(RACE_CMPXCHG, p);
	was = *p;
	if (was == want)
		*p = v;
	return was;
}

static inline void
arch_relax(void)
{
	race_before(RACE_RELAX, NULL);
}
