/*
 * reset: putting tables and handles back for the next program.
 *
 * How much there is to do follows from what the program before did.  It stands in a file of its
 * own so that engines count no edges here: an input's paths must not depend on the one before.
 */
#include <string.h>

#include "arch/sim/machine.h"

void
maptrack_reset(struct maptrack *m, unsigned int frames)
{
	ARCH_ASSERT(frames <= MAPTRACK_FRAMES_MAX);
	for (uint16_t h = 0; h < m->fresh; h++)
		m->map[h] = (struct mapping){0};
	m->fresh = 0;
	m->free_head = m->free_tail = HANDLE_NONE;
	m->limit = frames > 0 ? (uint16_t)(frames * HANDLES_PER_FRAME - 1) : 0;
}

void
table_reset(struct arch *d, uint32_t frames, uint32_t max_frames)
{
	struct table *t = &d->table;

	while (t->n_listed > 0)
		t->active[t->listed[--t->n_listed]] = (struct active){0};
	for (uint32_t i = 0; i < t->nr_dirty; i++)
		memset(frame_table(d, i)->bytes, 0, XEN_PAGE_SIZE);
	for (uint32_t i = 0; i < t->nr_frames; i++)
		frame_table(d, i)->owner = NOBODY;
	t->nr_dirty = 0;
	t->nr_frames = 0;
	t->max_frames = max_frames;
	/* Any gfn of the range may have shown a frame, whatever the frame's number. */
	for (uint32_t i = 0; i < max_frames; i++)
		t->at[i] = FRAME_NONE;
	table_grow(d, frames);
}
