/* thing: see thing.h. */
#include "arch/sim/thing.h"

#include "arch/sim/machine.h"

/* Whether the object is one of n in an array of things of `size' bytes; which, and where in it. */
static bool
is_in(const void *object, const void *array, size_t n, size_t size, struct sim_thing *t)
{
	uintptr_t at = (uintptr_t)object - (uintptr_t)array;

	if (at >= n * size)
		return false;
	t->number = at / size;
	t->offset = (uint16_t)(at % size);
	return true;
}

static uint64_t
entries_max(const struct sim *s)
{
	return (uint64_t)s->table_frames_max * GNTTAB_ENTRIES_PER_FRAME;
}

static uint8_t
entry_field(unsigned int offset)
{
	if (offset < offsetof(struct grant_entry_v1, domid))
		return THING_ENTRY_FLAGS;
	return offset < offsetof(struct grant_entry_v1, frame) ? THING_ENTRY_DOMID
							       : THING_ENTRY_FRAME;
}

/* What is a domain's own; NOTHING if it is none of its. */
static uint8_t
kind_in(const struct sim *s, const struct arch *d, const void *object, struct sim_thing *t)
{
	const struct table *table = &d->table;

	if (object == d)
		return THING_GUEST;
	if (object == &d->lock)
		return THING_GUEST_LOCK;
	if (object == &table->lock)
		return THING_TABLE_LOCK;
	if (object == &table->nr_frames)
		return THING_TABLE_SIZE;
	if (object == &d->maptrack.lock)
		return THING_HANDLES_LOCK;
	if (is_in(object, d->maptrack.map, HANDLES_MAX, sizeof d->maptrack.map[0], t))
		return THING_HANDLE;
	if (is_in(object, table->active, entries_max(s), sizeof table->active[0], t))
		return THING_ENTRY_LOCK;
	if (is_in(object, table->shared, entries_max(s), sizeof table->shared[0], t))
		return entry_field(t->offset);
	return THING_NOTHING;
}

static bool
in_page(const struct sim *s, const void *object, struct sim_thing *t)
{
	const struct frame *f;

	if (!is_in(object, s->memory, s->n_frames, XEN_PAGE_SIZE, t))
		return false;
	f = frame_at(s, (unsigned int)t->number);
	t->kind = THING_BYTES;
	t->domain = f->owner;
	t->number = f->mfn;
	if (f->owner < s->domains && s->domain[f->owner].translated && f->slot < SLOTS)
		t->number = GFN_PAGE_0 + f->slot;
	return true;
}

struct sim_thing
sim_thing_at(const struct sim *s, const void *object)
{
	struct sim_thing t = {.kind = THING_NOTHING};

	if (object == PAGES(s)) {
		t.kind = THING_PAGES;
		return t;
	}
	for (uint8_t d = 0; d < s->domains && object; d++) {
		t.kind = kind_in(s, &s->domain[d], object, &t);
		t.domain = d;
		if (t.kind != THING_NOTHING)
			return t;
	}
	in_page(s, object, &t);
	return t;
}
