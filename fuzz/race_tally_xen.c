/*
 * race_tally_xen: a race on a real Xen, over and over, each time with other delays.
 *
 * The machine is given programs ahead and never waits for us.  Traces that were seen before are not
 * judged again: there are few of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/lane_xen.h"
#include "fuzz/cli.h"
#include "fuzz/race_tally.h"

/* A trace, and what was made of it. */
struct known {
	struct trace trace;
	unsigned int outcome;
	bool allowed, unsure;
	struct known *next;
};

struct run {
	struct race_tally *tally;
	struct race_lane *lane;
	const struct program *program;
	struct known *known;
};

static size_t
trace_bytes(const struct program *p)
{
	return offsetof(struct trace, record) + p->n_ops * sizeof(struct trace_record);
}

/* Where the first that was found is to be told; NULL: there was one before. */
static struct finding *
find(struct run *r, uint32_t seed)
{
	struct race_found *f = &r->tally->found;

	if (f->n > 0)
		return NULL;
	f->program = *r->program;
	f->seed = seed;
	return &f->finding;
}

/* A trace that is new.  It comes first in the list. */
static void
judge(struct run *r, const struct trace *t, uint32_t seed)
{
	struct outcome_judge *j = &r->lane->judge;
	struct known *k = malloc(sizeof(*k));
	static struct trace expected;
	struct difference d;
	struct finding *f;

	if (k == NULL)
		cli_die(EXIT_RIG, "out of memory for a trace");
	k->next = r->known;
	r->known = k;
	memcpy(&k->trace, t, trace_bytes(r->program));
	k->unsure = false;
	k->outcome = outcomes_find(&r->tally->outcomes, r->program, t);
	k->allowed = race_set_allows(j->set, j->model, r->program, &j->profile, t,
				     r->program->n_ops, NULL, &expected, &d);
	k->unsure = k->allowed && race_set_count(j->set)->cut_short;
	f = k->allowed ? NULL : find(r, seed);
	/* What the model leaves open has other words there. */
	r->tally->outcomes.of[k->outcome].allowed |= k->allowed;
	if (f == NULL)
		return;
	r->tally->found.got = *t;
	finding_of_difference(f, r->program, &d,
			      &(struct finding_traces){ &expected, t, &expected }, "model",
			      r->lane->name);
}

static void
take(struct run *r, const struct trace *t, uint32_t seed)
{
	size_t n = trace_bytes(r->program);
	struct known *k = r->known;

	while (k != NULL && memcmp(&k->trace, t, n) != 0)
		k = k->next;
	if (k == NULL) {
		judge(r, t, seed);
		k = r->known;
	}
	r->tally->found.n += !k->allowed;
	r->tally->n_unsure += k->unsure;
	outcomes_count(&r->tally->outcomes, k->outcome);
}

/* The machine is gone, and this program is done with. */
static enum verdict
died(struct run *r, uint32_t seed, const char *why)
{
	struct lane *xen = r->lane->xen;
	struct finding *f = find(r, seed);

	r->tally->found.n++;
	lane_xen_forget(xen);
	if (f == NULL) {
		lane_forget_console(xen);
		return VERDICT_FAILURE;
	}
	finding_of_failure(f, r->lane->name, why);
	if (xen->console != NULL)
		snprintf(r->tally->console, sizeof(r->tally->console), "%s", xen->console);
	xen->console = NULL;
	f->console = r->tally->console;
	return VERDICT_FAILURE;
}

static enum verdict
run_all(struct run *r, uint64_t runs, uint32_t seed, char *why)
{
	struct lane *xen = r->lane->xen;
	static struct trace t;
	uint64_t given = 0;

	lane_xen_seed(xen, seed);
	for (uint64_t i = 0; i < runs; i++, seed++) {
		enum verdict v;

		for (; given < runs && given - i < LANE_XEN_GIVEN_MAX; given++)
			lane_xen_give(xen, r->program);
		v = lane_xen_take(xen, &t, why, FILE_WHY);
		if (v == VERDICT_FAILURE)
			return died(r, seed, why);
		if (v != VERDICT_SUCCESS) {
			lane_xen_forget(xen);
			return v;
		}
		take(r, &t, seed);
		r->tally->n_overlapped += lane_xen_overlapped(xen);
	}
	return r->tally->found.n > 0 ? VERDICT_FAILURE : VERDICT_SUCCESS;
}

enum verdict
race_tally_xen(struct race_tally *t, struct race_lane *l, const struct program *p, uint64_t runs,
	       uint32_t seed, char *why)
{
	struct run r = { t, l, p, NULL };
	enum verdict v = run_all(&r, runs, seed, why);

	while (r.known != NULL) {
		struct known *k = r.known;

		r.known = k->next;
		free(k);
	}
	return v;
}
