#include "diff/duel.h"

#include <stdlib.h>

#include "diff/interp.h"
#include "diff/model.h"
#include "diff/race.h"
#include "diff/race_set.h"
#include "diff/race_story.h"

struct duel {
	struct sim *sim;
	struct model *model;
	struct profile profile;
	struct interp interp;
	struct trace expected, got;
	/* Of races: seldom used, and large. */
	struct race_set *orders;
	race_pick *pick;
	void *pick_ctx;
	const char *broken;		/* the first step after which something did not hold */
	struct race_guide guide;
	struct interp_racers racers;
	struct race_story *story;	/* NULL: nobody wants it */
};

struct duel *
duel_new(void)
{
	struct duel *d = calloc(1, sizeof *d);

	if (d == NULL)
		return NULL;
	d->sim = sim_new();
	d->model = calloc(1, model_bytes);
	d->orders = race_set_new();
	if (d->sim == NULL || d->model == NULL || d->orders == NULL) {
		duel_free(d);
		return NULL;
	}
	model_init(d->model);
	d->interp.racers = &d->racers;
	d->profile = profile_for(PROFILE_REFERENCE);
	return d;
}

void
duel_free(struct duel *d)
{
	if (d == NULL)
		return;
	sim_free(d->sim);
	if (d->model != NULL)
		model_fini(d->model);
	free(d->model);
	race_set_free(d->orders);
	free(d);
}

void
duel_set_profile(struct duel *d, const struct profile *profile)
{
	d->profile = *profile;
}

const struct trace *
duel_expected(const struct duel *d)
{
	return &d->expected;
}

const struct trace *
duel_got(const struct duel *d)
{
	return &d->got;
}

struct sim_config
duel_config(const struct program_header *h)
{
	return (struct sim_config){
		.domains = h->domains, .pages = h->pages, .frames = h->frames,
		.max_frames = h->max_frames, .maptrack = h->maptrack, .room = h->room,
		.hvm = h->hvm, .silo = h->silo, .no_transfer = h->no_transfer,
	};
}

static void
sim_begin(struct duel *d, const struct program *p)
{
	const struct program_header *h = &p->header;
	const struct sim_config c = duel_config(h);
	struct arch *guests[GUEST_DOMAINS_MAX];

	sim_reset(d->sim, &c);
	for (unsigned int i = 0; i < h->domains; i++)
		guests[i] = sim_guest(d->sim, i);
	interp_begin(&d->interp, p, guests, &d->got);
}

/* Whether the records of a step are simply equal, as they nearly always are. */
static bool
alike(const struct duel *d, unsigned int at, unsigned int n)
{
	for (unsigned int i = at; i < at + n; i++)
		if (!compare_alike(&d->expected.record[i], &d->got.record[i]))
			return false;
	return true;
}

bool
duel_compare(struct difference *why, const struct program *p, unsigned int at, unsigned int n,
	     const struct trace *expected, const struct trace *got)
{
	if (!compare_records(why, p, at, n, expected, got))
		return false;
	if (why->lane_skip_at == p->n_ops)
		return true;
	why->field = FIELD_SKIP;
	why->at = why->lane_skip_at;
	why->expected = expected->record[why->at].skip;
	why->got = got->record[why->at].skip;
	return false;
}

/* One step of both.  Returns how many operations, or 0 with *why what differs. */
static unsigned int
step(struct duel *d, const struct program *p, unsigned int at, struct difference *why)
{
	unsigned int n = interp_step(&d->interp, at);
	unsigned int model_n = model_step(d->model, at, &d->expected);
	const char *broken;

	ARCH_ASSERT(model_n == n);
	if (!alike(d, at, n) && !duel_compare(why, p, at, n, &d->expected, &d->got))
		return 0;
	broken = sim_check(d->sim);
	if (broken == NULL)
		return n;
	*why = (struct difference){
		.field = FIELD_INVARIANT, .at = (uint16_t)at, .invariant = broken,
		.lane_skip_at = p->n_ops,
	};
	return 0;
}

bool
duel_nothing_kept(struct sim *sim, const struct program *p, struct difference *why)
{
	for (unsigned int i = 0; i < p->header.domains; i++) {
		if (sim_pages_in_use(sim_guest(sim, i)) == 0)
			continue;
		*why = (struct difference){
			.field = FIELD_INVARIANT, .at = p->n_ops, .domain = (uint8_t)i,
			.invariant = "I-HEAP: the core kept memory", .lane_skip_at = p->n_ops,
		};
		return false;
	}
	return true;
}

/* ------------------------------------------------------------------ programs with races */

void
duel_set_pick(struct duel *d, race_pick *pick, void *ctx)
{
	d->pick = pick;
	d->pick_ctx = ctx;
}

void
duel_set_story(struct duel *d, struct race_story *story)
{
	d->story = story;
}

bool
duel_judge_story(struct duel *d, const struct program *p, const struct trace *got)
{
	const struct race_story_model m = { d->orders, d->model, &d->profile };

	return race_story_judge(d->story, p, got, &m, &d->expected);
}

void
duel_set_orders(struct duel *d, unsigned long most)
{
	race_set_limit(d->orders, most);
}

const struct race_set_count *
duel_orders(const struct duel *d)
{
	return race_set_count(d->orders);
}

bool
duel_unsure(const struct duel *d, const struct program *p)
{
	return race_any(p) && duel_orders(d)->cut_short;
}

struct sim *
duel_sim(struct duel *d)
{
	return d->sim;
}

static unsigned int
pick_for(void *ctx, const struct race_option *o, unsigned int n)
{
	const struct duel *d = ctx;

	return d->pick(d->pick_ctx, o, n);
}

static bool
after_turn(void *ctx)
{
	struct duel *d = ctx;

	if (d->story != NULL)
		race_story_after(d->story, &d->interp);
	d->broken = sim_check_step(d->sim);
	return d->broken == NULL;
}

static void
saw_turn(void *ctx, const struct race_event *e)
{
	struct duel *d = ctx;

	race_story_saw(d->story, d->sim, &d->interp, e);
}

/* Who took the steps of a race. */
static void
note_steps(void *ctx, const struct race_result *r)
{
	struct duel *d = ctx;
	struct race_guide *g = &d->guide;

	if (g->races == RACE_GUIDED_MAX)
		return;
	g->race[g->races].n = 0;
	for (unsigned int i = 0; i < r->n && g->race[g->races].n < RACE_GUIDE_STEPS; i++) {
		struct turn t = turn_of(r->code[i]);

		if (t.kind != TURN_DRAIN)
			g->race[g->races].branch[g->race[g->races].n++] = t.branch;
	}
	g->races++;
}

/* Why the race that was just done is none to go on from; NULL: it is. */
static const char *
race_failed(const struct duel *d)
{
	switch (sim_race_result(d->sim)->end) {
	case RACE_DEADLOCK: return "S-DEADLOCK: nobody can go on";
	case RACE_LIVELOCK: return "S-LIVELOCK: it does not end";
	default: return d->broken;
	}
}

/*
 * Run the simulation up to the first thing that does not hold, and say which (NULL: nothing) and
 * behind how many operations.  *stopped: a race was given up.
 */
static const char *
run_sim_checked(struct duel *d, const struct program *p, unsigned int *end, bool *stopped)
{
	const struct race_control control = {
		.pick = d->pick != NULL ? pick_for : NULL, .after = after_turn,
		.saw = d->story != NULL ? saw_turn : NULL, .ended = note_steps, .ctx = d,
	};
	const char *broken = NULL;

	d->broken = NULL;
	d->guide.races = 0;
	*stopped = false;
	*end = 0;
	sim_begin(d, p);
	sim_race_set(d->sim, &control);
	while (*end < p->n_ops && broken == NULL && !*stopped) {
		bool race = p->ops[*end].kind == OP_RACE;
		unsigned int n;

		if (race && d->story != NULL)
			race_story_begin(d->story, p, *end);
		n = interp_step(&d->interp, *end);
		if (race)
			broken = race_failed(d);
		*stopped = race && sim_race_result(d->sim)->end != RACE_DONE;
		if (race && d->story != NULL)
			d->story->ended = !*stopped;
		if (broken == NULL && !*stopped)
			broken = sim_check(d->sim);
		*end += broken == NULL && !*stopped ? n : 0;
	}
	sim_race_set(d->sim, NULL);
	if (!*stopped)
		interp_end(&d->interp);
	return broken;
}

/* As duel_run, of a program with races: the model is asked for an order that answers so. */
static bool
run_races(struct duel *d, const struct program *p, bool expect, struct difference *why)
{
	unsigned int end;
	bool stopped;
	const char *broken = run_sim_checked(d, p, &end, &stopped);

	if (!race_set_allows(d->orders, d->model, p, &d->profile, &d->got, end, &d->guide,
			     &d->expected, why))
		return false;
	if (broken != NULL) {
		*why = (struct difference){
			.field = FIELD_INVARIANT, .at = (uint16_t)end, .invariant = broken,
			.lane_skip_at = p->n_ops,
		};
		return false;
	}
	if (stopped)
		return true;
	return duel_nothing_kept(d->sim, p, why) &&
	       (!expect || compare_expectations(why, p, &d->got));
}

/* Where the operation, batch or race begins in which the lane first skipped what it cannot do. */
static unsigned int
lane_end(const struct program *p, const struct trace *got)
{
	for (unsigned int at = 0, n; at < p->n_ops; at += n) {
		n = program_batch(p, at);
		for (unsigned int i = at; i < at + n; i++)
			if (got->record[i].skip == SKIP_LANE)
				return at;
	}
	return p->n_ops;
}

bool
duel_model_allows(struct duel *d, const struct program *p, const struct trace *got,
		  struct difference *why)
{
	*why = (struct difference){ .field = FIELD_NONE, .lane_skip_at = p->n_ops };
	return race_set_allows(d->orders, d->model, p, &d->profile, got, lane_end(p, got), NULL,
			       &d->expected, why);
}

bool
duel_run(struct duel *d, const struct program *p, bool expect, struct difference *why)
{
	bool same = true;

	if (race_any(p))
		return run_races(d, p, expect, why);
	sim_begin(d, p);
	model_begin(d->model, p, &d->profile);
	d->got.n_records = d->expected.n_records = 0;
	for (unsigned int at = 0; same && at < p->n_ops;) {
		unsigned int n = step(d, p, at, why);

		same = n > 0;
		at += n;
	}
	interp_end(&d->interp);
	if (!same)
		return false;
	model_end(d->model, &d->expected);
	if (!compare_ends(why, p, &d->expected, &d->got) ||
	    !duel_nothing_kept(d->sim, p, why))
		return false;
	return !expect || compare_expectations(why, p, &d->got);
}

void
duel_run_sim(struct duel *d, const struct program *p)
{
	sim_begin(d, p);
	for (unsigned int at = 0; at < p->n_ops;)
		at += interp_step(&d->interp, at);
	interp_end(&d->interp);
}

void
duel_run_model(struct duel *d, const struct program *p)
{
	model_begin(d->model, p, &d->profile);
	for (unsigned int at = 0; at < p->n_ops;)
		at += model_step(d->model, at, &d->expected);
	model_end(d->model, &d->expected);
}
