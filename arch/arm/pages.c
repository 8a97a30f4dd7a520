/*
 * pages: the guest's own pages and their slots on Arm.
 *
 * Page k < GUEST_PAGES_MAX is in slot k when a program starts, if the program has as many; the
 * others are what guest_page_fill gives.
 */
#include "arch/arm/arm.h"

enum { BUS_REF = GNTTAB_NR_RESERVED_ENTRIES };

/* A domain uses its own part of its image's, so that no two have pages at the same gfns. */
static uint8_t pages[GUEST_DOMAINS_MAX][TRANSLATED_PAGES][XEN_PAGE_SIZE]
	__attribute__((aligned(XEN_PAGE_SIZE)));

/* What each begins with, in each domain. */
static uint8_t patterns[GUEST_DOMAINS_MAX][TRANSLATED_PAGES][XEN_PAGE_SIZE];
static uint64_t unowned;	/* a frame of the machine's that nobody has */

uint64_t
arm_pages(unsigned int d)
{
	return (uintptr_t)pages[d];
}

static uint64_t
home(const struct arch *a, unsigned int page)
{
	ARCH_ASSERT(page < TRANSLATED_PAGES);
	return a->pages_gfn + page;
}

static uint8_t *
page_bytes(const struct arch *a, unsigned int page)
{
	ARCH_ASSERT(page < TRANSLATED_PAGES);
	return a->pages + page * XEN_PAGE_SIZE;
}

/* ------------------------------------------------------------------ slots */

uint64_t
guest_page_frame(const struct arch *a, unsigned int slot)
{
	unsigned int k = translated_slot_page(a, slot);

	return k != TRANSLATED_NO_PAGE ? home(a, k) : GUEST_FRAME_NONE;
}

/* Nothing is there, and nothing comes: see guest_page_take. */
uint64_t
guest_page_pfn(const struct arch *a, unsigned int slot)
{
	(void)a;
	return GFN_LANDING_0 + slot;
}

bool
guest_frame_slot(const struct arch *a, uint64_t frame, unsigned int *slot)
{
	for (unsigned int s = 0; s < GUEST_PAGES_MAX; s++) {
		if (guest_page_frame(a, s) != frame)
			continue;
		*slot = s;
		return true;
	}
	return false;
}

uint8_t *
guest_page_bytes(struct arch *a, unsigned int slot)
{
	unsigned int k = translated_slot_page(a, slot);

	return k != TRANSLATED_NO_PAGE ? page_bytes(a, k) : NULL;
}

uintptr_t
guest_page_park(struct arch *a, unsigned int slot)
{
	unsigned int k = translated_slot_page(a, slot);

	ARCH_ASSERT(k != TRANSLATED_NO_PAGE);
	a->translated.slot[slot] = TRANSLATED_NO_PAGE;
	return k + 1;
}

bool
guest_page_fill(struct arch *a, unsigned int slot)
{
	unsigned int k = GUEST_PAGES_MAX + a->translated.n_filled;

	ARCH_ASSERT(translated_slot_page(a, slot) == TRANSLATED_NO_PAGE);
	if (k == TRANSLATED_PAGES)
		return false;
	a->translated.n_filled++;
	a->translated.touched |= (uint16_t)(1u << k);
	a->translated.slot[slot] = (uint8_t)k;
	return true;
}

/* ------------------------------------------------------------------ between programs */

uint32_t
translated_pages_left(const struct arch *a)
{
	(void)a;
	return UINT32_MAX;
}

void
translated_pages_doubt(struct arch *a, grant_ref_t ref)
{
	(void)a;
	(void)ref;
}

void
translated_begin(struct arch *a, unsigned int n)
{
	ARCH_ASSERT(n <= GUEST_PAGES_MAX);
	a->translated.touched = (uint16_t)((1u << n) - 1);
	for (unsigned int k = 0; k < n; k++)
		a->translated.slot[k] = (uint8_t)k;
}

void
translated_pages_reset(struct arch *a, uint32_t pristine)
{
	for (unsigned int k = 0; k < TRANSLATED_PAGES; k++)
		if (((a->translated.touched & ~pristine) >> k & 1) != 0)
			__builtin_memcpy(page_bytes(a, k), patterns[a->translated.index][k],
					 XEN_PAGE_SIZE);
	__builtin_memset(a->translated.slot, TRANSLATED_NO_PAGE, sizeof(a->translated.slot));
	a->translated.n_filled = 0;
	a->translated.touched = 0;
}

/* ------------------------------------------------------------------ bad on purpose */

/* Both are holes of the physmap; dom0's frame numbers are the machine's, and there it shows. */
uint64_t
guest_special_frame(const struct arch *a, enum guest_special which)
{
	switch (which) {
	case GUEST_FRAME_TABLE:
		return physmap_table(a);
	case GUEST_FRAME_PAGETABLE:
		return GUEST_FRAME_NONE;
	case GUEST_FRAME_UNOWNED:
		return unowned;
	case GUEST_FRAME_MISSING:
		break;
	}
	return 0x0ffffff0;
}

/* Only one that nobody owns answers so: Xen has memory to spare above ours. */
static uint64_t
find_unowned(struct arch *a)
{
	enum { MOST = 1 << 17 };
	struct gnttab_cache_flush op = { .length = 8, .op = GNTTAB_CACHE_CLEAN };

	for (uint64_t gfn = home(a, TRANSLATED_PAGES - 1) + 1; gfn < home(a, 0) + MOST; gfn++) {
		if (physmap_at(a, gfn) != PHYSMAP_HOLE)
			continue;
		op.a.dev_bus_addr = gfn << XEN_PAGE_SHIFT;
		if (translated_grant_table(a, GNTTABOP_cache_flush, &op, 1) == -XEN_EPERM)
			return gfn;
	}
	return GUEST_FRAME_NONE;
}

/* Xen tells where in the machine a page is to whom maps it: so the peer lends each to us. */
static void
find_bus(struct arch *a)
{
	struct arch *us = translated_domain(0);
	struct grant_entry_v1 *e = (struct grant_entry_v1 *)a->table + BUS_REF;

	e->domid = us->translated.domid;
	for (unsigned int k = 0; k < TRANSLATED_PAGES; k++) {
		struct gnttab_map_grant_ref map = {
			.host_addr = guest_window_addr(us, 0), .flags = GNTMAP_host_map,
			.ref = BUS_REF, .dom = a->translated.domid,
		};
		struct gnttab_unmap_grant_ref unmap = { .host_addr = map.host_addr };

		e->frame = (uint32_t)home(a, k);
		arch_store16_release(&e->flags, GTF_permit_access);
		translated_grant_table(us, GNTTABOP_map_grant_ref, &map, 1);
		ARCH_ASSERT(map.status == GNTST_okay);
		a->bus[k] = map.dev_bus_addr >> XEN_PAGE_SHIFT;
		unmap.handle = map.handle;
		translated_grant_table(us, GNTTABOP_unmap_grant_ref, &unmap, 1);
		ARCH_ASSERT(unmap.status == GNTST_okay);
	}
	*e = (struct grant_entry_v1){ 0 };
}

void
translated_pages_init(struct arch *a)
{
	unsigned int d = a->translated.index;

	for (unsigned int k = 0; k < TRANSLATED_PAGES; k++)
		for (unsigned int i = 0; i < XEN_PAGE_SIZE; i++)
			patterns[d][k][i] = guest_page_pattern(d, k, i);
	a->translated.touched = (1u << TRANSLATED_PAGES) - 1;
	if (a->peer == NULL)
		unowned = find_unowned(a);
	else
		find_bus(a);
	ARCH_ASSERT(physmap_at(a, unowned) == PHYSMAP_HOLE);
	translated_pages_reset(a, 0);
}
