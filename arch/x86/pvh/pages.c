/*
 * pages: the guest's own pages and their slots, in a guest that names them by gfn.
 *
 * A slot is a gfn.  Which page is behind it changes: guest_page_fill puts another there and the one
 * before it aside; and Xen takes a page from its gfn when the guest maps it through a grant of its
 * own.  Such a page cannot be had back: once its mappings are gone no gfn shows it, although it
 * still counts as ours.  translated_pages_reset asks Xen for another.
 *
 * Page k < GUEST_PAGES_MAX is behind slot k when a program starts, or away if the program has fewer
 * pages: the gfn is a hole then.  The others, which are what guest_page_fill gives, are at home.
 */
#include "arch/x86/pvh/pvh.h"

static uint8_t pages[TRANSLATED_PAGES][XEN_PAGE_SIZE] __attribute__((aligned(XEN_PAGE_SIZE)));
static uint8_t patterns[TRANSLATED_PAGES][XEN_PAGE_SIZE];	/* what each begins with */

static uint8_t *
page_bytes(unsigned int page)
{
	ARCH_ASSERT(page < TRANSLATED_PAGES);
	return pages[page];
}

/* The gfn of slot `page`, or where a page for guest_page_fill waits. */
static uint64_t
home(unsigned int page)
{
	return (uintptr_t)page_bytes(page) >> XEN_PAGE_SHIFT;
}

static bool
is_hole(struct arch *a, uint64_t gfn)
{
	return physmap_at(a, gfn) == PHYSMAP_HOLE;
}

/* ------------------------------------------------------------------ slots */

uint32_t
translated_pages_left(const struct arch *a)
{
	return a->pages_left;
}

uint64_t
guest_page_frame(const struct arch *a, unsigned int slot)
{
	return translated_slot_page(a, slot) != TRANSLATED_NO_PAGE ? home(slot) : GUEST_FRAME_NONE;
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

	if (s >= GUEST_PAGES_MAX || a->translated.slot[s] == TRANSLATED_NO_PAGE)
		return false;
	*slot = (unsigned int)s;
	return true;
}

/*
 * Xen finds the page behind the gfn that the entry names, unless the entry is pinned: what it then
 * finds was taken when it was pinned.
 */
void
translated_pages_doubt(struct arch *a, grant_ref_t ref)
{
	uint32_t frame;

	if (!translated_table_frame(a, ref, &frame))
		a->in_doubt = 0xff;
	else if (frame - home(0) < GUEST_PAGES_MAX)
		a->in_doubt |= (uint8_t)(1u << (frame - home(0)));
}

/* Whether the page of a slot is gone from its gfn. */
static bool
is_gone(struct arch *a, unsigned int slot)
{
	uint8_t bit = (uint8_t)(1u << slot);

	if (a->in_doubt & bit) {
		a->in_doubt &= (uint8_t)~bit;
		a->gone &= (uint8_t)~bit;
		if (is_hole(a, home(slot)))
			a->gone |= bit;
	}
	return a->gone & bit;
}

uint8_t *
guest_page_bytes(struct arch *a, unsigned int slot)
{
	if (translated_slot_page(a, slot) == TRANSLATED_NO_PAGE || is_gone(a, slot))
		return NULL;
	return page_bytes(slot);
}

/* The page stays behind its gfn, until another is put there. */
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
	unsigned int n = a->translated.n_filled, k = GUEST_PAGES_MAX + n;

	ARCH_ASSERT(translated_slot_page(a, slot) == TRANSLATED_NO_PAGE);
	if (n == TRANSLATED_FILLS)
		return false;
	if (!is_hole(a, home(slot))) {
		physmap_move(a, home(slot), GFN_ASIDE_0 + n);
		a->put_aside |= (uint8_t)(1u << n);
	}
	physmap_move(a, home(k), home(slot));
	a->in_doubt &= (uint8_t)~(1u << slot);
	a->gone &= (uint8_t)~(1u << slot);
	a->filled_slot[n] = (uint8_t)slot;
	a->translated.n_filled++;
	a->translated.touched |= (uint16_t)(1u << k);
	a->translated.slot[slot] = (uint8_t)k;
	return true;
}

/* ------------------------------------------------------------------ between programs */

void
translated_begin(struct arch *a, unsigned int n)
{
	ARCH_ASSERT(n <= GUEST_PAGES_MAX);
	for (; a->n_present < n; a->n_present++)
		physmap_move(a, GFN_AWAY_0 + a->n_present, home(a->n_present));
	for (; a->n_present > n; a->n_present--)
		physmap_move(a, home(a->n_present - 1u), GFN_AWAY_0 + a->n_present - 1u);
	a->translated.touched = (uint16_t)((1u << n) - 1);
	for (unsigned int k = 0; k < n; k++)
		a->translated.slot[k] = (uint8_t)k;
}

static void
replace(struct arch *a, uint64_t gfn)
{
	physmap_populate(a, gfn);
	a->pages_left--;
}

/* Take the n-th fresh page out of its slot, and put back what was there. */
static void
undo_fill(struct arch *a, unsigned int n)
{
	unsigned int slot = a->filled_slot[n], k = GUEST_PAGES_MAX + n;
	uint8_t bit = (uint8_t)(1u << slot);

	if (is_gone(a, slot))
		replace(a, home(k));
	else
		physmap_move(a, home(slot), home(k));
	a->gone |= bit;
	if ((a->put_aside >> n & 1) == 0)
		return;
	physmap_move(a, GFN_ASIDE_0 + n, home(slot));
	a->gone &= (uint8_t)~bit;
}

void
translated_pages_reset(struct arch *a, uint32_t pristine)
{
	while (a->translated.n_filled > 0)
		undo_fill(a, --a->translated.n_filled);
	for (unsigned int s = 0; s < a->n_present; s++)
		if (is_gone(a, s))
			replace(a, home(s));
	for (unsigned int k = 0; k < TRANSLATED_PAGES; k++)
		if (((a->translated.touched & ~pristine) >> k & 1) != 0)
			__builtin_memcpy(page_bytes(k), patterns[k], XEN_PAGE_SIZE);
	__builtin_memset(a->translated.slot, TRANSLATED_NO_PAGE, sizeof(a->translated.slot));
	a->put_aside = a->in_doubt = a->gone = 0;
	a->translated.touched = 0;
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
translated_pages_init(struct arch *a)
{
	for (unsigned int k = 0; k < TRANSLATED_PAGES; k++)
		for (unsigned int i = 0; i < XEN_PAGE_SIZE; i++)
			patterns[k][i] = guest_page_pattern(0, k, i);
	a->n_present = GUEST_PAGES_MAX;
	a->translated.touched = (1u << TRANSLATED_PAGES) - 1;
	a->pages_left = physmap_left(a);
	translated_pages_reset(a, 0);
}
