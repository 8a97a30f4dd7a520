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
setup_table_of(struct arch *d, const struct gnttab_setup_table *op)
{
	struct arch *t = domain_by_any_id(d, op->dom);

	if (!t)
		return GNTST_bad_domain;
	if (!policy_manages(d, t))
		return GNTST_permission_denied;
	if (op->nr_frames > t->table.max_frames)
		return GNTST_general_error;
	if (op->nr_frames > t->table.nr_frames)
		table_grow(t, op->nr_frames);
	if (op->nr_frames > 0 && access_faults(op->frame_list.p))
		return GNTST_bad_virt_addr;
	for (uint32_t i = 0; i < op->nr_frames; i++)
		op->frame_list.p[i] = table_frame_name(t, i);
	return GNTST_okay;
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

static void
entries_swap(struct arch *d, grant_ref_t a, grant_ref_t b)
{
	struct table *t = &d->table;
	struct grant_entry_v1 was = t->shared[a];
	grant_ref_t high = a > b ? a : b;

	t->shared[a] = t->shared[b];
	t->shared[b] = was;
	if (t->nr_dirty <= high / GNTTAB_ENTRIES_PER_FRAME)
		t->nr_dirty = high / GNTTAB_ENTRIES_PER_FRAME + 1;
	if (t->active[a].scribbled || t->active[b].scribbled) {
		guest_scribbled(d, a);
		guest_scribbled(d, b);
	}
}

void
swap_grant_ref(struct arch *d, struct gnttab_swap_grant_ref *op)
{
	const struct table *t = &d->table;

	op->status = GNTST_okay;
	if (op->ref_a >= table_entries(t) || op->ref_b >= table_entries(t))
		op->status = GNTST_bad_gntref;
	else if (op->ref_a == op->ref_b)
		return;
	else if (t->active[op->ref_a].pins != 0 || t->active[op->ref_b].pins != 0)
		op->status = GNTST_eagain;
	else
		entries_swap(d, op->ref_a, op->ref_b);
}

/* The first entry of its owner, not below `from', through which d has f pinned, or NULL. */
static const struct active *
pinned_by(const struct arch *d, const struct frame *f, grant_ref_t from)
{
	const struct table *t = &d->sim->domain[f->owner].table;
	const struct active *first = NULL;

	for (uint32_t i = 0; i < t->n_listed; i++) {
		const struct active *act = &t->active[t->listed[i]];

		if (act->pins != 0 && act->grantee == d->index && t->listed[i] >= from &&
		    frame_at(d->sim, act->frame) == f && (first == NULL || act < first))
			first = act;
	}
	return first;
}

/*
 * The address is a machine address for all guests alike.  x86 can write caches back, and does so
 * for clean with or without invalidate; it cannot only invalidate.  What is lent to be read is
 * cleaned in any case (since XSA-519), or its owner would lose what he wrote.
 */
int
cache_flush(struct arch *d, const struct gnttab_cache_flush *op, grant_ref_t from)
{
	const struct active *act = NULL;
	const struct frame *f;

	if (op->offset >= XEN_PAGE_SIZE || op->length > XEN_PAGE_SIZE ||
	    op->offset + op->length > XEN_PAGE_SIZE ||
	    (op->op & ~(uint32_t)(GNTTAB_CACHE_CLEAN | GNTTAB_CACHE_INVAL)))
		return -XEN_EINVAL;
	if (op->length == 0 || op->op == 0)
		return from == 0 ? 0 : -XEN_EILSEQ;
	f = frame_by_mfn(d->sim, op->a.dev_bus_addr >> XEN_PAGE_SHIFT);
	if (!f)
		return -XEN_EINVAL;
	if (f->owner == NOBODY)
		return -XEN_EPERM;
	if (f->owner != d->index) {
		act = pinned_by(d, f, from);
		if (!act)
			return -XEN_EINVAL;
	}
	if (op->op & GNTTAB_CACHE_CLEAN || (act && !(act->pins & PIN_WRITERS)))
		return 0;
	return -XEN_EOPNOTSUPP;
}
