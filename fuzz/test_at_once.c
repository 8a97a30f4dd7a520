/*
 * test_at_once: races in the language: text, bytes, and what is normal.  How they are done is in
 * fuzz/test_racing.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "diff/race.h"
#include "diff/test_round_trip.h"
#include "diff/text.h"
#include "fuzz/coverage.h"
#include "fuzz/mutate_race.h"

enum { ROUNDS = 20000, TEXT_BYTES = 1 << 16 };

static struct program program, again;
static char text[TEXT_BYTES];

static void
parse(const char *source)
{
	struct text_error e;

	if (!text_parse(&program, &e, source, strlen(source)))
		fail_msg("%u:%u: %s in\n%s", e.line, e.column, e.what, source);
}

/* ------------------------------------------------------------------ text */

static void
test_canonical_text(void **unused)
{
	(void)unused;
	parse("gnt 1 arm 1\n"
	      "race{d0 end_ref g0 =ended;d0 batch swap{g0 g1;g2 g3 = okay}|\n"
	      "# between\n d1 map m1 from d0 g0 ro\n\n} schedule 0 0*2 1 0_*3 # held\n"
	      "schedule 0! 1!2 1~3 0~1*2\n"
	      "d1 tick\n");
	text_print(&program, text, sizeof text);
	assert_string_equal(text,
		"gnt 1\n"
		"domains 2  pages 4  frames 1  arm 1\n"
		"race {\n"
		"  d0 end_ref g0                         = ended\n"
		"  d0 batch swap {\n"
		"    g0 g1 ;\n"
		"    g2 g3                               = okay\n"
		"  }\n"
		"|\n"
		"  d1 map m1 from d0 g0 ro\n"
		"} schedule 0*3 1 0_*3 0! 1!2 1~3 0~1*2\n"
		"d1 tick\n");
	assert_round_trip(&program);
}

static void
test_long_schedules_break_lines(void **unused)
{
	struct race_place r;
	uint8_t code[100];

	(void)unused;
	parse("gnt 1\nrace { d0 tick | d1 tick } schedule 0\n");
	assert_true(race_at(&r, &program, 0));
	for (unsigned int i = 0; i < sizeof code; i++)
		code[i] = turn_code((struct turn){ (uint8_t)(i % 2), TURN_STEP, 0 });
	race_set_turns(&r, &program, code, sizeof code);
	assert_non_null(strstr(assert_round_trip(&program), "\nschedule 0 1"));
}

static void
test_errors_say_where_and_what(void **unused)
{
	(void)unused;
	assert_error("gnt 1\nrace { d0 tick\n| d1 tick\n", 4, 1,
		     "the end of the file in a race: `}` is missing");
	assert_error("gnt 1\nrace d0\n", 2, 6, "`d0` where `{` should open the race");
	assert_error("gnt 1\nrace { d0 tick }\n", 2, 16,
		     "a race has 2 or 3 branches: `|` parts them");
	assert_error("gnt 1\nrace {\nd0 tick | d0 tick | d1 tick | d1 tick }\n", 3, 29,
		     "a race has at most 3 branches");
	assert_error("gnt 1\nrace { | d1 tick }\n", 2, 8,
		     "a branch of a race needs an operation before its `|`");
	assert_error("gnt 1\nrace { d0 tick; d1 tick | d1 tick }\n", 2, 17,
		     "d1 in a branch of d0: a branch has one actor, and `|` parts branches");
	assert_error("gnt 1\nrace { d0 tick d0 tick | d1 tick }\n", 2, 16,
		     "`d0` does not belong behind tick: `= answer` or `;`, `|`, `}` or the end of "
		     "the line");
	assert_error("gnt 1\nrace { d0 version 2 | d1 tick }\n", 2, 11,
		     "version cannot be in a race: it is done alone");
	assert_error("gnt 1\nrace { d0 tick; d0 tick; d0 tick; d0 tick; d0 tick; d0 tick\n"
		     "| d1 tick }\n", 3, 3,
		     "a race has at most 6 operations, each batch counted as one");
	assert_error("gnt 1\nrace { d0 tick | race { d0 tick | d1 tick } }\n", 2, 18,
		     "a race in a race: `}` ends this one first");
	assert_error("gnt 1\nrace { d0 tick | d1 tick } now\n", 2, 28,
		     "`now` behind a race: `schedule` or the end of the line");
	assert_error("gnt 1\nd0 tick\n}\n", 3, 1, "`}` with no race before it");
	assert_error("gnt 1\n| d0 tick\n", 2, 1, "`|` with no race before it");
	assert_error("gnt 1\nd0 tick\nschedule 0\n", 3, 1, "a schedule with no race before it");
}

static void
test_wrong_turns_are_told(void **unused)
{
	static const char *const wrong[] = {
		"x", "0x", "_", "0_1", "0~", "0~0", "0~9", "0!8", "0*0", "0*", "0*2049", "-1",
		"0**2",
	};
	char source[100];
	struct text_error e;

	(void)unused;
	assert_error("gnt 1\nrace { d0 tick | d1 tick } schedule 0 2\n", 2, 39,
		     "`2`: the race has no branch 2: 0 to 1");
	for (unsigned int i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		snprintf(source, sizeof source,
			 "gnt 1\nrace { d0 tick | d1 tick } schedule 0 %s\n", wrong[i]);
		if (text_parse(&program, &e, source, strlen(source)))
			fail_msg("`%s' is taken for a turn", wrong[i]);
		assert_int_equal(e.line, 2);
		assert_int_equal(e.column, 39);
		assert_non_null(strstr(e.what, "no turn `"));
	}
	parse("gnt 1\nrace { d0 tick | d1 tick } schedule 0~8 1!7 1_*2\n");
	assert_round_trip(&program);
}

/* Spoilt text is an error with a place, or another program. */
static void
test_spoilt_text_is_told_apart(void **unused)
{
	struct rng r = { 7 };

	(void)unused;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct text_error e;
		size_t n;

		mutate_race_random(&program, &r);
		n = text_print(&program, text, sizeof text);
		for (unsigned int change = 0; change < 3; change++)
			text[rng_below(&r, (uint32_t)n)] = "{}|;=\n d01_!~*x"[rng_below(&r, 16)];
		if (rng_below(&r, 2) == 0)
			n = rng_below(&r, (uint32_t)n);
		if (text_parse(&again, &e, text, n)) {
			program = again;
			assert_round_trip(&program);
		} else {
			assert_in_range(e.line, 1, n + 1);
			assert_true(e.what[0] != '\0');
		}
	}
}

/* ------------------------------------------------------------------ bytes and normal form */

/* Operations of the kinds given, and then END: all by d0, until they are made normal. */
enum { END = OP_KINDS };

static void
make(const uint8_t *kinds)
{
	program = (struct program){ .header = program_header_default };
	for (; *kinds != END; kinds++)
		program.ops[program.n_ops++] = (struct op){ .kind = *kinds };
	program_normalize(&program);
}

static void
assert_kinds(const uint8_t *kinds)
{
	unsigned int i = 0;

	for (; kinds[i] != END; i++) {
		assert_true(i < program.n_ops);
		assert_int_equal(program.ops[i].kind, kinds[i]);
	}
	assert_int_equal(program.n_ops, i);
	assert_round_trip(&program);
}

#define K(...) ((const uint8_t[]){ __VA_ARGS__, END })

static void
test_what_is_no_race_loses_its_marks(void **unused)
{
	(void)unused;
	/* No end; one branch; too many operations; one that is done alone; no beginning. */
	make(K(OP_RACE, OP_TICK, OP_WITH, OP_TICK));
	assert_kinds(K(OP_TICK, OP_TICK));
	make(K(OP_RACE, OP_TICK, OP_WITH, OP_RACE_END, OP_TURNS));
	assert_kinds(K(OP_TICK));
	make(K(OP_RACE, OP_TICK, OP_TICK, OP_TICK, OP_TICK, OP_WITH, OP_TICK, OP_TICK, OP_TICK,
	       OP_RACE_END));
	assert_kinds(K(OP_TICK, OP_TICK, OP_TICK, OP_TICK, OP_TICK, OP_TICK, OP_TICK));
	make(K(OP_RACE, OP_TICK, OP_WITH, OP_VERSION, OP_RACE_END));
	assert_kinds(K(OP_TICK, OP_VERSION));
	make(K(OP_WITH, OP_TICK, OP_RACE_END, OP_TURNS));
	assert_kinds(K(OP_TICK));
}

static void
test_what_is_nearly_a_race_becomes_one(void **unused)
{
	(void)unused;
	/* Empty branches; a fourth; one begun in another. */
	make(K(OP_RACE, OP_WITH, OP_TICK, OP_WITH, OP_WITH, OP_TICK, OP_WITH, OP_RACE_END));
	assert_kinds(K(OP_RACE, OP_TICK, OP_WITH, OP_TICK, OP_RACE_END));
	make(K(OP_RACE, OP_TICK, OP_WITH, OP_TICK, OP_WITH, OP_TICK, OP_WITH, OP_TICK,
	       OP_RACE_END));
	assert_kinds(K(OP_RACE, OP_TICK, OP_WITH, OP_TICK, OP_WITH, OP_TICK, OP_TICK,
		       OP_RACE_END));
	make(K(OP_RACE, OP_TICK, OP_RACE, OP_TICK, OP_WITH, OP_TICK, OP_RACE_END));
	assert_kinds(K(OP_TICK, OP_RACE, OP_TICK, OP_WITH, OP_TICK, OP_RACE_END));
}

static void
test_a_branch_has_one_actor_and_its_own_batches(void **unused)
{
	struct race_place r;

	(void)unused;
	parse("gnt 1\nrace { d0 batch swap { g0 g1; g2 g3 }; d0 swap g4 g5 | d1 tick }\n");
	program.ops[4].flags = OP_JOIN;	/* the last swap, towards the other branch */
	program.ops[3].actor = 1;
	program_normalize(&program);
	assert_true(race_at(&r, &program, 0));
	assert_int_equal(r.n, 2);
	for (unsigned int i = r.branch[0].from; i < r.branch[0].to; i++)
		assert_int_equal(program.ops[i].actor, 0);
	assert_int_equal(program.ops[r.branch[0].to - 1].flags & OP_JOIN, 0);
	assert_int_equal(r.branch[1].actor, 1);
	assert_int_equal(program_batch(&program, 0), program.n_ops);
	assert_round_trip(&program);
}

static void
test_places_in_a_program(void **unused)
{
	struct race_place r;
	unsigned int n_in = 0;

	(void)unused;
	parse("gnt 1\nd0 tick\nrace { d0 tick = 0 | d1 tick } schedule 1*9\n"
	      "race { d1 tick | d0 tick | d1 tick }\nd0 tick\n");
	for (unsigned int at = 0; at < program.n_ops; at++)
		n_in += race_at(&r, &program, at);
	assert_int_equal(n_in, program.n_ops - 2);
	assert_false(race_at(&r, &program, 0));
	assert_true(race_at(&r, &program, 7));
	assert_int_equal(r.from, 1);
	assert_int_equal(r.turns, 7);
	assert_int_equal(r.to, 9);
	assert_int_equal(race_branch_of(&r, 3), 0);
	assert_int_equal(race_branch_of(&r, 5), 1);
	assert_int_equal(race_branch_of(&r, 4), r.n);
	assert_true(race_at(&r, &program, 9));
	assert_int_equal(r.from, 9);
	assert_int_equal(r.n, 3);
}

/* Whatever is among the marks, what is normal stays what it is in every form. */
static void
test_any_marks_become_normal(void **unused)
{
	static const uint8_t kinds[] = {
		OP_RACE, OP_RACE, OP_WITH, OP_WITH, OP_WITH, OP_RACE_END, OP_RACE_END, OP_TURNS,
		OP_EXPECT, OP_SWAP, OP_SWAP, OP_MAP, OP_TICK, OP_GRANT, OP_UNMAP, OP_UNMAP,
	};
	unsigned int n_races = 0, n_turns = 0;
	struct rng r = { 11 };

	(void)unused;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		program.header = program_header_default;
		program.n_ops = (uint16_t)rng_below(&r, i % 16 == 0 ? PROGRAM_OPS_MAX + 1 : 40);
		for (unsigned int at = 0; at < program.n_ops; at++) {
			uint8_t *raw = (uint8_t *)&program.ops[at];

			for (unsigned int b = 0; b < sizeof program.ops[at]; b++)
				raw[b] = (uint8_t)rng_next(&r);
			if (at > 0 && program.ops[at - 1].kind == OP_RACE_END)
				program.ops[at].kind = OP_TURNS;
			else if (rng_below(&r, 64) > 0)
				program.ops[at].kind = kinds[rng_below(&r, sizeof kinds)];
		}
		program_normalize(&program);
		assert_round_trip(&program);
		for (unsigned int at = 0; at < program.n_ops; at++) {
			n_races += program.ops[at].kind == OP_RACE;
			n_turns += program.ops[at].kind == OP_TURNS;
		}
	}
	assert_true(n_races > ROUNDS / 10);
	assert_true(n_turns > ROUNDS / 10);
}

static void
test_schedules_are_counted(void **unused)
{
	uint8_t code[RACE_SCHEDULE_MAX];
	struct race_place r;
	unsigned int n;

	(void)unused;
	parse("gnt 1\nrace { d0 tick | d1 tick } schedule 0*7 1_ 1! 0*12\n");
	assert_true(race_at(&r, &program, 0));
	n = race_turns(&r, &program, code);
	assert_int_equal(n, 21);
	assert_int_equal(race_switches(code, n), 4);
	assert_int_equal(turn_of(code[8]).kind, TURN_DRAIN);
	race_set_turns(&r, &program, code, 3);
	assert_int_equal(race_turns(&r, &program, code), 3);
	assert_int_equal(program.n_ops, 6);
	/* There is room for so many, and no more. */
	memset(code, 0, sizeof code);
	race_set_turns(&r, &program, code, sizeof code);
	assert_int_equal(program.n_ops, PROGRAM_OPS_MAX);
	assert_round_trip(&program);
}

/* ------------------------------------------------------------------ cells */

static unsigned int
cells_of(const char *source, int rc_of_first, unsigned int cell[COVERAGE_RACE_MOST])
{
	static struct trace t;

	parse(source);
	for (unsigned int i = 0; i < program.n_ops; i++)
		trace_record_begin(&t.record[i]);
	t.record[1].rc = rc_of_first;
	return coverage_race(&program, &t, 0, cell);
}

/* What raced, and what came of it, is a cell, whichever branch was written first. */
static void
test_races_have_cells(void **unused)
{
	unsigned int a[COVERAGE_RACE_MOST], b[COVERAGE_RACE_MOST];

	(void)unused;
	assert_int_equal(cells_of("gnt 1\nrace { d0 tick | d1 query g0 }", 0, a), 1);
	assert_int_equal(cells_of("gnt 1\nrace { d0 query g0 | d1 tick } schedule 1", 0, b), 1);
	assert_int_equal(a[0], b[0]);
	assert_int_equal(cells_of("gnt 1\nrace { d0 query g0 | d1 tick }", -1, b), 1);
	assert_true(a[0] != b[0]);
	assert_true(a[0] >= COVERAGE_RACE_0 && a[0] < COVERAGE_CELLS);
	assert_int_equal(cells_of("gnt 1\nrace { d0 tick; d0 free g0 = 0 | d1 tick; d1 tick\n"
				  "| d0 tick; d0 tick }", 0, a), 12);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_canonical_text),
		cmocka_unit_test(test_long_schedules_break_lines),
		cmocka_unit_test(test_errors_say_where_and_what),
		cmocka_unit_test(test_wrong_turns_are_told),
		cmocka_unit_test(test_spoilt_text_is_told_apart),
		cmocka_unit_test(test_what_is_no_race_loses_its_marks),
		cmocka_unit_test(test_what_is_nearly_a_race_becomes_one),
		cmocka_unit_test(test_a_branch_has_one_actor_and_its_own_batches),
		cmocka_unit_test(test_places_in_a_program),
		cmocka_unit_test(test_any_marks_become_normal),
		cmocka_unit_test(test_schedules_are_counted),
		cmocka_unit_test(test_races_have_cells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
