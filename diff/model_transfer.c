/*
 * model_transfer: a page changes hands, or is lost on the way.  Rules 7xx.
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
	const struct domain *d = w->d;

	*page = page_named(w->m, d, c->name);
	if (c->name >= NAME_PFN && c->name != NAME_UNOWNED)
		return answer(c, GNTST_bad_page, 702);
	if (*page == NONE || !page_is_data(*page) || c->own_mapped || w->m->page[*page].refs > 0)
		return answer(c, GNTST_bad_page, 704);
	return true;
}

/* Steps 4 to 8: who gets it, and whether they want it. */
static bool
welcome(const struct now *w, struct transfer_call *c, struct page *page)
{
	struct model *m = w->m;
	struct domain *to = model_by_id(w, w->o->b.dom);
	const struct ref *e;

	if (to == NULL)
		return answer(c, GNTST_bad_domain, 705);
	if (!model_policy(w, w->d, to))
		return answer(c, GNTST_permission_denied, 706);
	if (!to->translated && page->number >= NUMBER_WIDE && page->number < NUMBER_LOW) {
		if (m->low_used)
			return answer(c, GNTST_address_too_big, 707);
		m->low_used = true;
		page->number = (uint16_t)(NUMBER_LOW + (page->number & 0xff));
	}
	if (to->gained >= m->h.room)
		return answer(c, GNTST_general_error, 708);
	if (c->ref >= to->hv_frames * GNTTAB_ENTRIES_PER_FRAME)
		return answer(c, GNTST_general_error, 709);
	e = &m->ref[to->id][c->ref];
	if (e->flags != GTF_accept_transfer || e->domid != w->d->id)
		return answer(c, GNTST_general_error, 709);
	return true;
}

/* Step 9. */
static void
deliver(const struct now *w, struct transfer_call *c, uint8_t page)
{
	struct domain *to = model_by_id(w, w->o->b.dom);
	struct ref *e = model_touch(w->m, to, c->ref);

	w->m->page[page].owner = to->id;
	w->m->page[page].untaken = true;
	to->gained++;
	e->flags |= GTF_transfer_committed | GTF_transfer_completed;
	if (!to->translated) {
		e->frame = w->m->page[page].number;
		answer(c, GNTST_okay, 710);
	} else if (e->frame >= NAME_GFN && e->frame < NAME_GFN + PAGE_SLOTS) {
		page_place(w->m, to, e->frame - NAME_GFN, page);
		answer(c, GNTST_okay, 711);
	} else {
		answer(c, w->m->profile->failed_arrival_is_told ?
		       GNTST_general_error : GNTST_okay, 712);
	}
}

static void
transfer_one(const struct now *w, struct transfer_call *c)
{
	struct page *p;
	uint8_t page;

	if (!steal(w, c, &page))
		return;
	p = page_touch(w->m, page);
	w->d->gained--;
	p->owner = NONE;
	if (p->slot != NONE)
		w->d->slot[p->slot] = NONE;
	p->slot = NONE;
	if (welcome(w, c, p))
		deliver(w, c, page);
}

static bool
transfer_fill(struct now *w, struct transfer_call *c, uint8_t *slots)
{
	unsigned int code = w->o->a.idx;

	*c = (struct transfer_call){
		.own_mapped = w->o->flags & OPF_TRANSFER_MAPPED,
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
	if (!model_hypercall(b->d))
		return -XEN_EFAULT;
	if (model_no_command(b->d, GNTTABOP_transfer)) {
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
		if (w->o->a.idx < PAGE_SLOTS)
			w->r->value = w->d->slot[w->o->a.idx] != NONE;
		model_view(w, 0, model_owner(w, w->o->b.dom), calls[i].ref);
	}
}
