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

enum { SEEN_BY_LINUX = GNTMAP_application_map | 1u << _GNTMAP_guest_avail0 };

/* An operation as Xen is to see it. */
static void
put_for_xen(unsigned int cmd, void *op)
{
	struct gnttab_map_grant_ref *map = op;
	struct gnttab_unmap_grant_ref *unmap = op;
	struct gnttab_unmap_and_replace *replace = op;

	tail_put(0, cmd, op);
	switch (cmd) {
	case GNTTABOP_map_grant_ref:
		if (map->flags & GNTMAP_host_map)
			map->flags |= SEEN_BY_LINUX;
		break;
	case GNTTABOP_unmap_grant_ref: unmap->handle = process_handle_of(unmap->handle); break;
	case GNTTABOP_unmap_and_replace:
		replace->handle = process_handle_of(replace->handle);
		break;
	default: break;
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

static long
call_one(void *ctx, unsigned int cmd, void *op)
{
	(void)ctx;
	return process_call(__HYPERVISOR_grant_table_op, cmd, (uintptr_t)op, 1, 0, 0);
}

/* What is bad on purpose before any operation is looked at goes to Xen as it is. */
static long
call_grant_table(unsigned int cmd, void *uop, unsigned int count)
{
	bool known = cmd < sizeof(shapes) / sizeof(shapes[0]) && shapes[cmd].bytes != 0;

	if (!tail_is_bad(uop) && known && count > 0 &&
	    count <= PROCESS_OPS_BYTES / shapes[cmd].bytes)
		return call_many(cmd, uop, count);
	if (!tail_is_bad(uop) && cmd == GNTTABOP_setup_table && count == 1)
		return tail_setup(0, uop, call_one, NULL);
	if (!tail_is_bad(uop) && cmd == GNTTABOP_query_size && count == 1)
		return tail_size(0, uop, call_one, NULL);
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
