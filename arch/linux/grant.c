/*
 * grant: grant-table hypercalls of the process: what a program says of references, handles and
 * frames of the table, put into what Xen knows them by, and back.
 *
 * Linux must see an entry as one that is not a page of its own, and user space must see it at all:
 * so every mapping has two flags more.
 */
#include "arch/linux/process.h"

#include <string.h>

struct flight process_flight;

/* The commands that name such things: the size of an operation, and where its status is. */
static const struct shape {
	size_t bytes, status;
} shapes[] = {
	[GNTTABOP_map_grant_ref] = { sizeof(struct gnttab_map_grant_ref),
				     offsetof(struct gnttab_map_grant_ref, status) },
	[GNTTABOP_unmap_grant_ref] = { sizeof(struct gnttab_unmap_grant_ref),
				       offsetof(struct gnttab_unmap_grant_ref, status) },
	[GNTTABOP_unmap_and_replace] = { sizeof(struct gnttab_unmap_and_replace),
					 offsetof(struct gnttab_unmap_and_replace, status) },
	[GNTTABOP_transfer] = { sizeof(struct gnttab_transfer),
				offsetof(struct gnttab_transfer, status) },
	[GNTTABOP_copy] = { sizeof(struct gnttab_copy), offsetof(struct gnttab_copy, status) },
	[GNTTABOP_swap_grant_ref] = { sizeof(struct gnttab_swap_grant_ref),
				      offsetof(struct gnttab_swap_grant_ref, status) },
};

static int16_t *
status_of(unsigned int cmd, void *op)
{
	return (int16_t *)(void *)((uint8_t *)op + shapes[cmd].status);
}

static bool
is_self(domid_t domid)
{
	return domid == DOMID_SELF || domid == 0;
}

/* No table is so large; what a program says beyond that is bad on purpose, and stays so. */
enum { REFS_MAX = 1 << 24 };

static void
shift(grant_ref_t *ref, domid_t domid, bool back)
{
	if (!is_self(domid) || (!back && *ref >= REFS_MAX) || (back && *ref >= 2u * REFS_MAX))
		return;
	*ref = back ? *ref - process_first_ref() : *ref + process_first_ref();
}

static void
shift_copy(struct gnttab_copy *c, bool back)
{
	if (c->flags & GNTCOPY_source_gref)
		shift(&c->source.u.ref, c->source.domid, back);
	if (c->flags & GNTCOPY_dest_gref)
		shift(&c->dest.u.ref, c->dest.domid, back);
}

enum { SEEN_BY_LINUX = GNTMAP_application_map | 1u << _GNTMAP_guest_avail0 };

/* An operation as Xen is to see it. */
static void
put_for_xen(unsigned int cmd, void *op)
{
	struct gnttab_map_grant_ref *map = op;
	struct gnttab_unmap_grant_ref *unmap = op;
	struct gnttab_unmap_and_replace *replace = op;
	struct gnttab_transfer *transfer = op;
	struct gnttab_swap_grant_ref *swap = op;

	switch (cmd) {
	case GNTTABOP_map_grant_ref:
		shift(&map->ref, map->dom, false);
		if (map->flags & GNTMAP_host_map)
			map->flags |= SEEN_BY_LINUX;
		break;
	case GNTTABOP_unmap_grant_ref: unmap->handle = process_handle_of(unmap->handle); break;
	case GNTTABOP_unmap_and_replace:
		replace->handle = process_handle_of(replace->handle);
		break;
	case GNTTABOP_transfer: shift(&transfer->ref, transfer->domid, false); break;
	case GNTTABOP_copy: shift_copy(op, false); break;
	default:
		shift(&swap->ref_a, DOMID_SELF, false);
		shift(&swap->ref_b, DOMID_SELF, false);
		break;
	}
}

/* What Xen has answered to `op', which goes into the program's. */
static void
put_back(unsigned int cmd, void *uop, const void *op)
{
	const struct gnttab_map_grant_ref *map = op;
	struct gnttab_map_grant_ref *umap = uop;

	*status_of(cmd, uop) = *(const int16_t *)(const void *)((const uint8_t *)op +
								 shapes[cmd].status);
	if (cmd != GNTTABOP_map_grant_ref)
		return;
	umap->dev_bus_addr = map->dev_bus_addr;
	umap->handle = map->status == GNTST_okay ? process_handle_new(map->handle) : map->handle;
}

static long
call_many(unsigned int cmd, uint8_t *uop, unsigned int count)
{
	struct flight *f = &process_flight;
	size_t bytes = shapes[cmd].bytes;
	long rc;

	f->count = 0;
	process_handles_settle();
	memcpy(f->ops, uop, count * bytes);
	for (unsigned int i = 0; i < count; i++) {
		put_for_xen(cmd, f->ops + i * bytes);
		*status_of(cmd, f->ops + i * bytes) = FLIGHT_UNTOUCHED;
	}
	f->cmd = cmd;
	__atomic_store_n(&f->count, count, __ATOMIC_RELEASE);
	rc = process_call(__HYPERVISOR_grant_table_op, cmd, (uintptr_t)f->ops, count, 0, 0);
	for (unsigned int i = 0; i < count; i++)
		if (*status_of(cmd, f->ops + i * bytes) != FLIGHT_UNTOUCHED)
			put_back(cmd, uop + i * bytes, f->ops + i * bytes);
	process_windows_follow(cmd, f->ops, count);
	return rc;
}

void
process_flight_land(struct arch *a)
{
	struct flight *f = &process_flight;
	size_t bytes = shapes[f->cmd].bytes;

	for (unsigned int i = 0; i < f->count; i++) {
		uint8_t op[sizeof(struct gnttab_copy)] __attribute__((aligned(8)));
		uint32_t ours;

		memcpy(op, f->ops + i * bytes, bytes);
		if (*status_of(f->cmd, op) != GNTST_okay)
			continue;
		if (f->cmd == GNTTABOP_map_grant_ref) {
			put_back(f->cmd, op, f->ops + i * bytes);
			ours = ((struct gnttab_map_grant_ref *)(void *)op)->handle;
			a->mapping[ours].host = a->mapping[ours].dev = false;
		} else if (f->cmd == GNTTABOP_unmap_grant_ref) {
			struct gnttab_unmap_grant_ref *u = (void *)op;

			u->handle = process_handle_ours(u->handle);
		} else if (f->cmd == GNTTABOP_unmap_and_replace) {
			struct gnttab_unmap_and_replace *u = (void *)op;

			u->handle = process_handle_ours(u->handle);
		}
		pv_mappings_follow(a, f->cmd, op, 1);
	}
	process_windows_follow(f->cmd, f->ops, f->count);
	f->count = 0;
}

/* ------------------------------------------------------------------ calls about the table */

static bool
is_bad_address(const void *p)
{
	return (uintptr_t)p == guest_bad_addr(NULL, GUEST_ADDR_WILD, 0) ||
	       (uintptr_t)p == guest_bad_addr(NULL, GUEST_ADDR_HOLE, 0);
}

static long
call_setup(struct gnttab_setup_table *uop)
{
	static xen_pfn_t list[PROCESS_TABLE_MAX];
	struct gnttab_setup_table op = *uop;
	xen_pfn_t *frames = uop->frame_list.p;
	uint32_t before = process_frames_before();
	long rc;

	if (!is_self(op.dom) || op.nr_frames == 0)
		before = 0;
	op.nr_frames += before;
	if (op.nr_frames > PROCESS_TABLE_MAX)
		op.nr_frames = PROCESS_TABLE_MAX + 1;
	else if (!is_bad_address(frames))
		set_xen_guest_handle(op.frame_list, list);
	rc = process_call(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, (uintptr_t)&op, 1, 0,
			  0);
	uop->status = op.status;
	if (rc == 0 && op.status == GNTST_okay && !is_bad_address(frames))
		memcpy(frames, list + before, uop->nr_frames * sizeof(list[0]));
	return rc;
}

static long
call_size(struct gnttab_query_size *op)
{
	long rc = process_call(__HYPERVISOR_grant_table_op, GNTTABOP_query_size, (uintptr_t)op, 1,
			       0, 0);

	if (rc == 0 && op->status == GNTST_okay && is_self(op->dom)) {
		op->nr_frames -= process_frames_before();
		op->max_nr_frames -= process_frames_before();
	}
	return rc;
}

/* What is bad on purpose before any operation is looked at goes to Xen as it is. */
static long
call_grant_table(unsigned int cmd, void *uop, unsigned int count)
{
	bool known = cmd < sizeof(shapes) / sizeof(shapes[0]) && shapes[cmd].bytes != 0;

	if (!is_bad_address(uop) && known && count > 0 &&
	    count <= PROCESS_OPS_BYTES / shapes[cmd].bytes)
		return call_many(cmd, uop, count);
	if (!is_bad_address(uop) && cmd == GNTTABOP_setup_table && count == 1)
		return call_setup(uop);
	if (!is_bad_address(uop) && cmd == GNTTABOP_query_size && count == 1)
		return call_size(uop);
	return process_call(__HYPERVISOR_grant_table_op, cmd, (uintptr_t)uop, count, 0, 0);
}

long
hypercall(unsigned int number, unsigned long a1, unsigned long a2, unsigned long a3,
	  unsigned long a4)
{
	if (number == __HYPERVISOR_grant_table_op)
		return call_grant_table((unsigned int)a1, (void *)a2, (unsigned int)a3);
	return process_call(number, a1, a2, a3, a4, 0);
}
