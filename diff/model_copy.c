/*
 * model_copy: GNTTABOP_copy.  Rules 8xx, R1211.
 *
 * The hypervisor keeps the last source and destination claimed from one operation of a batch to the
 * next (R815).  Only in a race can a program see that.
 *
 * The two domains are kept as well.  Until XSA-523 the judgement that a frame may be named (R801)
 * came with them: that a program could see.  Mostly: when a timer asks for it Xen does a batch in
 * two parts, and the second begins without domains, so what went unasked may be refused instead.
 */
#include "diff/model_internal.h"

struct copy_side {
	bool is_ref;
	uint8_t dom;			/* DOM_* */
	uint16_t off;
	uint32_t ref;
	uint16_t name;			/* of a frame */
	uint8_t page;			/* once claimed: the one that is judged */
	bool claimed;
	struct claim claim;
};

/* The last source and destination, if they are still claimed. */
struct copy_kept {
	struct copy_side from, to;
};

struct copy_call {
	struct copy_side from, to;
	uint16_t len;
	bool domains_known;		/* found, and they may deal with each other */
	bool unasked;			/* or were taken over, and would have been refused */
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

/* ------------------------------------------------------------------ the two domains */

/* R801: a frame is the caller's, and says so. */
static bool
is_nameable(const struct copy_side *s)
{
	return s->is_ref || s->dom == DOM_SELF;
}

static bool
frame_may_be_named(struct copy_call *c, const struct copy_side *s)
{
	return is_nameable(s) || answer(c, GNTST_permission_denied, 801);
}

/* Find whom a side belongs to. */
static bool
find_domain(const struct now *w, struct copy_call *c, struct copy_side *s)
{
	if (!w->m->profile->copy_judges_each_frame && !frame_may_be_named(c, s))
		return false;
	s->claim.granter = model_by_any_id(w, s->dom);
	return s->claim.granter != NULL || answer(c, GNTST_bad_domain, 802);
}

static bool
find_domains(const struct now *w, struct copy_call *c)
{
	if (!find_domain(w, c, &c->from) || !find_domain(w, c, &c->to))
		return false;
	c->domains_known = model_policy(w, c->from.claim.granter, c->to.claim.granter);
	return c->domains_known || answer(c, GNTST_permission_denied, 803);
}

/* Take the domains from the operation before, if it had the same two. */
static bool
same_domains(const struct now *w, struct copy_call *c, const struct copy_call *before)
{
	if (before == NULL || !before->domains_known || before->from.dom != c->from.dom ||
	    before->to.dom != c->to.dom)
		return false;
	c->from.claim.granter = before->from.claim.granter;
	c->to.claim.granter = before->to.claim.granter;
	c->domains_known = true;
	c->unasked = !w->m->profile->copy_judges_each_frame &&
		     !(is_nameable(&c->from) && is_nameable(&c->to));
	return true;
}

/* ------------------------------------------------------------------ a side */

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

	model_look(w->m, &s->claim.granter->hv_frames);
	if (s->ref >= s->claim.granter->hv_frames * GNTTAB_ENTRIES_PER_FRAME)
		return answer(c, GNTST_bad_gntref, 804);
	result = claim_entry(w->m, &s->claim, &s->page);
	if (result != CLAIM_OKAY)
		return answer(c, failed[result].status, failed[result].rule);
	return true;
}

static bool
claim_by_frame(const struct now *w, struct copy_call *c, struct copy_side *s)
{
	if (w->m->profile->copy_judges_each_frame && !frame_may_be_named(c, s))
		return false;
	model_cut(w->m, w->m->page);
	s->page = page_named(w->m, s->claim.granter, s->name);
	if (s->page == NONE)
		return answer(c, GNTST_bad_page, 808);
	if (page_refused(w->m, s->page))
		return answer(c, GNTST_eagain, 807);
	page_touch(w->m, s->page)->refs++;
	return true;
}

static void
release(struct model *m, struct copy_side *s)
{
	if (!s->claimed)
		return;
	s->claimed = false;
	if (s->is_ref) {
		claim_release(m, &s->claim);
		return;
	}
	model_cut(m, m->page);
	m->page[s->page].refs--;
}

static void
release_both(struct model *m, struct copy_kept *kept)
{
	release(m, &kept->from);
	release(m, &kept->to);
}

static bool
is_kept(const struct copy_side *s, const struct copy_side *kept)
{
	return kept->claimed && kept->is_ref == s->is_ref &&
	       (s->is_ref ? kept->ref == s->ref : kept->name == s->name);
}

/* Have a side's page, as it is kept or anew; a destination must be one that may be written. */
static bool
claim_side(const struct now *w, struct copy_call *c, struct copy_side *s, struct copy_side *kept)
{
	if (is_kept(s, kept)) {
		s->page = kept->page;
		s->claim = kept->claim;
		return true;
	}
	release(w->m, kept);
	if (!(s->is_ref ? claim_by_ref : claim_by_frame)(w, c, s))
		return false;
	*kept = *s;
	kept->claimed = true;
	if (!s->claim.readonly && s->page >= PAGE_PAGETABLE0)
		return answer(c, GNTST_general_error, 811);
	return true;
}

/* Whose bytes a side is: the latched page's, where until XSA-500 another one was judged. */
static uint8_t
side_bytes(const struct now *w, const struct copy_side *s)
{
	return s->is_ref ? w->m->ref[s->claim.granter->id][s->ref].page : s->page;
}

static void
copy_claimed(const struct now *w, struct copy_call *c)
{
	uint8_t to = side_bytes(w, &c->to);

	if (c->from.off + c->len > XEN_PAGE_SIZE || c->to.off + c->len > XEN_PAGE_SIZE) {
		answer(c, GNTST_bad_copy_arg, 812);
		return;
	}
	if (page_is_data(to)) {
		page_copy(w->m, to, c->to.off, side_bytes(w, &c->from), c->from.off, c->len);
		if (c->unasked)
			page_touch(w->m, to)->undefined = true;
	}
	answer(c, GNTST_okay, 813);
}

/* Copy; `before' is the operation of the same hypercall before it, if there was one. */
static void
copy_one(const struct now *w, struct copy_call *c, const struct copy_call *before,
	 struct copy_kept *kept)
{
	bool go_on = same_domains(w, c, before);

	if (!go_on) {
		release_both(w->m, kept);
		go_on = find_domains(w, c);
	}
	if (go_on && claim_side(w, c, &c->from, &kept->from) &&
	    claim_side(w, c, &c->to, &kept->to))
		copy_claimed(w, c);
	if (c->status != GNTST_okay)
		release_both(w->m, kept);
}

/* The core's retries of one operation.  Returns 0, or the error of a hypercall that failed. */
static int
copy_again(const struct now *w, struct copy_call *c)
{
	for (unsigned int i = 0; i < EAGAIN_RETRIES && c->status == GNTST_eagain; i++) {
		struct copy_kept kept = { .from.claimed = false };

		if (!model_hypercall(w->m, w->d))
			return -XEN_EFAULT;
		copy_one(w, c, NULL, &kept);
		release_both(w->m, &kept);
	}
	if (c->status == GNTST_eagain)
		answer(c, GNTST_bad_page, 814);
	return 0;
}

/* Whether Xen leaves the hypercall before operation i, and comes back to it with nothing kept. */
static bool
is_parted(const struct batch *b, unsigned int i)
{
	return i > 0 && b->m->profile->timers_fire && model_choose(b->m, 2) == 1;
}

static int
copy_all(const struct batch *b, struct copy_call *calls)
{
	const struct copy_call *before = NULL;
	struct copy_kept kept = { .from.claimed = false };

	if (!model_hypercall(b->m, b->d))
		return -XEN_EFAULT;
	for (unsigned int i = 0; i < b->n; i++) {
		if (is_parted(b, i)) {
			release_both(b->m, &kept);
			before = NULL;
		}
		if (calls[i].len == 0 && b->m->profile->copy_of_nothing_is_okay) {
			answer(&calls[i], GNTST_okay, 813);
			continue;
		}
		copy_one(&b->member[i], &calls[i], before, &kept);
		before = &calls[i];
	}
	release_both(b->m, &kept);
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
		if (calls[i].unasked)
			w->r->any |= TRACE_ANY_STATUS;
		if (calls[i].from.is_ref)
			model_view(w, 0, model_owner(w, w->o->a.dom), calls[i].from.ref);
		if (calls[i].to.is_ref)
			model_view(w, 1, model_owner(w, w->o->b.dom), calls[i].to.ref);
	}
}
