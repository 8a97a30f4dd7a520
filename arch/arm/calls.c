/*
 * calls: the hypercalls of each domain: ours, or made by a peer.
 *
 * They are about the last frames of its grant table (arch/guest/tail.h): some Xens give every
 * domain 64 frames at least.  And a peer's frames are not the machine's, which cache_flush wants.
 */
#include "arch/arm/arm.h"
#include "arch/guest/hypercall.h"
#include "arch/guest/tail.h"

enum {
	OPS_MAX = 512,		/* more are a bad call */
	UNKNOWN_BYTES = 64,	/* of what a call points to that no operation is read of */
};

/* The bytes of an operation. */
static size_t
op_bytes(unsigned int cmd)
{
	static const uint8_t bytes[] = {
		[GNTTABOP_map_grant_ref] = sizeof(struct gnttab_map_grant_ref),
		[GNTTABOP_unmap_grant_ref] = sizeof(struct gnttab_unmap_grant_ref),
		[GNTTABOP_unmap_and_replace] = sizeof(struct gnttab_unmap_and_replace),
		[GNTTABOP_setup_table] = sizeof(struct gnttab_setup_table),
		[GNTTABOP_dump_table] = sizeof(struct gnttab_dump_table),
		[GNTTABOP_transfer] = sizeof(struct gnttab_transfer),
		[GNTTABOP_copy] = sizeof(struct gnttab_copy),
		[GNTTABOP_query_size] = sizeof(struct gnttab_query_size),
		[GNTTABOP_set_version] = sizeof(struct gnttab_set_version),
		[GNTTABOP_get_status_frames] = sizeof(struct gnttab_get_status_frames),
		[GNTTABOP_get_version] = sizeof(struct gnttab_get_version),
		[GNTTABOP_swap_grant_ref] = sizeof(struct gnttab_swap_grant_ref),
		[GNTTABOP_cache_flush] = sizeof(struct gnttab_cache_flush),
	};

	return cmd < sizeof(bytes) && bytes[cmd] != 0 ? bytes[cmd] : UNKNOWN_BYTES;
}

/* ------------------------------------------------------------------ frames of the machine */

/* The machine's frame of a peer's page, or the other way round; all others stay. */
static void
put_flush(const struct arch *a, struct gnttab_cache_flush *op, bool back)
{
	uint64_t frame = op->a.dev_bus_addr >> XEN_PAGE_SHIFT;

	for (unsigned int k = 0; k < TRANSLATED_PAGES; k++) {
		uint64_t here = back ? a->bus[k] : a->pages_gfn + k;

		if (frame != here)
			continue;
		op->a.dev_bus_addr = (back ? a->pages_gfn + k : a->bus[k]) << XEN_PAGE_SHIFT;
		return;
	}
}

static void
put_op(const struct arch *a, unsigned int cmd, void *op, bool back)
{
	if (back)
		tail_put_back(a->translated.domid, cmd, op);
	else
		tail_put(a->translated.domid, cmd, op);
	if (cmd == GNTTABOP_cache_flush && a->peer != NULL)
		put_flush(a, op, back);
}

/* ------------------------------------------------------------------ the calls */

static long
call_many(struct arch *a, unsigned int cmd, void *ops, size_t bytes, unsigned int count)
{
	if (a->peer == NULL)
		return hypercall_grant_table(cmd, ops, count);
	return peer_call(a->peer, __HYPERVISOR_grant_table_op, cmd, ops, bytes, count);
}

static long
call_one(void *guest, unsigned int cmd, void *op)
{
	struct arch *a = guest;
	const struct gnttab_setup_table *setup = op;

	if (a->peer != NULL && cmd == GNTTABOP_setup_table && !tail_is_bad(setup->frame_list.p))
		return peer_setup(a->peer, op);
	return call_many(a, cmd, op, op_bytes(cmd), 1);
}

long
translated_grant_table(struct arch *a, unsigned int cmd, void *ops, unsigned int count)
{
	domid_t self = a->translated.domid;
	size_t bytes = op_bytes(cmd);
	uint8_t *op = ops;
	unsigned int n = count <= OPS_MAX ? count : 0;
	long rc;

	if (tail_is_bad(ops))
		return call_many(a, cmd, ops, 0, count);
	if (cmd == GNTTABOP_setup_table && count == 1)
		return tail_setup(self, ops, call_one, a);
	if (cmd == GNTTABOP_query_size && count == 1)
		return tail_size(self, ops, call_one, a);
	for (unsigned int i = 0; i < n; i++)
		put_op(a, cmd, op + i * bytes, false);
	rc = call_many(a, cmd, ops, n != 0 ? n * bytes : UNKNOWN_BYTES, count);
	for (unsigned int i = 0; i < n; i++)
		put_op(a, cmd, op + i * bytes, true);
	return rc;
}

/* A frame of its table, and not bad on purpose. */
static bool
names_frame(const struct arch *a, unsigned int cmd, const struct xen_add_to_physmap *op)
{
	return cmd == XENMEM_add_to_physmap && op->space == XENMAPSPACE_grant_table &&
	       (op->domid == DOMID_SELF || op->domid == a->translated.domid) &&
	       op->idx < TAIL_TABLE_MAX;
}

/* Programs and our own clean-up ask for these two, of ours and of a peer. */
static long
call_memory(struct arch *a, unsigned int cmd, void *op)
{
	size_t bytes = cmd == XENMEM_remove_from_physmap ? sizeof(struct xen_remove_from_physmap) :
							   sizeof(struct xen_add_to_physmap);

	ARCH_ASSERT(cmd == XENMEM_remove_from_physmap || cmd == XENMEM_add_to_physmap);
	if (a->peer == NULL)
		return hypercall_memory(cmd, op);
	return peer_call(a->peer, __HYPERVISOR_memory_op, cmd, op, bytes, 0);
}

long
translated_memory(struct arch *a, unsigned int cmd, void *arg)
{
	struct xen_add_to_physmap *op = arg;
	uint32_t before = names_frame(a, cmd, op) ? tail_before(a->translated.domid) : 0;
	long rc;

	if (before != 0)
		op->idx += before;
	rc = call_memory(a, cmd, op);
	if (before != 0)
		op->idx -= before;
	return rc;
}

/* Xen removes no page of another's, but a frame of the table, and one that no program has. */
void
physmap_clear(struct arch *a, uint64_t gfn)
{
	struct xen_add_to_physmap op = {
		.domid = DOMID_SELF, .space = XENMAPSPACE_grant_table, .gpfn = gfn,
	};

	ARCH_ASSERT(tail_before(a->translated.domid) > 0);
	ARCH_ASSERT(call_memory(a, XENMEM_add_to_physmap, &op) == 0);
	physmap_remove(a, gfn);
}
