/* race_story: see race_story.h. */
#include "diff/race_story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/class_race.h"
#include "diff/race.h"

static const struct entry_view unseen = { 0, VIEW_NONE, 0 };

void
race_story_begin(struct race_story *s, const struct program *p, unsigned int at)
{
	struct race_place r;

	race_at(&r, p, at);
	s->began = true;
	s->at = (uint16_t)at;
	s->n_branches = r.n;
	s->n_entries = 0;
	s->n_turns = 0;
	s->n_left_out = 0;
	s->ended = s->judged = false;
	s->answered[0] = '\0';
	memset(s->waiting, 0, sizeof(s->waiting));
}

/* ------------------------------------------------------------------ entries */

/* The name that the domain has for it now: of the branch that has just taken a turn, first. */
static uint8_t
slot_of(const struct interp *in, unsigned int branch, unsigned int domain, uint64_t number)
{
	const struct interp_domain *d[] = {
		&in->racers->branch[branch].domain[domain], &in->domain[domain],
	};

	for (unsigned int i = 0; i < 2; i++)
		for (unsigned int s = 0; s < REF_SLOTS; s++)
			if ((d[i]->held >> s & 1) && d[i]->ref[s] == number)
				return (uint8_t)s;
	return VIEW_NONE;
}

static bool
is_entry(const struct sim_thing *t)
{
	return t->kind == THING_ENTRY_FLAGS || t->kind == THING_ENTRY_DOMID ||
	       t->kind == THING_ENTRY_FRAME || t->kind == THING_ENTRY_LOCK;
}

/* Its place among those that are looked at, which it gets if there is one left. */
static uint8_t
entry_of(struct race_story *s, const struct interp *in, const struct story_turn *t)
{
	struct story_entry *e;
	uint8_t i = 0;

	while (i < s->n_entries && (s->entry[i].domain != t->thing.domain ||
				    s->entry[i].number != t->thing.number))
		i++;
	if (i < s->n_entries || i == STORY_ENTRIES_MAX)
		return i;
	e = &s->entry[s->n_entries++];
	e->domain = t->thing.domain;
	e->slot = t->slot;
	e->number = (uint32_t)t->thing.number;
	e->before = unseen;
	/* Nobody has written to it yet, so that it is as it always was. */
	interp_look(in, &in->domain[e->domain], e->number, &e->before);
	for (unsigned int k = 0; k <= s->n_turns; k++)
		s->turn[k].view[i] = e->before;
	return i;
}

/* What these bytes would be in the entry, by the place of the thing in it. */
static struct entry_view
fields(const struct interp *in, const struct sim_thing *t, uint32_t bytes)
{
	struct grant_entry_v1 e = { 0, 0, 0 };
	struct entry_view v = unseen;

	if (t->kind == THING_ENTRY_FLAGS) {
		e.flags = (uint16_t)bytes;
		e.domid = (domid_t)(bytes >> 16);
	} else if (t->kind == THING_ENTRY_DOMID) {
		e.domid = (domid_t)bytes;
	} else {
		e.frame = bytes;
	}
	interp_view_of(in, &in->domain[t->domain], &e, &v);
	return v;
}

/* ------------------------------------------------------------------ turns */

static void
count_waiting(struct race_story *s, const struct race_event *e)
{
	uint8_t *n = &s->waiting[e->turn.branch];

	if (e->act == RACE_HOLD)
		++*n;
	if (e->act == RACE_DRAIN)
		--*n;
}

void
race_story_saw(struct race_story *s, const struct sim *sim, const struct interp *in,
	       const struct race_event *e)
{
	struct story_turn *t = &s->turn[s->n_turns];

	count_waiting(s, e);
	if (s->n_turns == STORY_TURNS_MAX) {
		s->n_left_out++;
		return;
	}
	*t = (struct story_turn){
		.turn = e->turn, .at = in->racers->at[e->turn.branch], .act = e->act,
		.ordered = e->ordered, .slot = VIEW_NONE, .entry = STORY_ENTRIES_MAX,
		.size = e->size, .bytes = e->value, .was = unseen, .value = unseen,
		.thing = sim_thing_at(sim, e->object),
	};
	snprintf(t->in, sizeof(t->in), "%s", e->in != NULL ? e->in : "");
	memcpy(t->waiting, s->waiting, sizeof(t->waiting));
	for (unsigned int i = 0; i < STORY_ENTRIES_MAX; i++)
		t->view[i] = s->n_turns > 0 ? s->turn[s->n_turns - 1].view[i] : unseen;
	if (is_entry(&t->thing)) {
		t->slot = slot_of(in, e->turn.branch, t->thing.domain, t->thing.number);
		t->entry = entry_of(s, in, t);
		t->was = fields(in, &t->thing, e->was);
		t->value = fields(in, &t->thing, e->value);
	}
	s->n_turns++;
}

void
race_story_after(struct race_story *s, const struct interp *in)
{
	struct story_turn *t;

	if (s->n_turns == 0 || s->n_left_out > 0)
		return;
	t = &s->turn[s->n_turns - 1];
	for (unsigned int i = 0; i < s->n_entries; i++)
		interp_look(in, &in->domain[s->entry[i].domain], s->entry[i].number, &t->view[i]);
}

/* ------------------------------------------------------------------ what is allowed */

struct judging {
	struct race_story *story;
	const struct program *program;
	const struct trace *got;
	struct trace *nearest;
	int best;			/* answers of `got' that *nearest has, too */
};

/* In how many operations of the race both answer the same; and, for less, are the same. */
static int
alike(const struct judging *j, const struct trace *t)
{
	struct race_place r;
	int n = 0;

	race_at(&r, j->program, j->story->at);
	for (unsigned int i = r.from; i < r.turns; i++) {
		enum op_kind kind = (enum op_kind)j->program->ops[i].kind;
		int32_t a, b;

		if (!op_is_done(kind))
			continue;
		n += 2 * (trace_headline(&t->record[i], kind, &a) ==
				  trace_headline(&j->got->record[i], kind, &b) && a == b);
		n += compare_alike(&t->record[i], &j->got->record[i]);
	}
	return n;
}

static void
allow(void *ctx, const struct trace *t)
{
	struct judging *j = ctx;
	struct race_story *s = j->story;
	char said[SAID_LENGTH] = "";
	int n = s->ended ? alike(j, t) : 0;

	if (n > j->best) {
		j->best = n;
		*j->nearest = *t;
	}
	class_race_say(j->program, s->at, t, said, sizeof(said));
	said_note(&s->allowed, said);
}

bool
race_story_judge(struct race_story *s, const struct program *p, const struct trace *got,
		 const struct race_story_model *m, struct trace *nearest)
{
	struct program *part = malloc(sizeof(*part));
	struct judging j = { s, part, got, nearest, -1 };
	struct race_place r;

	if (part == NULL || !race_at(&r, p, s->at)) {
		free(part);
		return false;
	}
	/* What comes after it has no say in what it may answer. */
	*part = *p;
	part->n_ops = r.to;
	s->allowed.n = 0;
	s->allowed.full = false;
	race_set_all(m->set, m->model, part, m->profile, true, RACE_SET_RUNS_MAX, allow, &j);
	s->allowed.full |= race_set_count(m->set)->cut_short;
	s->answered[0] = '\0';
	if (s->ended)
		class_race_say(p, s->at, got, s->answered, sizeof(s->answered));
	s->judged = j.best >= 0;
	free(part);
	return s->judged;
}
