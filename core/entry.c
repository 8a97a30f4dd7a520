/*
 * entry: one shared entry: filled, published, cleared.
 *
 * The hypervisor reads an entry and changes its flags at any moment.  It acts on an entry only
 * after it saw flags that offer something, so flags are written last (R1104), and clearing them,
 * alone (R1105), is what ends it (R1106).
 */
#include "core/internal.h"

/* Fill the entry and publish it.  Returns 0, or -XEN_EBUSY if it offers something already. */
static int
entry_publish(struct grant_entry_v1 *e, const struct gnttab_offer *offer)
{
	if (arch_load16(&e->flags) != 0)
		return -XEN_EBUSY;
	arch_store16(&e->domid, offer->domid);
	arch_store32(&e->frame, (uint32_t)offer->frame);
	arch_store16_release(&e->flags, offer->flags);
	return 0;
}

/* An entry holds 32 bits of a frame. */
static bool
frame_fits(uint64_t frame)
{
	return frame >> 32 == 0;
}

static int
offer_ref_locked(struct gnttab *gt, grant_ref_t ref, const struct gnttab_offer *offer)
{
	int rc;

	if (!ref_is(gt, ref, REF_CLAIMED))
		return -XEN_EINVAL;
	if (!frame_fits(offer->frame))
		return -XEN_ERANGE;
	rc = entry_publish(&gt->shared[ref], offer);
	if (rc == 0)
		ref_set(gt, ref, offer->state, INVALID_GRANT_REF);
	return rc;
}

int
gnttab_offer_ref(struct gnttab *gt, grant_ref_t ref, const struct gnttab_offer *offer)
{
	int rc = gnttab_lock_mapped(gt);

	if (rc != 0)
		return rc;
	rc = offer_ref_locked(gt, ref, offer);
	gnttab_unlock(gt);
	return rc;
}

static int
offer_new_locked(struct gnttab *gt, const struct gnttab_offer *offer)
{
	int ref, rc;

	if (!frame_fits(offer->frame))
		return -XEN_ERANGE;
	ref = gnttab_take_locked(gt);
	if (ref < 0)
		return ref;
	ARCH_ASSERT(ref >= GNTTAB_NR_RESERVED_ENTRIES);
	rc = offer_ref_locked(gt, (grant_ref_t)ref, offer);
	if (rc == 0)
		return ref;
	ARCH_ASSERT(rc == -XEN_EBUSY);
	gnttab_give_locked(gt, (grant_ref_t)ref);
	return rc;
}

int
gnttab_offer_new(struct gnttab *gt, const struct gnttab_offer *offer)
{
	int rc = gnttab_lock_mapped(gt);

	if (rc != 0)
		return rc;
	rc = offer_new_locked(gt, offer);
	gnttab_unlock(gt);
	return rc;
}

bool
gnttab_end_entry_locked(struct gnttab *gt, grant_ref_t ref)
{
	struct grant_entry_v1 *e = &gt->shared[ref];
	uint16_t flags;

	ARCH_ASSERT(ref < ref_count(gt));
	flags = arch_load16(&e->flags);
	for (unsigned int i = 0; i < ARCH_SPIN_MAX; i++) {
		uint16_t seen;

		if (flags & (GTF_reading | GTF_writing))
			return false;
		/* The one moment at which access ends: nobody can have begun to use the page. */
		seen = arch_cmpxchg16(&e->flags, flags, 0);
		if (seen == flags)
			return true;
		flags = seen;
	}
	return false;
}
