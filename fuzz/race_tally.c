#define _GNU_SOURCE
#include "fuzz/race_tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/sim/explore.h"
#include "diff/duel.h"
#include "diff/race.h"
#include "fuzz/cli.h"
#include "fuzz/lanes.h"

void
race_lane_open(struct race_lane *l, const char *name)
{
	struct profile profile = profile_for(PROFILE_REFERENCE);
	char why[FILE_WHY] = "";

	*l = (struct race_lane){ .name = name };
	if (strcmp(name, "sim") == 0) {
		l->duel = duel_new();
		l->explore = explore_new();
		if (l->duel == NULL || l->explore == NULL)
			cli_die(EXIT_RIG, "out of memory for a machine");
	} else if (strncmp(name, "xen:", 4) == 0) {
		l->xen = lanes_open(name);
		if (lane_profile(l->xen, &profile, why, sizeof(why)) != VERDICT_SUCCESS)
			cli_die(EXIT_RIG, "%s: %s", name, why);
	} else {
		cli_die(EXIT_USAGE, "race: no races on lane '%s'; give sim, xen:SUITE or "
			"xen:SUITE+threads", name);
	}
	outcome_judge_open(&l->judge, &profile);
}

void
race_lane_close(struct race_lane *l)
{
	outcome_judge_close(&l->judge);
	lane_close(l->xen);
	duel_free(l->duel);
	explore_free(l->explore);
}

void
race_lane_adapt(struct race_lane *l, struct program *p)
{
	if (l->xen == NULL)
		return;
	lane_adapt(l->xen, &p->header);
	program_normalize(p);
}

/* How many races, and whether one has two branches of one actor. */
static unsigned int
count_races(const struct program *p, bool *two_cpus)
{
	struct race_place r;
	unsigned int n = 0;

	*two_cpus = false;
	for (unsigned int at = 0; at < p->n_ops; at++) {
		unsigned int actors = 0;

		if (p->ops[at].kind != OP_RACE || !race_at(&r, p, at))
			continue;
		n++;
		for (unsigned int b = 0; b < r.n; b++) {
			*two_cpus |= (actors >> r.branch[b].actor & 1) != 0;
			actors |= 1u << r.branch[b].actor;
		}
	}
	return n;
}

/* NULL, or why this lane has nothing to try of p. */
static const char *
unfit(const struct race_lane *l, const struct program *p)
{
	bool two_cpus;
	unsigned int n = count_races(p, &two_cpus);

	if (n == 0)
		return "the program has no race";
	if (l->xen == NULL && n > 1)
		return "the program has several races; all orders are tried of one";
	if (l->xen != NULL && two_cpus)
		return "two branches have one actor, and a domain has one virtual CPU here";
	return NULL;
}

enum verdict
race_tally(struct race_tally *t, struct race_lane *l, const struct program *p, uint64_t runs,
	   uint32_t seed, char *why)
{
	const char *no = unfit(l, p);
	enum verdict v;

	memset(t, 0, sizeof(*t));
	if (no != NULL) {
		snprintf(why, FILE_WHY, "%s", no);
		return VERDICT_SKIP;
	}
	outcomes_begin(&t->outcomes, &l->judge, p);
	v = l->xen != NULL ? race_tally_xen(t, l, p, runs, seed, why) :
			     race_tally_sim(t, l, p, runs);
	if (v == VERDICT_SKIP || v == VERDICT_ERROR)
		race_tally_free(t);
	return v;
}

void
race_tally_free(struct race_tally *t)
{
	outcomes_free(&t->outcomes);
}
