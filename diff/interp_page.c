/* copy and transfer: the operations that move pages, or bytes of them. */
#include "diff/interp_internal.h"

/* ------------------------------------------------------------------ copy */

static bool
is_ref(const struct side *s)
{
	return s->idx < SIDE_FRAME;
}

static bool
fill_side(struct doing *w, const struct side *s, struct gnttab_copy_ptr *ptr)
{
	uint64_t frame = 0;

	if (!is_ref(s) && !interp_frame(w, s->idx - SIDE_FRAME, &frame))
		return false;
	ptr->domid = interp_domid(w->in, s->dom);
	ptr->offset = s->off;
	if (is_ref(s))
		ptr->u.ref = interp_ref(w->in, interp_owner(w, s->dom), s->idx);
	else
		ptr->u.gmfn = frame;
	return true;
}

static bool
fill_copy(struct doing *w, struct gnttab_copy *op)
{
	*op = (struct gnttab_copy){ .len = w->op->len, .status = 1 };
	if (is_ref(&w->op->a))
		op->flags |= GNTCOPY_source_gref;
	if (is_ref(&w->op->b))
		op->flags |= GNTCOPY_dest_gref;
	return fill_side(w, &w->op->a, &op->source) && fill_side(w, &w->op->b, &op->dest);
}

static void
view_side(struct doing *w, unsigned int i, const struct side *s, const struct gnttab_copy_ptr *ptr)
{
	if (is_ref(s))
		interp_view(w, i, interp_owner(w, s->dom), ptr->u.ref);
}

void
interp_do_copy(struct batch *b)
{
	struct gnttab_copy ops[OP_BATCH_MAX];
	int rc;

	for (unsigned int i = 0; i < b->n;)
		if (fill_copy(&b->member[i], &ops[i]))
			i++;
		else
			batch_leave_out(b, i);
	if (b->n == 0)
		return;
	rc = gnttab_batch_copy(b->member[0].d->core, ops, b->n);
	for (unsigned int i = 0; i < b->n; i++) {
		struct doing *w = &b->member[i];

		w->r->rc = rc;
		w->r->status = ops[i].status;
		view_side(w, 0, &w->op->a, &ops[i].source);
		view_side(w, 1, &w->op->b, &ops[i].dest);
	}
}

/* ------------------------------------------------------------------ transfer */

static bool
fill_transfer(struct doing *w, struct gnttab_transfer *op, uint8_t *slots)
{
	unsigned int code = w->op->a.idx;
	uint64_t frame;

	if (!interp_frame(w, code, &frame))
		return false;
	if (code < PAGE_SLOTS && *slots >> code & 1)
		return interp_skip(w, SKIP_SLOT_EMPTY);
	if (code < PAGE_SLOTS) {
		*slots |= (uint8_t)(1u << code);
		if (!(w->op->flags & OPF_TRANSFER_MAPPED) && !w->in->racing)
			guest_page_unmap(w->d->arch, code);
	}
	*op = (struct gnttab_transfer){
		.mfn = frame,
		.domid = interp_domid(w->in, w->op->b.dom),
		.ref = interp_ref(w->in, interp_owner(w, w->op->b.dom), w->op->b.idx),
		.status = 1,
	};
	return true;
}

/* The slot keeps its page, or is empty; of a race that is seen afterwards. */
static void
settle(struct doing *w, int rc, int16_t status)
{
	w->r->rc = rc;
	w->r->status = status;
	if (w->op->a.idx < PAGE_SLOTS && !w->in->racing)
		w->r->value = guest_page_settle(w->d->arch, w->op->a.idx, status == GNTST_okay);
}

void
interp_do_transfer(struct batch *b)
{
	struct gnttab_transfer ops[OP_BATCH_MAX];
	uint8_t slots = 0;
	int rc;

	for (unsigned int i = 0; i < b->n;)
		if (fill_transfer(&b->member[i], &ops[i], &slots))
			i++;
		else
			batch_leave_out(b, i);
	if (b->n == 0)
		return;
	rc = arch_grant_table_op(b->member[0].d->arch, GNTTABOP_transfer, ops, b->n);
	for (unsigned int i = 0; i < b->n; i++)
		settle(&b->member[i], rc, ops[i].status);
	for (unsigned int i = 0; i < b->n; i++) {
		struct doing *w = &b->member[i];

		interp_view(w, 0, interp_owner(w, w->op->b.dom), ops[i].ref);
	}
}
