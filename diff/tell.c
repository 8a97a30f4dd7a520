#include "diff/tell.h"

#include "diff/race.h"
#include "diff/text.h"

enum { LINE_MAX_BYTES = 256 };

static const char *const skip_names[SKIP_REASONS] = {
	"done", "skipped: slot held", "skipped: slot empty", "skipped: mapping live",
	"skipped: no mapping", "skipped: no such entry", "skipped: not on this lane",
	"skipped: expectation",
};

static void
tell_error(int64_t v, char *out, size_t out_bytes)
{
	const char *name = v < 0 && v > -4096 ? text_errno_name((int)-v) : NULL;

	if (name != NULL)
		snprintf(out, out_bytes, "-%s", name);
	else
		snprintf(out, out_bytes, "%lld", (long long)v);
}

static void
tell_status(int64_t v, char *out, size_t out_bytes)
{
	const char *name = v <= 0 && v > -128 ? text_status_name((int)v) : NULL;

	if (v == STATUS_NONE)
		snprintf(out, out_bytes, "no status");
	else if (name != NULL)
		snprintf(out, out_bytes, "%s", name);
	else
		snprintf(out, out_bytes, "status %lld", (long long)v);
}

static void
tell_domid(int64_t v, char *out, size_t out_bytes)
{
	if (v == VIEW_NONE)
		snprintf(out, out_bytes, "no entry");
	else if (v < DOMAINS_MAX)
		snprintf(out, out_bytes, "d%lld", (long long)v);
	else
		snprintf(out, out_bytes, "domain code %lld", (long long)v);
}

static void
tell_frame(int64_t v, char *out, size_t out_bytes)
{
	if (v < PAGE_SLOTS)
		snprintf(out, out_bytes, "p%lld", (long long)v);
	else
		snprintf(out, out_bytes, "%s", v == VIEW_FRAME_ZERO ? "zero" : "other");
}

void
tell_value(enum difference_field field, int64_t v, char *out, size_t out_bytes)
{
	switch (field) {
	case FIELD_SKIP:
		snprintf(out, out_bytes, "%s",
			 v >= 0 && v < SKIP_REASONS ? skip_names[v] : "skipped: unknown reason");
		break;
	case FIELD_RC: tell_error(v, out, out_bytes); break;
	case FIELD_STATUS: tell_status(v, out, out_bytes); break;
	case FIELD_DOMID: tell_domid(v, out, out_bytes); break;
	case FIELD_FRAME: tell_frame(v, out, out_bytes); break;
	case FIELD_FLAGS:
	case FIELD_FIRED:
		snprintf(out, out_bytes, "0x%llx", (unsigned long long)v);
		break;
	case FIELD_DIGEST:
		if (v == PAGE_EMPTY)
			snprintf(out, out_bytes, "no page");
		else
			snprintf(out, out_bytes, "bytes %08llx", (unsigned long long)v >> 32);
		break;
	default:
		snprintf(out, out_bytes, "%lld", (long long)v);
	}
}

/* The same of d, whose values may be an answer. */
static void
tell_side(const struct program *p, const struct difference *d, int64_t v, char *out,
	  size_t out_bytes)
{
	if (d->field == FIELD_EXPECT)
		text_print_result((enum op_kind)p->ops[d->at].kind, (enum result_class)d->view,
				  (int32_t)v, out, out_bytes);
	else
		tell_value(d->field, v, out, out_bytes);
}

static void
tell_place(const struct program *p, const struct difference *d, char *out, size_t out_bytes)
{
	char op[LINE_MAX_BYTES];
	struct race_place race;

	if (d->at >= p->n_ops && d->field == FIELD_DIGEST)
		snprintf(out, out_bytes, "at the end, page p%u of d%u", d->slot, d->domain);
	else if (d->at >= p->n_ops)
		snprintf(out, out_bytes, "at the end, d%u", d->domain);
	else if (p->ops[d->at].kind == OP_RACE && race_at(&race, p, d->at))
		snprintf(out, out_bytes, "operations %u to %u, at once", race.from + 2u,
			 race.turns - 1u);
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
	if (d->field == FIELD_RACE)
		return (size_t)snprintf(out, out_bytes, "%s: no order of them answers so: %s",
					place, d->invariant);
	tell_side(p, d, d->expected, expected, sizeof expected);
	tell_side(p, d, d->got, got, sizeof got);
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

void
tell_printable(char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < ' ' || c == 0x7f)
			*s = '?';
	}
}
