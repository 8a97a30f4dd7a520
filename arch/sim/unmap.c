/*
 * unmap: GNTTABOP_unmap_grant_ref and GNTTABOP_unmap_and_replace (spec.md 6xx).
 *
 * Each operation takes its mapping away at once; pins, shared flags and the page's reference follow
 * for all together, after the flush that ends every 32 operations (R1107).  Until then anybody
 * finds the handle gone and the entry still pinned.
 *
 * Two unmaps of one handle are kept apart by the lock of the entry that it is for: which one that
 * is must be looked up without a lock, and looked at again under it.
 */
#include "arch/sim/machine.h"

enum { FLUSH_EVERY = 32 };

/* What an operation leaves for after the flush. */
struct unmapped {
	struct arch *rd;
	struct frame *f;
	uint32_t ref;
	uint8_t done;			/* GNTMAP_host_map, device_map, readonly */
};

struct unmap_args {
	uint64_t host_addr, dev_bus_addr, new_addr;
	grant_handle_t handle;
};

static int16_t
host_unmap(struct arch *d, const struct unmap_args *a, uint32_t flags, const struct frame *f)
{
	return (d->translated ? hvm_unmap : pv_unmap)(d, a->host_addr, a->new_addr, flags, f);
}

/* Under the entry's lock.  Fields that are 0, and kinds that the handle lacks, are ignored. */
static int16_t
parts_unmap(struct arch *d, const struct unmap_args *a, struct mapping *m, struct unmapped *u)
{
	uint8_t parts = 0;
	int16_t status;

	if (a->dev_bus_addr != 0 && (m->flags & GNTMAP_device_map)) {
		if (a->dev_bus_addr != u->f->mfn << XEN_PAGE_SHIFT)
			return GNTST_bad_dev_addr;
		parts |= GNTMAP_device_map;
	}
	if (a->host_addr != 0 && (m->flags & GNTMAP_host_map)) {
		sim_step(d->sim, PAGES(d->sim), SIM_WRITE);
		status = host_unmap(d, a, m->flags, u->f);
		if (status != GNTST_okay)
			return status;
		parts |= GNTMAP_host_map;
	}
	u->done = parts | (m->flags & GNTMAP_readonly);
	sim_step(d->sim, m, SIM_WRITE);
	m->flags &= (uint8_t)~parts;
	if (!(m->flags & (GNTMAP_host_map | GNTMAP_device_map)))
		m->flags = 0;
	return GNTST_okay;
}

static struct mapping
mapping_read(const struct arch *d, const struct mapping *m)
{
	sim_step(d->sim, m, SIM_READ);
	return *m;
}

/* What the handle was for when it was looked up is what it is for now. */
static bool
mapping_same(const struct mapping *a, const struct mapping *b)
{
	return a->flags != 0 && a->ref == b->ref && a->granter == b->granter;
}

static int16_t
unmap_one(struct arch *d, const struct unmap_args *a, struct unmapped *u)
{
	struct mapping *m, seen, now;
	int16_t status = GNTST_bad_handle;
	bool gone = false;

	u->done = 0;
	if (a->handle >= d->maptrack.limit)
		return GNTST_bad_handle;
	m = &d->maptrack.map[a->handle];
	seen = mapping_read(d, m);
	if (seen.flags == 0)
		return GNTST_bad_handle;
	u->rd = &d->sim->domain[seen.granter];
	u->ref = seen.ref;
	entry_lock(u->rd, u->ref);
	now = mapping_read(d, m);
	if (mapping_same(&now, &seen)) {
		u->f = frame_at(d->sim, u->rd->table.active[u->ref].frame);
		status = parts_unmap(d, a, m, u);
		gone = m->flags == 0;
	}
	entry_unlock(u->rd, u->ref);
	if (gone)
		maptrack_put(d, (uint16_t)a->handle);
	return status;
}

/* After the flush. */
static void
unmap_complete(struct arch *d, const struct unmapped *u)
{
	bool readonly = u->done & GNTMAP_readonly;

	if (!(u->done & (GNTMAP_device_map | GNTMAP_host_map)))
		return;
	sim_step(d->sim, PAGES(d->sim), SIM_WRITE);
	if (u->done & GNTMAP_device_map)
		frame_put(d, u->f, !readonly);
	if (u->done & GNTMAP_host_map)
		frame_put(d, u->f, !readonly);
	entry_unpin(u->rd, u->ref, pin_units(u->done), !readonly);
}

/* No CPU of the mapper's reaches what it unmapped after this; until then one might. */
static void
flush(struct arch *d, const struct unmapped *u, unsigned int n)
{
	sim_flush(&d->mappings, PAGES(d->sim));
	for (unsigned int i = 0; i < n; i++)
		if (u[i].done)
			u[i].rd->table.active[u[i].ref].used -= pin_units(u[i].done);
}

static void
batch_end(struct arch *d, const struct unmapped *u, unsigned int n)
{
	if (n > 0)
		flush(d, u, n);
	for (unsigned int i = 0; i < n; i++)
		unmap_complete(d, &u[i]);
}

/* End the batch if as many wait as can.  Returns how many wait after. */
static unsigned int
batch_end_full(struct arch *d, const struct unmapped *u, unsigned int waiting)
{
	if (waiting < FLUSH_EVERY)
		return waiting;
	batch_end(d, u, waiting);
	return 0;
}

void
unmap_batch(struct arch *d, struct gnttab_unmap_grant_ref *ops, unsigned int n)
{
	struct unmapped u[FLUSH_EVERY];
	unsigned int waiting = 0;

	for (unsigned int i = 0; i < n; i++) {
		struct unmap_args a = {
			.host_addr = ops[i].host_addr,
			.dev_bus_addr = ops[i].dev_bus_addr,
			.handle = ops[i].handle,
		};

		ops[i].status = unmap_one(d, &a, &u[waiting++]);
		waiting = batch_end_full(d, u, waiting);
	}
	batch_end(d, u, waiting);
}

/* new_addr 0 is a plain unmap of the host part; a device part is never touched (R608). */
void
replace_batch(struct arch *d, struct gnttab_unmap_and_replace *ops, unsigned int n)
{
	struct unmapped u[FLUSH_EVERY];
	unsigned int waiting = 0;

	for (unsigned int i = 0; i < n; i++) {
		struct unmap_args a = {
			.host_addr = ops[i].host_addr,
			.new_addr = ops[i].new_addr,
			.handle = ops[i].handle,
		};

		ops[i].status = unmap_one(d, &a, &u[waiting++]);
		waiting = batch_end_full(d, u, waiting);
	}
	batch_end(d, u, waiting);
}
