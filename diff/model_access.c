/*
 * model_access: lending a page and taking it back, now or later; accepting one for good.  Rules 2xx
 * and 3xx.
 */
#include "diff/model_internal.h"

static void
drop(struct now *w)
{
	if (w->o->a.idx < REF_SLOTS)
		w->d->names->held &= (uint16_t)~(1u << w->o->a.idx);
}

/* ------------------------------------------------------------------ grant, accept */

struct offer {
	uint16_t flags, domid, frame;
	uint8_t state;
};

/* Publish at a claimed reference: 0, or the error with its rule. */
static int
publish(struct now *w, uint32_t ref, const struct offer *f)
{
	struct ref *e = model_touch(w->m, w->d, ref);

	/* R1203 */
	model_look(w->m, e);
	if (e->flags != 0) {
		model_rc(w, -XEN_EBUSY, 203);
		return -XEN_EBUSY;
	}
	model_store(w->m, STORE_DOMID, e, f->domid);
	model_store(w->m, STORE_FRAME, e, f->frame);
	model_store(w->m, STORE_FLAGS, e, f->flags);
	e->state = f->state;
	return 0;
}

static bool
too_wide(const struct offer *f)
{
	return f->frame >= NUMBER_WIDE && f->frame < NUMBER_LOW;
}

/* At a reference of the core's choice. */
static void
offer_new(struct now *w, const struct offer *f, unsigned int landing, unsigned int rule)
{
	struct domain *d = w->d;
	unsigned int slot = w->o->a.idx;
	uint16_t ref;

	core_lock(w);
	if (!d->mapped) {
		model_rc(w, -XEN_ENODEV, 106);
	} else if (too_wide(f)) {
		model_rc(w, -XEN_ERANGE, 202);
	} else if (!core_take(w->m, d, &ref)) {
		model_rc(w, -XEN_ENOSPC, 104);
	} else if (publish(w, ref, f) != 0) {
		core_give(w->m, d, ref);
	} else {
		model_rc(w, ref, rule);
		d->names->ref[slot] = ref;
		d->names->held |= (uint16_t)(1u << slot);
		d->names->landing[slot] = (uint8_t)landing;
	}
	core_unlock(w);
	model_view(w, 0, d, d->names->ref[slot]);
}

/* At a reference of the caller's. */
static void
offer_ref(struct now *w, const struct offer *f, unsigned int rule)
{
	uint32_t ref = model_ref(w->m, w->d, w->o->a.idx);

	core_lock(w);
	if (!w->d->mapped)
		model_rc(w, -XEN_ENODEV, 106);
	else if (!core_is(w->m, w->d, ref, STATE_CLAIMED))
		model_rc(w, -XEN_EINVAL, 105);
	else if (too_wide(f))
		model_rc(w, -XEN_ERANGE, 202);
	else if (publish(w, ref, f) == 0)
		model_rc(w, 0, rule);
	core_unlock(w);
	model_view(w, 0, w->d, ref);
}

static bool
slot_usable(struct now *w)
{
	if (w->o->a.idx >= REF_SLOTS || w->d->names->held >> w->o->a.idx & 1)
		return model_skip(w, SKIP_SLOT_HELD);
	return true;
}

static void
do_grant(struct now *w)
{
	struct offer f = {
		.flags = GTF_permit_access | (w->o->flags & OPF_GRANT_RO ? GTF_readonly : 0),
		.domid = model_domid(w->o->b.dom),
		.state = STATE_ACCESS,
	};

	if (w->o->kind == OP_GRANT && !slot_usable(w))
		return;
	if (!page_operand(w, w->o->b.idx, &f.frame))
		return;
	if (w->o->kind == OP_GRANT)
		offer_new(w, &f, 0, 201);
	else
		offer_ref(w, &f, 201);
}

static void
do_accept(struct now *w)
{
	const struct offer f = {
		.flags = GTF_accept_transfer,
		.domid = model_domid(w->o->b.dom),
		.frame = (uint16_t)((w->d->slot_is_gfn ? NAME_GFN : NAME_PFN) + w->o->b.idx),
		.state = STATE_TRANSFER,
	};

	if (w->o->kind == OP_ACCEPT) {
		if (slot_usable(w))
			offer_new(w, &f, w->o->b.idx, 301);
		return;
	}
	offer_ref(w, &f, 301);
	if (w->r->rc == 0 && w->o->a.idx < REF_SLOTS)
		w->d->names->landing[w->o->a.idx] = w->o->b.idx;
}

/* ------------------------------------------------------------------ end */

/* Whether d's reference is in state access; else the answer is made. */
static bool
wants(struct now *w, uint32_t ref, enum ref_state state)
{
	if (!w->d->mapped)
		model_rc(w, -XEN_ENODEV, 106);
	else if (!core_is(w->m, w->d, ref, state))
		model_rc(w, -XEN_EINVAL, 105);
	else
		return true;
	return false;
}

/* Clear the entry unless a peer uses it (R205, R206), in one section (R1204). */
static bool
end_entry(struct model *m, const struct domain *d, uint32_t ref)
{
	struct ref *e = model_touch(m, d, ref);

	model_cut(m, e);
	if (e->flags & (GTF_reading | GTF_writing))
		return false;
	e->flags = 0;
	model_acquire(m);
	return true;
}

static void
do_end_now(struct now *w)
{
	uint32_t ref = model_ref(w->m, w->d, w->o->a.idx);

	core_lock(w);
	if (!wants(w, ref, STATE_ACCESS)) {
		/* answered */
	} else if (w->o->kind == OP_QUERY) {
		model_look(w->m, &w->m->ref[w->d->id][ref]);
		model_rc(w, w->m->ref[w->d->id][ref].flags & (GTF_reading | GTF_writing), 204);
	} else if (!end_entry(w->m, w->d, ref)) {
		model_rc(w, 0, 206);
	} else {
		model_rc(w, 1, 205);
		w->m->ref[w->d->id][ref].state = STATE_CLAIMED;
		if (w->o->kind == OP_TRY_END) {
			core_give(w->m, w->d, ref);
			drop(w);
		}
	}
	core_unlock(w);
	model_view(w, 0, w->d, ref);
}

/* Queue the reference for the ticks, or leak it if there is no memory for that (R208, R209). */
static int
defer(struct model *m, struct domain *d, uint32_t ref, bool page)
{
	if (!d->deferred_ready && !model_alloc(d)) {
		model_touch(m, d, ref)->state = STATE_LEAKED;
		d->leaked++;
		return -XEN_ENOMEM;
	}
	d->deferred_ready = true;
	model_touch(m, d, ref)->state = STATE_DEFERRED;
	d->deferred[(d->deferred_first + d->n_deferred++) % PROGRAM_OPS_MAX] =
		(struct deferred){ (uint16_t)ref, page };
	return 0;
}

/* Park the page that the operation names; in a race that was done before it.  False: skipped. */
static bool
end_parks(struct now *w)
{
	const struct model_held *held = branch_held(w);

	if (held != NULL ? held->what == 0 : w->d->slot[w->o->b.idx] == NONE)
		return model_skip(w, SKIP_SLOT_EMPTY);
	if (held == NULL)
		page_park(w->m, w->d, w->o->b.idx);
	return true;
}

static void
do_end(struct now *w)
{
	struct domain *d = w->d;
	uint32_t ref = model_ref(w->m, d, w->o->a.idx);
	bool page = w->o->flags & OPF_END_PAGE;

	if (page && !end_parks(w))
		return;
	core_lock(w);
	if (!wants(w, ref, STATE_ACCESS)) {
		d->pages_put += page;
	} else if (end_entry(w->m, d, ref)) {
		d->pages_put += page;
		core_give(w->m, d, ref);
		model_rc(w, 1, 207);
		drop(w);
	} else {
		int rc = defer(w->m, d, ref, page);

		model_rc(w, rc, rc == 0 ? 208 : 209);
		drop(w);
	}
	core_unlock(w);
	w->r->value = d->pages_put;
	model_view(w, 0, d, ref);
}

/* ------------------------------------------------------------------ tick */

static struct deferred
deferred_pop(struct domain *d)
{
	struct deferred f = d->deferred[d->deferred_first];

	d->deferred_first = (d->deferred_first + 1) % PROGRAM_OPS_MAX;
	d->n_deferred--;
	return f;
}

static int
tick(struct model *m, struct domain *d)
{
	uint16_t first_busy = REF_NONE;
	int ended = 0;

	for (unsigned int i = 0; i < 10 && d->n_deferred > 0; i++) {
		struct deferred f;

		if (d->deferred[d->deferred_first].ref == first_busy)
			break;
		f = deferred_pop(d);
		if (end_entry(m, d, f.ref)) {
			d->pages_put += f.page;
			core_give(m, d, f.ref);
			ended++;
			continue;
		}
		if (first_busy == REF_NONE)
			first_busy = f.ref;
		d->deferred[(d->deferred_first + d->n_deferred++) % PROGRAM_OPS_MAX] = f;
	}
	return ended;
}

static void
do_tick(struct now *w)
{
	core_lock(w);
	if (!w->d->mapped)
		model_rc(w, -XEN_ENODEV, 106);
	else
		model_rc(w, tick(w->m, w->d), 210);
	core_unlock(w);
	w->r->value = w->d->pages_put;
}

/* ------------------------------------------------------------------ end_transfer */

/* A frame that came goes into its landing slot: at once, or when the race is over. */
static void
land(struct now *w, uint16_t frame)
{
	unsigned int slot = w->o->a.idx;
	unsigned int landing = slot < REF_SLOTS ? w->d->names->landing[slot] : 0;
	struct model_held *held = branch_held(w);

	w->r->value = landing;
	if (held != NULL)
		held->what = frame;
	else if (!page_take(w->m, w->d, landing, frame))
		w->r->value = NONE;
}

static bool
is_under_way(const struct ref *e)
{
	return e->flags & GTF_transfer_committed && !(e->flags & GTF_transfer_completed);
}

/* A completed entry is the guest's again (R304, R305). */
static void
take_frame(struct now *w, struct ref *e)
{
	uint16_t frame;

	model_look(w->m, e);
	frame = e->frame;
	model_store(w->m, STORE_FLAGS_PLAIN, e, 0);
	if (frame == NAME_ZERO) {
		model_rc(w, -XEN_EIO, 305);
		return;
	}
	model_rc(w, 1, 304);
	land(w, frame);
}

/* Whether its wait runs out before the hypervisor goes on. */
static bool
gives_up(const struct now *w)
{
	return w->m->profile->waits_run_out && model_choose(w->m, 2) == 1;
}

/* Whether the entry was ended, with or without a frame; one under way is waited for (R1214). */
static bool
end_transfer_entry(struct now *w, uint32_t ref)
{
	struct ref *e = model_touch(w->m, w->d, ref);

	model_cut(w->m, e);
	while (is_under_way(e))
		if (gives_up(w) || !model_wait(w->m, e)) {
			model_rc(w, -XEN_EAGAIN, 303);
			return false;
		}
	model_acquire(w->m);
	if (e->flags & GTF_transfer_committed) {
		take_frame(w, e);
	} else {
		model_rc(w, 0, 302);
		e->flags = 0;
	}
	e->state = STATE_CLAIMED;
	return true;
}

static void
do_end_transfer(struct now *w)
{
	uint32_t ref = model_ref(w->m, w->d, w->o->a.idx);
	bool frees = w->o->kind == OP_END_TRANSFER;

	core_lock(w);
	if (wants(w, ref, STATE_TRANSFER) && end_transfer_entry(w, ref) && frees) {
		core_give(w->m, w->d, ref);
		drop(w);
	}
	core_unlock(w);
	model_view(w, 0, w->d, ref);
}

void
model_do_access(struct now *w)
{
	switch (w->o->kind) {
	case OP_GRANT:
	case OP_GRANT_REF: do_grant(w); break;
	case OP_ACCEPT:
	case OP_ACCEPT_REF: do_accept(w); break;
	case OP_QUERY:
	case OP_END_REF:
	case OP_TRY_END: do_end_now(w); break;
	case OP_END: do_end(w); break;
	case OP_TICK: do_tick(w); break;
	default: do_end_transfer(w); break;
	}
}
