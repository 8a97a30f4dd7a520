/*
 * test_random_races: random programs with races, each in several orders, beside the oracle:
 * those of its own schedule, of pct.h, and of turns drawn one by one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "arch/sim/pct.h"
#include "diff/duel.h"
#include "diff/race_set.h"
#include "diff/tell.h"
#include "fuzz/mutate_race.h"

enum {
	PROGRAMS = 10000,
	ORDERS = 6,		/* of each */
	TURNS = 40,		/* of a race, about */
	MODEL_ORDERS = 2000,	/* tried, at most, for one run */
	CHANGES = 3,
	OPS = 24,
};

static struct program p;
static struct duel *duel;

/* What all of it came to. */
static struct {
	unsigned int runs, cut, waits, early, otherwise;
} seen;

/* ------------------------------------------------------------------ orders */

static unsigned int
any_turn(void *ctx, const struct race_option *o, unsigned int n)
{
	(void)o;
	return rng_below(ctx, n);
}

static void
run(void)
{
	struct difference why;

	if (!duel_run(duel, &p, false, &why)) {
		tell_difference(stderr, &p, &why);
		fail();
	}
	seen.runs++;
	seen.cut += duel_orders(duel)->cut_short;
}

/* What the last race did that one after the other does not. */
static void
note_turns(void)
{
	const struct race_result *r = sim_race_result(duel_sim(duel));
	bool waits = false, early = false;

	for (unsigned int i = 0; i < r->n; i++) {
		waits |= turn_of(r->code[i]).kind == TURN_HOLD;
		early |= turn_of(r->code[i]).kind == TURN_STALE;
	}
	seen.waits += waits;
	seen.early += early;
}

static void
run_in_orders(struct rng *r)
{
	static struct trace first;
	bool otherwise = false;

	duel_set_pick(duel, NULL, NULL);
	run();
	memcpy(first.record, duel_got(duel)->record, p.n_ops * sizeof first.record[0]);
	for (unsigned int i = 0; i < ORDERS; i++) {
		struct pct pct;

		pct_start(&pct, rng_next(r), i % 4, TURNS);
		if (i < 4)
			duel_set_pick(duel, pct_pick, &pct);
		else
			duel_set_pick(duel, any_turn, r);
		run();
		note_turns();
		otherwise |= memcmp(first.record, duel_got(duel)->record,
				    p.n_ops * sizeof first.record[0]) != 0;
	}
	seen.otherwise += otherwise;
}

/* ------------------------------------------------------------------ tests */

/* No order of any of them does what the model never would. */
static void
test_random_orders(void **unused)
{
	struct rng r = { 20 };

	(void)unused;
	for (unsigned int i = 0; i < PROGRAMS; i++) {
		mutate_race_random(&p, &r);
		for (unsigned int k = rng_below(&r, CHANGES + 1); k > 0; k--)
			mutate_race(&p, &r, OPS);
		run_in_orders(&r);
	}
	print_message("%u runs; stores waited in %u, loads were early in %u; %u programs came out "
		      "otherwise; %u not judged to the end\n", seen.runs, seen.waits, seen.early,
		      seen.otherwise, seen.cut);
	assert_int_equal(seen.runs, PROGRAMS * (1 + ORDERS));
	assert_true(seen.waits > seen.runs / 8);
	assert_true(seen.early > PROGRAMS / 200);
	assert_true(seen.otherwise > PROGRAMS / 20);
	assert_true(seen.cut < seen.runs / 100);
}

/* Two of one seed choose alike; each depth falls as often as it says; every branch comes first. */
static void
test_pct(void **unused)
{
	enum { SEEDS = 600, STEPS = 40 };
	struct race_option o[RACE_BRANCHES_MAX];
	unsigned int first[RACE_BRANCHES_MAX] = { 0 };

	(void)unused;
	memset(o, 0, sizeof o);
	for (unsigned int b = 0; b < RACE_BRANCHES_MAX; b++)
		o[b].turn.branch = (uint8_t)b;
	for (unsigned int seed = 0; seed < SEEDS; seed++) {
		unsigned int depth = seed % (PCT_DEPTH_MAX + 1), switches = 0, last = 0;
		struct pct one, same;

		pct_start(&one, seed, depth, STEPS);
		pct_start(&same, seed, depth, STEPS);
		for (unsigned int i = 0; i < STEPS; i++) {
			unsigned int now = pct_pick(&one, o, RACE_BRANCHES_MAX);

			assert_int_equal(now, pct_pick(&same, o, RACE_BRANCHES_MAX));
			assert_true(now < RACE_BRANCHES_MAX);
			switches += i > 0 && now != last;
			first[now] += i == 0;
			last = now;
		}
		assert_true(switches <= depth);
	}
	for (unsigned int b = 0; b < RACE_BRANCHES_MAX; b++)
		assert_true(first[b] > SEEDS / 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pct),
		cmocka_unit_test(test_random_orders),
	};

	duel = duel_new();
	if (duel == NULL)
		return 3;
	duel_set_orders(duel, MODEL_ORDERS);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
