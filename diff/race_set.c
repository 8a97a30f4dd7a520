/* race_set: see race_set.h. */
#include "diff/race_set.h"

#include <stdlib.h>

#include "diff/class_race.h"
#include "diff/duel.h"
#include "diff/race.h"

enum {
	CHOICES_MAX = 4096,		/* in a program; those after are not looked at again */
	SAID_BYTES = 1024,
};

/* A cut: who could go on there, and who did. */
struct choice {
	struct model_option o[MODEL_OPTIONS_MAX];
	uint8_t n, taken;
	uint32_t asleep;		/* bit i: what option of id i would do is part of other orders */
	bool data;			/* o is void */
};

struct race_set {
	struct race_set_count count;
	unsigned long limit;
	bool reduce;
	unsigned int n, depth;		/* choices known, and taken of them */
	struct choice choice[CHOICES_MAX];
	/* What the search is after. */
	const struct program *program;
	const struct trace *got;
	bool mismatch;			/* a race was given up because of its answers */
	char said[SAID_BYTES];
	struct difference probe;
	struct trace nearest;		/* the order that went furthest */
};

struct race_set *
race_set_new(void)
{
	struct race_set *s = calloc(1, sizeof *s);

	if (s != NULL)
		s->limit = RACE_SET_RUNS_MAX;
	return s;
}

void
race_set_free(struct race_set *s)
{
	free(s);
}

void
race_set_limit(struct race_set *s, unsigned long runs)
{
	s->limit = runs < RACE_SET_RUNS_MAX ? runs : RACE_SET_RUNS_MAX;
}

const struct race_set_count *
race_set_count(const struct race_set *s)
{
	return &s->count;
}

/* ------------------------------------------------------------------ orders */

static bool
dependent(const struct model_option *a, const struct model_option *b)
{
	if (a->object == NULL || b->object == NULL)
		return true;
	return a->object == b->object && !(a->looks && b->looks);
}

/* What sleeps behind choice c: what did there, and has nothing to do with what was taken. */
static uint32_t
asleep_after(const struct choice *c)
{
	uint32_t asleep = 0;

	if (c->data)
		return c->asleep;
	for (unsigned int i = 0; i < c->n; i++)
		if (c->asleep >> c->o[i].id & 1 && !dependent(&c->o[i], &c->o[c->taken]))
			asleep |= 1u << c->o[i].id;
	return asleep;
}

/* Take the first option from `from' on that is awake.  False: none is. */
static bool
take_awake(struct choice *c, unsigned int from)
{
	if (c->data) {
		c->taken = (uint8_t)from;
		return from < c->n;
	}
	for (unsigned int i = from; i < c->n; i++)
		if (!(c->asleep >> c->o[i].id & 1)) {
			c->taken = (uint8_t)i;
			return true;
		}
	return false;
}

static unsigned int
pick(void *ctx, const struct model_option *o, unsigned int n)
{
	struct race_set *s = ctx;
	struct choice *c;

	if (s->depth == CHOICES_MAX) {
		s->count.cut_short = true;
		return 0;
	}
	c = &s->choice[s->depth++];
	if (s->depth <= s->n)
		return c->taken;
	s->n = s->depth;
	c->n = (uint8_t)n;
	c->data = o->data;
	for (unsigned int i = 0; i < n && !c->data; i++)
		c->o[i] = o[i];
	c->asleep = s->reduce && s->depth > 1 ? asleep_after(c - 1) : 0;
	if (take_awake(c, 0))
		return c->taken;
	s->n = --s->depth;
	s->count.pruned++;
	return n;
}

/* Make the last choice that can be made differently so.  False: all orders are done. */
static bool
next_order(struct race_set *s)
{
	while (s->n > 0) {
		struct choice *c = &s->choice[s->n - 1];
		unsigned int from = s->reduce && !c->data ? 0 : c->taken + 1u;

		if (s->reduce && !c->data)
			c->asleep |= 1u << c->o[c->taken].id;
		if (take_awake(c, from))
			return true;
		s->n--;
	}
	return false;
}

/* ------------------------------------------------------------------ all of them */

/* Run the model in the order in hand.  False: it was given up. */
static bool
run(struct race_set *s, struct model *m, const struct profile *profile, struct trace *t)
{
	const struct program *p = s->program;

	s->count.runs++;
	s->depth = 0;
	model_begin(m, p, profile);
	for (unsigned int at = 0; at < p->n_ops;) {
		unsigned int n = model_step(m, at, t);

		if (n == 0)
			return false;
		at += n;
	}
	model_end(m, t);
	s->count.orders++;
	return true;
}

static void
start(struct race_set *s, const struct program *p, bool reduce)
{
	s->count = (struct race_set_count){ .runs = 0 };
	s->program = p;
	s->reduce = reduce;
	s->n = 0;
}

void
race_set_all(struct race_set *s, struct model *m, const struct program *p,
	     const struct profile *profile, bool reduce, unsigned long runs,
	     void (*each)(void *ctx, const struct trace *t), void *ctx)
{
	const struct model_order order = { .pick = pick, .ctx = s };

	start(s, p, reduce);
	model_set_order(m, &order);
	do {
		if (s->count.runs == runs) {
			s->count.cut_short = true;
			break;
		}
		if (run(s, m, profile, &s->nearest))
			each(ctx, &s->nearest);
	} while (next_order(s));
	model_set_order(m, NULL);
}

/* ------------------------------------------------------------------ one that fits */

/* Whether the end of a race has a say in the operation's value. */
static bool
value_comes_later(unsigned int kind)
{
	return kind == OP_END || kind == OP_TICK || kind == OP_TRANSFER ||
	       kind == OP_END_TRANSFER || kind == OP_END_TRANSFER_REF;
}

/* Whether an operation of a race that has just answered did so as in `got'. */
static bool
answered(void *ctx, const struct trace *t, unsigned int at, unsigned int n)
{
	struct race_set *s = ctx;

	for (unsigned int i = at; i < at + n; i++) {
		const struct trace_record *e = &t->record[i], *g = &s->got->record[i];

		if (e->skip != g->skip || e->rc != g->rc ||
		    (e->status != g->status && !(e->any & TRACE_ANY_STATUS)) ||
		    (e->value != g->value && !(e->any & TRACE_ANY_VALUE) &&
		     !value_comes_later(s->program->ops[i].kind))) {
			s->mismatch = true;
			s->probe.at = (uint16_t)i;
			return false;
		}
	}
	return true;
}

/* No order answers as the race at `at' did, as far as this one went. */
static void
race_differs(struct race_set *s, struct difference *why, unsigned int at)
{
	*why = (struct difference){
		.field = FIELD_RACE, .at = (uint16_t)at, .invariant = s->said,
		.lane_skip_at = s->program->n_ops,
	};
}

/*
 * Run one order as far as it leaves what `got' says.  True: to the end.  False: *why says where it
 * differs; FIELD_NONE if it would have been another order again.
 */
static bool
fits(struct race_set *s, struct model *m, const struct profile *profile, unsigned int end,
     struct trace *t, struct difference *why)
{
	const struct program *p = s->program;

	s->count.runs++;
	s->depth = 0;
	s->mismatch = false;
	why->field = FIELD_NONE;
	model_begin(m, p, profile);
	for (unsigned int at = 0; at < end;) {
		bool race = p->ops[at].kind == OP_RACE;
		unsigned int n = model_step(m, at, t);

		if (n == 0 && s->mismatch)
			race_differs(s, why, at);
		if (n == 0)
			return false;
		if (!duel_compare(why, p, at, n, t, s->got)) {
			if (race)
				race_differs(s, why, at);
			return false;
		}
		at += n;
	}
	s->count.orders++;
	if (end < p->n_ops)
		return true;
	model_end(m, t);
	return compare_ends(why, p, t, s->got);
}

/* Where an order failed, the later the better. */
static unsigned int
progress(const struct race_set *s, const struct difference *d)
{
	unsigned int in_race = d->field == FIELD_RACE && s->mismatch ? s->probe.at : d->at;

	return 2 * in_race + 1;
}

static bool
keep_furthest(struct race_set *s, const struct difference *d, unsigned int *best,
	      const struct trace *t, struct difference *why)
{
	if (d->field == FIELD_NONE || progress(s, d) <= *best)
		return false;
	*best = progress(s, d);
	*why = *d;
	s->nearest = *t;
	return true;
}

bool
race_set_allows(struct race_set *s, struct model *m, const struct program *p,
		const struct profile *profile, const struct trace *got, unsigned int n,
		struct trace *expected, struct difference *why)
{
	const struct model_order order = { .pick = pick, .answered = answered, .ctx = s };
	struct difference d;
	unsigned int best = 0;
	bool fit = false;

	start(s, p, true);
	s->got = got;
	model_set_order(m, &order);
	do {
		fit = fits(s, m, profile, n, expected, &d);
		if (!fit)
			keep_furthest(s, &d, &best, expected, why);
		s->count.cut_short |= s->count.runs == s->limit;
	} while (!fit && s->count.runs < s->limit && next_order(s));
	model_set_order(m, NULL);
	if (fit)
		return true;
	*expected = s->nearest;
	if (why->field == FIELD_RACE)
		class_race_say(p, why->at, got, s->said, sizeof s->said);
	return s->count.cut_short;
}
