#define _GNU_SOURCE
#include "fuzz/compare_class.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "arch/xen_abi.h"
#include "diff/model.h"
#include "diff/text.h"

/* Of spec.md, in a word each. */
static const char *const entry_states[MODEL_ENTRY_STATES] = {
	"no_entry", "clear", "writable", "readonly", "scribbled", "pinned_by_readers",
	"pinned_by_writer", "pinned_under_other_flags", "accepting", "committed", "completed",
	"accepting_oddly", "sub_page", "type_3", "type_0_oddly", "pinned_by_devices",
};

static const char *const skips[SKIP_REASONS] = {
	[SKIP_NOT] = "done", [SKIP_SLOT_HELD] = "slot held", [SKIP_SLOT_EMPTY] = "slot empty",
	[SKIP_MAP_LIVE] = "mapping live", [SKIP_NO_MAPPING] = "no mapping",
	[SKIP_NO_TABLE] = "no table", [SKIP_LANE] = "not on this lane", [SKIP_EXPECT] = "nothing",
};

static const char *const outcomes[] = {
	[OUTCOME_TRACE] = "ends well", [OUTCOME_PANIC] = "Xen panics",
	[OUTCOME_SILENT] = "no answer", [OUTCOME_DIED] = "the machine ends",
	[OUTCOME_REFUSED] = "not run",
};

/* Flags that the rules are about; guests may set the others as they like. */
static const unsigned int ruled_flags = GTF_type_mask | GTF_readonly | GTF_reading | GTF_writing;

/* ------------------------------------------------------------------ words */

/* In an id: letters, digits and `_'; `-' parts the words. */
static void
to_word(char *s)
{
	char *to = s;

	for (; *s != 0; s++) {
		if (isalnum((unsigned char)*s) || *s == '_')
			*to++ = *s;
		else if (*s == ' ')
			*to++ = '_';
	}
	*to = 0;
}

/* What a record answered: the operation's status, error or number.  `exactly': numbers too. */
static void
print_answer(const struct trace_record *r, enum op_kind kind, bool exactly, char *out, size_t n)
{
	enum result_class c;
	int32_t v;

	if (r->skip != SKIP_NOT) {
		snprintf(out, n, "%s", skips[r->skip % SKIP_REASONS]);
		return;
	}
	c = trace_headline(r, kind, &v);
	if (!exactly && c == RESULT_VALUE && v > 0 && strchr("ngt", op_table[kind].result) != NULL)
		snprintf(out, n, "number");
	else if (c == RESULT_STATUS && v == STATUS_NONE)
		snprintf(out, n, "no status");
	else
		text_print_result(kind, c, v, out, n);
}

/* Another field's value, exactly. */
static void
print_value(enum difference_field field, int64_t v, char *out, size_t n)
{
	if (field == FIELD_FLAGS || field == FIELD_FIRED)
		snprintf(out, n, "0x%" PRIx64, (uint64_t)v);
	else if (field == FIELD_DIGEST && v != PAGE_EMPTY)
		snprintf(out, n, "bytes %08" PRIx64, (uint64_t)v >> 32);
	else if (field == FIELD_DIGEST)
		snprintf(out, n, "no page");
	else if (field == FIELD_FRAME && v < PAGE_SLOTS)
		snprintf(out, n, "p%" PRId64, v);
	else if (field == FIELD_FRAME)
		snprintf(out, n, "%s", v == VIEW_FRAME_ZERO ? "zero" : "other");
	else
		snprintf(out, n, "%" PRId64, v);
}

/* The same for an id: without what varies with the program. */
static void
print_sort(enum difference_field field, int64_t v, char *out, size_t n)
{
	if (field == FIELD_FLAGS)
		snprintf(out, n, "0x%02x", (unsigned int)v & ruled_flags);
	else if (field == FIELD_FRAME)
		snprintf(out, n, "%s", v < PAGE_SLOTS ? "page" : "no page");
	else if (field == FIELD_DIGEST)
		snprintf(out, n, "%s", v == PAGE_EMPTY ? "no page" : "bytes");
	else
		snprintf(out, n, "number");
}

/* ------------------------------------------------------------------ values */

static bool
is_answer(enum difference_field field)
{
	return field == FIELD_SKIP || field == FIELD_RC || field == FIELD_STATUS;
}

static int64_t
value_of_record(const struct class_place *place, const struct trace_record *r)
{
	const struct entry_view *view = &r->entry[place->view % ENTRY_VIEWS];

	switch (place->field) {
	case FIELD_VALUE: return r->value;
	case FIELD_FLAGS: return view->flags;
	case FIELD_DOMID: return view->dom;
	case FIELD_FRAME: return view->frame;
	case FIELD_FREE_COUNT: return r->free_count;
	case FIELD_FIRED: return r->fired;
	default: return 0;
	}
}

static int64_t
value_of_end(const struct class_place *place, const struct trace_domain *d)
{
	switch (place->field) {
	case FIELD_FREE_COUNT: return d->free_count;
	case FIELD_DIGEST: return (int64_t)d->digest[place->slot % PAGE_SLOTS];
	case FIELD_NR_FRAMES: return d->nr_frames;
	case FIELD_DEFERRED: return d->deferred;
	case FIELD_LEAKED: return d->leaked;
	case FIELD_PAGES_PUT: return d->pages_put;
	default: return 0;
	}
}

void
class_answer(const struct class_place *place, const struct program *p, enum outcome outcome,
	     const struct trace *t, char answer[CLASS_WORD])
{
	if (outcome != OUTCOME_TRACE || place->field == FIELD_NONE)
		snprintf(answer, CLASS_WORD, "%s", outcomes[outcome]);
	else if (place->at >= p->n_ops)
		print_value(place->field, value_of_end(place, &t->domain[place->domain]), answer,
			    CLASS_WORD);
	else if (is_answer(place->field) || t->record[place->at].skip != SKIP_NOT)
		print_answer(&t->record[place->at], (enum op_kind)p->ops[place->at].kind, true,
			     answer, CLASS_WORD);
	else
		print_value(place->field, value_of_record(place, &t->record[place->at]), answer,
			    CLASS_WORD);
}

/* ------------------------------------------------------------------ the class */

static void
print_id(const struct class *c, const char *left, const char *right, char id[CLASS_ID])
{
	snprintf(id, CLASS_ID, "%.20s-%.24s-%.20s-%.24s-vs-%.24s%s%.10s", c->op, c->entry, c->field,
		 left, right, c->world[0] != 0 ? "@" : "", c->world);
}

void
class_forget_entry(struct class *c)
{
	snprintf(c->entry, sizeof(c->entry), "any_entry");
	print_id(c, c->left, c->right, c->id);
}

void
class_reversed_id(const struct class *c, char id[CLASS_ID])
{
	print_id(c, c->right, c->left, id);
}

/* Fields that Xen leaves open, as the model says: the left trace takes them over. */
static void
open_fields(struct trace *left, const struct program *p, const struct trace *model)
{
	for (unsigned int i = 0; i < p->n_ops; i++)
		left->record[i].any = model->record[i].any;
	for (unsigned int d = 0; d < p->header.domains; d++)
		left->domain[d].any_digest = model->domain[d].any_digest;
}

/* The operation at which that side ended, the last of its hypercall; n_ops if that is not known. */
static unsigned int
end_of(const struct class_side *s, const struct program *p)
{
	bool known = s->outcome != OUTCOME_TRACE && s->n_begun > 0 && s->n_begun <= p->n_ops;

	return known ? s->n_begun - 1 : p->n_ops;
}

static void
class_of_outcomes(struct class *c, const struct program *p, const struct class_side *left,
		  const struct class_side *right)
{
	unsigned int l = end_of(left, p), r = end_of(right, p), at = l < r ? l : r;

	c->place.at = (uint16_t)at;
	snprintf(c->op, sizeof(c->op), "%s",
		 at < p->n_ops ? op_table[p->ops[at].kind].name : "run");
	snprintf(c->entry, sizeof(c->entry), "any_entry");
	snprintf(c->field, sizeof(c->field), "end");
	snprintf(c->left, sizeof(c->left), "%s", outcomes[left->outcome]);
	snprintf(c->right, sizeof(c->right), "%s", outcomes[right->outcome]);
	to_word(c->left);
	to_word(c->right);
}

static void
class_of_difference(struct class *c, const struct program *p, const struct trace *model,
		    const struct difference *d, const struct trace *left, const struct trace *right)
{
	bool end = d->at >= p->n_ops;
	enum op_kind kind = end ? OP_EXPECT : (enum op_kind)p->ops[d->at].kind;
	unsigned int state = end ? 0 : model->record[d->at].state % MODEL_ENTRY_STATES;

	c->place = (struct class_place){ d->field, d->at, d->view, d->domain, d->slot };
	snprintf(c->op, sizeof(c->op), "%s", end ? "afterwards" : op_table[kind].name);
	snprintf(c->entry, sizeof(c->entry), "%s", entry_states[state]);
	snprintf(c->field, sizeof(c->field), "%s",
		 is_answer(d->field) ? "answer" : difference_field_name(d->field));
	if (is_answer(d->field)) {
		print_answer(&left->record[d->at], kind, false, c->left, sizeof(c->left));
		print_answer(&right->record[d->at], kind, false, c->right, sizeof(c->right));
	} else {
		print_sort(d->field, d->expected, c->left, sizeof(c->left));
		print_sort(d->field, d->got, c->right, sizeof(c->right));
	}
	to_word(c->field);
	to_word(c->left);
	to_word(c->right);
}

/*
 * What operations of one hypercall left behind is looked at after the last of them: if what one of
 * them was answered differs, that is the difference, and what an entry looks like is its work.
 */
static void
blame_batch(struct difference *d, const struct program *p, const struct trace *left,
	    const struct trace *right)
{
	unsigned int start = 0;

	if (d->at >= p->n_ops || is_answer(d->field))
		return;
	while (start + program_batch(p, start) <= d->at)
		start += program_batch(p, start);
	for (unsigned int i = start; i < start + program_batch(p, start); i++) {
		const struct trace_record *l = &left->record[i], *r = &right->record[i];

		if (l->skip == r->skip && l->rc == r->rc && l->status == r->status)
			continue;
		d->at = (uint16_t)i;
		d->field = FIELD_STATUS;
		return;
	}
}

bool
class_of(struct class *c, const struct program *p, const struct trace *model,
	 const struct class_side *left, const struct class_side *right, const char *world)
{
	static _Thread_local struct trace masked;
	struct difference d;

	memset(c, 0, sizeof(*c));
	if (left->outcome == OUTCOME_REFUSED || right->outcome == OUTCOME_REFUSED)
		return false;
	if (left->outcome != OUTCOME_TRACE || right->outcome != OUTCOME_TRACE) {
		if (left->outcome == right->outcome)
			return false;
		class_of_outcomes(c, p, left, right);
	} else {
		masked = *left->trace;
		open_fields(&masked, p, model);
		if (compare_traces(&d, p, &masked, right->trace))
			return false;
		blame_batch(&d, p, left->trace, right->trace);
		class_of_difference(c, p, model, &d, left->trace, right->trace);
	}
	snprintf(c->world, sizeof(c->world), "%s", world);
	print_id(c, c->left, c->right, c->id);
	return true;
}

bool
class_matches(const char *pattern, const char *id)
{
	for (; *pattern != '*'; pattern++, id++) {
		if (*pattern != *id)
			return false;
		if (*pattern == 0)
			return true;
	}
	while (*pattern == '*')
		pattern++;
	if (*pattern == 0)
		return true;
	for (; *id != 0; id++)
		if (class_matches(pattern, id))
			return true;
	return false;
}
