/*
 * model_transfer: a page changes hands, or is lost on the way.  Rules 7xx, R1210.
 */
#include "diff/model_internal.h"

struct transfer_call {
	uint16_t name;
	bool own_mapped;		/* the sender still maps its own page */
	uint32_t ref;
	int status;
	unsigned int rule;
};

static bool
answer(struct transfer_call *c, int status, unsigned int rule)
{
	c->status = status;
	c->rule = rule;
	return false;
}

/* Steps 1 and 2: the frame leaves the sender.  False: it stays. */
static bool
steal(const struct now *w, struct transfer_call *c, uint8_t *page)
{
	struct domain *d = w->d;
	struct page *p;

	model_cut(w->m, w->m->page);
	if (w->m->profile->arm64)
		return c->name >= NAME_PFN ? answer(c, GNTST_bad_page, 702) :
					     answer(c, GNTST_general_error, 703);
	*page = page_named(w->m, d, c->name);
	if (c->name >= NAME_PFN && c->name != NAME_UNOWNED)
		return answer(c, GNTST_bad_page, 702);
	if (*page == NONE || !page_is_data(*page) || c->own_mapped || w->m->page[*page].refs > 0)
		return answer(c, GNTST_bad_page, 704);
	p = page_touch(w->m, *page);
	d->gained--;
	p->owner = NONE;
	if (p->slot != NONE && !w->m->racing)
		d->slot[p->slot] = NONE;	/* of a race: when it is over */
	p->slot = NONE;
	return true;
}

/* Step 8: the entry is ours to fill, if it still says so in this moment. */
static bool
commit(const struct now *w, struct transfer_call *c, const struct domain *to)
{
	struct ref *e = model_touch(w->m, to, c->ref);

	model_fence(w->m);
	model_cut(w->m, e);
	if (e->flags != GTF_accept_transfer || e->domid != w->d->id)
		return false;
	e->flags |= GTF_transfer_committed;
	return true;
}

/* Steps 4 to 8: who gets it, and whether they want it. */
static bool
welcome(const struct now *w, struct transfer_call *c, struct page *page)
{
	struct model *m = w->m;
	struct domain *to = model_by_id(w, w->o->b.dom);

	if (to == NULL)
		return answer(c, GNTST_bad_domain, 705);
	if (!model_policy(w, w->d, to))
		return answer(c, GNTST_permission_denied, 706);
	if (!to->translated && page->number >= NUMBER_WIDE && page->number < NUMBER_LOW) {
		model_cut(m, m->page);
		if (m->low_used)
			return answer(c, GNTST_address_too_big, 707);
		m->low_used = true;
		page->number = (uint16_t)(NUMBER_LOW + (page->number & 0xff));
	}
	model_cut(m, m->page);
	if (to->gained >= m->h.room)
		return answer(c, GNTST_general_error, 708);
	to->gained++;
	model_look(m, &to->hv_frames);
	if (c->ref < to->hv_frames * GNTTAB_ENTRIES_PER_FRAME && commit(w, c, to))
		return true;
	model_cut(m, m->page);
	to->gained--;
	return answer(c, GNTST_general_error, 709);
}

/* The guest leaves the flags alone meanwhile, so this need not be one step, and is not. */
static void
complete(struct model *m, struct ref *e)
{
	uint16_t flags;

	model_look(m, e);
	flags = e->flags;
	model_store(m, STORE_FLAGS, e, flags | GTF_transfer_completed);
}

/* Step 9. */
static void
deliver(const struct now *w, struct transfer_call *c, uint8_t page)
{
	struct domain *to = model_by_id(w, w->o->b.dom);
	struct ref *e = model_touch(w->m, to, c->ref);

	uint16_t frame;

	model_cut(w->m, w->m->page);
	w->m->page[page].owner = to->id;
	w->m->page[page].untaken = true;
	model_lock(w->m, &e->locked, e);
	frame = e->frame;
	if (!to->translated) {
		model_store(w->m, STORE_FRAME, e, w->m->page[page].number);
		answer(c, GNTST_okay, 710);
	} else if (frame >= NAME_GFN && frame < NAME_GFN + PAGE_SLOTS) {
		model_cut(w->m, w->m->page);
		page_place(w->m, to, frame - NAME_GFN + 0u, page);
		answer(c, GNTST_okay, 711);
	} else {
		answer(c, w->m->profile->failed_arrival_is_told ?
		       GNTST_general_error : GNTST_okay, 712);
	}
	complete(w->m, e);
	model_unlock(w->m, &e->locked);
}

static void
transfer_one(const struct now *w, struct transfer_call *c)
{
	uint8_t page;

	if (steal(w, c, &page) && welcome(w, c, &w->m->page[page]))
		deliver(w, c, page);
}

static bool
transfer_fill(struct now *w, struct transfer_call *c, uint8_t *slots)
{
	unsigned int code = w->o->a.idx;

	*c = (struct transfer_call){
		.own_mapped = w->o->flags & OPF_TRANSFER_MAPPED &&
			!(code < PAGE_SLOTS && w->d->put_away >> code & 1),
		.ref = model_ref(w->m, model_owner(w, w->o->b.dom), w->o->b.idx),
		.status = UNTOUCHED, .rule = 1012,
	};
	if (!page_operand(w, code, &c->name))
		return false;
	if (code < PAGE_SLOTS && *slots >> code & 1)
		return model_skip(w, SKIP_SLOT_EMPTY);
	if (code < PAGE_SLOTS)
		*slots |= (uint8_t)(1u << code);
	return true;
}

static int
transfer_all(const struct batch *b, struct transfer_call *calls)
{
	if (!model_hypercall(b->m, b->d))
		return -XEN_EFAULT;
	if (model_no_command(b->m, b->d, GNTTABOP_transfer)) {
		for (unsigned int i = 0; i < b->n; i++)
			answer(&calls[i], UNTOUCHED, 947);
		return -XEN_ENOSYS;
	}
	if (b->m->h.no_transfer) {
		for (unsigned int i = 0; i < b->n; i++)
			answer(&calls[i], UNTOUCHED, 701);
		return -XEN_EOPNOTSUPP;
	}
	for (unsigned int i = 0; i < b->n; i++)
		transfer_one(&b->member[i], &calls[i]);
	return 0;
}

void
model_do_transfer(struct batch *b)
{
	struct transfer_call calls[OP_BATCH_MAX];
	uint8_t slots = 0;
	int rc;

	for (unsigned int i = 0; i < b->n;)
		if (transfer_fill(&b->member[i], &calls[i], &slots))
			i++;
		else
			batch_drop(b, i);
	if (b->n == 0)
		return;
	rc = transfer_all(b, calls);
	for (unsigned int i = 0; i < b->n; i++) {
		struct now *w = &b->member[i];

		w->r->rc = rc;
		model_status(w, calls[i].status, calls[i].rule);
		if (w->o->a.idx < PAGE_SLOTS && !w->m->racing)
			w->r->value = w->d->slot[w->o->a.idx] != NONE;
		model_view(w, 0, model_owner(w, w->o->b.dom), calls[i].ref);
	}
}
