/*
 * service: what arch.h promises the core, but for hypercalls (hypercall.c) and memory (heap.c).
 */
#include <stdio.h>
#include <stdlib.h>

#include "arch/sim/machine.h"

/* The table is real memory, side by side, so nothing is to be allocated. */
int
arch_gnttab_init(struct arch *a, uint32_t nr_frames_max)
{
	(void)a;
	(void)nr_frames_max;
	return 0;
}

int
arch_gnttab_map_shared(struct arch *a, const xen_pfn_t *frames, uint32_t nr_frames,
		       struct grant_entry_v1 **shared)
{
	ARCH_ASSERT(nr_frames <= a->table.nr_frames);
	for (uint32_t i = 0; i < nr_frames; i++)
		ARCH_ASSERT(frame_of_guest(a, frames[i]) == frame_table(a, i));
	if (a->table.nr_dirty < nr_frames)
		a->table.nr_dirty = nr_frames;
	*shared = a->table.shared;
	return 0;
}

void
arch_gnttab_unmap(struct arch *a, struct grant_entry_v1 *shared, uint32_t nr_frames)
{
	ARCH_ASSERT(shared == a->table.shared);
	ARCH_ASSERT(nr_frames <= a->table.nr_frames);
}

bool
arch_translated(const struct arch *a)
{
	return a->translated;
}

void
arch_page_put(struct arch *a, uintptr_t page)
{
	ARCH_ASSERT(page != 0);
	a->n_put++;
}

void
arch_lock(struct arch *a)
{
	sim_lock(a->sim, &a->lock);
}

void
arch_unlock(struct arch *a)
{
	sim_unlock(a->sim, &a->lock);
}

void
arch_sleep_ms(struct arch *a, unsigned int ms)
{
	ARCH_ASSERT(!sim_lock_is_mine(&a->lock));
	a->slept_ms += ms;
}

void
arch_defer_arm(struct arch *a)
{
	a->n_armed++;
}

_Noreturn void
arch_panic(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, what);
	abort();
}
