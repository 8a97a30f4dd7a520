/*
 * contents: a guest's own loads and stores of what is in pages, one access each (guest.h).
 *
 * Which page is there is looked at in a step before the access; what takes a mapping away waits at
 * its flush until the access is over.
 */
#include "arch/sim/machine.h"

/* The page that the guest reaches there, or NULL. */
static struct frame *
reached(const struct arch *a, enum guest_place at, unsigned int i, bool write)
{
	uint16_t place;

	ARCH_ASSERT(at == GUEST_PAGE ? i < SLOTS : i < WINDOWS);
	if (at == GUEST_WINDOW) {
		place = a->window[i].frame;
		if (place == FRAME_NONE || (write && !a->window[i].writable))
			return NULL;
	} else {
		place = a->page[i];
		if (!(a->held & 1u << i) || place == FRAME_NONE ||
		    (!a->translated && !(a->mapped & 1u << i)))
			return NULL;
	}
	return frame_at(a->sim, place);
}

bool
guest_load16(struct arch *a, enum guest_place at, unsigned int i, unsigned int off, uint16_t *v)
{
	const struct frame *f;

	ARCH_ASSERT(off % 2 == 0 && off < XEN_PAGE_SIZE);
	sim_enter(&a->mappings, a->sim->frames);
	f = reached(a, at, i, false);
	if (f)
		*v = arch_load16_acquire((const uint16_t *)(const void *)(f->bytes + off));
	sim_leave(&a->mappings);
	return f;
}

bool
guest_store16(struct arch *a, enum guest_place at, unsigned int i, unsigned int off, uint16_t v)
{
	struct frame *f;

	ARCH_ASSERT(off % 2 == 0 && off < XEN_PAGE_SIZE);
	sim_enter(&a->mappings, a->sim->frames);
	f = reached(a, at, i, true);
	if (f) {
		frame_written(a->sim, f, off, sizeof v);
		arch_store16((uint16_t *)(void *)(f->bytes + off), v);
		sim_fence(a->sim);
	}
	sim_leave(&a->mappings);
	return f;
}
