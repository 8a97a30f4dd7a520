#include "diff/tell.h"

#include "diff/text.h"

enum { LINE_MAX_BYTES = 256 };

static const char *const skip_names[SKIP_REASONS] = {
	"done", "skipped: slot held", "skipped: slot empty", "skipped: mapping live",
	"skipped: no mapping", "skipped: no such entry", "skipped: not on this lane",
	"skipped: expectation",
};

/* A value of the field, in the words of its kind. */
static void
tell_value(const struct program *p, const struct difference *d, int64_t v, char *out,
	   size_t out_bytes)
{
	enum op_kind kind = d->at < p->n_ops ? (enum op_kind)p->ops[d->at].kind : OP_EXPECT;

	if (d->field == FIELD_SKIP && v >= 0 && v < SKIP_REASONS)
		snprintf(out, out_bytes, "%s", skip_names[v]);
	else if (d->field == FIELD_STATUS && text_status_name((int)v) != NULL)
		snprintf(out, out_bytes, "%s", text_status_name((int)v));
	else if (d->field == FIELD_RC && v < 0)
		text_print_result(kind, RESULT_ERRNO, (int32_t)v, out, out_bytes);
	else if (d->field == FIELD_EXPECT)
		text_print_result(kind, (enum result_class)d->view, (int32_t)v, out, out_bytes);
	else if (d->field == FIELD_FLAGS || d->field == FIELD_DIGEST || d->field == FIELD_FIRED)
		snprintf(out, out_bytes, "0x%llx", (unsigned long long)v);
	else
		snprintf(out, out_bytes, "%lld", (long long)v);
}

static void
tell_place(const struct program *p, const struct difference *d, char *out, size_t out_bytes)
{
	char op[LINE_MAX_BYTES];

	if (d->at >= p->n_ops && d->field == FIELD_DIGEST)
		snprintf(out, out_bytes, "at the end, page p%u of d%u", d->slot, d->domain);
	else if (d->at >= p->n_ops)
		snprintf(out, out_bytes, "at the end, d%u", d->domain);
	else {
		text_print_op(&p->ops[d->at], op, sizeof op);
		snprintf(out, out_bytes, "operation %u, `%s'", d->at + 1u, op);
	}
}

size_t
tell_headline(const struct program *p, const struct difference *d, char *out, size_t out_bytes)
{
	char place[2 * LINE_MAX_BYTES], expected[64], got[64], rule[32] = "";

	tell_place(p, d, place, sizeof place);
	if (d->field == FIELD_INVARIANT)
		return (size_t)snprintf(out, out_bytes, "%s: does not hold after: %s", place,
					d->invariant);
	tell_value(p, d, d->expected, expected, sizeof expected);
	tell_value(p, d, d->got, got, sizeof got);
	if (d->rule != 0)
		snprintf(rule, sizeof rule, " (rule R%u)", d->rule);
	return (size_t)snprintf(out, out_bytes, "%s: %s: expected %s, got %s%s", place,
				difference_field_name(d->field), expected, got, rule);
}

void
tell_difference(FILE *out, const struct program *p, const struct difference *d)
{
	char line[4 * LINE_MAX_BYTES];

	tell_headline(p, d, line, sizeof line);
	fprintf(out, "difference: %s\n", line);
	for (unsigned int i = 0; i < p->n_ops; i++) {
		text_print_op(&p->ops[i], line, sizeof line);
		fprintf(out, "%s %3u  %s\n", i == d->at ? ">>" : "  ", i + 1, line);
	}
}
