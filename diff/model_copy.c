/*
 * model_copy: GNTTABOP_copy.  Rules 8xx.
 *
 * The hypervisor keeps the last source and destination claimed from one operation of a batch to the
 * next (R815).  A program cannot see that, because no guest looks at an entry in between, every
 * claim is the caller's, a frame that could be claimed once can be claimed again, and no program
 * copies into a grant table.  So each operation here claims and releases for itself.
 */
#include "diff/model_internal.h"

struct copy_side {
	bool is_ref;
	uint8_t dom;			/* DOM_* */
	uint16_t off;
	uint32_t ref;
	uint16_t name;			/* of a frame */
	uint8_t page;			/* once claimed */
	struct claim claim;
};

struct copy_call {
	struct copy_side from, to;
	uint16_t len;
	int status;
	unsigned int rule;
};

static bool
answer(struct copy_call *c, int status, unsigned int rule)
{
	c->status = status;
	c->rule = rule;
	return false;
}

/* Whom a side belongs to. */
static struct domain *
side_domain(const struct now *w, struct copy_call *c, const struct copy_side *s)
{
	struct domain *d = model_by_any_id(w, s->dom);

	if (d == NULL)
		answer(c, GNTST_bad_domain, 802);
	return d;
}

static bool
claim_by_ref(const struct now *w, struct copy_call *c, struct copy_side *s)
{
	static const struct { int16_t status; uint16_t rule; } failed[] = {
		[CLAIM_PINNED] = { GNTST_general_error, 805 },
		[CLAIM_REFUSED] = { GNTST_general_error, 806 },
		[CLAIM_EAGAIN] = { GNTST_eagain, 807 },
		[CLAIM_BAD_PAGE] = { GNTST_bad_page, 808 },
		[CLAIM_MOVED] = { GNTST_general_error, 809 },
		[CLAIM_LOST] = { GNTST_bad_domain, 810 },
	};
	enum claim_result result;

	if (s->ref >= s->claim.granter->hv_frames * GNTTAB_ENTRIES_PER_FRAME)
		return answer(c, GNTST_bad_gntref, 804);
	result = claim_entry(w->m, &s->claim, &s->page);
	if (result != CLAIM_OKAY)
		return answer(c, failed[result].status, failed[result].rule);
	return true;
}

static void
release(const struct now *w, const struct copy_side *s)
{
	if (s->is_ref)
		claim_release(w->m, &s->claim);
}

/* Have a side's page; a destination must be one that may be written. */
static bool
claim_side(const struct now *w, struct copy_call *c, struct copy_side *s)
{
	if (s->is_ref) {
		if (!claim_by_ref(w, c, s))
			return false;
	} else {
		if (s->dom != DOM_SELF)
			return answer(c, GNTST_permission_denied, 801);
		s->page = page_named(w->m, w->d, s->name);
		if (s->page == NONE)
			return answer(c, GNTST_bad_page, 808);
		if (page_refused(w->m, s->page))
			return answer(c, GNTST_eagain, 807);
	}
	if (!s->claim.readonly && s->page >= PAGE_PAGETABLE0) {
		release(w, s);
		return answer(c, GNTST_general_error, 811);
	}
	return true;
}

static void
copy_claimed(const struct now *w, struct copy_call *c)
{
	if (c->from.off + c->len > XEN_PAGE_SIZE || c->to.off + c->len > XEN_PAGE_SIZE) {
		answer(c, GNTST_bad_copy_arg, 812);
		return;
	}
	page_copy(w->m, c->to.page, c->to.off, c->from.page, c->from.off, c->len);
	answer(c, GNTST_okay, 813);
}

static void
copy_one(const struct now *w, struct copy_call *c)
{
	struct domain *from, *to;

	from = side_domain(w, c, &c->from);
	if (from == NULL)
		return;
	to = side_domain(w, c, &c->to);
	if (to == NULL)
		return;
	if (!model_policy(w, from, to)) {
		answer(c, GNTST_permission_denied, 803);
		return;
	}
	c->from.claim.granter = from;
	c->to.claim.granter = to;
	if (!claim_side(w, c, &c->from))
		return;
	if (claim_side(w, c, &c->to)) {
		copy_claimed(w, c);
		release(w, &c->to);
	}
	release(w, &c->from);
}

/* The core's retries of one operation.  Returns 0, or the error of a hypercall that failed. */
static int
copy_again(const struct now *w, struct copy_call *c)
{
	for (unsigned int i = 0; i < EAGAIN_RETRIES && c->status == GNTST_eagain; i++) {
		if (!model_hypercall(w->d))
			return -XEN_EFAULT;
		copy_one(w, c);
	}
	if (c->status == GNTST_eagain)
		answer(c, GNTST_bad_page, 814);
	return 0;
}

static int
copy_all(const struct batch *b, struct copy_call *calls)
{
	if (!model_hypercall(b->d))
		return -XEN_EFAULT;
	for (unsigned int i = 0; i < b->n; i++)
		copy_one(&b->member[i], &calls[i]);
	for (unsigned int i = 0; i < b->n; i++)
		if (calls[i].status == GNTST_eagain && copy_again(&b->member[i], &calls[i]) != 0)
			return -XEN_EFAULT;
	return 0;
}

static bool
side_fill(struct now *w, struct copy_side *s, const struct side *side, bool readonly)
{
	s->is_ref = side->idx < SIDE_FRAME;
	s->dom = side->dom;
	s->off = side->off;
	if (!s->is_ref)
		return page_operand(w, side->idx - SIDE_FRAME, &s->name);
	s->ref = model_ref(w->m, model_owner(w, side->dom), side->idx);
	s->claim = (struct claim){
		.ref = s->ref, .grantee = w->d->id,
		.readonly = readonly, .host = true, .copying = true,
	};
	return true;
}

static bool
copy_fill(struct now *w, struct copy_call *c)
{
	*c = (struct copy_call){ .len = w->o->len, .status = UNTOUCHED, .rule = 1012 };
	c->from.claim.readonly = true;
	return side_fill(w, &c->from, &w->o->a, true) && side_fill(w, &c->to, &w->o->b, false);
}

void
model_do_copy(struct batch *b)
{
	struct copy_call calls[OP_BATCH_MAX];
	int rc;

	for (unsigned int i = 0; i < b->n;)
		if (copy_fill(&b->member[i], &calls[i]))
			i++;
		else
			batch_drop(b, i);
	if (b->n == 0)
		return;
	rc = copy_all(b, calls);
	for (unsigned int i = 0; i < b->n; i++) {
		struct now *w = &b->member[i];

		w->r->rc = rc;
		model_status(w, calls[i].status, calls[i].rule);
		if (calls[i].from.is_ref)
			model_view(w, 0, model_owner(w, w->o->a.dom), calls[i].from.ref);
		if (calls[i].to.is_ref)
			model_view(w, 1, model_owner(w, w->o->b.dom), calls[i].to.ref);
	}
}
