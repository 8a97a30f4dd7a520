/*
 * test_racing: programs with races as the mutator makes them, the interpreter does them and the
 * shrinker makes them small.
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
#include "diff/shrink.h"
#include "diff/text.h"
#include "fuzz/mutate_race.h"

enum { PROGRAMS = 20000, RUNS = 3000, OPS = 64 };

static struct program p, before, again;
static struct duel *duel;
static char text[1 << 16];

static int
set_up(void **unused)
{
	(void)unused;
	duel = duel_new();	/* the process's */
	return duel == NULL;
}

static void
parse(const char *from)
{
	struct text_error e;

	if (!text_parse(&p, &e, from, strlen(from)))
		fail_msg("%u:%u: %s", e.line, e.column, e.what);
}

static void
assert_normal_with_race(void)
{
	again = p;
	program_normalize(&again);
	assert_true(program_same(&again, &p));
	assert_true(race_any(&p));
}

/* The first race's. */
static unsigned int
turns_of(const struct program *in, uint8_t code[RACE_SCHEDULE_MAX])
{
	struct race_place place;

	for (unsigned int at = 0; at < in->n_ops; at++)
		if (race_at(&place, in, at))
			return race_turns(&place, in, code);
	return 0;
}

/* ------------------------------------------------------------------ the mutator */

/* Every setting, kind and sort of turn, and 2 and 3 branches; the same from the same seed. */
static void
test_races_are_drawn(void **unused)
{
	unsigned int branches[RACE_BRANCHES_MAX + 1] = { 0 }, turns[4] = { 0 }, arm = 0, same = 0;
	struct rng r = { 1 }, once_more = { 1 };

	(void)unused;
	for (unsigned int i = 0; i < PROGRAMS; i++) {
		uint8_t code[RACE_SCHEDULE_MAX];
		struct race_place place = { .n = 0 };
		unsigned int at = 0;

		mutate_race_random(&before, &once_more);
		mutate_race_random(&p, &r);
		assert_true(program_same(&p, &before));
		assert_normal_with_race();
		while (p.ops[at].kind != OP_RACE)
			at++;
		race_at(&place, &p, at);
		branches[place.n]++;
		arm += p.header.arm;
		for (unsigned int n = race_turns(&place, &p, code), k = 0; k < n; k++)
			turns[turn_of(code[k]).kind]++;
		for (unsigned int b = 1; b < place.n; b++)
			same += place.branch[b].actor == place.branch[0].actor;
	}
	assert_true(branches[2] > PROGRAMS / 2 && branches[3] > PROGRAMS / 20);
	assert_true(arm > PROGRAMS / 3 && arm < PROGRAMS * 2 / 3);
	assert_true(same > PROGRAMS / 20);
	for (unsigned int kind = 0; kind < 4; kind++)
		assert_true(turns[kind] > PROGRAMS / 4);
}

/* Changes keep a race, and hardly ever are none; most of them are to its schedule. */
static void
test_changes_keep_a_race(void **unused)
{
	unsigned int same = 0, schedule = 0;
	struct rng r = { 2 };

	(void)unused;
	mutate_race_random(&p, &r);
	for (unsigned int i = 0; i < PROGRAMS; i++) {
		uint8_t a[RACE_SCHEDULE_MAX], b[RACE_SCHEDULE_MAX];
		unsigned int n;

		before = p;
		mutate_race(&p, &r, OPS);
		assert_normal_with_race();
		assert_true(p.n_ops <= OPS);
		same += program_same(&p, &before);
		n = turns_of(&before, a);
		schedule += n != turns_of(&p, b) || memcmp(a, b, n) != 0;
	}
	assert_true(same < PROGRAMS / 5);
	assert_true(schedule > PROGRAMS / 4);
}

/* A program without a race gets one around what uses one reference. */
static void
test_a_race_around_operations(void **unused)
{
	unsigned int n = 0;
	struct rng r = { 3 };

	(void)unused;
	parse("gnt 1\nd0 grant g3 to d1 page p0\nd0 suspend\nd1 map m0 from d0 g3\n");
	assert_true(mutate_race_around(&p, &r, OPS));
	assert_int_equal(p.ops[0].kind, OP_RACE);
	assert_int_equal(p.ops[1].kind, OP_GRANT);
	assert_int_equal(p.ops[3].kind, OP_MAP);
	parse("gnt 1\nd0 grant g3 to d1 page p0\nd0 suspend\nd1 map m0 from d0 g2\n");
	before = p;
	assert_false(mutate_race_around(&p, &r, OPS));
	assert_true(program_same(&p, &before));
	for (unsigned int i = 0; i < PROGRAMS / 10; i++) {
		mutate_random(&p, &r, NULL, 30);
		if (!mutate_race_around(&p, &r, OPS))
			continue;
		assert_normal_with_race();
		n++;
	}
	assert_true(n > PROGRAMS / 20);
}

/* ------------------------------------------------------------------ the interpreter */

/* The same program is the same run, whatever came before it. */
static void
test_a_race_is_repeated(void **unused)
{
	static struct trace once;
	unsigned int n_okay = 0;
	struct rng r = { 4 };

	(void)unused;
	for (unsigned int i = 0; i < RUNS; i++) {
		mutate_race_random(&p, &r);
		duel_run_sim(duel, &p);
		once = *duel_got(duel);
		mutate_race_random(&before, &r);
		duel_run_sim(duel, &before);
		duel_run_sim(duel, &p);
		assert_memory_equal(once.domain, duel_got(duel)->domain,
				    p.header.domains * sizeof once.domain[0]);
		assert_memory_equal(once.record, duel_got(duel)->record,
				    p.n_ops * sizeof once.record[0]);
		for (unsigned int at = 0; at < p.n_ops; at++)
			n_okay += once.record[at].status == 0;
	}
	assert_true(n_okay > RUNS / 4);
}

static void
run(const char *source)
{
	struct difference d;

	parse(source);
	duel_run_sim(duel, &p);
	if (!compare_expectations(&d, &p, duel_got(duel)))
		fail_msg("operation %u: not %lld, but %lld in\n%s", d.at + 1,
			 (long long)d.expected, (long long)d.got, source);
}

/* Names: those of before the race, and what the branch itself makes of them. */
static void
test_names_in_a_race(void **unused)
{
	(void)unused;
	run("gnt 1\nd0 grant g0 to d1 page p0 = 8\n"
	    "race { d1 map m0 from d0 g0 = okay; d1 read_map m0; d1 unmap m0 = okay\n"
	    "| d1 map m0 from d0 g0 = skip; d1 map m1 from d0 g0 at m0 = skip\n"
	    "| d0 grant g0 to d1 page p1 = skip }\n"
	    "d1 map m0 from d0 g0 = okay\n");
	/* A slot that another branch fills is empty still. */
	run("gnt 1\nrace { d0 grant g3 to d1 page p0 = 8 | d0 grant g3 to d1 page p1 = 9 }\n"
	    "d0 end_ref g3 = ended\nd0 query g3 = -EINVAL\nd1 map m0 from d0 ref=7\n"
	    "d0 grant g3 to d1 page p0 = skip\n");
	/* Both unmap: one does. */
	run("gnt 1\nd0 grant g0 to d1 page p0\nd1 map m0 from d0 g0\n"
	    "race { d1 unmap m0 = okay | d1 unmap m0 = bad_handle }\n"
	    "d1 unmap m0 stale = skip\nd1 map m0 from d0 g0 = okay\n");
}

/* Pages leave their slots before the race and come into them after it. */
static void
test_pages_in_a_race(void **unused)
{
	(void)unused;
	run("gnt 1\nd0 accept g0 from d1 slot p2 = 8\n"
	    "race { d1 transfer p1 to d0 g0 = okay | d0 end_transfer g0 = p2; d0 read p2\n"
	    "| d1 read p1 = skip }\n"
	    "d0 read p2 = 585740407\nd1 read p1 = skip\n");
	run("gnt 1\nd0 grant g0 to d1 page p0 = 8\n"
	    "race { d0 end g0 p0 page = ended | d0 end g0 p0 page = skip | d0 read p0 = skip }\n"
	    "d0 fill p0 = 0\n");
	/* A page that is kept is mapped again. */
	run("gnt 1\nd1 grant g0 to d0 page p1\nd0 map m0 from d1 g0\n"
	    "race { d1 transfer p1 to d0 g1 = bad_page | d0 tick }\nd1 read p1 = 585740407\n");
}

static void
test_no_schedule_is_one_after_the_other(void **unused)
{
	(void)unused;
	run("gnt 1\nd0 grant g0 to d1 page p0\n"
	    "race { d0 end_ref g0 = ended | d1 map m0 from d0 g0 = general_error }\n");
	run("gnt 1\nd0 grant g0 to d1 page p0\n"
	    "race { d1 map m0 from d0 g0 = okay | d0 end_ref g0 = busy }\n");
}

/* ------------------------------------------------------------------ classes */

static void
test_a_class_is_about_what_races(void **unused)
{
	struct difference d = { .field = FIELD_RACE, .at = 1 };
	struct class_words w, read;
	char id[CLASS_ID], other[CLASS_ID];

	(void)unused;
	run("gnt 1\nd0 grant g0 to d1 page p0\n"
	    "race { d1 map m0 from d0 g0 = okay; d1 unmap m0 | d0 end_ref g0 }\n");
	class_of_difference(&w, &p, &d, NULL, duel_got(duel), NULL);
	class_print(&w, "", id);
	assert_string_equal(id, "end_ref_with_map_then_unmap-any_entry-race-any_order-vs-"
				"ended_with_okay_then_okay");
	assert_true(class_read(&read, id));
	/* Which branch was written first is no difference, nor is the schedule. */
	run("gnt 1\nd0 grant g0 to d1 page p0\n"
	    "race { d0 end_ref g0 | d1 map m0 from d0 g0; d1 unmap m0 } schedule 1*200 0 1 0\n");
	class_of_difference(&w, &p, &d, NULL, duel_got(duel), NULL);
	class_print(&w, "", other);
	assert_memory_equal(id, other, strlen("end_ref_with_map_then_unmap-any_entry-race-any_"));
	class_race_say(&p, 1, duel_got(duel), text, sizeof text);
	assert_non_null(strstr(text, "d0 end_ref "));
	assert_non_null(strstr(text, " | d1 map "));
}

/* ------------------------------------------------------------------ the shrinker */

static struct shrink s;
static bool (*wanted)(const struct program *in);

static bool
judge(void *arg, const struct program *const candidates[], unsigned int n, bool shows[])
{
	(void)arg;
	for (unsigned int i = 0; i < n; i++) {
		again = *candidates[i];
		program_normalize(&again);
		assert_true(program_same(&again, candidates[i]));
		shows[i] = wanted(candidates[i]);
	}
	return true;
}

static void
assert_shrinks_to(bool (*want)(const struct program *in), const char *expected)
{
	wanted = want;
	assert_true(wanted(&p));
	s.judge = judge;
	shrink_program(&s, &p);
	assert_true(s.minimal);
	text_print(&p, text, sizeof text);
	assert_string_equal(text, expected);
}

/* Three steps of one, a store of another that waits, and it reaches memory after one more step. */
static bool
needs_a_schedule(const struct program *in)
{
	uint8_t code[RACE_SCHEDULE_MAX];
	unsigned int n = turns_of(in, code), got = 0;
	static const struct turn pattern[] = {
		{ 1, TURN_STEP, 0 }, { 1, TURN_STEP, 0 }, { 1, TURN_STEP, 0 }, { 0, TURN_HOLD, 0 },
		{ 1, TURN_STEP, 0 }, { 0, TURN_DRAIN, 0 },
	};

	for (unsigned int i = 0; i < n && got < 6; i++)
		got += code[i] == turn_code(pattern[got]);
	return got == 6;
}

static void
test_schedules_become_short(void **unused)
{
	(void)unused;
	parse("gnt 1 arm 1 domains 3\nd0 tick\nd1 tick\n"
	      "race { d0 tick; d0 tick | d1 swap g3 g4 = okay | d2 tick }\n"
	      "schedule 2 1*7 0_*3 2*9 0~1 1! 0_ 1~3*2 2_ 1*2 0*5 2 0!1 1 0! 0!*2 1*40\n"
	      "d0 tick\n");
	assert_shrinks_to(needs_a_schedule,
		"gnt 1\ndomains 1  pages 1  frames 1  max_frames 1  maptrack 0  room 0\n"
		"race {\n  d0 tick\n|\n  d0 tick\n} schedule 1*3 0_ 1 0!\n");
}

/* Five turns of each: the fewest changes of branch are one. */
static bool
five_of_each(const struct program *in)
{
	uint8_t code[RACE_SCHEDULE_MAX];
	unsigned int n = turns_of(in, code), of[RACE_BRANCHES_MAX] = { 0 };

	for (unsigned int i = 0; i < n; i++)
		of[turn_of(code[i]).branch]++;
	return of[0] >= 5 && of[1] >= 5;
}

static void
test_schedules_switch_seldom(void **unused)
{
	(void)unused;
	parse("gnt 1\nrace { d0 tick | d1 tick } schedule 0 1 0 1_ 0*2 1~2 0! 1*3 0 1\n");
	assert_shrinks_to(five_of_each,
		"gnt 1\ndomains 1  pages 1  frames 1  max_frames 1  maptrack 0  room 0\n"
		"race {\n  d0 tick\n|\n  d0 tick\n} schedule 1*5 0*5\n");
}

/* Operations are done, in a race or not. */
static bool
ticks_and_swap(const struct program *in)
{
	unsigned int ticks = 0, swaps = 0;

	for (unsigned int i = 0; i < in->n_ops; i++) {
		ticks += in->ops[i].kind == OP_TICK && swaps == 1;
		swaps += in->ops[i].kind == OP_SWAP;
	}
	return ticks == 1 && swaps == 1;
}

static void
test_a_race_for_nothing_goes(void **unused)
{
	(void)unused;
	/* Only if the branches are done in another order. */
	parse("gnt 1\nrace { d0 tick = 0 | d1 swap g1 g2; d1 query g0 | d0 tick } schedule 1 0*9\n"
	      "d0 query g3\n");
	program_normalize(&p);
	assert_shrinks_to(ticks_and_swap,
		"gnt 1\ndomains 1  pages 1  frames 1  max_frames 1  maptrack 0  room 0\n"
		"d0 swap g0 g0\nd0 tick\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_races_are_drawn),
		cmocka_unit_test(test_changes_keep_a_race),
		cmocka_unit_test(test_a_race_around_operations),
		cmocka_unit_test(test_a_race_is_repeated),
		cmocka_unit_test(test_names_in_a_race),
		cmocka_unit_test(test_pages_in_a_race),
		cmocka_unit_test(test_no_schedule_is_one_after_the_other),
		cmocka_unit_test(test_a_class_is_about_what_races),
		cmocka_unit_test(test_schedules_become_short),
		cmocka_unit_test(test_schedules_switch_seldom),
		cmocka_unit_test(test_a_race_for_nothing_goes),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
