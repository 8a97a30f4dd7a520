/*
 * test_mutate: the mutator gives normal programs, the same from the same seed, and of everything
 * enough.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "diff/text.h"
#include "fuzz/guess.h"

enum {
	PROGRAMS = 20000,
	OPS = 64,
	LEAST_ONE_IN = 1000,	/* of the operations, of any kind */
	TEXT_BYTES = 1 << 16,
};

static struct program program, again, second, crossed;
static char text[TEXT_BYTES];
static uint8_t bytes[PROGRAM_BYTES_MAX];

/* *p is normal, and comes back from text and bytes. */
static void
assert_sound(const struct program *p)
{
	struct text_error e;
	size_t n;

	assert_true(p->n_ops <= PROGRAM_OPS_MAX);
	again = *p;
	program_normalize(&again);
	assert_true(program_same(p, &again));
	program_decode(&again, bytes, program_encode(p, bytes));
	assert_true(program_same(p, &again));
	n = text_print(p, text, sizeof text);
	assert_true(n < sizeof text);
	if (!text_parse(&again, &e, text, n))
		fail_msg("%u:%u: %s in\n%s", e.line, e.column, e.what, text);
	assert_true(program_same(p, &again));
}

static void
test_random_programs_are_normal(void **unused)
{
	struct rng r = { 1 };

	(void)unused;
	for (unsigned int i = 0; i < PROGRAMS / 10; i++) {
		unsigned int n = rng_below(&r, PROGRAM_OPS_MAX + 1);

		mutate_random(&program, &r, NULL, n);
		assert_int_equal(program.n_ops, n);
		assert_sound(&program);
	}
}

static void
test_a_given_header_is_kept(void **unused)
{
	struct program_header h = {
		.domains = 1, .pages = 8, .frames = 2, .max_frames = 8, .room = 15
	};
	struct rng r = { 2 };

	(void)unused;
	for (unsigned int i = 0; i < 100; i++) {
		mutate_random(&program, &r, &h, OPS);
		assert_memory_equal(&program.header, &h, sizeof h);
	}
}

static void
test_same_seed_same_program(void **unused)
{
	(void)unused;
	for (uint64_t seed = 0; seed < 200; seed++) {
		struct rng a = { seed }, b = { seed };

		for (unsigned int i = 0; i < 20; i++) {
			if (i == 0) {
				mutate_random(&program, &a, NULL, OPS);
				mutate_random(&second, &b, NULL, OPS);
			} else {
				mutate_program(&program, &a, OPS);
				mutate_program(&second, &b, OPS);
			}
			assert_true(program_same(&program, &second));
		}
	}
}

/* What a seed gives is part of a finding's line to paste: it must not change unnoticed. */
static void
test_generator_is_pinned(void **unused)
{
	struct rng r = { 0 };

	(void)unused;
	assert_true(rng_next(&r) == 0xe220a8397b1dcdafu);
	assert_true(rng_next(&r) == 0x6e789e6aa1b965f4u);
}

static void
test_mutants_are_normal(void **unused)
{
	struct rng r = { 3 };

	(void)unused;
	for (unsigned int i = 0; i < PROGRAMS; i++) {
		unsigned int max = i % 3 == 0 ? PROGRAM_OPS_MAX : rng_below(&r, OPS);

		if (i % 50 == 0)
			mutate_random(&program, &r, NULL, rng_below(&r, OPS));
		mutate_program(&program, &r, max);
		assert_true(program.n_ops <= max);
		assert_sound(&program);
	}
}

static void
test_crosses_are_normal(void **unused)
{
	struct rng r = { 4 };

	(void)unused;
	for (unsigned int i = 0; i < PROGRAMS / 5; i++) {
		unsigned int max = i % 2 == 0 ? PROGRAM_OPS_MAX : OPS;

		mutate_random(&program, &r, NULL, rng_below(&r, PROGRAM_OPS_MAX));
		mutate_random(&second, &r, NULL, rng_below(&r, OPS));
		mutate_cross(&crossed, &program, &second, &r, max);
		assert_true(crossed.n_ops <= max);
		assert_sound(&crossed);
	}
}

static void
test_mutation_changes_and_keeps(void **unused)
{
	unsigned int same = 0, close = 0;
	struct rng r = { 5 };

	(void)unused;
	for (unsigned int i = 0; i < PROGRAMS / 10; i++) {
		unsigned int kept = 0;

		mutate_random(&program, &r, NULL, OPS);
		second = program;
		mutate_program(&program, &r, PROGRAM_OPS_MAX);
		same += program_same(&program, &second);
		for (unsigned int at = 0; at < program.n_ops && at < OPS; at++)
			kept += program.ops[at].kind == second.ops[at].kind;
		close += kept > OPS / 4;
	}
	/* A change may happen to be none; it must be rare.  Most of a program mostly stays in
	 * place. */
	assert_true(same < PROGRAMS / 10 / 5);
	assert_true(close > PROGRAMS / 10 / 2);
}

/* Operations of a kind, and how often each flag of theirs, are drawn by mutate_random. */
static void
test_every_kind_and_flag_is_drawn(void **unused)
{
	static unsigned int kinds[OP_KINDS], flags[OP_KINDS][8];
	struct rng r = { 6 };

	(void)unused;
	for (unsigned int i = 0; i < PROGRAMS; i++) {
		mutate_random(&program, &r, NULL, OPS);
		for (unsigned int at = 0; at < program.n_ops; at++) {
			kinds[program.ops[at].kind]++;
			for (unsigned int f = 0; f < 6; f++)
				flags[program.ops[at].kind][f] += program.ops[at].flags >> f & 1;
		}
	}
	assert_int_equal(kinds[OP_EXPECT], 0);
	for (unsigned int k = 0; k < OP_EXPECT; k++) {
		if (kinds[k] < PROGRAMS * OPS / LEAST_ONE_IN)
			fail_msg("%s: only %u", op_table[k].name, kinds[k]);
		for (unsigned int f = 0; f < 6; f++)
			if ((program_op_max[k].flags >> f & 1) && flags[k][f] < kinds[k] / 50)
				fail_msg("%s, flag %u: only %u", op_table[k].name, f, flags[k][f]);
	}
}

/* Headers vary in every field. */
static void
test_every_header_is_drawn(void **unused)
{
	static unsigned int seen[FIELD_ARM][16];
	struct rng r = { 7 };

	(void)unused;
	for (unsigned int i = 0; i < PROGRAMS; i++) {
		mutate_random(&program, &r, NULL, 0);
		for (unsigned int f = 0; f < FIELD_ARM; f++)
			seen[f][*program_field(&program.header, f)]++;
	}
	for (unsigned int f = 0; f < FIELD_ARM; f++)
		for (unsigned int v = program_fields[f].low; v <= program_fields[f].high; v++)
			assert_true(seen[f][v] > 0);
}

/* Most grants that are named exist: of the maps drawn, a good half names one. */
static void
test_operations_fit_together(void **unused)
{
	unsigned int maps = 0, fit = 0;
	struct rng r = { 8 };

	(void)unused;
	for (unsigned int i = 0; i < PROGRAMS / 20; i++) {
		struct guess g;

		mutate_random(&program, &r, &program_header_default, OPS);
		guess_begin(&g, &program.header);
		for (unsigned int at = 0; at < program.n_ops; at++) {
			const struct op *o = &program.ops[at];

			if (o->kind == OP_MAP) {
				unsigned int before = g.domain[o->actor].maps;

				guess_apply(&g, o);
				maps++;
				fit += g.domain[o->actor].maps != before;
			} else {
				guess_apply(&g, o);
			}
		}
	}
	assert_true(maps > 0);
	assert_true(fit * 2 > maps);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_programs_are_normal),
		cmocka_unit_test(test_a_given_header_is_kept),
		cmocka_unit_test(test_same_seed_same_program),
		cmocka_unit_test(test_generator_is_pinned),
		cmocka_unit_test(test_mutants_are_normal),
		cmocka_unit_test(test_crosses_are_normal),
		cmocka_unit_test(test_mutation_changes_and_keeps),
		cmocka_unit_test(test_every_kind_and_flag_is_drawn),
		cmocka_unit_test(test_every_header_is_drawn),
		cmocka_unit_test(test_operations_fit_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
