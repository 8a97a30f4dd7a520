/*
 * pages: the guest's own pages and their slots, in a guest that names them by gfn.
 *
 * A slot is a gfn.  Which page is behind it changes: guest_page_fill puts another there and the one
 * before it aside; and Xen takes a page from its gfn when the guest maps it through a grant of its
 * own.  Such a page cannot be had back: once its mappings are gone no gfn shows it, although it
 * still counts as ours.  pv_pages_reset asks Xen for another.
 *
 * Page k < GUEST_PAGES_MAX is behind slot k when a program starts, or away if the program has fewer
 * pages: the gfn is a hole then.  The others, which are what guest_page_fill gives, are at home.
 */
#include "arch/x86/pv_pattern.h"
#include "arch/x86/pvh/physmap.h"

/* There is one guest. */
static uint8_t n_present = GUEST_PAGES_MAX;	/* slots that have a page when a program starts */
static uint8_t filled_slot[PV_FILLS];	/* which got the n-th fresh page */
static uint8_t put_aside;		/* bit n: what was there is at GFN_PARK_0 + n */
static uint8_t in_doubt, gone;		/* bit s: slot s's gfn is to be asked for; is a hole */
static uint32_t n_maps_seen;

static uint8_t pages[PV_PAGES][XEN_PAGE_SIZE] __attribute__((aligned(XEN_PAGE_SIZE)));

uint8_t *
pv_page_bytes(unsigned int page)
{
	ARCH_ASSERT(page < PV_PAGES);
	return pages[page];
}

/* The gfn of slot `page`, or where a page for guest_page_fill waits. */
static uint64_t
home(unsigned int page)
{
	return (uintptr_t)pv_page_bytes(page) >> XEN_PAGE_SHIFT;
}

static bool
is_hole(uint64_t gfn)
{
	return physmap_at(gfn) == PHYSMAP_HOLE;
}

/* ------------------------------------------------------------------ slots */

domid_t
guest_domid(const struct arch *a)
{
	(void)a;
	return 0;
}

unsigned int
pv_slot_page(const struct arch *a, unsigned int slot)
{
	ARCH_ASSERT(slot < GUEST_PAGES_MAX);
	return a->slot[slot];
}

uint64_t
guest_page_frame(const struct arch *a, unsigned int slot)
{
	return pv_slot_page(a, slot) != PV_NO_PAGE ? home(slot) : GUEST_FRAME_NONE;
}

uint64_t
guest_page_pfn(const struct arch *a, unsigned int slot)
{
	(void)a;
	return home(slot);
}

bool
guest_frame_slot(const struct arch *a, uint64_t frame, unsigned int *slot)
{
	uint64_t s = frame - home(0);

	if (s >= GUEST_PAGES_MAX || a->slot[s] == PV_NO_PAGE)
		return false;
	*slot = (unsigned int)s;
	return true;
}

/* Whether the page of a slot is gone.  Each map, refused or not, may have taken any. */
static bool
is_gone(const struct arch *a, unsigned int slot)
{
	uint8_t bit = (uint8_t)(1u << slot);

	if (n_maps_seen != a->n_calls[GNTTABOP_map_grant_ref]) {
		n_maps_seen = a->n_calls[GNTTABOP_map_grant_ref];
		in_doubt = 0xff;
	}
	if (in_doubt & bit) {
		in_doubt &= (uint8_t)~bit;
		gone &= (uint8_t)~bit;
		if (is_hole(home(slot)))
			gone |= bit;
	}
	return gone & bit;
}

uint8_t *
guest_page_bytes(struct arch *a, unsigned int slot)
{
	if (pv_slot_page(a, slot) == PV_NO_PAGE || is_gone(a, slot))
		return NULL;
	return pv_page_bytes(slot);
}

/* Nothing is tracked: what Xen writes where it should not is to be seen. */
bool
guest_page_dirty(const struct arch *a, unsigned int slot, unsigned int *dom, unsigned int *slot0,
		 unsigned int *lo, unsigned int *hi)
{
	*dom = 0;
	*slot0 = slot;
	*lo = 0;
	*hi = XEN_PAGE_SIZE;
	return pv_slot_page(a, slot) != PV_NO_PAGE;
}

void
guest_page_write(struct arch *a, unsigned int slot, unsigned int off, const void *bytes,
		 unsigned int len)
{
	uint8_t *p = guest_page_bytes(a, slot);

	ARCH_ASSERT(p != NULL);
	__builtin_memcpy(p + off, bytes, len);
}

/* The page stays behind its gfn, until another is put there. */
uintptr_t
guest_page_park(struct arch *a, unsigned int slot)
{
	unsigned int k = pv_slot_page(a, slot);

	ARCH_ASSERT(k != PV_NO_PAGE);
	a->page[k].place = PV_PARKED;
	a->slot[slot] = PV_NO_PAGE;
	return k + 1;
}

bool
guest_page_fill(struct arch *a, unsigned int slot)
{
	unsigned int n = a->n_filled, k = GUEST_PAGES_MAX + n;

	ARCH_ASSERT(pv_slot_page(a, slot) == PV_NO_PAGE);
	if (n == PV_FILLS)
		return false;
	if (!is_hole(home(slot))) {
		physmap_move(home(slot), GFN_PARK_0 + n);
		put_aside |= (uint8_t)(1u << n);
	}
	physmap_move(home(k), home(slot));
	gone &= (uint8_t)~(1u << slot);
	filled_slot[n] = (uint8_t)slot;
	a->n_filled++;
	a->page[k].place = PV_IN_SLOT;
	a->slot[slot] = (uint8_t)k;
	return true;
}

void
guest_page_unmap(struct arch *a, unsigned int slot)
{
	(void)a;
	(void)slot;
}

/* Xen takes no transfer from a translated guest. */
bool
guest_page_settle(struct arch *a, unsigned int slot, bool given)
{
	ARCH_ASSERT(pv_slot_page(a, slot) != PV_NO_PAGE);
	ARCH_ASSERT(!given);
	return true;
}

/* Hence none comes from ourselves; an entry may say so, if the program wrote it. */
bool
guest_page_take(struct arch *a, unsigned int slot, uint64_t frame)
{
	(void)a;
	(void)slot;
	(void)frame;
	return false;
}

/* ------------------------------------------------------------------ between programs */

void
pv_begin(struct arch *a, unsigned int n)
{
	ARCH_ASSERT(n <= GUEST_PAGES_MAX);
	for (; n_present < n; n_present++)
		physmap_move(GFN_AWAY_0 + n_present, home(n_present));
	for (; n_present > n; n_present--)
		physmap_move(home(n_present - 1u), GFN_AWAY_0 + n_present - 1u);
	for (unsigned int k = 0; k < n; k++) {
		a->page[k].place = PV_IN_SLOT;
		a->slot[k] = (uint8_t)k;
	}
}

/* Take the n-th fresh page out of its slot, and put back what was there; or new ones. */
static void
undo_fill(unsigned int n)
{
	unsigned int slot = filled_slot[n], k = GUEST_PAGES_MAX + n;

	if (is_hole(home(slot)))
		physmap_populate(home(k));
	else
		physmap_move(home(slot), home(k));
	if ((put_aside >> n & 1) != 0 && !is_hole(GFN_PARK_0 + n))
		physmap_move(GFN_PARK_0 + n, home(slot));
}

void
pv_pages_reset(struct arch *a, uint32_t pristine)
{
	while (a->n_filled > 0)
		undo_fill(--a->n_filled);
	if (a->n_calls[GNTTABOP_map_grant_ref] > 0)
		for (unsigned int s = 0; s < n_present; s++)
			if (is_hole(home(s)))
				physmap_populate(home(s));
	for (unsigned int k = 0; k < PV_PAGES; k++) {
		if (a->page[k].place != PV_SPARE && (pristine >> k & 1) == 0)
			pv_pattern_write(pv_page_bytes(k), k);
		a->page[k].place = PV_SPARE;
	}
	__builtin_memset(a->slot, PV_NO_PAGE, sizeof(a->slot));
	put_aside = in_doubt = gone = 0;
	n_maps_seen = 0;
	a->pages_put = 0;
}

uint32_t
pv_pages_left(void)
{
	return physmap_left();
}

/* ------------------------------------------------------------------ bad on purpose */

/* Nobody's memory has no gfn here: it is a hole, as what is missing is. */
uint64_t
guest_special_frame(const struct arch *a, enum guest_special which)
{
	(void)a;
	switch (which) {
	case GUEST_FRAME_TABLE:
		return GFN_TABLE_0;
	case GUEST_FRAME_PAGETABLE:
		return GUEST_FRAME_NONE;
	case GUEST_FRAME_UNOWNED:
		return 0x0fffffe0;
	case GUEST_FRAME_MISSING:
		break;
	}
	return 0x0ffffff0;
}

void
pv_pages_init(struct arch *a)
{
	pv_pattern_init();
	for (unsigned int k = 0; k < PV_PAGES; k++)
		pv_pattern_write(pv_page_bytes(k), k);
	pv_pages_reset(a, 0);
}

/* Each program's losses are made up for at once. */
void
pv_supply_init(void)
{
}
