#define _GNU_SOURCE
#include "fuzz/compare_class.h"

#include <stdio.h>
#include <string.h>

#include "diff/race.h"
#include "diff/tell.h"

static const char *const outcomes[] = {
	[OUTCOME_TRACE] = "ends well", [OUTCOME_PANIC] = "Xen panics",
	[OUTCOME_SILENT] = "no answer", [OUTCOME_DIED] = "the machine ends",
	[OUTCOME_REFUSED] = "not run",
};

/* ------------------------------------------------------------------ values */

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
		tell_value(place->field, value_of_end(place, &t->domain[place->domain]), answer,
			   CLASS_WORD);
	else if (compare_is_answer(place->field) || t->record[place->at].skip != SKIP_NOT)
		class_answer_print(&t->record[place->at], (enum op_kind)p->ops[place->at].kind,
				   true, answer, CLASS_WORD);
	else
		tell_value(place->field, value_of_record(place, &t->record[place->at]), answer,
			   CLASS_WORD);
}

/* ------------------------------------------------------------------ the class */

static void
print_id(struct class *c)
{
	class_print(&c->words, c->world, c->id);
}

void
class_forget_entry(struct class *c)
{
	snprintf(c->words.entry, sizeof(c->words.entry), "%s", class_entry_names[ENTRY_ANY]);
	print_id(c);
}

void
class_reversed_id(const struct class *c, char id[CLASS_ID])
{
	struct class_words w = c->words;

	memcpy(w.expected, c->words.got, sizeof(w.expected));
	memcpy(w.got, c->words.expected, sizeof(w.got));
	class_print(&w, c->world, id);
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
	class_of_end(&c->words, at < p->n_ops ? op_table[p->ops[at].kind].name : NULL,
		     outcomes[left->outcome], outcomes[right->outcome]);
}

/* Two lanes may do a race differently, and from there on: only before it must they agree. */
static bool
differ(struct difference *d, const struct program *p, const struct trace *left,
       const struct trace *right)
{
	if (race_any(p))
		return !compare_records(d, p, 0, race_first(p), left, right);
	return !compare_traces(d, p, left, right);
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
		if (!differ(&d, p, &masked, right->trace))
			return false;
		c->place = (struct class_place){ d.field, d.at, d.view, d.domain, d.slot };
		class_of_difference(&c->words, p, &d, left->trace, right->trace, model);
	}
	snprintf(c->world, sizeof(c->world), "%s", world);
	print_id(c);
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
