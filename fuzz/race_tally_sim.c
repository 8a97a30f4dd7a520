/* race_tally_sim: all orders of a race's turns. */
#include "arch/sim/explore.h"
#include "diff/duel.h"
#include "diff/violation.h"
#include "fuzz/race_tally.h"

/* Keep the first that was found, with the turns that show it. */
static void
keep(struct race_found *f, struct race_lane *l, const struct program *p,
     const struct difference *d)
{
	struct finding_traces traces = {
		.expected = duel_expected(l->duel), .got = duel_got(l->duel),
		.model = duel_expected(l->duel),
	};

	if (f->n++ > 0)
		return;
	finding_of_difference(&f->finding, p, d, &traces, "model", l->name);
	f->program = *p;
	violation_keep_turns(l->duel, &f->program);
}

enum verdict
race_tally_sim(struct race_tally *t, struct race_lane *l, const struct program *p, uint64_t runs)
{
	struct difference d;
	bool more = true;

	explore_start(l->explore, p->header.arm);
	duel_set_pick(l->duel, explore_pick, l->explore);
	for (uint64_t i = 0; more && i < runs; i++) {
		bool same = duel_run(l->duel, p, false, &d);

		t->n_unsure += same && duel_unsure(l->duel, p);
		if (!same)
			keep(&t->found, l, p, &d);
		if (!explore_pruned(l->explore))
			outcomes_count(&t->outcomes,
				       outcomes_find(&t->outcomes, p, duel_got(l->duel)));
		more = explore_next(l->explore);
	}
	duel_set_pick(l->duel, NULL, NULL);
	t->n_pruned = explore_count(l->explore).n_pruned;
	t->cut_short = more || explore_count(l->explore).deep;
	return t->found.n > 0 ? VERDICT_FAILURE : VERDICT_SUCCESS;
}
