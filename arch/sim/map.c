/*
 * map: GNTTABOP_map_grant_ref (spec.md 5xx, its checks in that order).
 */
#include "arch/sim/machine.h"

/* Whether mapping rd's page for d's host takes a writable type: all but a translated stranger's. */
static bool
host_needs_type(const struct arch *d, const struct arch *rd, uint32_t flags)
{
	return !(flags & GNTMAP_readonly) && (d == rd || !rd->translated);
}

/* R511, R512: the page is pinned and held; make what the guest asked for of it. */
static int16_t
mappings_make(struct arch *d, struct arch *rd, const struct gnttab_map_grant_ref *op,
	      struct frame *f)
{
	bool dev = op->flags & GNTMAP_device_map;
	bool dev_write = dev && !(op->flags & GNTMAP_readonly);
	int16_t status = GNTST_okay;

	if ((dev_write || ((op->flags & GNTMAP_host_map) && host_needs_type(d, rd, op->flags))) &&
	    !frame_writable(f))
		return GNTST_general_error;
	/* What was mapped there is replaced, so this is a flush as well. */
	sim_flush(&d->mappings, PAGES(d->sim));
	if (op->flags & GNTMAP_host_map)
		status = (d->translated ? hvm_map : pv_map)(d, op->host_addr, op->flags, f);
	if (status != GNTST_okay)
		return status;
	if (dev)
		frame_get(d, f, dev_write);
	rd->table.active[op->ref].used += pin_units(op->flags);
	return GNTST_okay;
}

/* With a handle at hand: the rest of the checks, and the mapping. */
static int16_t
map_pinned(struct arch *d, struct arch *rd, const struct gnttab_map_grant_ref *op,
	   struct frame **out)
{
	uint32_t units = pin_units(op->flags);
	int16_t status = entry_pin(rd, d, op->ref, units, PIN_MAP, out);

	if (status != GNTST_okay)
		return status;
	status = mappings_make(d, rd, op, *out);
	frame_release(d->sim, *out);
	if (status != GNTST_okay)
		entry_unpin(rd, op->ref, units, !(op->flags & GNTMAP_readonly));
	return status;
}

/* From here on the handle can be used, and by anybody who guesses it. */
static void
handle_publish(struct arch *d, uint16_t handle, const struct arch *rd,
	       const struct gnttab_map_grant_ref *op)
{
	struct mapping *m = &d->maptrack.map[handle];

	sim_step(d->sim, m, SIM_WRITE);
	if (m->flags != 0)
		d->sim->wrong = "S-HANDLE: a handle that is in use is published";
	m->ref = op->ref;
	m->flags = (uint8_t)op->flags;
	m->granter = rd->index;
}

/* There is no IOMMU here whose update could fail. */
static int16_t
map_handle(struct arch *d, struct arch *rd, struct gnttab_map_grant_ref *op)
{
	uint16_t handle = maptrack_get(d);
	struct frame *f = NULL;
	int16_t status;

	if (handle == HANDLE_NONE)
		return GNTST_no_space;
	status = map_pinned(d, rd, op, &f);
	if (status != GNTST_okay) {
		maptrack_put(d, handle);
		return status;
	}
	handle_publish(d, handle, rd, op);
	op->handle = handle;
	op->dev_bus_addr = f->mfn << XEN_PAGE_SHIFT;
	return GNTST_okay;
}

static int16_t
map_one(struct arch *d, struct gnttab_map_grant_ref *op)
{
	struct arch *rd;

	if (!(op->flags & (GNTMAP_device_map | GNTMAP_host_map)))
		return GNTST_bad_gntref;
	if (d->translated &&
	    (op->flags & (GNTMAP_device_map | GNTMAP_application_map | GNTMAP_contains_pte)))
		return GNTST_general_error;
	rd = domain_by_id(d->sim, op->dom);
	if (!rd)
		return GNTST_bad_domain;
	if (!policy_allows(d, d, rd))
		return GNTST_permission_denied;
	return map_handle(d, rd, op);
}

void
map_grant_ref(struct arch *d, struct gnttab_map_grant_ref *op)
{
	op->status = map_one(d, op);
}
