/*
 * model_page: pages, their names, owners and bytes.  Rules 10xx of spec.md.
 *
 * Pages 0 to PAGE_TABLE0 - 1 hold data: of domain d, slots first, then those for `fill'.  The
 * others are the first frame of each domain's grant table, and one page-table page each; they have
 * no bytes here, and never have a slot.
 */
#include "diff/model_race.h"

struct page *
page_touch(struct model *m, unsigned int page)
{
	m->page[page].touched = true;
	return &m->page[page];
}

bool
page_is_data(unsigned int page)
{
	return page < PAGE_TABLE0;
}

static unsigned int
home(unsigned int page)
{
	if (page >= PAGE_PAGETABLE0)
		return page - PAGE_PAGETABLE0;
	return page >= PAGE_TABLE0 ? page - PAGE_TABLE0 : page / PAGES_EACH;
}

static void
page_reset(struct model *m, unsigned int page)
{
	struct page *p = &m->page[page];

	if (p->hi > p->lo)
		__builtin_memcpy(m->bytes[page] + p->lo, m->pristine[page] + p->lo, p->hi - p->lo);
	*p = (struct page){
		.number = (uint16_t)(NUMBER_FIRST + page),
		.owner = (uint8_t)home(page),
		.slot = NONE,
		.lo = XEN_PAGE_SIZE,
	};
}

/* Give each of the domain's slots its page. */
static void
slots_begin(struct model *m, struct domain *d)
{
	for (unsigned int s = 0; s < PAGE_SLOTS; s++) {
		uint8_t page = (uint8_t)(d->id * PAGES_EACH + s);
		unsigned int number = d->slot_is_gfn ? NAME_GFN + s : NUMBER_FIRST + 0u + page;

		d->slot[s] = s < m->h.pages ? page : NONE;
		d->behind[s] = d->slot_is_gfn ? d->slot[s] : NONE;
		m->page[page].slot = s < m->h.pages ? (uint8_t)s : NONE;
		m->page[page].number = (uint16_t)number;
	}
}

void
pages_begin(struct model *m)
{
	for (unsigned int p = 0; p < PAGES; p++)
		if (m->page[p].touched || m->page[p].number == 0)
			page_reset(m, p);
	for (unsigned int d = 0; d < m->h.domains; d++)
		slots_begin(m, &m->domain[d]);
}

/* ------------------------------------------------------------------ names */

uint8_t
page_named(const struct model *m, const struct domain *d, unsigned int name)
{
	unsigned int page = name & 0xff;

	if (d->slot_is_gfn) {
		if (name >= NAME_GFN && name < NAME_GFN + PAGE_SLOTS)
			return d->behind[name - NAME_GFN];
		return name == NAME_GFN_TABLE ? (uint8_t)(PAGE_TABLE0 + d->id) : NONE;
	}
	if (name < NUMBER_FIRST || name >= NAME_GFN || m->page[page].number != name)
		return NONE;
	return m->page[page].owner == d->id ? (uint8_t)page : NONE;
}

bool
page_refused(struct model *m, unsigned int page)
{
	if (m->page[page].paged_out == 0)
		return false;
	m->page[page].paged_out--;
	return true;
}

static bool
special_operand(struct now *w, unsigned int code, uint16_t *name)
{
	const struct domain *d = w->d;

	switch (code) {
	case FRAME_MISSING: *name = NAME_NOTHING; return true;
	case FRAME_UNOWNED: *name = NAME_UNOWNED; return true;
	case FRAME_TABLE:
		if (!op_moves_no_bytes((enum op_kind)w->o->kind))
			return model_skip(w, SKIP_LANE);
		*name = (uint16_t)(NUMBER_FIRST + PAGE_TABLE0 + d->id);
		if (d->translated)
			*name = NAME_GFN_TABLE;
		return true;
	default:
		*name = (uint16_t)(NUMBER_FIRST + PAGE_PAGETABLE0 + d->id);
		return !d->translated || model_skip(w, SKIP_LANE);
	}
}

bool
page_operand(struct now *w, unsigned int code, uint16_t *name)
{
	struct domain *d = w->d;
	unsigned int slot = code % PAGE_SLOTS;

	if (code >= FRAME_MISSING)
		return special_operand(w, code, name);
	if (code >= FRAME_OTHER_P0) {
		d = &w->m->domain[(w->d->id + 1u) % w->m->h.domains];
		if (d == w->d || d->translated)
			return special_operand(w, FRAME_UNOWNED, name);
	}
	model_look(w->m, w->m->page);
	if (d->slot[slot] == NONE)
		return model_skip(w, SKIP_SLOT_EMPTY);
	*name = w->m->page[d->slot[slot]].number;
	return true;
}

uint8_t
page_slot(const struct model *m, const struct domain *d, unsigned int name)
{
	unsigned int page, gfn = name - NAME_GFN;

	if (d->slot_is_gfn && name >= NAME_GFN && gfn < PAGE_SLOTS)
		return d->slot[gfn] != NONE ? (uint8_t)gfn : NONE;
	page = page_named(m, d, name);
	return page != NONE ? m->page[page].slot : NONE;
}

bool
page_in_place(const struct domain *d, unsigned int slot)
{
	return d->slot[slot] != NONE && !(d->put_away >> slot & 1) &&
	       (!d->slot_is_gfn || d->behind[slot] == d->slot[slot]);
}

/* ------------------------------------------------------------------ slots */

void
page_park(struct model *m, struct domain *d, unsigned int slot)
{
	page_touch(m, d->slot[slot])->slot = NONE;
	d->slot[slot] = NONE;
}

/* Put page at a slot's gfn; what was there is parked. */
void
page_place(struct model *m, struct domain *d, unsigned int gfn, uint8_t page)
{
	if (d->slot[gfn] != NONE)
		page_park(m, d, gfn);
	d->behind[gfn] = page;
	page_touch(m, page)->number = (uint16_t)(NAME_GFN + gfn);
}

void
page_unplace(const struct model *m, struct domain *d, unsigned int page)
{
	unsigned int gfn = m->page[page].number - NAME_GFN + 0u;

	if (gfn < PAGE_SLOTS && d->behind[gfn] == page)
		d->behind[gfn] = NONE;
}

bool
page_take(struct model *m, struct domain *d, unsigned int slot, unsigned int name)
{
	uint8_t page = page_named(m, d, name);

	if (page == NONE || !m->page[page].untaken)
		return false;
	if (d->slot[slot] != NONE)
		page_park(m, d, slot);
	if (d->slot_is_gfn && name != NAME_GFN + slot) {
		d->behind[name - NAME_GFN] = NONE;
		page_place(m, d, slot, page);
	}
	d->slot[slot] = page;
	page_touch(m, page)->slot = (uint8_t)slot;
	m->page[page].untaken = false;
	return true;
}

/* ------------------------------------------------------------------ bytes */

static void
page_dirty(struct model *m, unsigned int page, unsigned int lo, unsigned int hi)
{
	struct page *p = page_touch(m, page);

	if (lo < p->lo)
		p->lo = (uint16_t)lo;
	if (hi > p->hi)
		p->hi = (uint16_t)hi;
}

void
page_write(struct model *m, unsigned int page, unsigned int off, const uint8_t *from,
	   unsigned int len)
{
	ARCH_ASSERT(page_is_data(page));
	__builtin_memcpy(m->bytes[page] + off, from, len);
	page_dirty(m, page, off, off + len);
}

/* Whether [a, a + len) and [b, b + len) share some but not all bytes. */
static bool
overlap(unsigned int a, unsigned int b, unsigned int len)
{
	return a != b && a < b + len && b < a + len;
}

/* Within one page: what overlaps is undefined (R1013). */
static void
copy_within(struct model *m, unsigned int page, unsigned int to_off, unsigned int from_off,
	    unsigned int len)
{
	if (overlap(to_off, from_off, len))
		page_touch(m, page)->undefined = true;
	__builtin_memmove(m->bytes[page] + to_off, m->bytes[page] + from_off, len);
	page_dirty(m, page, to_off, to_off + len);
}

/* In a race: others may write between reading and writing. */
static void
copy_apart(struct model *m, unsigned int to, unsigned int to_off, unsigned int from,
	   unsigned int from_off, unsigned int len)
{
	bool is_data = page_is_data(from), undefined = !is_data || m->page[from].undefined;
	uint8_t bytes[XEN_PAGE_SIZE];

	if (is_data) {
		model_look(m, m->bytes[from]);
		undefined = m->page[from].undefined;
		__builtin_memcpy(bytes, m->bytes[from] + from_off, len);
	}
	model_cut(m, m->bytes[to]);
	if (undefined || len == XEN_PAGE_SIZE || (to == from && overlap(to_off, from_off, len)))
		page_touch(m, to)->undefined = undefined || len < XEN_PAGE_SIZE;
	if (is_data) {
		section_wrote(m, m->race->current, to, WRITTEN_ALL);
		page_write(m, to, to_off, bytes, len);
	}
}

void
page_copy(struct model *m, unsigned int to, unsigned int to_off, unsigned int from,
	  unsigned int from_off, unsigned int len)
{
	bool undefined = !page_is_data(from) || m->page[from].undefined;

	if (len == 0)
		return;
	ARCH_ASSERT(page_is_data(to));
	if (m->racing) {
		copy_apart(m, to, to_off, from, from_off, len);
	} else if (to == from) {
		copy_within(m, to, to_off, from_off, len);
	} else {
		if (undefined || len == XEN_PAGE_SIZE)
			page_touch(m, to)->undefined = undefined;
		if (page_is_data(from))
			page_write(m, to, to_off, m->bytes[from] + from_off, len);
	}
}

uint64_t
page_digest(const struct model *m, unsigned int page)
{
	const struct page *p = &m->page[page];
	unsigned int lo = p->hi > p->lo ? p->lo : 0, hi = p->hi > p->lo ? p->hi : 0;

	return trace_digest_part(m->bytes[page], page / PAGES_EACH, page % PAGES_EACH, lo, hi);
}
