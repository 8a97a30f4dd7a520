/*
 * table: a domain's grant table as the hypervisor sees it: its size, and which entries were used.
 *
 * The size only grows, under the table's lock, and is published after the frames behind it are
 * there.  So who has seen that a reference is in range may use its entry without the lock.
 */
#include "arch/sim/machine.h"

void
table_list(struct table *t, grant_ref_t ref)
{
	if (!t->active[ref].listed) {
		t->active[ref].listed = true;
		t->listed[t->n_listed++] = ref;
	}
}

bool
table_has(struct arch *d, grant_ref_t ref)
{
	sim_step(d->sim, &d->table.nr_frames, SIM_READ);
	return ref < table_entries(&d->table);
}

/* New frames are zero: every frame beyond nr_frames is. */
void
table_grow(struct arch *d, uint32_t nr_frames)
{
	struct table *t = &d->table;
	uint32_t from = t->nr_frames;

	ARCH_ASSERT(nr_frames <= t->max_frames);
	sim_step(d->sim, PAGES(d->sim), SIM_WRITE);
	for (uint32_t i = from; i < nr_frames; i++) {
		frame_table(d, i)->owner = d->index;
		t->gfn[i] = GFN_NONE;
	}
	sim_step(d->sim, &t->nr_frames, SIM_WRITE);
	t->nr_frames = nr_frames;
}

void
guest_scribbled(struct arch *a, grant_ref_t ref)
{
	struct table *t = &a->table;

	if (ref >= table_entries(t))
		return;
	table_list(t, ref);
	t->active[ref].scribbled = true;
	if (t->nr_dirty <= ref / GNTTAB_ENTRIES_PER_FRAME)
		t->nr_dirty = ref / GNTTAB_ENTRIES_PER_FRAME + 1;
}
