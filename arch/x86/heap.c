/*
 * heap: pages for arch_pages_alloc, side by side, from a fixed stock.  pv_heap_reset takes all
 * of them back.
 */
#include "arch/x86/pv.h"

static uint8_t heap[PV_HEAP_PAGES][XEN_PAGE_SIZE] __attribute__((aligned(XEN_PAGE_SIZE)));

static uint64_t
mask(unsigned int first, unsigned int n)
{
	return (n < 64 ? ((uint64_t)1 << n) - 1 : ~(uint64_t)0) << first;
}

void *
arch_pages_alloc(struct arch *a, unsigned int n)
{
	ARCH_ASSERT(n > 0);
	if (a->fail_alloc != 0 && --a->fail_alloc == 0)
		return NULL;
	for (unsigned int first = 0; first + n <= PV_HEAP_PAGES; first++) {
		if ((a->heap_used & mask(first, n)) != 0)
			continue;
		a->heap_used |= mask(first, n);
		__builtin_memset(heap[first], 0, (size_t)n * XEN_PAGE_SIZE);
		return heap[first];
	}
	return NULL;
}

void
arch_pages_free(struct arch *a, void *p, unsigned int n)
{
	unsigned int first = (unsigned int)(((uintptr_t)p - (uintptr_t)heap) / XEN_PAGE_SIZE);

	ARCH_ASSERT(first + n <= PV_HEAP_PAGES);
	ARCH_ASSERT((a->heap_used & mask(first, n)) == mask(first, n));
	a->heap_used &= ~mask(first, n);
}

void
pv_heap_reset(struct arch *a)
{
	a->heap_used = 0;
}
