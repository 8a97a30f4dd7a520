#include "diff/coarse.h"

#include "arch/xen_abi.h"

static const struct op nothing = { .kind = OP_EXPECT };

static bool
is_left_out(const struct program *p, const struct trace *got, unsigned int at)
{
	return op_is_mark(p->ops[at].kind) || got->record[at].skip == SKIP_LANE;
}

void
coarse_program(struct program *done, const struct program *p, const struct trace *got)
{
	*done = *p;
	for (unsigned int i = 0; i < p->n_ops; i++) {
		struct op *o = &done->ops[i];

		if (is_left_out(p, got, i))
			*o = nothing;
		o->actor = p->ops[i].actor;
		if (got->kind == TRACE_COARSE)
			o->flags &= (uint8_t)~OP_JOIN;
	}
}

static void
forget_record(enum op_kind kind, struct trace_record *r)
{
	const struct trace_record told = *r;

	trace_record_begin(r);
	r->free_count = r->fired = 0;
	r->skip = told.skip;
	r->rule = told.rule;
	r->state = told.state;
	r->any = told.any;
	if (told.rc < 0)
		r->rc = -XEN_EINVAL;
	if (told.rc >= 0 && told.status != STATUS_NONE)
		r->status = told.status == GNTST_okay ? GNTST_okay : GNTST_general_error;
	if (kind == OP_READ || kind == OP_READ_MAP)
		r->value = told.value;
}

void
coarse_forget(const struct program *p, struct trace *t)
{
	for (unsigned int i = 0; i < t->n_records; i++)
		forget_record((enum op_kind)p->ops[i].kind, &t->record[i]);
	for (unsigned int d = 0; d < DOMAINS_MAX; d++) {
		struct trace_domain *td = &t->domain[d];

		td->free_count = td->nr_frames = td->deferred = td->leaked = td->pages_put = 0;
	}
}

void
coarse_fill(struct trace *got, const struct trace *t)
{
	for (unsigned int i = 0; i < got->n_records; i++)
		if (got->record[i].skip == SKIP_LANE)
			got->record[i] = t->record[i];
}
