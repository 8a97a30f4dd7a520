/*
 * plain: accesses that nothing orders, on machines where an aligned one is a single instruction.
 * For arch_impl.h.
 */
#ifndef ARCH_INCLUDED_BY_ARCH_H
#error "include arch/arch.h"
#endif

static inline uint16_t
arch_load16(const uint16_t *p)
{
	return *(const volatile uint16_t *)p;
}

static inline uint32_t
arch_load32(const uint32_t *p)
{
	return *(const volatile uint32_t *)p;
}

static inline void
arch_store16(uint16_t *p, uint16_t v)
{
	*(volatile uint16_t *)p = v;
}

static inline void
arch_store32(uint32_t *p, uint32_t v)
{
	*(volatile uint32_t *)p = v;
}
