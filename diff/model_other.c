/*
 * model_other: the hypercalls about tables, behind the core's back.  Rules 9xx.
 */
#include "diff/model_internal.h"

enum { CONTINUED = 1 << 12 };	/* in a command: no command that anybody knows */

/* The errors that a pointer to operations or a list gives before anything is looked at. */
static bool
wild_refused(const struct now *w)
{
	return !w->d->translated;
}

bool
model_no_command(const struct model *m, const struct domain *d, unsigned int command)
{
	const unsigned int known =
		1u << GNTTABOP_map_grant_ref | 1u << GNTTABOP_unmap_grant_ref |
		1u << GNTTABOP_setup_table | 1u << GNTTABOP_copy | 1u << GNTTABOP_query_size |
		1u << GNTTABOP_set_version | 1u << GNTTABOP_get_version |
		1u << GNTTABOP_swap_grant_ref;

	return d->translated && !m->profile->arm64 &&
	       (command > GNTTABOP_cache_flush || (known >> command & 1) == 0);
}

bool
model_policy(const struct now *w, const struct domain *a, const struct domain *b)
{
	return !w->m->h.silo || w->d->id == 0 || a->id == 0 || b->id == 0 || a == b;
}

/* On Arm a frame of the table that is in place is not moved (R937). */
bool
model_may_place(const struct model *m, const struct domain *d, unsigned int frame)
{
	return !m->profile->arm64 || !m->profile->table_frame_has_one_place ||
	       (d->placed >> frame & 1) == 0;
}

/* Whether the actor may look after d's table. */
static bool
may_manage(const struct now *w, const struct domain *d)
{
	return w->d->id == 0 || d == w->d;
}

static void
untouched(struct now *w)
{
	w->r->rc = -XEN_EFAULT;
	model_status(w, UNTOUCHED, 1012);
}

/* ------------------------------------------------------------------ swap */

/* Flags and domid as one, and the frame. */
static struct ref
entry_read(struct model *m, const struct ref *e)
{
	struct ref v = { .flags = 0 };

	model_look(m, e);
	v.flags = e->flags;
	v.domid = e->domid;
	model_look(m, e);
	v.frame = e->frame;
	return v;
}

static void
entry_write(struct model *m, struct ref *e, struct ref v)
{
	model_store(m, STORE_FLAGS_PLAIN, e, v.flags);
	model_store(m, STORE_DOMID, e, v.domid);
	model_store(m, STORE_FRAME, e, v.frame);
}

/* A guest may see any part of it (R1212). */
static void
exchange(struct model *m, struct ref *x, struct ref *y)
{
	struct ref was_x = entry_read(m, x), was_y = entry_read(m, y);

	entry_write(m, x, was_y);
	entry_write(m, y, was_x);
}

/* With the table's lock, which keeps two swaps from waiting for each other. */
static void
swap_locked(struct now *w, uint32_t a, uint32_t b)
{
	uint32_t end;
	struct ref *x, *y;

	end = w->d->hv_frames * GNTTAB_ENTRIES_PER_FRAME;
	if (a >= end || b >= end) {
		model_status(w, GNTST_bad_gntref, 901);
		return;
	}
	if (a == b) {
		model_status(w, GNTST_okay, 902);
		return;
	}
	x = model_touch(w->m, w->d, a);
	y = model_touch(w->m, w->d, b);
	model_lock(w->m, &x->locked, x);
	model_lock(w->m, &y->locked, y);
	if (pin_sum(x) != 0 || pin_sum(y) != 0) {
		model_status(w, GNTST_eagain, 903);
	} else {
		exchange(w->m, x, y);
		model_status(w, GNTST_okay, 904);
	}
	model_unlock(w->m, &y->locked);
	model_unlock(w->m, &x->locked);
}

static void
swap_one(struct now *w, uint32_t a, uint32_t b)
{
	model_lock(w->m, &w->d->table_locked, &w->d->hv_frames);
	swap_locked(w, a, b);
	model_unlock(w->m, &w->d->table_locked);
}

void
model_do_swap(struct batch *b)
{
	bool made = model_hypercall(b->m, b->d);

	for (unsigned int i = 0; i < b->n; i++) {
		struct now *w = &b->member[i];

		if (made)
			swap_one(w, model_ref(b->m, b->d, w->o->a.idx),
				 model_ref(b->m, b->d, w->o->b.idx));
		else
			untouched(w);
	}
	for (unsigned int i = 0; i < b->n; i++) {
		struct now *w = &b->member[i];

		model_view(w, 0, b->d, model_ref(b->m, b->d, w->o->a.idx));
		model_view(w, 1, b->d, model_ref(b->m, b->d, w->o->b.idx));
	}
}

/* ------------------------------------------------------------------ tables: size, list, version */

/* Whose table, by the rules that all of these share; the status is made if nobody's. */
static struct domain *
table_of(struct now *w, unsigned int unknown_rule)
{
	struct domain *d = model_by_any_id(w, w->o->a.dom);

	if (d == NULL) {
		model_status(w, GNTST_bad_domain, unknown_rule);
	} else if (!may_manage(w, d)) {
		model_status(w, GNTST_permission_denied, unknown_rule + 1);
		d = NULL;
	}
	return d;
}

/*
 * How many frames of d's table a list shows: those that are somewhere; or, where Xen does not note
 * that they have gone, those that have been, which all were when the guest came up.
 */
static unsigned int
listed(const struct model *m, const struct domain *d, unsigned int frames)
{
	if (!d->translated || (m->profile->arm64 && !m->profile->table_frame_has_one_place))
		return frames;
	return (unsigned int)__builtin_popcount(d->placed & ((1u << frames) - 1));
}

static void
do_setup_table(struct now *w)
{
	bool wild = w->o->flags & OPF_LIST_WILD, bad = wild || w->o->flags & OPF_LIST_HOLE;
	struct domain *d;

	if (wild && wild_refused(w)) {
		w->r->rc = -XEN_EFAULT;
		model_status(w, UNTOUCHED, 905);
		return;
	}
	d = table_of(w, 906);
	if (d == NULL)
		return;
	if (w->o->len > w->m->h.max_frames) {
		model_status(w, GNTST_general_error, 908);
		return;
	}
	model_lock(w->m, &d->table_locked, &d->hv_frames);
	if (w->o->len > d->hv_frames)
		d->hv_frames = w->o->len;
	model_unlock(w->m, &d->table_locked);
	if (bad && w->o->len > 0) {
		model_status(w, GNTST_bad_virt_addr, 909);
		return;
	}
	w->r->value = bad ? 0 : listed(w->m, d, w->o->len);
	model_status(w, GNTST_okay, 910);
}

static void
do_get_status(struct now *w)
{
	if (model_no_command(w->m, w->d, GNTTABOP_get_status_frames)) {
		w->r->rc = -XEN_ENOSYS;
		model_status(w, UNTOUCHED, 947);
		return;
	}
	if (w->m->profile->status_list_is_checked &&
	    w->o->flags & OPF_LIST_WILD && wild_refused(w)) {
		w->r->rc = -XEN_EFAULT;
		model_status(w, UNTOUCHED, 925);
		return;
	}
	if (table_of(w, 921) == NULL)
		return;
	if (w->o->len > 0)
		model_status(w, GNTST_general_error, 923);
	else
		model_status(w, GNTST_okay, 924);
}

static void
do_query_size(struct now *w)
{
	const struct domain *d = table_of(w, 911);

	if (d == NULL)
		return;
	model_look(w->m, &d->hv_frames);
	w->r->value = d->hv_frames | (uint32_t)w->m->h.max_frames << 16;
	model_status(w, GNTST_okay, 913);
}

static void
do_set_version(struct now *w)
{
	w->r->value = 1;
	if (w->o->len != 1 && w->o->len != 2)
		model_rc(w, -XEN_EINVAL, 914);
	else if (w->o->len == 2)
		model_rc(w, -XEN_ENOSYS, 915);
	else
		model_rc(w, 0, 916);
}

static void
do_get_version(struct now *w)
{
	const struct domain *d = model_by_any_id(w, w->o->a.dom);

	if (d == NULL) {
		model_rc(w, -XEN_ESRCH, 917);
	} else if (!may_manage(w, d)) {
		model_rc(w, -XEN_EPERM, 918);
	} else {
		model_rc(w, 0, 919);
		w->r->value = 1;
	}
}

static void
do_add_to_physmap(struct now *w)
{
	struct domain *d = w->d;
	unsigned int frame = w->o->len;

	if (!d->translated) {
		model_rc(w, -XEN_EACCES, 934);
	} else if (w->o->flags & OPF_PHYSMAP_STATUS || frame >= w->m->h.max_frames) {
		model_rc(w, -XEN_EINVAL, 935);
	} else if (!model_may_place(w->m, d, frame)) {
		model_rc(w, -XEN_EBUSY, 937);
	} else {
		if (frame >= d->hv_frames)
			d->hv_frames = (uint16_t)(frame + 1);
		d->placed |= (uint8_t)(1u << frame);
		model_rc(w, 0, 936);
	}
}

/*
 * ------------------------------------------------------------------ calls that are wrong as a
 * whole
 */

/* Commands whose operations are counted. */
static bool
is_batch(unsigned int command)
{
	switch (command) {
	case GNTTABOP_map_grant_ref:
	case GNTTABOP_unmap_grant_ref:
	case GNTTABOP_unmap_and_replace:
	case GNTTABOP_transfer:
	case GNTTABOP_copy:
	case GNTTABOP_swap_grant_ref:
	case GNTTABOP_cache_flush:
		return true;
	default:
		return false;
	}
}

/* Count 0 with a good pointer to zeroes. */
static void
do_count0(struct now *w, unsigned int command)
{
	if (command == GNTTABOP_transfer && w->m->h.no_transfer)
		model_rc(w, -XEN_EOPNOTSUPP, 701);
	else if (is_batch(command))
		model_rc(w, 0, 944);
	else if (command == GNTTABOP_set_version)
		model_rc(w, -XEN_EINVAL, 946);
	else if (command == GNTTABOP_get_version)
		model_rc(w, w->d->id == 0 ? 0 : -XEN_EPERM, 946);
	else
		model_rc(w, -XEN_EINVAL, 945);
}

static bool
is_unknown(const struct profile *p, unsigned int command)
{
	return command == GNTTABOP_dump_table || command > GNTTABOP_cache_flush ||
	       (command == GNTTABOP_cache_flush && p->cache_flush_is_unknown);
}

static void
do_hypercall(struct now *w)
{
	unsigned int command = w->o->len, how = w->o->a.idx;
	bool seen = how != CALL_WILD || !wild_refused(w);

	if (model_no_command(w->m, w->d, how == CALL_CONTINUED ? CONTINUED : command))
		model_rc(w, -XEN_ENOSYS, 947);
	else if (how == CALL_NEGATIVE)
		model_rc(w, -XEN_EINVAL, 940);
	else if (how == CALL_CONTINUED && command != GNTTABOP_cache_flush)
		model_rc(w, -XEN_EINVAL, 941);
	else if (is_unknown(w->m->profile, command))
		model_rc(w, -XEN_ENOSYS, 942);
	else if (how == CALL_COUNT0 || how == CALL_CONTINUED)
		do_count0(w, command);
	else if (command == GNTTABOP_transfer && w->m->h.no_transfer && seen)
		model_rc(w, -XEN_EOPNOTSUPP, 701);
	else
		model_rc(w, -XEN_EFAULT, 943);
}

/* What a hypercall that was not made leaves behind (R1012). */
static void
not_made(struct now *w)
{
	switch (w->o->kind) {
	case OP_SETUP_TABLE:
	case OP_QUERY_SIZE:
	case OP_GET_STATUS: untouched(w); break;
	case OP_SET_VERSION:
		w->r->value = w->o->len;
		/* fall through */
	default: model_rc(w, -XEN_EFAULT, 1012); break;
	}
}

void
model_do_other(struct now *w)
{
	if (!model_hypercall(w->m, w->d)) {
		not_made(w);
		return;
	}
	switch (w->o->kind) {
	case OP_SETUP_TABLE: do_setup_table(w); break;
	case OP_QUERY_SIZE: do_query_size(w); break;
	case OP_SET_VERSION: do_set_version(w); break;
	case OP_GET_VERSION: do_get_version(w); break;
	case OP_GET_STATUS: do_get_status(w); break;
	case OP_DUMP_TABLE: model_rc(w, -XEN_ENOSYS, 933); break;
	case OP_ADD_TO_PHYSMAP: do_add_to_physmap(w); break;
	default: do_hypercall(w); break;
	}
}
