/* race_set: see race_set.h. */
#include "diff/race_set.h"

#include <stdlib.h>

#include "diff/class_race.h"
#include "diff/duel.h"
#include "diff/race.h"

enum { SAID_BYTES = 1024 };

struct race_set {
	struct race_set_count count;
	unsigned long limit;
	struct race_order order;
	/* What the search is after. */
	const struct program *program;
	const struct trace *got;
	bool mismatch;			/* a race was given up because of its answers */
	char said[SAID_BYTES];
	struct difference probe;
	struct trace nearest;		/* the order that went furthest */
	struct trace usual;
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

/* ------------------------------------------------------------------ all of them */

static void
run_begin(struct race_set *s, struct model *m, const struct profile *profile)
{
	s->count.runs++;
	race_order_run(&s->order);
	model_begin(m, s->program, profile);
}

/* Do the next operations, a race or others, in the order in hand.  Returns as model_step. */
static unsigned int
run_step(struct race_set *s, struct model *m, unsigned int at, struct trace *t)
{
	if (s->program->ops[at].kind == OP_RACE)
		race_order_race(&s->order);
	return model_step(m, at, t);
}

/* Run the model in the order in hand.  False: it was given up. */
static bool
run(struct race_set *s, struct model *m, const struct profile *profile, struct trace *t)
{
	const struct program *p = s->program;

	run_begin(s, m, profile);
	for (unsigned int at = 0; at < p->n_ops;) {
		unsigned int n = run_step(s, m, at, t);

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
	race_order_start(&s->order, reduce);
}

static void
finish(struct race_set *s, struct model *m)
{
	model_set_order(m, NULL);
	s->count.pruned = s->order.pruned;
	s->count.cut_short |= s->order.too_long;
}

void
race_set_all(struct race_set *s, struct model *m, const struct program *p,
	     const struct profile *profile, bool reduce, unsigned long runs,
	     void (*each)(void *ctx, const struct trace *t), void *ctx)
{
	const struct model_order order = { .pick = race_order_pick, .ctx = &s->order };

	start(s, p, reduce);
	model_set_order(m, &order);
	do {
		if (s->count.runs == runs) {
			s->count.cut_short = true;
			break;
		}
		if (run(s, m, profile, &s->nearest))
			each(ctx, &s->nearest);
	} while (race_order_next(&s->order));
	finish(s, m);
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

	run_begin(s, m, profile);
	s->mismatch = false;
	why->field = FIELD_NONE;
	for (unsigned int at = 0; at < end;) {
		bool race = p->ops[at].kind == OP_RACE;
		unsigned int n = run_step(s, m, at, t);

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

static unsigned int
pick(void *ctx, const struct model_option *o, unsigned int n)
{
	return race_order_pick(&((struct race_set *)ctx)->order, o, n);
}

/* The guide is of use only with the number of sections that branches have. */
static void
use_guide(struct race_set *s, struct model *m, const struct profile *profile,
	  const struct race_guide *guide)
{
	const struct model_order usual = { .pick = race_order_count, .ctx = &s->order };

	if (guide == NULL || guide->races == 0)
		return;
	model_set_order(m, &usual);
	run_begin(s, m, profile);
	for (unsigned int at = 0; at < s->program->n_ops;)
		at += run_step(s, m, at, &s->usual);
	race_order_guide(&s->order, guide);
}

bool
race_set_allows(struct race_set *s, struct model *m, const struct program *p,
		const struct profile *profile, const struct trace *got, unsigned int n,
		const struct race_guide *guide, struct trace *expected, struct difference *why)
{
	const struct model_order order = { .pick = pick, .answered = answered, .ctx = s };
	struct difference d;
	unsigned int best = 0;
	bool fit = false, more = true;

	start(s, p, true);
	s->got = got;
	for (bool first = true; more && !fit; first = false) {
		model_set_order(m, &order);
		fit = fits(s, m, profile, n, expected, &d);
		if (!fit)
			keep_furthest(s, &d, &best, expected, why);
		s->count.cut_short |= s->count.runs >= s->limit;
		if (first && !fit && guide != NULL)
			use_guide(s, m, profile, guide);
		else
			more = s->count.runs < s->limit && race_order_next(&s->order);
	}
	finish(s, m);
	/* More were not needed. */
	s->count.cut_short &= !fit;
	if (fit)
		return true;
	*expected = s->nearest;
	if (why->field == FIELD_RACE)
		class_race_say(p, why->at, got, s->said, sizeof s->said);
	return s->count.cut_short;
}
