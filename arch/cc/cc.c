/*
 * cc: see cc.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "arch/cc/cc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void
cc_init(struct arch *a)
{
	pthread_mutexattr_t attr;

	*a = (struct arch){ .table = NULL };
	if (pthread_mutexattr_init(&attr) != 0 ||
	    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK) != 0 ||
	    pthread_mutex_init(&a->lock, &attr) != 0)
		arch_panic(__FILE__, __LINE__, "a lock can be made");
	pthread_mutexattr_destroy(&attr);
}

void
cc_fini(struct arch *a)
{
	pthread_mutex_destroy(&a->lock);
}

/* Count down to a fault.  Returns whether this is the call that fails. */
static bool
fails_now(unsigned int *countdown)
{
	return *countdown != 0 && --*countdown == 0;
}

/* ------------------------------------------------------------------ hypercalls */

int
arch_grant_table_op(struct arch *a, unsigned int cmd, void *uop, unsigned int count)
{
	return a->grant_table_op == NULL ? -XEN_ENOSYS : a->grant_table_op(a, cmd, uop, count);
}

int
arch_memory_op(struct arch *a, unsigned int cmd, void *arg)
{
	return a->memory_op == NULL ? -XEN_ENOSYS : a->memory_op(a, cmd, arg);
}

/* ------------------------------------------------------------------ the table */

int
arch_gnttab_init(struct arch *a, uint32_t nr_frames_max)
{
	a->n_inits++;
	if (fails_now(&a->fail_init))
		return -XEN_ENOMEM;
	ARCH_ASSERT(nr_frames_max > 0);
	return 0;
}

int
arch_gnttab_map_shared(struct arch *a, const xen_pfn_t *frames, uint32_t nr_frames,
		       struct grant_entry_v1 **shared)
{
	a->n_maps++;
	if (fails_now(&a->fail_map))
		return -XEN_ENOMEM;
	ARCH_ASSERT(nr_frames <= a->table_frames);
	a->mapped_frames = nr_frames;
	if (a->mapped != NULL)
		a->mapped(a, frames, nr_frames);
	*shared = a->table;
	return 0;
}

void
arch_gnttab_unmap(struct arch *a, struct grant_entry_v1 *shared, uint32_t nr_frames)
{
	ARCH_ASSERT(shared == a->table);
	ARCH_ASSERT(nr_frames == a->mapped_frames);
	a->n_unmaps++;
	a->mapped_frames = 0;
}

bool
arch_translated(const struct arch *a)
{
	return a->translated;
}

/* ------------------------------------------------------------------ services */

void *
arch_pages_alloc(struct arch *a, unsigned int n)
{
	void *pages;

	ARCH_ASSERT(n > 0);
	a->n_allocs++;
	if (fails_now(&a->fail_alloc))
		return NULL;
	pages = aligned_alloc(XEN_PAGE_SIZE, (size_t)n * XEN_PAGE_SIZE);
	if (pages == NULL)
		return NULL;
	memset(pages, 0, (size_t)n * XEN_PAGE_SIZE);
	a->n_pages += n;
	return pages;
}

void
arch_pages_free(struct arch *a, void *pages, unsigned int n)
{
	ARCH_ASSERT(pages != NULL);
	ARCH_ASSERT(a->n_pages >= (long)n);
	a->n_pages -= n;
	free(pages);
}

void
arch_page_put(struct arch *a, uintptr_t page)
{
	ARCH_ASSERT(page != 0);
	a->n_puts++;
	if (a->page_put != NULL)
		a->page_put(a, page);
}

void
arch_lock(struct arch *a)
{
	ARCH_ASSERT(pthread_mutex_lock(&a->lock) == 0);
}

void
arch_unlock(struct arch *a)
{
	ARCH_ASSERT(pthread_mutex_unlock(&a->lock) == 0);
}

void
arch_sleep_ms(struct arch *a, unsigned int ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	if (a->sleep_ms != NULL)
		a->sleep_ms(a, ms);
	else
		nanosleep(&t, NULL);
}

void
arch_defer_arm(struct arch *a)
{
	a->n_arms++;
	if (a->defer_arm != NULL)
		a->defer_arm(a);
}

_Noreturn void
arch_panic(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: %s does not hold\n", file, line, what);
	abort();
}
