#include "diff/duel.h"

#include <stdlib.h>

#include "diff/interp.h"
#include "diff/model.h"

struct duel {
	struct sim *sim;
	struct model *model;
	struct interp interp;
	struct trace expected, got;
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

static void
sim_begin(struct duel *d, const struct program *p)
{
	const struct program_header *h = &p->header;
	struct sim_config c = {
		.domains = h->domains, .pages = h->pages, .frames = h->frames, .max_frames = h->max_frames,
		.maptrack = h->maptrack, .room = h->room, .hvm = h->hvm,
		.silo = h->silo, .no_transfer = h->no_transfer,
	};
	struct arch *guests[GUEST_DOMAINS_MAX];

	sim_reset(d->sim, &c);
	for (unsigned int i = 0; i < h->domains; i++)
		guests[i] = sim_guest(d->sim, i);
	interp_begin(&d->interp, p, guests, &d->got);
}

/* One step of both.  Returns how many operations, or 0 with *why what differs. */
static unsigned int
step(struct duel *d, const struct program *p, unsigned int at, struct difference *why)
{
	uint16_t states[2 * OP_BATCH_MAX];
	unsigned int n = program_batch(p, at), model_n;
	const char *broken;

	ARCH_ASSERT(n <= 2 * OP_BATCH_MAX);
	for (unsigned int i = 0; i < n; i++)
		states[i] = (uint16_t)model_entry_state(d->model, at + i);
	model_n = model_step(d->model, at, &d->expected);
	ARCH_ASSERT(model_n == n);
	interp_step(&d->interp, at);
	for (unsigned int i = 0; i < n; i++)
		d->expected.record[at + i].state = states[i];
	if (!compare_records(why, p, at, n, &d->expected, &d->got))
		return 0;
	broken = sim_check(d->sim);
	if (broken == NULL)
		return n;
	*why = (struct difference){ .field = FIELD_INVARIANT, .at = (uint16_t)at, .invariant = broken,
				    .lane_skip_at = p->n_ops };
	return 0;
}

bool
duel_run(struct duel *d, const struct program *p, bool expect, struct difference *why)
{
	bool same = true;

	sim_begin(d, p);
	model_begin(d->model, p);
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
	if (!compare_ends(why, p, &d->expected, &d->got))
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
	model_begin(d->model, p);
	for (unsigned int at = 0; at < p->n_ops;)
		at += model_step(d->model, at, &d->expected);
	model_end(d->model, &d->expected);
}
