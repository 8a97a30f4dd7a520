/*
 * access: a page is lent, and taken back while nobody uses it.
 *
 * What ends now or never; defer.c ends later.
 */
#include "core/internal.h"

static struct gnttab_offer
access_offer(domid_t domid, uint64_t frame, bool readonly)
{
	return (struct gnttab_offer){
		.frame = frame,
		.domid = domid,
		.flags = GTF_permit_access | (readonly ? GTF_readonly : 0),
		.state = REF_ACCESS,
	};
}

int
gnttab_grant_foreign_access_ref(struct gnttab *gt, grant_ref_t ref, domid_t domid, uint64_t frame,
				bool readonly)
{
	struct gnttab_offer offer = access_offer(domid, frame, readonly);

	return gnttab_offer_ref(gt, ref, &offer);
}

int
gnttab_grant_foreign_access(struct gnttab *gt, domid_t domid, uint64_t frame, bool readonly)
{
	struct gnttab_offer offer = access_offer(domid, frame, readonly);

	return gnttab_offer_new(gt, &offer);
}

int
gnttab_query_foreign_access(struct gnttab *gt, grant_ref_t ref)
{
	int rc = gnttab_lock_mapped(gt);

	if (rc != 0)
		return rc;
	rc = -XEN_EINVAL;
	if (ref_is(gt, ref, REF_ACCESS))
		rc = arch_load16(&gt->shared[ref].flags) & (GTF_reading | GTF_writing);
	gnttab_unlock(gt);
	return rc;
}

/* End access now.  Returns 1 with the reference claimed, 0, or -XEN_EINVAL. */
static int
end_access_locked(struct gnttab *gt, grant_ref_t ref)
{
	if (!ref_is(gt, ref, REF_ACCESS))
		return -XEN_EINVAL;
	if (!gnttab_end_entry_locked(gt, ref))
		return 0;
	ref_set(gt, ref, REF_CLAIMED, INVALID_GRANT_REF);
	return 1;
}

int
gnttab_end_foreign_access_ref(struct gnttab *gt, grant_ref_t ref)
{
	int rc = gnttab_lock_mapped(gt);

	if (rc != 0)
		return rc;
	rc = end_access_locked(gt, ref);
	gnttab_unlock(gt);
	return rc;
}

int
gnttab_try_end_foreign_access(struct gnttab *gt, grant_ref_t ref)
{
	int rc = gnttab_lock_mapped(gt);

	if (rc != 0)
		return rc;
	rc = end_access_locked(gt, ref);
	if (rc == 1)
		gnttab_give_locked(gt, ref);
	gnttab_unlock(gt);
	return rc;
}
