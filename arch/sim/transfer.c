/*
 * transfer: GNTTABOP_transfer (spec.md 7xx, its checks in that order).
 *
 * Once the page is stolen from the caller it belongs to nobody; every later failure leaves it so,
 * and the caller has lost it.
 */
#include <string.h>

#include "arch/sim/machine.h"

/* R702, R704: take the page from d, if nothing but owning it holds it. */
static int16_t
page_steal(struct arch *d, uint64_t number, struct frame **out)
{
	struct frame *f = frame_of_guest(d, number);

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

/* R709: the entry says accept_transfer and nothing else, to d. */
static struct grant_entry_v1 *
entry_commit(struct arch *e, const struct arch *d, grant_ref_t ref)
{
	struct grant_entry_v1 *entry;

	if (ref >= table_entries(&e->table))
		return NULL;
	entry = &e->table.shared[ref];
	if (arch_load16(&entry->flags) != GTF_accept_transfer || entry->domid != guest_domid(d))
		return NULL;
	arch_store16(&entry->flags, GTF_accept_transfer | GTF_transfer_committed);
	return entry;
}

/*
 * R710 to R712.  A translated guest gets the page at the gfn that its entry names; where none can
 * be, the page is its all the same, out of its reach, and the entry completes although the
 * operation fails.
 */
static int16_t
page_give(struct arch *e, struct grant_entry_v1 *entry, struct frame *f)
{
	int16_t status = GNTST_okay;

	f->owner = e->index;
	f->received = true;
	e->tot_pages++;
	if (!e->translated) {
		arch_store32(&entry->frame, (uint32_t)f->mfn);
	} else if (!hvm_add_page(e, arch_load32(&entry->frame), f)) {
		f->received = false;
		status = GNTST_general_error;
	}
	arch_store16_release(&entry->flags, arch_load16(&entry->flags) | GTF_transfer_completed);
	return status;
}

static int16_t
transfer_one(struct arch *d, const struct gnttab_transfer *op)
{
	struct grant_entry_v1 *entry;
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
	if (e->tot_pages >= e->max_pages)
		return GNTST_general_error;
	entry = entry_commit(e, d, op->ref);
	if (!entry)
		return GNTST_general_error;
	return page_give(e, entry, f);
}

void
transfer(struct arch *d, struct gnttab_transfer *op)
{
	op->status = transfer_one(d, op);
}
