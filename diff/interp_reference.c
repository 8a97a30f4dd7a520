/* The operations that are the core's own functions. */
#include "diff/interp_internal.h"

/* Which slot and number an own reference operand is; slot REF_SLOTS for the special ones. */
struct ref {
	unsigned int slot;
	grant_ref_t number;
};

static struct ref
own_ref(const struct doing *w)
{
	unsigned int code = w->op->a.idx;

	return (struct ref){ code < REF_SLOTS ? code : REF_SLOTS, interp_ref(w->in, w->d, code) };
}

void
interp_hold(struct interp_domain *d, unsigned int slot, grant_ref_t number,
	    unsigned int landing)
{
	d->ref[slot] = number;
	d->held |= (uint16_t)(1u << slot);
	d->landing[slot] = (uint8_t)landing;
}

static void
drop(struct interp_domain *d, unsigned int slot)
{
	if (slot < REF_SLOTS)
		d->held &= (uint16_t)~(1u << slot);
}

/*
 * Operations that put a new reference into a slot: not over one that is held, nor into a special
 * number.
 */
static bool
may_hold(struct doing *w)
{
	unsigned int slot = w->op->a.idx;

	if (slot >= REF_SLOTS || w->d->held >> slot & 1)
		return interp_skip(w, SKIP_SLOT_HELD);
	return true;
}

static void
do_grant(struct doing *w)
{
	const struct op *o = w->op;
	bool ro = o->flags & OPF_GRANT_RO;
	domid_t domid = interp_domid(w->in, o->b.dom);
	uint64_t frame;

	if (o->kind == OP_GRANT && !may_hold(w))
		return;
	if (!interp_frame(w, o->b.idx, &frame))
		return;
	if (o->kind == OP_GRANT_REF)
		w->r->rc = gnttab_grant_foreign_access_ref(w->d->core, own_ref(w).number, domid,
							   frame, ro);
	else
		w->r->rc = gnttab_grant_foreign_access(w->d->core, domid, frame, ro);
	if (o->kind == OP_GRANT && w->r->rc > 0)
		interp_hold(w->d, o->a.idx, (grant_ref_t)w->r->rc, 0);
	interp_view(w, 0, w->d, own_ref(w).number);
}

static void
do_accept(struct doing *w)
{
	const struct op *o = w->op;
	domid_t domid = interp_domid(w->in, o->b.dom);
	uint64_t pfn = guest_page_pfn(w->d->arch, o->b.idx);

	if (o->kind == OP_ACCEPT) {
		if (!may_hold(w))
			return;
		w->r->rc = gnttab_grant_foreign_transfer(w->d->core, domid, pfn);
		if (w->r->rc > 0)
			interp_hold(w->d, o->a.idx, (grant_ref_t)w->r->rc, o->b.idx);
	} else {
		struct ref ref = own_ref(w);

		w->r->rc = gnttab_grant_foreign_transfer_ref(w->d->core, ref.number, domid, pfn);
		if (w->r->rc == 0 && ref.slot < REF_SLOTS)
			w->d->landing[ref.slot] = o->b.idx;
	}
	interp_view(w, 0, w->d, own_ref(w).number);
}

/* The entry is looked at, or access ended. */
static void
do_end(struct doing *w)
{
	struct ref ref = own_ref(w);
	struct gnttab *gt = w->d->core;

	if (w->op->kind == OP_QUERY)
		w->r->rc = gnttab_query_foreign_access(gt, ref.number);
	else if (w->op->kind == OP_END_REF)
		w->r->rc = gnttab_end_foreign_access_ref(gt, ref.number);
	else
		w->r->rc = gnttab_try_end_foreign_access(gt, ref.number);
	if (w->op->kind == OP_TRY_END && w->r->rc == 1)
		drop(w->d, ref.slot);
	interp_view(w, 0, w->d, ref.number);
}

/* Park the page that the operation names.  False, and skipped, if the slot is empty. */
static bool
park(struct doing *w, uintptr_t *page)
{
	struct interp_held *held = interp_held(w);

	if (held != NULL)
		*page = (uintptr_t)held->what;	/* was parked before the race */
	else if (guest_page_frame(w->d->arch, w->op->b.idx) != GUEST_FRAME_NONE)
		*page = guest_page_park(w->d->arch, w->op->b.idx);
	return *page != 0 || interp_skip(w, SKIP_SLOT_EMPTY);
}

static void
do_end_page(struct doing *w)
{
	struct ref ref = own_ref(w);
	struct arch *a = w->d->arch;
	uintptr_t page = 0;

	if ((w->op->flags & OPF_END_PAGE) && !park(w, &page))
		return;
	w->r->rc = gnttab_end_foreign_access(w->d->core, ref.number, page);
	if (w->r->rc >= 0 || w->r->rc == -XEN_ENOMEM)
		drop(w->d, ref.slot);
	else if (page != 0)
		arch_page_put(a, page);
	w->r->value = guest_pages_put(a);
	interp_view(w, 0, w->d, ref.number);
}

/* A frame that came goes into its landing slot: at once, or when the race is over. */
static void
land(struct doing *w, unsigned int landing, uint64_t frame)
{
	struct interp_held *held = interp_held(w);

	if (held != NULL) {
		held->what = frame;
		w->r->value = landing;
		return;
	}
	w->r->value = guest_page_take(w->d->arch, landing, frame) ? landing : 0xff;
}

static void
do_end_transfer(struct doing *w)
{
	struct ref ref = own_ref(w);
	unsigned int landing = ref.slot < REF_SLOTS ? w->d->landing[ref.slot] : 0;
	int64_t frame;

	if (w->op->kind == OP_END_TRANSFER)
		frame = gnttab_end_foreign_transfer(w->d->core, ref.number);
	else
		frame = gnttab_end_foreign_transfer_ref(w->d->core, ref.number);
	w->r->rc = frame > 0 ? 1 : (int32_t)frame;
	if (frame > 0)
		land(w, landing, (uint64_t)frame);
	if (w->op->kind == OP_END_TRANSFER && frame != -XEN_EINVAL && frame != -XEN_ENODEV &&
	    frame != -XEN_EAGAIN)
		drop(w->d, ref.slot);
	interp_view(w, 0, w->d, ref.number);
}

static void
do_chain(struct doing *w)
{
	grant_ref_t *head = &w->d->chain[w->op->a.idx];
	struct gnttab *gt = w->d->core;

	if (w->op->kind == OP_EMPTY) {
		w->r->rc = gnttab_empty_grant_references(head);
	} else if (w->op->kind == OP_FREE_CHAIN) {
		w->r->rc = gnttab_free_grant_references(gt, *head);
		*head = INVALID_GRANT_REF;
	} else if (!gnttab_empty_grant_references(head)) {
		interp_skip(w, SKIP_SLOT_HELD);
	} else {
		w->r->rc = gnttab_alloc_grant_references(gt, w->op->len, head);
	}
}

/* A reference moves between its slot, a chain and the free list. */
static void
do_move(struct doing *w)
{
	struct ref ref = own_ref(w);
	grant_ref_t *head = &w->d->chain[w->op->b.idx];
	struct gnttab *gt = w->d->core;

	if (w->op->kind == OP_CLAIM) {
		if (!may_hold(w))
			return;
		w->r->rc = gnttab_claim_grant_reference(gt, head);
		if (w->r->rc > 0)
			interp_hold(w->d, ref.slot, (grant_ref_t)w->r->rc, 0);
	} else {
		if (w->op->kind == OP_RELEASE)
			w->r->rc = gnttab_release_grant_reference(gt, head, ref.number);
		else
			w->r->rc = gnttab_free_grant_reference(gt, ref.number);
		if (w->r->rc == 0)
			drop(w->d, ref.slot);
	}
	interp_view(w, 0, w->d, own_ref(w).number);
}

void
interp_fired(void *arg)
{
	struct interp_callback *c = arg;

	c->called = true;
	c->in->fired |= (uint16_t)((c->slot + 1u) << 4 * c->in->n_fired);
	c->in->n_fired = (c->in->n_fired + 1) % CALLBACK_SLOTS;
}

static void
do_callback(struct doing *w)
{
	unsigned int k = w->op->a.idx;
	struct interp_callback *c = &w->d->callback[k].in->domain[w->op->actor].callback[k];

	if (w->op->kind == OP_CANCEL)
		gnttab_cancel_free_callback(w->d->core, &c->cb);
	else
		gnttab_request_free_callback(w->d->core, &c->cb, interp_fired, c, w->op->len);
}

void
interp_range_seen(uint64_t frame, unsigned int offset, unsigned int len, void *arg)
{
	struct interp_ranges *r = arg;

	r->n++;
	r->sum += (uint32_t)r->n * ((uint32_t)frame * 3 + offset * 5 + len * 7);
}

static void
do_foreach(struct doing *w)
{
	struct interp_ranges r = { 0, 0 };

	gnttab_foreach_grant(1000u + w->op->a.idx, w->op->a.off, w->op->len, interp_range_seen, &r);
	w->r->rc = r.n;
	w->r->value = r.sum;
}

static void
do_xlat_setup(struct doing *w)
{
	uint64_t place = guest_table_addr(w->d->arch);
	uint64_t addr[] = { 0, place, place + 8 };

	w->r->rc = gnttab_setup_auto_xlat_frames(w->d->core, w->d->arch, addr[w->op->len]);
}

/* Those that name no reference. */
static void
do_table(struct doing *w)
{
	struct gnttab *gt = w->d->core;

	switch (w->op->kind) {
	case OP_TICK:
		w->r->rc = gnttab_deferred_tick(gt);
		w->r->value = guest_pages_put(w->d->arch);
		break;
	case OP_SUSPEND: w->r->rc = gnttab_suspend(gt); break;
	case OP_RESUME: w->r->rc = gnttab_resume(gt); break;
	case OP_VERSION: w->r->rc = gnttab_request_version(gt, w->op->len); break;
	case OP_MAX_FRAMES: w->r->rc = (int32_t)gnttab_max_grant_frames(gt); break;
	case OP_FOREACH: do_foreach(w); break;
	case OP_XLAT_SETUP: do_xlat_setup(w); break;
	default: w->r->rc = gnttab_free_auto_xlat_frames(gt); break;
	}
}

enum { CHAINS = (1 << CHAIN_SLOTS) - 1 };

void
interp_do_reference(struct doing *w)
{
	if (w->in->racing && (w->in->chains_claimed & CHAINS) >> race_chain(w->op) & 1) {
		interp_skip(w, SKIP_SLOT_HELD);
		return;
	}
	switch (w->op->kind) {
	case OP_GRANT:
	case OP_GRANT_REF: do_grant(w); break;
	case OP_QUERY:
	case OP_END_REF:
	case OP_TRY_END: do_end(w); break;
	case OP_END: do_end_page(w); break;
	case OP_ACCEPT:
	case OP_ACCEPT_REF: do_accept(w); break;
	case OP_END_TRANSFER_REF:
	case OP_END_TRANSFER: do_end_transfer(w); break;
	case OP_ALLOC:
	case OP_EMPTY:
	case OP_FREE_CHAIN: do_chain(w); break;
	case OP_CLAIM:
	case OP_RELEASE:
	case OP_FREE: do_move(w); break;
	case OP_CALLBACK:
	case OP_CANCEL: do_callback(w); break;
	default: do_table(w); break;
	}
}
