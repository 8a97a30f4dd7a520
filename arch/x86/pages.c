/* pages: the guest's own pages, and their slots. */
#include "arch/x86/pv.h"

/* ------------------------------------------------------------------ slots */

unsigned int
pv_slot_page(const struct arch *a, unsigned int slot)
{
	ARCH_ASSERT(slot < GUEST_PAGES_MAX);
	return a->slot[slot];
}

static struct pv_page *
page_in(struct arch *a, unsigned int slot)
{
	unsigned int k = pv_slot_page(a, slot);

	return k != PV_NO_PAGE ? &a->page[k] : NULL;
}

uint64_t
guest_page_frame(const struct arch *a, unsigned int slot)
{
	unsigned int k = pv_slot_page(a, slot);

	return k != PV_NO_PAGE ? a->page[k].frame : GUEST_FRAME_NONE;
}

/* Any name would do: Xen writes the frame over it. */
uint64_t
guest_page_pfn(const struct arch *a, unsigned int slot)
{
	(void)a;
	return slot + 1;
}

bool
guest_frame_slot(const struct arch *a, uint64_t frame, unsigned int *slot)
{
	for (unsigned int s = 0; s < GUEST_PAGES_MAX; s++) {
		if (a->slot[s] == PV_NO_PAGE || a->page[a->slot[s]].frame != frame)
			continue;
		*slot = s;
		return true;
	}
	return false;
}

uint8_t *
guest_page_bytes(struct arch *a, unsigned int slot)
{
	unsigned int k = pv_slot_page(a, slot);

	return k != PV_NO_PAGE && a->page[k].mapped ? pv_page_bytes(k) : NULL;
}

/* Nothing is tracked: what Xen writes where it should not is to be seen. */
bool
guest_page_dirty(const struct arch *a, unsigned int slot, unsigned int *dom, unsigned int *slot0,
		 unsigned int *lo, unsigned int *hi)
{
	unsigned int k = pv_slot_page(a, slot);

	if (k == PV_NO_PAGE)
		return false;
	*dom = a->index;
	*slot0 = 0;
	*lo = 0;
	*hi = XEN_PAGE_SIZE;
	if (k < PV_PAGES && a->page[k].mapped) {
		*slot0 = k;
		pv_pattern_compare(pv_page_bytes(k), a->index, k, lo, hi);
	}
	return true;
}

uintptr_t
guest_page_park(struct arch *a, unsigned int slot)
{
	struct pv_page *p = page_in(a, slot);

	ARCH_ASSERT(p != NULL);
	p->use = PV_PARKED;
	a->slot[slot] = PV_NO_PAGE;
	return (uintptr_t)(p - a->page) + 1;
}

bool
guest_page_fill(struct arch *a, unsigned int slot)
{
	unsigned int k = GUEST_PAGES_MAX + a->n_filled;

	ARCH_ASSERT(page_in(a, slot) == NULL);
	if (k == PV_PAGES)
		return false;
	a->n_filled++;
	a->page[k].use = PV_IN_SLOT;
	a->slot[slot] = (uint8_t)k;
	return true;
}

static void
unmap_page(struct arch *a, unsigned int k)
{
	if (a->page[k].mapped)
		ARCH_ASSERT(pv_set_mapping(pv_page_bytes(k), 0, 0) == 0);
	a->page[k].mapped = false;
}

void
guest_page_unmap(struct arch *a, unsigned int slot)
{
	ARCH_ASSERT(page_in(a, slot) != NULL);
	unmap_page(a, a->slot[slot]);
}

/* Map page k at its place.  False if Xen says that the frame is not ours. */
static bool
map_page(struct arch *a, unsigned int k)
{
	struct pv_page *p = &a->page[k];

	if (!p->mapped)
		p->mapped = pv_set_mapping(pv_page_bytes(k), p->frame, PTE_RW_FLAGS) == 0;
	return p->mapped;
}

bool
guest_page_settle(struct arch *a, unsigned int slot, bool given)
{
	unsigned int k = pv_slot_page(a, slot);

	ARCH_ASSERT(k != PV_NO_PAGE);
	if (!given && map_page(a, k))
		return true;
	a->page[k].use = PV_EMPTY;
	a->slot[slot] = PV_NO_PAGE;
	return false;
}

void
pv_arrivals_follow(unsigned int cmd, const void *uop, unsigned int count)
{
	const struct gnttab_transfer *op = uop;

	for (unsigned int i = 0; cmd == GNTTABOP_transfer && i < count; i++) {
		struct arch *to;

		if (op[i].status != GNTST_okay)
			continue;
		to = pv_domain(op[i].domid == guest_domid(pv_domain(0)) ? 0 : op[i].domid);
		ARCH_ASSERT(to->n_arrived < PV_PLACES);
		to->arrived[to->n_arrived++] = op[i].mfn;
	}
}

/* The first place without a page. */
static unsigned int
empty_place(const struct arch *a)
{
	unsigned int k = 0;

	while (a->page[k].use != PV_EMPTY)
		ARCH_ASSERT(++k < PV_PLACES);
	return k;
}

bool
guest_page_take(struct arch *a, unsigned int slot, uint64_t frame)
{
	for (unsigned int i = 0; i < a->n_arrived; i++) {
		unsigned int k;

		if (a->arrived[i] != frame)
			continue;
		k = empty_place(a);
		a->page[k].frame = frame;
		if (!map_page(a, k))
			return false;
		a->arrived[i] = a->arrived[--a->n_arrived];
		if (page_in(a, slot) != NULL)
			guest_page_park(a, slot);
		a->page[k].use = PV_IN_SLOT;
		a->slot[slot] = (uint8_t)k;
		return true;
	}
	return false;
}

/* ------------------------------------------------------------------ between programs */

void
pv_begin(struct arch *a, unsigned int pages)
{
	ARCH_ASSERT(pages <= GUEST_PAGES_MAX);
	for (unsigned int k = 0; k < pages; k++) {
		a->page[k].use = PV_IN_SLOT;
		a->slot[k] = (uint8_t)k;
	}
}

/* Empty the places that are for pages from elsewhere: all that came is only in `arrived`. */
static void
collect_arrivals(struct arch *a)
{
	for (unsigned int k = PV_PAGES; k < PV_PLACES; k++) {
		if (a->page[k].use == PV_EMPTY)
			continue;
		unmap_page(a, k);
		a->arrived[a->n_arrived++] = a->page[k].frame;
		a->page[k].use = PV_EMPTY;
	}
}

/*
 * A page for a place that has none: one that came, or else from the stock.  At each hypercall the
 * books have every page somewhere: it may be the last that this domain makes.
 */
static void
give_any_frame(struct arch *a, struct pv_page *p)
{
	p->use = PV_PARKED;
	if (a->n_arrived > 0) {
		p->frame = a->arrived[--a->n_arrived];
		return;
	}
	ARCH_ASSERT(a->n_stock > 0);
	p->frame = a->stock[--a->n_stock];
}

void
pv_pages_reset(struct arch *a, uint32_t pristine)
{
	collect_arrivals(a);
	for (unsigned int k = 0; k < PV_PAGES; k++) {
		struct pv_page *p = &a->page[k];

		if (p->use == PV_SPARE)
			continue;
		if (p->use == PV_EMPTY)
			give_any_frame(a, p);
		ARCH_ASSERT(map_page(a, k));
		if ((pristine >> k & 1) == 0)
			pv_pattern_write(pv_page_bytes(k), a->index, k);
		p->use = PV_SPARE;
	}
	while (a->n_arrived > 0)
		a->stock[a->n_stock++] = a->arrived[--a->n_arrived];
	__builtin_memset(a->slot, PV_NO_PAGE, sizeof(a->slot));
	a->n_filled = 0;
}

/* ------------------------------------------------------------------ at boot */

void
pv_pages_init(struct arch *a)
{
	pv_pattern_init();
	for (unsigned int k = 0; k < PV_PAGES; k++) {
		a->page[k].frame = pv_frame_of(pv_page_bytes(k));
		a->page[k].mapped = true;
		pv_pattern_write(pv_page_bytes(k), a->index, k);
	}
	for (unsigned int k = PV_PAGES; k < PV_PLACES; k++) {
		ARCH_ASSERT(pv_set_mapping(pv_page_bytes(k), 0, 0) == 0);
		a->page[k].use = PV_EMPTY;
	}
	pv_special_init(a);
	pv_pages_reset(a, 0);
}
