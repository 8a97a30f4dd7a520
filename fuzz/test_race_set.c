/*
 * test_race_set: what the model lets races answer, against what the cases say, and against what the
 * simulation does under schedules drawn at random.  A case lists all outcomes, from the interface's
 * rules and not from either program; over all its schedules each is seen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "diff/class_race.h"
#include "diff/duel.h"
#include "diff/race.h"
#include "diff/race_set.h"
#include "diff/race_story.h"
#include "diff/said.h"
#include "diff/tell.h"
#include "diff/text.h"
#include "fuzz/mutate_race.h"
#include "fuzz/test_race_set.h"

enum {
	ENDS_MAX = 64, SCHEDULES = 1500, SCHEDULES_MAX = 40000, DRAWN = 4000, COMPARED = 300,
	ORDERS_MAX = 3000, TEXT_BYTES = 1 << 14,
};

static struct program p;
static struct duel *duel;
static struct model *model;
static struct race_set *set;
static struct profile profile;
static char text[TEXT_BYTES];

static int
set_up(void **unused)
{
	(void)unused;
	duel = duel_new();
	model = malloc(model_bytes);
	set = race_set_new();
	if (duel == NULL || model == NULL || set == NULL)
		return -1;
	model_init(model);
	profile = profile_for(PROFILE_REFERENCE);
	return 0;
}

static int
tear_down(void **unused)
{
	(void)unused;
	duel_free(duel);
	model_fini(model);
	free(model);
	race_set_free(set);
	return 0;
}

/* ------------------------------------------------------------------ outcomes */

static unsigned int
race_of(const struct program *q)
{
	unsigned int at = 0;

	while (q->ops[at].kind != OP_RACE)
		at++;
	return at;
}

/* Ctx is a struct said. */
static void
note(void *ctx, const struct trace *t)
{
	struct said *o = ctx;
	char said[SAID_LENGTH];

	class_race_say(&p, race_of(&p), t, said, sizeof said);
	said_note(o, said);
	assert_false(o->full);
}

/* ------------------------------------------------------------------ the cases */

static void
parse(const char *operations)
{
	struct text_error e;

	snprintf(text, sizeof text, "gnt 1 %s\n", operations);
	if (!text_parse(&p, &e, text, strlen(text)))
		fail_msg("%u:%u: %s in\n%s", e.line, e.column, e.what, text);
	assert_true(race_any(&p));
}

static void
compare_outcomes(const struct race_case *c, const struct said *o, const char *whose)
{
	unsigned int listed = 0;

	for (; c->outcome[listed] != NULL; listed++)
		if (!said_has(o, c->outcome[listed]))
			fail_msg("%s: not an outcome of %s: %s", c->name, whose,
				 c->outcome[listed]);
	for (unsigned int i = 0; i < o->n; i++) {
		bool known = false;

		for (unsigned int k = 0; k < listed; k++)
			known = known || strcmp(c->outcome[k], o->words[i]) == 0;
		if (!known)
			fail_msg("%s: not listed, but an outcome of %s: %s", c->name, whose,
				 o->words[i]);
	}
	assert_true(listed > 0);
}

static void
allows_what_is_listed(const struct race_case *cases, unsigned int n, const struct profile *of)
{
	for (unsigned int i = 0; i < n; i++) {
		struct said o = { .n = 0 };

		parse(cases[i].text);
		race_set_all(set, model, &p, of, true, RACE_SET_RUNS_MAX, note, &o);
		assert_false(race_set_count(set)->cut_short);
		compare_outcomes(&cases[i], &o, "the model");
	}
}

static void
test_model_allows_what_is_listed(void **unused)
{
	struct profile machine = profile;

	(void)unused;
	allows_what_is_listed(race_cases, n_race_cases, &profile);
	machine.waits_run_out = machine.timers_fire = true;
	allows_what_is_listed(race_machine_cases, n_race_machine_cases, &machine);
}

/* ------------------------------------------------------------------ the simulation */

struct drawing {
	struct rng rng;
	unsigned int stay;		/* one in so many turns is any, the others the first */
	unsigned int branch, turns;	/* stay 0: so many of this branch, then by turns */
};

static unsigned int
by_turns(struct drawing *d, const struct race_option *o, unsigned int n)
{
	unsigned int i = 0;

	while (i < n && (o[i].turn.branch != d->branch || o[i].turn.kind != TURN_STEP))
		i++;
	if (d->turns > 0)
		d->turns--;
	else
		d->branch = !d->branch;
	return i < n ? i : 0;
}

static unsigned int
draw(void *ctx, const struct race_option *o, unsigned int n)
{
	struct drawing *d = ctx;

	if (d->stay == 0)
		return by_turns(d, o, n);
	return rng_below(&d->rng, d->stay) == 0 ? rng_below(&d->rng, n) : 0;
}

static void
assert_same(const struct difference *why, const char *name)
{
	char line[4096];

	tell_headline(&p, why, line, sizeof line);
	text_print(&p, text, sizeof text);
	fail_msg("%s: %s\n%s", name, line, text);
}

/* Run the program, which is the case's, under the k-th schedule. */
static void
schedule_case(const struct race_case *c, struct drawing *d, unsigned int k, struct said *o)
{
	struct difference why;

	d->stay = k % 7;
	d->branch = k & 1;
	d->turns = rng_below(&d->rng, 20);
	if (!duel_run(duel, &p, false, &why))
		assert_same(&why, c->name);
	assert_false(duel_orders(duel)->cut_short);
	note(o, duel_got(duel));
}

static bool
all_seen(const struct race_case *c, const struct said *o)
{
	for (unsigned int i = 0; c->outcome[i] != NULL; i++)
		if (!said_has(o, c->outcome[i]))
			return false;
	return true;
}

/* Some outcomes are rare; each case draws on its own, so that one more changes no other. */
static void
test_simulation_does_what_is_listed(void **unused)
{
	struct drawing drawing;
	unsigned int most = 0;

	(void)unused;
	duel_set_pick(duel, draw, &drawing);
	for (unsigned int i = 0; i < n_race_cases; i++) {
		const struct race_case *c = &race_cases[i];
		struct said o = { .n = 0 };
		unsigned int k = 0;

		parse(c->text);
		drawing.rng = (struct rng){ 1 };
		while (k < SCHEDULES || (k < SCHEDULES_MAX && !all_seen(c, &o)))
			schedule_case(c, &drawing, k++, &o);
		most = k > most ? k : most;
		compare_outcomes(c, &o, "the simulation");
	}
	printf("%u races: all outcomes seen in at most %u schedules\n", n_race_cases, most);
	duel_set_pick(duel, NULL, NULL);
}

/* ------------------------------------------------------------------ any races */

/* Each turn of the last race was told, in order, and no store waits for ever. */
static void
assert_told(const struct race_story *s)
{
	const struct race_result *r = sim_race_result(duel_sim(duel));

	assert_true(s->began && s->ended);
	assert_int_equal(s->n_turns + s->n_left_out, r->n);
	for (unsigned int i = 0; i < s->n_turns; i++)
		assert_int_equal(turn_code(s->turn[i].turn), r->code[i]);
	for (unsigned int b = 0; b < s->n_branches; b++)
		assert_int_equal(s->waiting[b], 0);
}

static void
test_drawn_races_have_an_order(void **unused)
{
	static struct race_story story;
	unsigned long runs = 0, cut = 0, one = 0;

	(void)unused;
	duel_set_story(duel, &story);
	for (unsigned int i = 0; i < DRAWN; i++) {
		struct rng rng = { i * 0x9e3779b97f4a7c15u + 1 };
		struct difference why;

		mutate_race_random(&p, &rng);
		if (!duel_run(duel, &p, false, &why))
			assert_same(&why, "drawn");
		assert_told(&story);
		runs += duel_orders(duel)->runs;
		cut += duel_unsure(duel, &p);
		one += duel_orders(duel)->runs == 1;
	}
	duel_set_story(duel, NULL);
	printf("%u drawn races: %lu runs of the model, %lu races in one, %lu given up\n", DRAWN,
	       runs, one, cut);
	assert_true(cut < DRAWN / 200);
	assert_true(one > DRAWN * 9 / 10);
}

static struct trace answered;

/* Of all that two operations could answer, what is refused is what no order answers. */
static void
test_what_no_order_answers_is_refused(void **unused)
{
	static const int16_t status[] = {
		GNTST_okay, GNTST_general_error, GNTST_bad_gntref, GNTST_eagain, GNTST_bad_page };
	struct said o = { .n = 0 };
	unsigned int at, refused = 0;
	struct difference why;
	struct trace expected;
	char said[SAID_LENGTH];

	(void)unused;
	parse("\nd0 grant g0 to d1 page p0\nrace { d0 end_ref g0 | d1 map m0 from d0 g0 }");
	at = race_of(&p);
	assert_true(duel_run(duel, &p, false, &why));
	race_set_all(set, model, &p, &profile, true, ORDERS_MAX, note, &o);
	for (unsigned int i = 0; i < 10; i++) {
		answered = *duel_got(duel);
		answered.record[at + 1].rc = i % 2;
		answered.record[at + 3].status = status[i / 2];
		answered.record[at + 3].value = i / 2 == 0 ? 0 : 0xff;
		class_race_say(&p, at, &answered, said, sizeof said);
		if (race_set_allows(set, model, &p, &profile, &answered, at + 5, NULL, &expected,
				    &why)) {
			assert_true(said_has(&o, said));
			continue;
		}
		assert_false(said_has(&o, said));
		refused++;
		assert_int_equal(why.field, FIELD_RACE);
		assert_int_equal(why.at, at);
		assert_non_null(strstr(why.invariant, "d0 end_ref"));
	}
	assert_int_equal(refused, 8);
}

/* ------------------------------------------------------------------ the reduction */

struct ends {
	unsigned int n;
	uint64_t end[ENDS_MAX];
};

static uint64_t
mix(uint64_t h, uint64_t v)
{
	return (h ^ v) * 0x100000001b3u;
}

/* All that a trace says but for the rules. */
static void
note_end(void *ctx, const struct trace *t)
{
	struct ends *e = ctx;
	uint64_t h = 1;

	for (unsigned int i = 0; i < p.n_ops; i++) {
		uint64_t words[3];

		memcpy(words, &t->record[i], sizeof words);
		h = mix(mix(mix(h, words[0]), words[1]), words[2]);
	}
	for (unsigned int d = 0; d < t->domains; d++) {
		const struct trace_domain *end = &t->domain[d];

		for (unsigned int s = 0; s < PAGE_SLOTS; s++)
			h = mix(h, end->digest[s]);
		h = mix(h, end->free_count + end->nr_frames * 0x10000u);
	}
	for (unsigned int i = 0; i < e->n; i++)
		if (e->end[i] == h)
			return;
	if (e->n < ENDS_MAX)
		e->end[e->n++] = h;
}

static void
test_reduction_loses_nothing(void **unused)
{
	unsigned long all = 0, reduced = 0, several = 0;

	(void)unused;
	for (unsigned int i = 0, done = 0; done < COMPARED; i++) {
		struct rng rng = { i * 0x9e3779b97f4a7c15u + 7 };
		struct ends a = { .n = 0 }, b = { .n = 0 };

		mutate_race_random(&p, &rng);
		race_set_all(set, model, &p, &profile, false, ORDERS_MAX, note_end, &a);
		if (race_set_count(set)->cut_short)
			continue;
		done++;
		all += race_set_count(set)->runs;
		race_set_all(set, model, &p, &profile, true, ORDERS_MAX, note_end, &b);
		reduced += race_set_count(set)->runs;
		several += a.n > 1;
		text_print(&p, text, sizeof text);
		if (a.n != b.n)
			fail_msg("%u ends, reduced %u, of\n%s", a.n, b.n, text);
	}
	printf("%u races: %lu orders, or %lu; %lu have several ends\n", COMPARED, all, reduced,
	       several);
	assert_true(several > COMPARED / 40);
	assert_true(reduced * 5 < all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model_allows_what_is_listed),
		cmocka_unit_test(test_simulation_does_what_is_listed),
		cmocka_unit_test(test_drawn_races_have_an_order),
		cmocka_unit_test(test_what_no_order_answers_is_refused),
		cmocka_unit_test(test_reduction_loses_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
