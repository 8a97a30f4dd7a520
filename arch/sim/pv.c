/*
 * pv: the page-table entries of a PV guest's windows.
 *
 * Each entry that is present holds a reference on the frame it shows.  A window is named by its
 * linear address (any byte of its page, as only the page table's index counts) or by the machine
 * address of its entry.  Nothing else of the guest's address space has a page table here: a grant
 * can be mapped at a window only.
 */
#include "arch/sim/machine.h"

struct window *
pv_window(struct arch *d, uint64_t addr, bool pte)
{
	uint64_t w = (addr - ADDR_WINDOW_0) >> XEN_PAGE_SHIFT;

	if (pte) {
		if (addr % sizeof(uint64_t) != 0)
			return NULL;
		w = (addr - sim_window_entry(d, 0)) / sizeof(uint64_t);
	}
	return w < WINDOWS ? &d->window[w] : NULL;
}

static void
entry_drop(struct arch *d, const struct window *w)
{
	if (w->frame != FRAME_NONE)
		frame_put(d, frame_at(d->sim, w->frame), w->writable);
}

/* An entry that is there is replaced, whatever it shows.  R512: there is none. */
int16_t
pv_map(struct arch *d, uint64_t addr, uint32_t flags, struct frame *f)
{
	struct window *w = pv_window(d, addr, flags & GNTMAP_contains_pte);
	bool writable = !(flags & GNTMAP_readonly);

	if (!w)
		return GNTST_general_error;
	frame_get(d, f, writable);
	entry_drop(d, w);
	*w = (struct window){.frame = (uint16_t)frame_place(d->sim, f), .writable = writable};
	return GNTST_okay;
}

/* R603: the entry must show that frame with that permission; whose handle made it is not asked. */
static bool
entry_matches(const struct arch *d, const struct window *w, uint32_t flags, const struct frame *f)
{
	return w && w->frame == frame_place(d->sim, f) &&
	       w->writable == !(flags & GNTMAP_readonly);
}

/* R608: what new_addr shows moves to addr; if that cannot be, its reference is gone. */
static int16_t
pv_replace(struct arch *d, uint64_t addr, uint64_t new_addr, uint32_t flags,
	   const struct frame *f)
{
	struct window *from = pv_window(d, new_addr, false);
	struct window *to = pv_window(d, addr, false);
	struct window stolen;

	if ((flags & GNTMAP_contains_pte) || !from)
		return GNTST_general_error;
	d->sim->changes++;
	stolen = *from;
	from->frame = FRAME_NONE;
	if (!entry_matches(d, to, flags, f)) {
		entry_drop(d, &stolen);
		return GNTST_general_error;
	}
	*to = stolen;
	return GNTST_okay;
}

int16_t
pv_unmap(struct arch *d, uint64_t addr, uint64_t new_addr, uint32_t flags, const struct frame *f)
{
	struct window *w;

	if (new_addr != 0)
		return pv_replace(d, addr, new_addr, flags, f);
	w = pv_window(d, addr, flags & GNTMAP_contains_pte);
	if (!entry_matches(d, w, flags, f))
		return GNTST_general_error;
	w->frame = FRAME_NONE;
	return GNTST_okay;
}
