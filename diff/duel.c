#include "diff/duel.h"

#include <stdlib.h>

#include "diff/interp.h"
#include "diff/model.h"

struct duel {
	struct sim *sim;
	struct model *model;
	struct profile profile;
	struct interp interp;
	struct trace expected, got;
	struct interp_racers racers;	/* last: seldom used, and large */
};

struct duel *
duel_new(void)
{
	struct duel *d = calloc(1, sizeof *d);

	if (d == NULL)
		return NULL;
	d->sim = sim_new();
	d->model = calloc(1, model_bytes);
	if (d->sim == NULL || d->model == NULL) {
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
	free(d->model);
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

bool
duel_run(struct duel *d, const struct program *p, bool expect, struct difference *why)
{
	bool same = true;

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
