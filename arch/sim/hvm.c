/*
 * hvm: the physmap of an auto-translated guest.
 *
 * It covers three ranges: the pages of the slots, the windows, and the grant table.  A page can be
 * put only where a page of its sort belongs; elsewhere there is no room for an entry.  A gfn
 * without an entry is a hole, and so is a window that nothing is mapped at.
 */
#include "arch/sim/machine.h"

struct frame *
hvm_frame(const struct arch *d, uint64_t gfn)
{
	uint16_t place = FRAME_NONE;

	if (gfn - GFN_PAGE_0 < SLOTS)
		place = d->page[gfn - GFN_PAGE_0];
	else if (gfn - GFN_WINDOW_0 < WINDOWS)
		place = d->window[gfn - GFN_WINDOW_0].frame;
	else if (gfn - GFN_TABLE_0 < d->table.max_frames)
		place = d->table.at[gfn - GFN_TABLE_0];
	return place == FRAME_NONE ? NULL : frame_at(d->sim, place);
}

bool
hvm_add_page(struct arch *d, uint64_t gfn, struct frame *f)
{
	uint64_t slot = gfn - GFN_PAGE_0;

	if (slot >= SLOTS)
		return false;
	/* The page that was there stays the guest's, and is out of its reach (R711). */
	if (d->page[slot] != FRAME_NONE) {
		struct frame *old = frame_at(d->sim, d->page[slot]);

		frame_touch(d->sim, old);
		old->slot = NOBODY;
		old->received = false;
	}
	frame_touch(d->sim, f);
	d->page[slot] = (uint16_t)frame_place(d->sim, f);
	d->held &= (uint8_t)~(1u << slot);
	f->slot = (uint8_t)slot;
	return true;
}

static struct window *
hvm_window(struct arch *d, uint64_t addr)
{
	uint64_t w = (addr >> XEN_PAGE_SHIFT) - GFN_WINDOW_0;

	return w < WINDOWS ? &d->window[w] : NULL;
}

/* R516: a page of the guest's own leaves its gfn, and is not put back there by an unmap. */
static void
leave_gfn(struct arch *d, struct frame *f)
{
	if (f->owner != d->index || f->slot == NOBODY)
		return;
	frame_touch(d->sim, f);
	d->page[f->slot] = FRAME_NONE;
	f->slot = NOBODY;
}

/* R512: a gfn that shows a grant already is refused. */
int16_t
hvm_map(struct arch *d, uint64_t addr, uint32_t flags, struct frame *f)
{
	struct window *w = hvm_window(d, addr);
	bool writable = !(flags & GNTMAP_readonly);

	leave_gfn(d, f);
	if (!w || w->frame != FRAME_NONE)
		return GNTST_general_error;
	frame_get(d, f, writable);
	*w = (struct window){.frame = (uint16_t)frame_place(d->sim, f), .writable = writable};
	return GNTST_okay;
}

/* R603: the gfn must show that frame; its permission is not asked.  R947: there is no new_addr. */
int16_t
hvm_unmap(struct arch *d, uint64_t addr, uint64_t new_addr, uint32_t flags, const struct frame *f)
{
	struct window *w = hvm_window(d, addr);

	(void)flags;
	if (new_addr != 0 || !w || w->frame != frame_place(d->sim, f))
		return GNTST_general_error;
	w->frame = FRAME_NONE;
	return GNTST_okay;
}

/* One gfn a table frame: adding it again moves it (R936). */
static void
table_frame_place(struct arch *d, uint32_t i, xen_pfn_t gfn)
{
	struct table *t = &d->table;
	uint16_t old = t->at[gfn - GFN_TABLE_0];

	if (t->gfn[i] != GFN_NONE)
		t->at[t->gfn[i] - GFN_TABLE_0] = FRAME_NONE;
	if (old != FRAME_NONE && old != frame_place(d->sim, frame_table(d, i)))
		t->gfn[old - frame_place(d->sim, frame_table(d, 0))] = GFN_NONE;
	t->at[gfn - GFN_TABLE_0] = (uint16_t)frame_place(d->sim, frame_table(d, i));
	t->gfn[i] = gfn;
}

/* R934 to R936.  In version 1 bit 31 of the index is nothing but a large number. */
int
hvm_add_to_physmap(struct arch *d, const struct xen_add_to_physmap *op)
{
	struct arch *t = domain_by_any_id(d, op->domid);

	if (!t)
		return -XEN_ESRCH;
	if (!t->translated)
		return -XEN_EACCES;
	if (!policy_manages(d, t))
		return -XEN_EPERM;
	if (op->space != XENMAPSPACE_grant_table)
		return -XEN_ENOSYS;
	if (op->idx >= t->table.max_frames)
		return -XEN_EINVAL;
	sim_lock(t->sim, &t->table.lock);
	if (op->idx >= t->table.nr_frames)
		table_grow(t, (uint32_t)op->idx + 1);
	sim_unlock(t->sim, &t->table.lock);
	if (op->gpfn - GFN_TABLE_0 >= t->table.max_frames)
		return -XEN_ENOMEM;
	sim_step(t->sim, PAGES(t->sim), SIM_WRITE);
	table_frame_place(t, (uint32_t)op->idx, op->gpfn);
	return 0;
}
