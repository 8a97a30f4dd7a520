/*
 * transfer: a slot is offered, and a page arrives in it or not.
 *
 * An entry that accepts a transfer goes from accept_transfer to committed, when the hypervisor has
 * decided, to completed, when the frame is in the entry.  Until committed the guest may take its
 * offer back; from then on the entry is the hypervisor's, which writes flags without an atomic
 * operation, until completed.
 */
#include "core/internal.h"

static struct gnttab_offer
transfer_offer(domid_t domid, uint64_t pfn)
{
	return (struct gnttab_offer){
		.frame = pfn,
		.domid = domid,
		.flags = GTF_accept_transfer,
		.state = REF_TRANSFER,
	};
}

int
gnttab_grant_foreign_transfer_ref(struct gnttab *gt, grant_ref_t ref, domid_t domid, uint64_t pfn)
{
	struct gnttab_offer offer = transfer_offer(domid, pfn);

	return gnttab_offer_ref(gt, ref, &offer);
}

int
gnttab_grant_foreign_transfer(struct gnttab *gt, domid_t domid, uint64_t pfn)
{
	struct gnttab_offer offer = transfer_offer(domid, pfn);

	return gnttab_offer_new(gt, &offer);
}

/* Take what arrived out of a completed entry.  The frame, or -XEN_EIO. */
static int64_t
take_frame(struct grant_entry_v1 *e)
{
	uint32_t frame = arch_load32(&e->frame);

	/* The hypervisor is done with this entry (R1108), so a plain store races with nobody. */
	arch_store16(&e->flags, 0);
	return frame != 0 ? (int64_t)frame : -XEN_EIO;
}

/* Returns the frame, 0, -XEN_EIO with the entry clear; -XEN_EAGAIN with it untouched. */
static int64_t
end_entry(struct grant_entry_v1 *e)
{
	uint16_t flags = arch_load16_acquire(&e->flags);

	for (unsigned int i = 0; i < ARCH_SPIN_MAX; i++) {
		if ((flags & GTF_transfer_committed) == 0) {
			uint16_t seen = arch_cmpxchg16(&e->flags, flags, 0);

			if (seen == flags)
				return 0;
			flags = seen;
		} else if ((flags & GTF_transfer_completed) == 0) {
			arch_relax();
			flags = arch_load16_acquire(&e->flags);
		} else {
			return take_frame(e);
		}
	}
	return -XEN_EAGAIN;
}

/* As gnttab_end_foreign_transfer_ref. */
static int64_t
end_transfer_locked(struct gnttab *gt, grant_ref_t ref)
{
	int64_t rc;

	if (!ref_is(gt, ref, REF_TRANSFER))
		return -XEN_EINVAL;
	rc = end_entry(&gt->shared[ref]);
	if (rc != -XEN_EAGAIN)
		ref_set(gt, ref, REF_CLAIMED, INVALID_GRANT_REF);
	return rc;
}

int64_t
gnttab_end_foreign_transfer_ref(struct gnttab *gt, grant_ref_t ref)
{
	int64_t rc = gnttab_lock_mapped(gt);

	if (rc != 0)
		return rc;
	rc = end_transfer_locked(gt, ref);
	gnttab_unlock(gt);
	return rc;
}

int64_t
gnttab_end_foreign_transfer(struct gnttab *gt, grant_ref_t ref)
{
	int64_t rc = gnttab_lock_mapped(gt);

	if (rc != 0)
		return rc;
	rc = end_transfer_locked(gt, ref);
	if (rc >= 0 || rc == -XEN_EIO)
		gnttab_give_locked(gt, ref);
	gnttab_unlock(gt);
	return rc;
}
