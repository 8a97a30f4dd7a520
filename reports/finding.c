#define _GNU_SOURCE
#define _GNU_SOURCE
#include "reports/finding.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/xen_abi.h"
#include "diff/text.h"

static const char *
skip_name(int64_t skip)
{
	static const char *const names[SKIP_REASONS] = {
		[SKIP_NOT] = "done",
		[SKIP_SLOT_HELD] = "skipped: slot in use",
		[SKIP_SLOT_EMPTY] = "skipped: slot empty",
		[SKIP_MAP_LIVE] = "skipped: mapping in use",
		[SKIP_NO_MAPPING] = "skipped: no mapping",
		[SKIP_NO_TABLE] = "skipped: no table",
		[SKIP_LANE] = "skipped: not on this lane",
		[SKIP_EXPECT] = "skipped",
	};

	return skip >= 0 && skip < SKIP_REASONS ? names[skip] : "skipped: unknown reason";
}

static void
print_status(int64_t v, char *out, size_t n)
{
	const char *name = v <= 0 && v > -128 ? text_status_name((int)v) : NULL;

	if (v == STATUS_NONE)
		snprintf(out, n, "no status");
	else if (name)
		snprintf(out, n, "%s", name);
	else
		snprintf(out, n, "status %" PRId64, v);
}

static void
print_rc(int64_t v, char *out, size_t n)
{
	const char *name = v < 0 && v > -4096 ? text_errno_name((int)-v) : NULL;

	if (name)
		snprintf(out, n, "-%s", name);
	else
		snprintf(out, n, "%" PRId64, v);
}

static void
print_domid(int64_t v, char *out, size_t n)
{
	if (v == VIEW_NONE)
		snprintf(out, n, "no entry");
	else if (v < DOMAINS_MAX)
		snprintf(out, n, "d%" PRId64, v);
	else
		snprintf(out, n, "domain code %" PRId64, v);
}

static void
print_frame(int64_t v, char *out, size_t n)
{
	if (v < PAGE_SLOTS)
		snprintf(out, n, "p%" PRId64, v);
	else
		snprintf(out, n, "%s", v == VIEW_FRAME_ZERO ? "zero" : "other");
}

/* One side of a difference, as a person would say it. */
static void
print_side(enum difference_field field, int64_t v, char *out, size_t n)
{
	switch (field) {
	case FIELD_SKIP:
		snprintf(out, n, "%s", skip_name(v));
		break;
	case FIELD_RC:
		print_rc(v, out, n);
		break;
	case FIELD_STATUS:
		print_status(v, out, n);
		break;
	case FIELD_FLAGS:
	case FIELD_FIRED:
		snprintf(out, n, "0x%" PRIx64, (uint64_t)v);
		break;
	case FIELD_DOMID:
		print_domid(v, out, n);
		break;
	case FIELD_FRAME:
		print_frame(v, out, n);
		break;
	case FIELD_DIGEST:
		snprintf(out, n, v == PAGE_EMPTY ? "no page" : "%016" PRIx64, (uint64_t)v);
		break;
	default:
		snprintf(out, n, "%" PRId64, v);
	}
}

/* `= expected' lines: both sides are answers of the operation's kind. */
static void
print_answers(struct finding *f, const struct program *p, const struct difference *d,
	      const struct trace *t)
{
	enum op_kind kind = (enum op_kind)p->ops[d->at].kind;
	enum result_class c;
	int32_t value;

	text_print_result(kind, (enum result_class)d->view, (int32_t)d->expected, f->expected,
			  sizeof(f->expected));
	c = trace_headline(&t->record[d->at], kind, &value);
	text_print_result(kind, c, value, f->got, sizeof(f->got));
}

static void
print_where(struct finding *f, const struct program *p, const struct difference *d)
{
	int n;

	if (d->at < p->n_ops) {
		snprintf(f->op, sizeof(f->op), "%s", op_table[p->ops[d->at].kind].name);
		n = snprintf(f->where, sizeof(f->where), "operation %u: ", d->at + 1u);
		text_print_op(&p->ops[d->at], f->where + n, sizeof(f->where) - (size_t)n);
		return;
	}
	snprintf(f->op, sizeof(f->op), "end");
	n = snprintf(f->where, sizeof(f->where), "at the end, of d%u", d->domain);
	if (d->field == FIELD_DIGEST)
		snprintf(f->where + n, sizeof(f->where) - (size_t)n, ", page p%u", d->slot);
}

/* Flags that the rules are about; guests may set the others as they like. */
static const unsigned int class_flags = GTF_type_mask | GTF_readonly | GTF_reading | GTF_writing;

static void
print_class(struct finding *f, const struct difference *d)
{
	const char *name = difference_field_name(d->field);

	switch (d->field) {
	case FIELD_SKIP:
	case FIELD_RC:
	case FIELD_STATUS:
	case FIELD_EXPECT:
		snprintf(f->class, sizeof(f->class), "%s: %s: expected %s, got %s", f->op, name,
			 f->expected, f->got);
		break;
	case FIELD_FLAGS:
		snprintf(f->class, sizeof(f->class), "%s: %s: expected 0x%02x, got 0x%02x", f->op,
			 name, (unsigned int)d->expected & class_flags,
			 (unsigned int)d->got & class_flags);
		break;
	default:
		snprintf(f->class, sizeof(f->class), "%s: %s differs", f->op, name);
	}
}

void
finding_of_difference(struct finding *f, const struct program *p, const struct difference *d,
		      const struct trace *g, const char *lane_expected, const char *lane_got)
{
	memset(f, 0, sizeof(*f));
	f->lane_expected = lane_expected;
	f->lane_got = lane_got;
	f->rule = d->rule;
	print_where(f, p, d);
	if (d->field == FIELD_INVARIANT) {
		snprintf(f->expected, sizeof(f->expected), "the invariant holds");
		snprintf(f->got, sizeof(f->got), "%s", d->invariant);
		snprintf(f->class, sizeof(f->class), "%s: invariant: %s", f->op, d->invariant);
		return;
	}
	if (d->field == FIELD_EXPECT) {
		print_answers(f, p, d, g);
	} else {
		print_side(d->field, d->expected, f->expected, sizeof(f->expected));
		print_side(d->field, d->got, f->got, sizeof(f->got));
	}
	print_class(f, d);
}

/* What the same failure is called whichever processor it happens on. */
static void
print_failure_class(struct finding *f, const char *why, int n)
{
	static const char on_cpu[] = " on CPU ";
	const char *on = strstr(why, on_cpu), *rest;

	if (on == NULL || on - why > n) {
		snprintf(f->class, sizeof(f->class), "run: %.*s", n < 180 ? n : 180, why);
		return;
	}
	rest = on + strlen(on_cpu);
	rest += strspn(rest, "0123456789");
	n -= (int)(rest - why);
	snprintf(f->class, sizeof(f->class), "run: %.*s%.*s", (int)(on - why), why,
		 n < 0 ? 0 : n < 100 ? n : 100, rest);
}

void
finding_of_failure(struct finding *f, const char *lane, const char *why)
{
	const char *aside = strstr(why, LANE_ASIDE);
	int n = aside != NULL ? (int)(aside - why) : (int)strlen(why);

	memset(f, 0, sizeof(*f));
	f->lane_expected = "model";
	f->lane_got = lane;
	snprintf(f->op, sizeof(f->op), "run");
	snprintf(f->expected, sizeof(f->expected), "a trace");
	snprintf(f->got, sizeof(f->got), "%.*s", n < 60 ? n : 60, why);
	snprintf(f->where, sizeof(f->where), "%.310s", why);
	print_failure_class(f, why, n);
}

size_t
finding_print(const struct finding *f, char *out, size_t out_bytes)
{
	char rule[48] = "";

	if (f->rule)
		snprintf(rule, sizeof(rule), "  rule R%u of diff/spec.md\n", f->rule);
	return (size_t)snprintf(out, out_bytes, "  %s\n  %s: %s\n  %s: %s\n%s  class: %s\n",
				f->where, f->lane_expected, f->expected, f->lane_got, f->got, rule,
				f->class);
}

char *
finding_text(const struct finding *f, const struct program *p, const char *how, const char *repro)
{
	/* What is aside names the console as it was called before it came here. */
	const char *aside = strstr(f->where, LANE_ASIDE);
	int where = aside ? (int)(aside - f->where) : (int)strlen(f->where), n = -1;
	char *program = malloc(text_print(p, NULL, 0) + 1), *text = NULL;

	if (program != NULL) {
		text_print(p, program, text_print(p, NULL, 0) + 1);
		n = asprintf(&text, "# %.*s\n# %s: %s\n# %s: %s\n# %s\n# class: %s\n# repro: %s\n%s",
			     where, f->where, f->lane_expected, f->expected, f->lane_got, f->got,
			     how, f->class, repro, program);
	}
	free(program);
	return n < 0 ? NULL : text;
}

cJSON *
finding_json(const struct finding *f, const char *program_text)
{
	cJSON *j = cJSON_CreateObject(), *lanes;

	cJSON_AddStringToObject(j, "class", f->class);
	cJSON_AddStringToObject(j, "op", f->op);
	cJSON_AddStringToObject(j, "expected", f->expected);
	cJSON_AddStringToObject(j, "got", f->got);
	lanes = cJSON_AddArrayToObject(j, "lanes");
	cJSON_AddItemToArray(lanes, cJSON_CreateString(f->lane_expected));
	cJSON_AddItemToArray(lanes, cJSON_CreateString(f->lane_got));
	cJSON_AddStringToObject(j, "where", f->where);
	if (f->rule)
		cJSON_AddNumberToObject(j, "rule", f->rule);
	if (program_text)
		cJSON_AddStringToObject(j, "program", program_text);
	else
		cJSON_AddNullToObject(j, "program");
	cJSON_AddBoolToObject(j, "minimal", f->minimal);
	return j;
}
