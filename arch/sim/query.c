/*
 * query: operations about a grant table as a whole, and the rest (spec.md 9xx).
 */
#include "arch/sim/machine.h"

/* What a guest is told of table frame i: an mfn, or the gfn that it is at now. */
static xen_pfn_t
table_frame_name(const struct arch *t, uint32_t i)
{
	return t->translated ? t->table.gfn[i] : frame_table(t, i)->mfn;
}

/* A list that faults is noticed for each frame, and the table has grown by then. */
static int16_t
table_frames_list(const struct arch *t, const struct gnttab_setup_table *op)
{
	if (op->nr_frames > 0 && access_faults(op->frame_list.p))
		return GNTST_bad_virt_addr;
	sim_step(t->sim, PAGES(t->sim), SIM_READ);
	for (uint32_t i = 0; i < op->nr_frames; i++)
		op->frame_list.p[i] = table_frame_name(t, i);
	return GNTST_okay;
}

static int16_t
setup_table_of(struct arch *d, const struct gnttab_setup_table *op)
{
	struct arch *t = domain_by_any_id(d, op->dom);
	int16_t status;

	if (!t)
		return GNTST_bad_domain;
	if (!policy_manages(d, t))
		return GNTST_permission_denied;
	if (op->nr_frames > t->table.max_frames)
		return GNTST_general_error;
	sim_lock(d->sim, &t->table.lock);
	if (op->nr_frames > t->table.nr_frames)
		table_grow(t, op->nr_frames);
	status = table_frames_list(t, op);
	sim_unlock(d->sim, &t->table.lock);
	return status;
}

int
setup_table(struct arch *d, struct gnttab_setup_table *op)
{
	if (!access_ok(d, op->frame_list.p))
		return -XEN_EFAULT;
	op->status = setup_table_of(d, op);
	return 0;
}

void
query_size(struct arch *d, struct gnttab_query_size *op)
{
	const struct arch *t = domain_by_any_id(d, op->dom);

	if (!t) {
		op->status = GNTST_bad_domain;
	} else if (!policy_manages(d, t)) {
		op->status = GNTST_permission_denied;
	} else {
		sim_step(d->sim, &t->table.nr_frames, SIM_READ);
		op->nr_frames = t->table.nr_frames;
		op->max_nr_frames = t->table.max_frames;
		op->status = GNTST_okay;
	}
}

/* Version 2 is not to be had, so the version never changes; it is written back in any case. */
int
set_version(struct arch *d, struct gnttab_set_version *op)
{
	uint32_t want = op->version;

	(void)d;
	op->version = 1;
	if (want == 2)
		return -XEN_ENOSYS;
	return want == 1 ? 0 : -XEN_EINVAL;
}

int
get_version(struct arch *d, struct gnttab_get_version *op)
{
	const struct arch *t = domain_by_any_id(d, op->dom);

	if (!t)
		return -XEN_ESRCH;
	if (!policy_manages(d, t))
		return -XEN_EPERM;
	op->version = 1;
	return 0;
}

/* A version 1 table has none, so the list is never written, nor looked at. */
int
get_status_frames(struct arch *d, struct gnttab_get_status_frames *op)
{
	const struct arch *t = domain_by_any_id(d, op->dom);

	if (!access_ok(d, op->frame_list.p))
		return -XEN_EFAULT;
	if (!t)
		op->status = GNTST_bad_domain;
	else if (!policy_manages(d, t))
		op->status = GNTST_permission_denied;
	else
		op->status = op->nr_frames == 0 ? GNTST_okay : GNTST_general_error;
	return 0;
}

static struct grant_entry_v1
entry_read(const struct grant_entry_v1 *e)
{
	uint32_t word = sim_load32(&e->flags);

	return (struct grant_entry_v1){
		.flags = word_flags(word),
		.domid = word_domid(word),
		.frame = arch_load32(&e->frame),
	};
}

static void
entry_write(struct grant_entry_v1 *e, struct grant_entry_v1 v)
{
	arch_store16(&e->flags, v.flags);
	arch_store16(&e->domid, v.domid);
	arch_store32(&e->frame, v.frame);
}

/* The guest may see any part of it: nothing here is atomic. */
static void
entries_swap(struct arch *d, grant_ref_t a, grant_ref_t b)
{
	struct table *t = &d->table;
	struct grant_entry_v1 at_a = entry_read(&t->shared[a]), at_b = entry_read(&t->shared[b]);
	grant_ref_t high = a > b ? a : b;

	/* A transfer that is under way does not follow its entry; nobody but the guest is hurt. */
	if (t->active[a].scribbled || t->active[b].scribbled || t->active[a].committed ||
	    t->active[b].committed) {
		guest_scribbled(d, a);
		guest_scribbled(d, b);
	}
	if (t->nr_dirty <= high / GNTTAB_ENTRIES_PER_FRAME)
		t->nr_dirty = high / GNTTAB_ENTRIES_PER_FRAME + 1;
	entry_write(&t->shared[a], at_b);
	entry_write(&t->shared[b], at_a);
}

/* With both entries locked. */
static int16_t
swap_unpinned(struct arch *d, grant_ref_t a, grant_ref_t b)
{
	if (d->table.active[a].pins != 0 || d->table.active[b].pins != 0)
		return GNTST_eagain;
	entries_swap(d, a, b);
	return GNTST_okay;
}

/*
 * The table's lock keeps two swaps from waiting for each other's second entry, and transfers from
 * committing one meanwhile, which take no entry's lock for that.
 */
static int16_t
swap_locked(struct arch *d, grant_ref_t a, grant_ref_t b)
{
	int16_t status;

	if (!table_has(d, a) || !table_has(d, b))
		return GNTST_bad_gntref;
	if (a == b)
		return GNTST_okay;
	entry_lock(d, a);
	entry_lock(d, b);
	status = swap_unpinned(d, a, b);
	entry_unlock(d, b);
	entry_unlock(d, a);
	return status;
}

void
swap_grant_ref(struct arch *d, struct gnttab_swap_grant_ref *op)
{
	sim_lock(d->sim, &d->table.lock);
	op->status = swap_locked(d, op->ref_a, op->ref_b);
	sim_unlock(d->sim, &d->table.lock);
}

/* Whether d has f pinned through entry ref of rd, and if so with which pins. */
static bool
is_pinned(const struct arch *d, struct arch *rd, grant_ref_t ref, const struct frame *f,
	  uint32_t *pins)
{
	const struct active *act = &rd->table.active[ref];
	bool is;

	entry_lock(rd, ref);
	is = act->pins != 0 && act->grantee == d->index && frame_at(d->sim, act->frame) == f;
	if (is)
		*pins = act->pins;
	entry_unlock(rd, ref);
	return is;
}

/* The pins of rd's first entry, not below `from', through which d has f pinned, or 0. */
static uint32_t
pins_of(const struct arch *d, struct arch *rd, const struct frame *f, grant_ref_t from)
{
	const struct table *t = &rd->table;
	grant_ref_t first = UINT32_MAX;
	uint32_t pins = 0;

	for (uint32_t i = 0; i < t->n_listed; i++) {
		grant_ref_t ref = t->listed[i];

		if (ref >= from && ref < first && is_pinned(d, rd, ref, f, &pins))
			first = ref;
	}
	return pins;
}

/*
 * x86 can write caches back, and does so for clean with or without invalidate; it cannot only
 * invalidate.  What is lent to be read is cleaned in any case (since XSA-519), or its owner would
 * lose what he wrote.
 */
static int
cache_flush_held(const struct arch *d, const struct frame *f, uint32_t op, grant_ref_t from)
{
	uint32_t pins = 0;

	if (f->owner != d->index) {
		pins = pins_of(d, &d->sim->domain[f->owner], f, from);
		if (pins == 0)
			return -XEN_EINVAL;
	}
	if (op & GNTTAB_CACHE_CLEAN || (pins != 0 && !(pins & PIN_WRITERS)))
		return 0;
	return -XEN_EOPNOTSUPP;
}

/*
 * The address is a machine address for all guests alike.  The page is held while it is looked at.
 */
int
cache_flush(struct arch *d, const struct gnttab_cache_flush *op, grant_ref_t from)
{
	struct frame *f;
	int rc;

	if (op->offset >= XEN_PAGE_SIZE || op->length > XEN_PAGE_SIZE ||
	    op->offset + op->length > XEN_PAGE_SIZE ||
	    (op->op & ~(uint32_t)(GNTTAB_CACHE_CLEAN | GNTTAB_CACHE_INVAL)))
		return -XEN_EINVAL;
	if (op->length == 0 || op->op == 0)
		return from == 0 ? 0 : -XEN_EILSEQ;
	f = frame_by_mfn(d->sim, op->a.dev_bus_addr >> XEN_PAGE_SHIFT);
	if (!f)
		return -XEN_EINVAL;
	if (!frame_hold_any(d->sim, f))
		return -XEN_EPERM;
	rc = cache_flush_held(d, f, op->op, from);
	frame_release(d->sim, f);
	return rc;
}
