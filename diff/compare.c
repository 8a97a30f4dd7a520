#include "diff/compare.h"

static bool
differ(struct difference *d, enum difference_field field, uint16_t at, int64_t expected,
       int64_t got)
{
	d->field = field;
	d->at = at;
	d->expected = expected;
	d->got = got;
	return false;
}

static bool
same_view(struct difference *d, uint16_t at, unsigned int i, const struct trace_record *e,
	  const struct trace_record *g)
{
	const struct entry_view *x = &e->entry[i], *y = &g->entry[i];

	d->view = (uint8_t)i;
	if (x->flags != y->flags)
		return differ(d, FIELD_FLAGS, at, x->flags, y->flags);
	if (x->dom != y->dom)
		return differ(d, FIELD_DOMID, at, x->dom, y->dom);
	if (x->frame != y->frame)
		return differ(d, FIELD_FRAME, at, x->frame, y->frame);
	return true;
}

/* What an operation answered; false with *d the first of it that differs. */
static bool
same_answer(struct difference *d, uint16_t at, const struct trace_record *e,
	    const struct trace_record *g)
{
	d->rule = e->rule;
	if (e->skip != g->skip)
		return differ(d, FIELD_SKIP, at, e->skip, g->skip);
	if (e->rc != g->rc && !(e->any & TRACE_ANY_RC))
		return differ(d, FIELD_RC, at, e->rc, g->rc);
	if (e->status != g->status && !(e->any & TRACE_ANY_STATUS))
		return differ(d, FIELD_STATUS, at, e->status, g->status);
	return true;
}

static bool
same_record(struct difference *d, uint16_t at, const struct trace_record *e,
	    const struct trace_record *g)
{
	if (!same_answer(d, at, e, g))
		return false;
	if (e->value != g->value && !(e->any & TRACE_ANY_VALUE))
		return differ(d, FIELD_VALUE, at, e->value, g->value);
	if (!(e->any & TRACE_ANY_ENTRY0) && !same_view(d, at, 0, e, g))
		return false;
	if (!(e->any & TRACE_ANY_ENTRY1) && !same_view(d, at, 1, e, g))
		return false;
	if (e->free_count != g->free_count)
		return differ(d, FIELD_FREE_COUNT, at, e->free_count, g->free_count);
	if (e->fired != g->fired)
		return differ(d, FIELD_FIRED, at, e->fired, g->fired);
	return true;
}

static void
difference_none(struct difference *d, const struct program *p)
{
	*d = (struct difference){ .field = FIELD_NONE, .lane_skip_at = p->n_ops };
}

/*
 * What operations of one hypercall left behind is looked at after the last of them: if what a later
 * one was answered differs, that is the difference, and what an entry looks like is its work.
 */
static void
blame_batch(struct difference *d, const struct program *p, unsigned int end,
	    const struct trace *expected, const struct trace *got)
{
	unsigned int batch_end = d->at + program_batch(p, d->at);
	struct difference later = *d;

	if (compare_is_answer(d->field))
		return;
	for (unsigned int i = d->at + 1u; i < batch_end && i < end; i++) {
		const struct trace_record *e = &expected->record[i], *g = &got->record[i];

		if ((e->skip == SKIP_LANE) != (g->skip == SKIP_LANE))
			return;
		if (same_answer(&later, (uint16_t)i, e, g))
			continue;
		*d = later;
		return;
	}
}

bool
compare_records(struct difference *d, const struct program *p, unsigned int at, unsigned int n,
		const struct trace *expected, const struct trace *got)
{
	difference_none(d, p);
	for (unsigned int i = at; i < at + n; i++) {
		const struct trace_record *e = &expected->record[i], *g = &got->record[i];

		if ((e->skip == SKIP_LANE) != (g->skip == SKIP_LANE)) {
			d->lane_skip_at = (uint16_t)i;
			return true;
		}
		if (same_record(d, (uint16_t)i, e, g))
			continue;
		blame_batch(d, p, at + n, expected, got);
		return false;
	}
	return true;
}

static bool
same_domain(struct difference *d, uint16_t end, const struct trace_domain *e,
	    const struct trace_domain *g)
{
	if (e->free_count != g->free_count)
		return differ(d, FIELD_FREE_COUNT, end, e->free_count, g->free_count);
	if (e->nr_frames != g->nr_frames)
		return differ(d, FIELD_NR_FRAMES, end, e->nr_frames, g->nr_frames);
	if (e->deferred != g->deferred)
		return differ(d, FIELD_DEFERRED, end, e->deferred, g->deferred);
	if (e->leaked != g->leaked)
		return differ(d, FIELD_LEAKED, end, e->leaked, g->leaked);
	if (e->pages_put != g->pages_put)
		return differ(d, FIELD_PAGES_PUT, end, e->pages_put, g->pages_put);
	for (unsigned int s = 0; s < PAGE_SLOTS; s++) {
		bool free = e->any_digest >> s & 1 && e->digest[s] != PAGE_EMPTY &&
			    g->digest[s] != PAGE_EMPTY;

		d->slot = (uint8_t)s;
		if (e->digest[s] != g->digest[s] && !free)
			return differ(d, FIELD_DIGEST, end, (int64_t)e->digest[s],
				      (int64_t)g->digest[s]);
	}
	return true;
}

bool
compare_ends(struct difference *d, const struct program *p, const struct trace *expected,
	     const struct trace *got)
{
	difference_none(d, p);
	for (unsigned int i = 0; i < p->header.domains; i++) {
		d->domain = (uint8_t)i;
		d->rule = 0;
		if (!same_domain(d, p->n_ops, &expected->domain[i], &got->domain[i]))
			return false;
	}
	return true;
}

bool
compare_traces(struct difference *d, const struct program *p, const struct trace *expected,
	       const struct trace *got)
{
	if (!compare_records(d, p, 0, p->n_ops, expected, got))
		return false;
	if (d->lane_skip_at < p->n_ops)
		return true;
	return compare_ends(d, p, expected, got);
}

bool
compare_expectations(struct difference *d, const struct program *p, const struct trace *t)
{
	difference_none(d, p);
	for (unsigned int i = 1; i < p->n_ops; i++) {
		const struct op *o = &p->ops[i];
		int32_t value, want = expect_value(o);
		enum result_class c;

		if (o->kind != OP_EXPECT)
			continue;
		c = trace_headline(&t->record[i - 1], (enum op_kind)p->ops[i - 1].kind, &value);
		if (c != o->a.idx || value != want) {
			d->view = o->a.idx;
			return differ(d, FIELD_EXPECT, (uint16_t)(i - 1), want, value);
		}
	}
	return true;
}

static const char *const field_names[] = {
	[FIELD_NONE] = "nothing", [FIELD_SKIP] = "skip", [FIELD_RC] = "return",
	[FIELD_STATUS] = "status", [FIELD_VALUE] = "value", [FIELD_FLAGS] = "entry flags",
	[FIELD_DOMID] = "entry domid", [FIELD_FRAME] = "entry frame",
	[FIELD_FREE_COUNT] = "free references", [FIELD_FIRED] = "callbacks",
	[FIELD_DIGEST] = "page contents", [FIELD_NR_FRAMES] = "table frames",
	[FIELD_DEFERRED] = "deferred references", [FIELD_LEAKED] = "leaked references",
	[FIELD_PAGES_PUT] = "pages put back", [FIELD_EXPECT] = "expected answer",
	[FIELD_INVARIANT] = "invariant", [FIELD_RACE] = "race",
};

const char *
difference_field_name(enum difference_field f)
{
	return field_names[f];
}
