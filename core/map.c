/*
 * map: the peer's side: other guests' grants mapped, unmapped and copied.
 *
 * Nothing here touches the guest's own table, so it works while that is not mapped, and takes no
 * lock: a retry sleeps.
 */
#include "core/internal.h"

void
gnttab_set_map_op(struct gnttab_map_grant_ref *op, uint64_t host_addr, uint32_t flags,
		  grant_ref_t ref, domid_t domid)
{
	*op = (struct gnttab_map_grant_ref){
		.host_addr = host_addr,
		.flags = flags,
		.ref = ref,
		.dom = domid,
		.status = 1,
		.handle = INVALID_GRANT_HANDLE,
	};
}

void
gnttab_set_unmap_op(struct gnttab_unmap_grant_ref *op, uint64_t host_addr, grant_handle_t handle)
{
	*op = (struct gnttab_unmap_grant_ref){
		.host_addr = host_addr,
		.handle = handle,
		.status = 1,
	};
}

/* One hypercall for n operations; none for no operations. */
static int
call(struct gnttab *gt, unsigned int cmd, void *ops, unsigned int n)
{
	if (gt->arch == NULL)
		return -XEN_ENODEV;
	if (n == 0)
		return 0;
	ARCH_ASSERT(ops != NULL);
	return arch_grant_table_op(gt->arch, cmd, ops, n);
}

/*
 * While the operation's status is eagain, wait and do it again.
 * Returns 0, or a hypercall's error.  Bound: GNTTAB_EAGAIN_MS_MAX tries.
 */
static int
retry(struct gnttab *gt, unsigned int cmd, void *op, const int16_t *status)
{
	for (unsigned int ms = 1; ms <= GNTTAB_EAGAIN_MS_MAX; ms++) {
		int rc;

		if (*status != GNTST_eagain)
			return 0;
		arch_sleep_ms(gt->arch, ms);
		rc = call(gt, cmd, op, 1);
		if (rc != 0)
			return rc;
	}
	return 0;
}

int
gnttab_batch_map(struct gnttab *gt, struct gnttab_map_grant_ref *ops, unsigned int n)
{
	int rc = call(gt, GNTTABOP_map_grant_ref, ops, n);

	for (unsigned int i = 0; rc == 0 && i < n; i++) {
		rc = retry(gt, GNTTABOP_map_grant_ref, &ops[i], &ops[i].status);
		if (rc == 0 && ops[i].status == GNTST_eagain)
			ops[i].status = GNTST_bad_page;
	}
	return rc;
}

int
gnttab_batch_copy(struct gnttab *gt, struct gnttab_copy *ops, unsigned int n)
{
	int rc = call(gt, GNTTABOP_copy, ops, n);

	for (unsigned int i = 0; rc == 0 && i < n; i++) {
		rc = retry(gt, GNTTABOP_copy, &ops[i], &ops[i].status);
		if (rc == 0 && ops[i].status == GNTST_eagain)
			ops[i].status = GNTST_bad_page;
	}
	return rc;
}

int
gnttab_map_refs(struct gnttab *gt, struct gnttab_map_grant_ref *ops, unsigned int n)
{
	return gnttab_batch_map(gt, ops, n);
}

int
gnttab_unmap_refs(struct gnttab *gt, struct gnttab_unmap_grant_ref *ops, unsigned int n)
{
	return call(gt, GNTTABOP_unmap_grant_ref, ops, n);
}
