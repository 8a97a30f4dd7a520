/*
 * calls: hypercalls about the grant table, on the last frames of it (arch/guest/tail.h): some Xens
 * give every dom0 64 frames at least.
 */
#include "arch/guest/hypercall.h"
#include "arch/guest/tail.h"
#include "arch/arm/arm.h"

enum { OPS_MAX = 512 };		/* more are a bad call */

static long
call(unsigned int cmd, void *op)
{
	return hypercall(__HYPERVISOR_grant_table_op, cmd, (uintptr_t)op, 1, 0);
}

static bool
is_bad_address(const void *p)
{
	return (uintptr_t)p == guest_bad_addr(NULL, GUEST_ADDR_WILD, 0) ||
	       (uintptr_t)p == guest_bad_addr(NULL, GUEST_ADDR_HOLE, 0);
}

/* The bytes of an operation that names references, or 0. */
static size_t
op_bytes(unsigned int cmd)
{
	switch (cmd) {
	case GNTTABOP_map_grant_ref: return sizeof(struct gnttab_map_grant_ref);
	case GNTTABOP_transfer: return sizeof(struct gnttab_transfer);
	case GNTTABOP_copy: return sizeof(struct gnttab_copy);
	case GNTTABOP_swap_grant_ref: return sizeof(struct gnttab_swap_grant_ref);
	default: return 0;
	}
}

long
hypercall_grant_table(unsigned int cmd, void *ops, unsigned int count)
{
	struct gnttab_setup_table *setup = ops;
	size_t bytes = op_bytes(cmd);
	uint8_t *op = ops;
	long rc;

	if (is_bad_address(ops) || count > OPS_MAX)
		bytes = 0;
	else if (cmd == GNTTABOP_setup_table && count == 1)
		return tail_setup(setup, is_bad_address(setup->frame_list.p), call);
	else if (cmd == GNTTABOP_query_size && count == 1)
		return tail_size(ops, call);
	for (unsigned int i = 0; bytes != 0 && i < count; i++)
		tail_put(cmd, op + i * bytes);
	rc = hypercall(__HYPERVISOR_grant_table_op, cmd, (uintptr_t)ops, count, 0);
	for (unsigned int i = 0; bytes != 0 && i < count; i++)
		tail_put_back(cmd, op + i * bytes);
	return rc;
}

/* A frame of ours, if it is one of the table's, and not bad on purpose. */
static bool
names_frame(unsigned int cmd, const struct xen_add_to_physmap *op)
{
	return cmd == XENMEM_add_to_physmap && op->space == XENMAPSPACE_grant_table &&
	       (op->domid == DOMID_SELF || op->domid == 0) && op->idx < TAIL_TABLE_MAX;
}

long
hypercall_memory(unsigned int cmd, void *arg)
{
	struct xen_add_to_physmap *op = arg;
	uint32_t before = names_frame(cmd, op) ? tail_before() : 0;
	long rc;

	if (before != 0)
		op->idx += before;
	rc = hypercall(__HYPERVISOR_memory_op, cmd, (uintptr_t)arg, 0, 0);
	if (before != 0)
		op->idx -= before;
	return rc;
}
