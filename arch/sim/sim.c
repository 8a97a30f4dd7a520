/*
 * sim: a machine as a whole: its memory, and its start.
 *
 * Memory is had once, for the largest configuration seen so far; a reset then only puts back what
 * the program touched.
 */
#include <stdlib.h>
#include <string.h>

#include "arch/sim/machine.h"

enum { TABLE_FRAMES_USUAL = 8 };	/* what programs ask for at the most */

static void
table_memory_free(struct table *t)
{
	free(t->active);
	free(t->at);
	free(t->gfn);
	free(t->listed);
	free(t->expect);
	*t = (struct table){0};
}

static bool
table_memory(struct table *t, uint32_t frames)
{
	size_t n = (size_t)frames * GNTTAB_ENTRIES_PER_FRAME;

	t->active = calloc(n, sizeof *t->active);
	t->listed = calloc(n, sizeof *t->listed);
	t->expect = calloc(n, sizeof *t->expect);
	t->at = calloc(frames, sizeof *t->at);
	t->gfn = calloc(frames, sizeof *t->gfn);
	return t->active && t->listed && t->expect && t->at && t->gfn;
}

static void
memory_free(struct sim *s)
{
	for (unsigned int d = 0; d < DOMAINS; d++)
		table_memory_free(&s->domain[d].table);
	free(s->frames);
	free(s->memory);
	free(s->pristine);
	free(s->touched);
	free(s->scratch);
	s->frames = NULL;
	s->memory = s->pristine = NULL;
	s->touched = NULL;
	s->scratch = NULL;
}

static bool
frame_memory(struct sim *s)
{
	size_t bytes = (size_t)s->n_frames * XEN_PAGE_SIZE;

	s->frames = calloc(s->n_frames, sizeof *s->frames);
	s->touched = calloc(s->n_frames, sizeof *s->touched);
	s->scratch = check_scratch_new(s->n_frames);
	s->pristine = aligned_alloc(XEN_PAGE_SIZE, (size_t)FRAME_L1_0 * XEN_PAGE_SIZE);
	s->memory = aligned_alloc(XEN_PAGE_SIZE, bytes);
	if (s->memory)
		memset(s->memory, 0, bytes);
	return s->frames && s->touched && s->scratch && s->pristine && s->memory;
}

/* All memory, for tables of at most so many frames.  False: some of it is missing; memory_free. */
static bool
memory_new(struct sim *s, uint32_t table_frames_max)
{
	bool ok = true;

	s->table_frames_max = table_frames_max;
	s->n_frames = FRAME_TABLE_0 + DOMAINS * table_frames_max;
	s->n_touched = 0;
	for (s->mfn_mask = 1; s->mfn_mask < s->n_frames; s->mfn_mask <<= 1)
		;
	s->mfn_mask--;
	ok = frame_memory(s);
	for (unsigned int d = 0; d < DOMAINS; d++)
		ok = table_memory(&s->domain[d].table, table_frames_max) && ok;
	if (!ok)
		return false;
	frames_init(s);
	for (unsigned int d = 0; d < DOMAINS; d++)
		s->domain[d].table.shared = (void *)frame_table(&s->domain[d], 0)->bytes;
	return true;
}

struct sim *
sim_new(void)
{
	static const struct sim_config start = {
		.domains = 1, .pages = 1, .frames = 1, .max_frames = 1,
	};
	struct sim *s = calloc(1, sizeof *s);

	if (!s)
		return NULL;
	for (unsigned int d = 0; d < DOMAINS; d++) {
		s->domain[d].sim = s;
		s->domain[d].index = (uint8_t)d;
	}
	if (!memory_new(s, TABLE_FRAMES_USUAL)) {
		sim_free(s);
		return NULL;
	}
	sim_reset(s, &start);
	return s;
}

void
sim_free(struct sim *s)
{
	if (!s)
		return;
	for (unsigned int d = 0; d < DOMAINS; d++)
		heap_free(&s->domain[d]);
	memory_free(s);
	race_free(s->race);
	free(s);
}

static void
domain_reset(struct arch *d, const struct sim_config *c)
{
	d->translated = c->hvm & 1u << d->index;
	d->lock = d->mappings = (struct sim_lock){0};
	d->held = d->mapped = (uint8_t)((1u << c->pages) - 1);
	if (d->translated)
		d->mapped = 0;
	d->n_filled = 0;
	d->tot_pages = 0;
	d->max_pages = (int32_t)c->room;
	d->fail_alloc = d->fail_hypercall = 0;
	d->n_put = d->slept_ms = d->n_armed = 0;
	for (unsigned int slot = 0; slot < SLOTS; slot++)
		d->page[slot] = slot >= c->pages ? FRAME_NONE :
				(uint16_t)frame_place(d->sim, frame_data(d->sim, d->index, slot));
	for (unsigned int w = 0; w < WINDOWS; w++)
		d->window[w].frame = FRAME_NONE;
	maptrack_reset(&d->maptrack, c->maptrack);
	table_reset(d, c->frames, c->max_frames);
	heap_reset(d);
}

void
sim_reset(struct sim *s, const struct sim_config *c)
{
	ARCH_ASSERT(c->domains >= 1 && c->domains <= DOMAINS);
	ARCH_ASSERT(c->pages <= SLOTS);
	ARCH_ASSERT(c->frames >= 1 && c->frames <= c->max_frames);
	frames_reset(s);
	if (c->max_frames > s->table_frames_max) {
		memory_free(s);
		ARCH_ASSERT(memory_new(s, c->max_frames));
	}
	s->domains = (uint8_t)c->domains;
	s->silo = c->silo;
	s->no_transfer = c->no_transfer;
	s->low_used = false;
	s->wrong = NULL;
	s->changes++;
	for (unsigned int d = 0; d < DOMAINS; d++)
		domain_reset(&s->domain[d], c);
}

struct arch *
sim_guest(struct sim *s, unsigned int d)
{
	ARCH_ASSERT(d < s->domains);
	return &s->domain[d];
}

uint64_t
sim_window_entry(const struct arch *a, unsigned int w)
{
	uint64_t table = frame_at(a->sim, FRAME_L1_0 + a->index)->mfn << XEN_PAGE_SHIFT;

	return table + w * sizeof(uint64_t);
}

unsigned int
sim_pages_in_use(const struct arch *a)
{
	return a->heap_pages;
}
