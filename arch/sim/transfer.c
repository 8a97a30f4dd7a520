/*
 * transfer: GNTTABOP_transfer (spec.md 7xx, its checks in that order).
 *
 * Once the page is stolen from the caller it belongs to nobody; every later failure leaves it so,
 * and the caller has lost it.  Room for it is reserved before the entry is committed, so that a
 * committed transfer completes.
 */
#include <string.h>

#include "arch/sim/machine.h"

/* R702, R704: take the page from d, if nothing but owning it holds it. */
static int16_t
page_steal(struct arch *d, uint64_t number, struct frame **out)
{
	struct frame *f;

	sim_step(d->sim, PAGES(d->sim), SIM_WRITE);
	f = frame_of_guest(d, number);
	if (!f)
		return GNTST_bad_page;
	if (f->owner != d->index || f->kind != FRAME_DATA || !frame_idle(d, f))
		return GNTST_bad_page;
	frame_touch(d->sim, f);
	d->sim->changes++;
	f->owner = NOBODY;
	f->slot = NOBODY;
	f->received = false;
	d->tot_pages--;
	*out = f;
	return GNTST_okay;
}

/*
 * R707: a PV guest's version 1 entry has no room for a wide frame number.  The machine has one
 * free page below to move the contents to.
 */
static bool
page_narrow(struct sim *s, struct frame **f)
{
	struct frame *wide = *f, *low = frame_at(s, FRAME_LOW);

	sim_step(s, PAGES(s), SIM_WRITE);
	if (s->low_used)
		return false;
	s->low_used = true;
	frame_touch(s, low);
	memcpy(low->bytes, wide->bytes, XEN_PAGE_SIZE);
	low->lo = wide->lo;
	low->hi = wide->hi;
	low->pattern_dom = wide->pattern_dom;
	low->pattern_slot = wide->pattern_slot;
	*f = low;
	return true;
}

/* R708: one page more for e, if it may have one. */
static bool
page_reserve(struct arch *e)
{
	sim_step(e->sim, PAGES(e->sim), SIM_WRITE);
	if (e->tot_pages >= e->max_pages)
		return false;
	e->sim->changes++;
	e->tot_pages++;
	return true;
}

static void
page_unreserve(struct arch *e)
{
	sim_step(e->sim, PAGES(e->sim), SIM_WRITE);
	e->sim->changes++;
	e->tot_pages--;
}

/* R709: the entry says accept_transfer and nothing else, to d; and is not kept changing. */
static bool
entry_exchange(struct arch *e, const struct arch *d, grant_ref_t ref)
{
	struct grant_entry_v1 *entry = &e->table.shared[ref];
	uint32_t word = sim_load32(&entry->flags);

	for (unsigned int i = 0; i < CLAIM_TRIES; i++) {
		uint32_t was;

		if (word_flags(word) != GTF_accept_transfer || word_domid(word) != guest_domid(d))
			return false;
		was = sim_cmpxchg32(&entry->flags, word, word | GTF_transfer_committed);
		if (was == word) {
			table_list(&e->table, ref);
			e->table.active[ref].committed = true;
			return true;
		}
		word = was;
	}
	return false;
}

static bool
entry_commit(struct arch *e, const struct arch *d, grant_ref_t ref)
{
	bool done;

	sim_lock_shared(e->sim, &e->table.lock);
	done = table_has(e, ref) && entry_exchange(e, d, ref);
	sim_unlock_shared(e->sim, &e->table.lock);
	return done;
}

static void
page_assign(struct arch *e, struct frame *f)
{
	sim_step(e->sim, PAGES(e->sim), SIM_WRITE);
	f->owner = e->index;
	f->received = true;
}

/* A page that cannot be where the entry says is the guest's all the same, out of its reach. */
static int16_t
page_place(struct arch *e, xen_pfn_t gfn, struct frame *f)
{
	sim_step(e->sim, PAGES(e->sim), SIM_WRITE);
	if (hvm_add_page(e, gfn, f))
		return GNTST_okay;
	f->received = false;
	return GNTST_general_error;
}

/*
 * R710 to R712.  A translated guest gets the page at the gfn that its entry names; where none can
 * be, the entry completes although the operation fails.  A guest that sees `completed' must see
 * the frame.  It does not write the flags of a committed entry, so they need no atomic operation.
 */
static int16_t
page_give(struct arch *e, grant_ref_t ref, struct frame *f)
{
	struct grant_entry_v1 *entry = &e->table.shared[ref];
	int16_t status = GNTST_okay;

	page_assign(e, f);
	entry_lock(e, ref);
	if (e->translated)
		status = page_place(e, arch_load32(&entry->frame), f);
	else
		arch_store32(&entry->frame, (uint32_t)f->mfn);
	if (status == GNTST_okay)
		e->table.active[ref].arrived = (uint16_t)(frame_place(e->sim, f) + 1);
	arch_store16_release(&entry->flags, arch_load16(&entry->flags) | GTF_transfer_completed);
	e->table.active[ref].committed = false;
	entry_unlock(e, ref);
	return status;
}

static int16_t
transfer_one(struct arch *d, const struct gnttab_transfer *op)
{
	struct frame *f;
	struct arch *e;
	int16_t status = page_steal(d, op->mfn, &f);

	if (status != GNTST_okay)
		return status;
	e = domain_by_id(d->sim, op->domid);
	if (!e)
		return GNTST_bad_domain;
	if (!policy_allows(d, d, e))
		return GNTST_permission_denied;
	if (!e->translated && f->mfn >= MFN_WIDE && !page_narrow(d->sim, &f))
		return GNTST_address_too_big;
	if (!page_reserve(e))
		return GNTST_general_error;
	if (!entry_commit(e, d, op->ref)) {
		page_unreserve(e);
		return GNTST_general_error;
	}
	return page_give(e, op->ref, f);
}

void
transfer(struct arch *d, struct gnttab_transfer *op)
{
	op->status = transfer_one(d, op);
}
