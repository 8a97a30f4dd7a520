/*
 * heap: a guest's ordinary memory, for arch_pages_alloc.
 *
 * Pages that were given back are kept, by their number, for the next program.  Around and in pages
 * that nobody has, AddressSanitizer faults; what a program did not give back is taken at reset.
 */
#include <stdlib.h>
#include <string.h>

#include "arch/sim/machine.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HEAP_ASAN
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define HEAP_ASAN
#endif

#ifdef HEAP_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

/* A block is a head, poisoned space up to a page, the pages, and a poisoned page. */
struct heap_page {
	struct heap_page *next, *prev;
	unsigned int n;
};

static uint8_t *
pages_of(const struct heap_page *h)
{
	return (uint8_t *)(uintptr_t)h + XEN_PAGE_SIZE;
}

static struct heap_page *
page_new(unsigned int n)
{
	size_t bytes = ((size_t)n + 2) * XEN_PAGE_SIZE;
	struct heap_page *h = aligned_alloc(XEN_PAGE_SIZE, bytes);

	/*
	 * A guest that has no memory because its host has none would answer differently elsewhere.
	 */
	ARCH_ASSERT(h);
	*h = (struct heap_page){.n = n};
	ASAN_POISON_MEMORY_REGION(h + 1, bytes - sizeof *h);
	return h;
}

static void
link_to(struct heap_page **list, struct heap_page *h)
{
	h->prev = NULL;
	h->next = *list;
	if (h->next)
		h->next->prev = h;
	*list = h;
}

static void
unlink_from(struct heap_page **list, struct heap_page *h)
{
	if (h->prev)
		h->prev->next = h->next;
	else
		*list = h->next;
	if (h->next)
		h->next->prev = h->prev;
}

static void
page_give_back(struct arch *d, struct heap_page *h)
{
	ASAN_POISON_MEMORY_REGION(pages_of(h), (size_t)h->n * XEN_PAGE_SIZE);
	unlink_from(&d->heap_live, h);
	link_to(&d->heap_free, h);
	d->heap_pages -= h->n;
}

void *
arch_pages_alloc(struct arch *a, unsigned int n)
{
	struct heap_page *h;

	ARCH_ASSERT(n > 0);
	if (a->fail_alloc > 0 && --a->fail_alloc == 0)
		return NULL;
	/* Bound: the guest's blocks; nearly always the first one fits, as most are one page. */
	for (h = a->heap_free; h && h->n != n; h = h->next)
		;
	if (h)
		unlink_from(&a->heap_free, h);
	else
		h = page_new(n);
	link_to(&a->heap_live, h);
	a->heap_pages += n;
	ASAN_UNPOISON_MEMORY_REGION(pages_of(h), (size_t)n * XEN_PAGE_SIZE);
	return memset(pages_of(h), 0, (size_t)n * XEN_PAGE_SIZE);
}

void
arch_pages_free(struct arch *a, void *pages, unsigned int n)
{
	struct heap_page *h = (struct heap_page *)(void *)((uint8_t *)pages - XEN_PAGE_SIZE);

	ARCH_ASSERT(pages);
	ARCH_ASSERT(h->n == n);
	page_give_back(a, h);
}

void
heap_reset(struct arch *d)
{
	while (d->heap_live)
		page_give_back(d, d->heap_live);
}

void
heap_free(struct arch *d)
{
	heap_reset(d);
	while (d->heap_free) {
		struct heap_page *h = d->heap_free;

		unlink_from(&d->heap_free, h);
		ASAN_UNPOISON_MEMORY_REGION(h, ((size_t)h->n + 2) * XEN_PAGE_SIZE);
		free(h);
	}
}
