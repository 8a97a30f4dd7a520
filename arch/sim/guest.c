/*
 * guest: what the interpreter needs of a simulated guest (guest.h).
 *
 * A slot is a place for a page, and `held` is whether the guest calls a page by it.  A PV guest's
 * page that is in no slot is parked, or received and not yet put into one.  A translated guest's
 * slot is a gfn as well: a parked page stays there until another takes the gfn, and so does a
 * received one.
 *
 * Which page is where is shared with the hypervisor and the guest's other CPUs, so to look is a
 * step.  What the guest does at once with what it saw in a slot belongs to that step.
 *
 * Contents are to be changed by guest_page_write and guest_window_write only: they note what was
 * written, on which reset and digest rely.
 */
#include "arch/sim/machine.h"

static bool
held(const struct arch *a, unsigned int slot)
{
	ARCH_ASSERT(slot < SLOTS);
	return a->held & 1u << slot;
}

/* A translated guest's slot of which the gfn is a hole: the guest mapped the page itself (R516). */
static bool
is_gone(const struct arch *a, unsigned int slot)
{
	return a->page[slot] == FRAME_NONE;
}

static struct frame *
slot_frame(const struct arch *a, unsigned int slot)
{
	return frame_at(a->sim, a->page[slot]);
}

static void
guest_own_pages(const struct arch *a, enum sim_access access)
{
	sim_step(a->sim, PAGES(a->sim), access);
}

/* Put f into a slot that the guest does not use. */
static void
slot_put(struct arch *a, unsigned int slot, struct frame *f)
{
	a->sim->changes++;
	frame_touch(a->sim, f);
	if (a->translated)
		hvm_add_page(a, GFN_PAGE_0 + slot, f);
	else
		a->mapped |= (uint8_t)(1u << slot);
	a->page[slot] = (uint16_t)frame_place(a->sim, f);
	a->held |= (uint8_t)(1u << slot);
	f->slot = (uint8_t)slot;
	f->received = false;
}

/* Forget the page of a slot. */
static void
slot_clear(struct arch *a, unsigned int slot)
{
	a->sim->changes++;
	a->held &= (uint8_t)~(1u << slot);
	if (a->translated)
		return;
	a->mapped &= (uint8_t)~(1u << slot);
	a->page[slot] = FRAME_NONE;
}

uint64_t
guest_table_addr(const struct arch *a)
{
	(void)a;
	return (uint64_t)GFN_TABLE_0 << XEN_PAGE_SHIFT;
}

uint64_t
guest_page_pfn(const struct arch *a, unsigned int slot)
{
	return a->translated ? GFN_PAGE_0 + slot : slot + 1;
}

bool
guest_frame_slot(const struct arch *a, uint64_t frame, unsigned int *slot)
{
	const struct frame *f;

	guest_own_pages(a, SIM_READ);
	f = frame_of_guest(a, frame);
	if (a->translated) {
		*slot = (unsigned int)(frame - GFN_PAGE_0);
		return frame - GFN_PAGE_0 < SLOTS && held(a, *slot);
	}
	if (!f || f->owner != a->index || f->slot >= SLOTS || !held(a, f->slot) ||
	    slot_frame(a, f->slot) != f)
		return false;
	*slot = f->slot;
	return true;
}

uint64_t
guest_page_frame(const struct arch *a, unsigned int slot)
{
	guest_own_pages(a, SIM_WRITE);
	if (!held(a, slot))
		return GUEST_FRAME_NONE;
	return a->translated ? GFN_PAGE_0 + slot : slot_frame(a, slot)->mfn;
}

static uint8_t *
slot_bytes(const struct arch *a, unsigned int slot)
{
	if (!held(a, slot) || (a->translated ? is_gone(a, slot) : !(a->mapped & 1u << slot)))
		return NULL;
	return slot_frame(a, slot)->bytes;
}

uint8_t *
guest_page_bytes(struct arch *a, unsigned int slot)
{
	guest_own_pages(a, SIM_WRITE);
	return slot_bytes(a, slot);
}

bool
guest_page_dirty(const struct arch *a, unsigned int slot, unsigned int *dom, unsigned int *slot0,
		 unsigned int *lo, unsigned int *hi)
{
	const struct frame *f;

	if (!held(a, slot) || is_gone(a, slot))
		return false;
	f = slot_frame(a, slot);
	*dom = f->pattern_dom;
	*slot0 = f->pattern_slot;
	*lo = f->lo;
	*hi = f->hi;
	return true;
}

void
guest_page_write(struct arch *a, unsigned int slot, unsigned int off, const void *bytes,
		 unsigned int len)
{
	ARCH_ASSERT(slot_bytes(a, slot));
	frame_write(a->sim, slot_frame(a, slot), off, bytes, len);
}

/* A PV guest's page is in no slot from here; a translated one's keeps its gfn. */
static void
slot_park(struct arch *a, unsigned int slot)
{
	if (!a->translated) {
		frame_touch(a->sim, slot_frame(a, slot));
		slot_frame(a, slot)->slot = NOBODY;
	}
	slot_clear(a, slot);
}

uintptr_t
guest_page_park(struct arch *a, unsigned int slot)
{
	uint16_t place = a->page[slot];

	ARCH_ASSERT(held(a, slot));
	slot_park(a, slot);
	return (uintptr_t)place + 1;
}

bool
guest_page_fill(struct arch *a, unsigned int slot)
{
	ARCH_ASSERT(!held(a, slot));
	if (a->n_filled == FILL_MAX)
		return false;
	slot_put(a, slot, frame_data(a->sim, a->index, SLOTS + a->n_filled++));
	return true;
}

void
guest_page_unmap(struct arch *a, unsigned int slot)
{
	sim_flush(&a->mappings, PAGES(a->sim));
	a->mapped &= (uint8_t)~(1u << slot);
}

/*
 * A page that the guest gave to itself is its own and yet not in the slot: it was received.
 * Another CPU of the guest may have settled the slot meanwhile.
 */
bool
guest_page_settle(struct arch *a, unsigned int slot, bool given)
{
	const struct frame *f;

	guest_own_pages(a, SIM_WRITE);
	if (!held(a, slot))
		return false;
	if (a->translated)
		return true;	/* R947 */
	f = slot_frame(a, slot);
	if (given || f->owner != a->index || f->slot != slot) {
		slot_clear(a, slot);
		return false;
	}
	a->mapped |= (uint8_t)(1u << slot);
	return true;
}

bool
guest_page_take(struct arch *a, unsigned int slot, uint64_t frame)
{
	struct frame *f;

	guest_own_pages(a, SIM_WRITE);
	f = frame_of_guest(a, frame);
	if (!f || f->owner != a->index || !f->received)
		return false;
	if (held(a, slot))
		slot_park(a, slot);
	/* Where the hypervisor put it may not be where it is wanted: that gfn is a hole then. */
	if (a->translated)
		a->page[f->slot] = FRAME_NONE;
	slot_put(a, slot, f);
	return true;
}

uint64_t
guest_special_frame(const struct arch *a, enum guest_special which)
{
	switch (which) {
	case GUEST_FRAME_MISSING:
		return MFN_MISSING;
	case GUEST_FRAME_TABLE:
		return a->translated ? a->table.gfn[0] : frame_table(a, 0)->mfn;
	case GUEST_FRAME_PAGETABLE:
		return a->translated ? GUEST_FRAME_NONE :
				       frame_at(a->sim, FRAME_PAGETABLE_0 + a->index)->mfn;
	case GUEST_FRAME_UNOWNED:
		return frame_at(a->sim, FRAME_UNOWNED)->mfn;
	}
	return GUEST_FRAME_NONE;
}

uint64_t
guest_window_addr(const struct arch *a, unsigned int w)
{
	uint64_t base = a->translated ? (uint64_t)GFN_WINDOW_0 << XEN_PAGE_SHIFT : ADDR_WINDOW_0;

	return base + ((uint64_t)w << XEN_PAGE_SHIFT);
}

uint64_t
guest_bad_addr(const struct arch *a, enum guest_bad which, unsigned int w)
{
	switch (which) {
	case GUEST_ADDR_UNALIGNED:
		return guest_window_addr(a, w) + 8;
	case GUEST_ADDR_HOLE:
		return ADDR_HOLE;
	case GUEST_ADDR_WILD:
		break;
	}
	return ADDR_WILD;
}

uint8_t *
guest_window_bytes(struct arch *a, unsigned int w, bool *writable)
{
	guest_own_pages(a, SIM_READ);
	ARCH_ASSERT(w < WINDOWS);
	if (a->window[w].frame == FRAME_NONE)
		return NULL;
	*writable = a->window[w].writable;
	return frame_at(a->sim, a->window[w].frame)->bytes;
}

void
guest_window_write(struct arch *a, unsigned int w, unsigned int off, const void *bytes,
		   unsigned int len)
{
	ARCH_ASSERT(a->window[w].frame != FRAME_NONE);
	ARCH_ASSERT(a->window[w].writable);
	frame_write(a->sim, frame_at(a->sim, a->window[w].frame), off, bytes, len);
}

void
guest_fail_alloc(struct arch *a, unsigned int n)
{
	a->fail_alloc = n;
}

void
guest_fail_hypercall(struct arch *a, unsigned int n)
{
	a->fail_hypercall = n;
}

int
guest_page_out(struct arch *a, unsigned int slot, unsigned int n)
{
	struct frame *f;

	ARCH_ASSERT(held(a, slot));
	if (!a->translated)
		return -XEN_EOPNOTSUPP;
	if (is_gone(a, slot))
		return 0;
	f = slot_frame(a, slot);
	frame_touch(a->sim, f);
	f->eagain = (uint16_t)n;
	return 0;
}

int
guest_page_widen(struct arch *a, unsigned int slot)
{
	struct frame *f = slot_frame(a, slot);

	ARCH_ASSERT(held(a, slot));
	if (a->translated)
		return -XEN_EOPNOTSUPP;
	if (f->refs != 0 || f->held != 0 || f->latched != 0)
		return -XEN_EBUSY;
	if (f->mfn >= MFN_WIDE)
		return -XEN_EINVAL;
	frame_touch(a->sim, f);
	f->mfn |= MFN_WIDE;
	return 0;
}

unsigned int
guest_pages_put(const struct arch *a)
{
	return a->n_put;
}

unsigned int
guest_slept_ms(const struct arch *a)
{
	return a->slept_ms;
}
