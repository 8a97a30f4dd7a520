/*
 * text_trace: a trace for people, one line an operation:
 *
 *	  2  d1 map m0 from d0 g0                     okay            free 504  [0x19 d1 p0]
 *
 * its number, its text, its answer, then what else the record holds that is not as usual.
 */
#include "diff/text_out.h"

enum {
	OP_COLUMN = 5,
	ANSWER_COLUMN = 50,
	REST_COLUMN = 68,
	HEX_DIGITS = 16,
};

static void
out_hex(struct out *o, uint64_t v, unsigned int digits)
{
	while (digits > 0)
		out_char(o, "0123456789abcdef"[v >> 4 * --digits & 15]);
}

const char *
text_skip_reason(enum trace_skip skip)
{
	switch (skip) {
	case SKIP_SLOT_HELD: return "slot held";
	case SKIP_SLOT_EMPTY: return "slot empty";
	case SKIP_MAP_LIVE: return "mapping live";
	case SKIP_NO_MAPPING: return "no mapping";
	case SKIP_NO_TABLE: return "no such entry";
	case SKIP_LANE: return "not on this lane";
	default: return "";
	}
}

/* `[0x19 d1 p0]`: an entry's flags, grantee and page. */
static void
out_view(struct out *o, const struct entry_view *v)
{
	unsigned int flags_digits = v->flags > 0xff ? 4 : 2;

	out_str(o, "[0x");
	out_hex(o, v->flags, flags_digits);
	out_char(o, ' ');
	if (v->dom < DOM_CODES)
		out_name(o, &text_names_dom, v->dom);
	else
		out_str(o, "other");
	out_char(o, ' ');
	if (v->frame < PAGE_SLOTS)
		out_name(o, &text_names_frame, v->frame);
	else
		out_str(o, v->frame == VIEW_FRAME_ZERO ? "zero" : "other");
	out_char(o, ']');
}

/* `  called k0 k2`: the free callbacks, in order. */
static void
out_fired(struct out *o, unsigned int fired)
{
	if (fired != 0)
		out_str(o, "  called");
	for (; fired != 0; fired >>= 4) {
		out_str(o, " k");
		out_number(o, (int64_t)(fired & 15) - 1);
	}
}

/* The answer and, if the program expects another, that. */
static void
out_answer(struct out *o, const struct program *p, unsigned int at, const struct trace_record *r)
{
	const struct op *e = &p->ops[at + 1];
	enum op_kind kind = (enum op_kind)p->ops[at].kind;
	int32_t value;
	enum result_class c = trace_headline(r, kind, &value);

	out_result(o, kind, c, value);
	if (r->skip != SKIP_NOT) {
		out_str(o, ": ");
		out_str(o, text_skip_reason((enum trace_skip)r->skip));
	}
	if (at + 1 < p->n_ops && e->kind == OP_EXPECT &&
	    (e->a.idx != c || expect_value(e) != value)) {
		out_str(o, ", not ");
		out_result(o, kind, (enum result_class)e->a.idx, expect_value(e));
	}
}

/* A coarse lane (coarse.h) tells no number of a reference, and not whether an end is deferred. */
static bool
is_untold(enum op_kind kind, const struct trace_record *r)
{
	return (kind == OP_GRANT || kind == OP_END) && r->skip == SKIP_NOT && r->rc == 0;
}

static void
out_record(struct out *o, const struct program *p, const struct trace *t, unsigned int at)
{
	const struct trace_record *r = &t->record[at];
	size_t start = o->len;
	unsigned int number = at + 1;

	out_pad(o, start + (number < 10 ? 2 : number < 100 ? 1 : 0));
	out_number(o, number);
	out_pad(o, start + OP_COLUMN);
	out_op(o, &p->ops[at]);
	out_pad(o, start + ANSWER_COLUMN - 2);
	out_str(o, "  ");
	if (t->kind == TRACE_COARSE && is_untold((enum op_kind)p->ops[at].kind, r))
		out_str(o, "done");
	else
		out_answer(o, p, at, r);
	if (t->kind != TRACE_COARSE) {
		out_pad(o, start + REST_COLUMN - 2);
		out_str(o, "  free ");
		out_number(o, r->free_count);
	}
	if (r->value != 0) {
		out_str(o, "  value ");
		out_number(o, r->value);
	}
	for (unsigned int i = 0; i < ENTRY_VIEWS; i++)
		if (r->entry[i].dom != VIEW_NONE) {
			out_str(o, "  ");
			out_view(o, &r->entry[i]);
		}
	out_fired(o, r->fired);
	if (r->rule != 0) {
		out_str(o, "  R");
		out_number(o, r->rule);
	}
	out_char(o, '\n');
}

/* A mark of a race, which has no answer. */
static void
out_bare(struct out *o, const struct op *op)
{
	out_pad(o, o->len + OP_COLUMN);
	out_op(o, op);
	out_char(o, '\n');
}

static void
out_count(struct out *o, const char *before, unsigned int n)
{
	out_str(o, before);
	out_number(o, n);
}

static void
out_counts(struct out *o, const struct trace_domain *t)
{
	out_count(o, " free ", t->free_count);
	out_count(o, "  frames ", t->nr_frames);
	out_count(o, "  deferred ", t->deferred);
	out_count(o, "  leaked ", t->leaked);
	out_count(o, "  pages put ", t->pages_put);
}

static void
out_domain(struct out *o, const struct trace *whole, unsigned int d)
{
	const struct trace_domain *t = &whole->domain[d];

	out_count(o, "d", d);
	out_char(o, ':');
	if (whole->kind != TRACE_COARSE)
		out_counts(o, t);
	out_char(o, '\n');
	for (unsigned int s = 0; s < PAGE_SLOTS; s++) {
		if (t->digest[s] == PAGE_EMPTY)
			continue;
		out_count(o, "  p", s);
		out_char(o, ' ');
		out_hex(o, t->digest[s], HEX_DIGITS);
		out_str(o, t->any_digest >> s & 1 ? " or any\n" : "\n");
	}
}

size_t
text_print_view(const struct entry_view *v, char *out, size_t out_bytes)
{
	struct out o = { out, out_bytes, 0 };

	out_view(&o, v);
	return out_end(&o);
}

size_t
text_print_trace(const struct program *p, const struct trace *t, char *out, size_t out_bytes)
{
	struct out o = { out, out_bytes, 0 };

	for (unsigned int i = 0; i < t->n_records && i < p->n_ops; i++)
		if (op_is_mark(p->ops[i].kind))
			out_bare(&o, &p->ops[i]);
		else if (op_is_done(p->ops[i].kind))
			out_record(&o, p, t, i);
	for (unsigned int d = 0; d < t->domains && d < DOMAINS_MAX; d++)
		out_domain(&o, t, d);
	return out_end(&o);
}
