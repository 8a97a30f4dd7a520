/*
 * test_text: the forms of a program: text, bytes, normal.
 *
 * Programs here are made of all kinds of operations with all their flags, field by field at random:
 * the forms do not care whether they make sense.  fuzz/test_mutate.c does the same with programs
 * that do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "arch/xen_abi.h"
#include "diff/test_round_trip.h"
#include "diff/text.h"

enum { ROUNDS = 20000, TEXT_BYTES = 1 << 16 };

static struct program program, again;
static uint8_t bytes[PROGRAM_BYTES_MAX + OP_BYTES];
static char text[TEXT_BYTES];

static uint32_t
random32(uint64_t *state)
{
	/* An LCG's high bits, Knuth's constants. */
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 32);
}

static void
random_bytes(uint64_t *state, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)random32(state);
}

/* ------------------------------------------------------------------ bytes and normal form */

static void
test_any_bytes_decode_to_a_normal_program(void **unused)
{
	uint64_t state = 1;

	(void)unused;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		size_t n = random32(&state) % (i % 16 == 0 ? sizeof bytes : 400);

		random_bytes(&state, n);
		program_decode(&program, bytes, n);
		again = program;
		program_normalize(&again);
		assert_true(program_same(&program, &again));
		assert_round_trip(&program);
	}
}

static void
test_any_struct_becomes_normal(void **unused)
{
	uint64_t state = 3;

	(void)unused;
	for (unsigned int i = 0; i < ROUNDS / 10; i++) {
		unsigned char *raw = (unsigned char *)&program;

		for (size_t b = 0; b < sizeof program; b++)
			raw[b] = (unsigned char)random32(&state);
		program.n_ops = (uint16_t)(random32(&state) % (PROGRAM_OPS_MAX + 1));
		program_normalize(&program);
		again = program;
		program_normalize(&again);
		assert_true(program_same(&program, &again));
		for (unsigned int j = 0; j < program.n_ops; j++)
			assert_true(program.ops[j].actor < program.header.domains);
		assert_true(program.header.frames <= program.header.max_frames);
		assert_round_trip(&program);
	}
}

/* n swaps by d0, all joined. */
static void
joined_swaps(unsigned int n)
{
	program = (struct program){ .header = program_header_default, .n_ops = (uint16_t)n };
	for (unsigned int i = 0; i < n; i++)
		program.ops[i] = (struct op){ .kind = OP_SWAP, .flags = OP_JOIN };
}

static void
test_join_only_where_it_makes_sense(void **unused)
{
	(void)unused;
	joined_swaps(OP_BATCH_MAX + 3);
	program_normalize(&program);
	assert_int_equal(program_batch(&program, 0), OP_BATCH_MAX);
	assert_int_equal(program_batch(&program, OP_BATCH_MAX), 3);
	assert_int_equal(program.ops[program.n_ops - 1].flags & OP_JOIN, 0);

	joined_swaps(4);
	program.ops[1].actor = 1;
	program_normalize(&program);
	assert_int_equal(program_batch(&program, 0), 1);
	assert_int_equal(program_batch(&program, 1), 1);
	assert_int_equal(program_batch(&program, 2), 2);

	joined_swaps(4);
	program.ops[1].kind = OP_TICK;
	program_normalize(&program);
	assert_int_equal(program.ops[0].flags | program.ops[1].flags, 0);
}

static void
test_expectations_belong_to_an_operation(void **unused)
{
	(void)unused;
	joined_swaps(5);
	program.ops[0].kind = program.ops[2].kind = program.ops[3].kind = OP_EXPECT;
	program_normalize(&program);
	/* = | swap = = swap: the first and the double one go; the batch reaches over the other. */
	assert_int_equal(program.n_ops, 3);
	assert_int_equal(program.ops[1].kind, OP_EXPECT);
	assert_int_equal(program_batch(&program, 0), 3);
	assert_round_trip(&program);
}

/* ------------------------------------------------------------------ text */

/* Every kind, each flag alone and together, random operands, each class of answer. */
static void
test_every_kind_and_flag(void **unused)
{
	uint64_t state = 4;

	(void)unused;
	for (unsigned int k = 0; k < OP_EXPECT; k++) {
		for (unsigned int flags = 0; flags < 64; flags++) {
			struct op *o = program.ops;

			program.header = program_header_default;
			program.header.domains = DOMAINS_MAX;
			random_bytes(&state, sizeof program.ops[0] * 4);
			memcpy(o, bytes, sizeof program.ops[0] * 4);
			o[0].kind = o[2].kind = (uint8_t)k;
			o[0].flags = (uint8_t)flags;
			o[2].actor = o[0].actor;
			o[1].kind = o[3].kind = OP_EXPECT;
			program.n_ops = 4;
			program_normalize(&program);
			assert_int_equal(program.ops[0].flags, flags & program_op_max[k].flags);
			assert_round_trip(&program);
		}
	}
}

static void
parse(const char *source)
{
	struct text_error e;

	if (!text_parse(&program, &e, source, strlen(source)))
		fail_msg("%u:%u: %s", e.line, e.column, e.what);
}

static void
test_what_people_may_write(void **unused)
{
	(void)unused;
	parse("# before\r\n\r\ngnt 1   domains 3\n frames 2 # two\n\nmax_frames 2\n"
	      "\td2   map m1 from d0 g3 at m2 nohost ro =okay# tight\n"
	      "d0 batch swap{g0 g1 =eagain;\n\n# between\n g2 g3}\n"
	      "d0 copy p1 -> other.p2+0x10 len 0x20\n"
	      "d0 copy page self p1 +4 -> d1:ref=7 len 8 = -E61\n"
	      "d1 read p0 = -5\n");
	text_print(&program, text, sizeof text);
	assert_string_equal(text,
		"gnt 1\n"
		"domains 3  pages 4  frames 2  max_frames 2\n"
		"d2 map m1 from d0 g3 at m2 ro nohost    = okay\n"
		"d0 batch swap {\n"
		"  g0 g1                                 = eagain ;\n"
		"  g2 g3\n"
		"}\n"
		"d0 copy p1+0 -> other.p2+16 len 32\n"
		"d0 copy p1+4 -> d1:ref=7+0 len 8        = -ENODATA\n"
		"d1 read p0 +0                           = -5\n");
}

static void
test_answers_in_their_kinds_words(void **unused)
{
	(void)unused;
	parse("gnt 1\n"
	      "d0 end_ref g0 = ended\nd0 end_ref g0 = busy\n"
	      "d0 end g0 p0 = deferred\nd0 end g0 p0 = ended\n"
	      "d0 end_transfer g0 = p7\nd0 end_transfer g0 = nothing\n"
	      "d0 grant g0 to d1 page p0 = 8\nd0 tick = skip\nd0 swap g0 g1 = no_space\n"
	      "d0 alloc c0 1 = -ENOSPC\nd0 alloc c0 1 = -E3000\n");
	assert_int_equal(expect_value(&program.ops[1]), 1);
	assert_int_equal(expect_value(&program.ops[3]), 0);
	assert_int_equal(expect_value(&program.ops[5]), 0);
	assert_int_equal(expect_value(&program.ops[9]), 7);
	assert_int_equal(expect_value(&program.ops[11]), EXPECT_NOTHING);
	assert_int_equal(expect_value(&program.ops[13]), 8);
	assert_int_equal(program.ops[15].a.idx, RESULT_SKIP);
	assert_int_equal(expect_value(&program.ops[17]), GNTST_no_space);
	assert_int_equal(expect_value(&program.ops[19]), -XEN_ENOSPC);
	assert_int_equal(expect_value(&program.ops[21]), -3000);
	assert_round_trip(&program);
}

static void
test_errors_say_where_and_what(void **unused)
{
	(void)unused;
	assert_error("", 1, 1, "the end of the file where `gnt 1` should begin a program");
	assert_error(
	    "gnt 1\n\nd0 grant g0 to d7 page p0\n", 3, 16,
	    "no domain `d7`: d0 to d2, self, io, xen, cow, invalid, idle, none, last, max");
	assert_error("gnt 1\nd0 alloc c0 5001\n", 2, 13,
		     "`5001` is too large for this number: 0 to 5000");
	assert_error("gnt 1\nd0 gramt g0 to d1 page p0\n", 2, 4, "no operation `gramt`: `grant`?");
	assert_error(
	    "gnt 1\nd0 copy d1:g77 -> p0 len 1\n", 2, 12,
	    "no reference `g77`: g0 to g15, ref=0, ref=1, ref=7, ref=511, ref=512, "
	    "ref=last, ref=end, ref=max");
	assert_error("gnt 1\nd0 tick now\n", 2, 9,
		     "`now` does not belong behind tick: `= answer` or the end of the line");
}

/* No byte of a valid program, changed or cut off, does worse than an error that has a place. */
static void
test_spoilt_text_is_told_apart(void **unused)
{
	uint64_t state = 5;

	(void)unused;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct text_error e;
		size_t n;

		random_bytes(&state, 200);
		program_decode(&program, bytes, 200);
		n = text_print(&program, text, sizeof text);
		for (unsigned int change = 0; change < 3; change++)
			text[random32(&state) % n] = (char)random32(&state);
		n -= random32(&state) % 2 * (random32(&state) % n);
		if (text_parse(&again, &e, text, n)) {
			program = again;
			assert_round_trip(&program);
		} else {
			assert_in_range(e.line, 1, n + 1);
			assert_in_range(e.column, 1, n + 1);
			assert_true(e.what[0] != '\0');
		}
	}
}

static void
test_cut_output_is_counted(void **unused)
{
	char small[16];
	size_t n;

	(void)unused;
	parse("gnt 1\nd0 grant g0 to d1 page p0 = 8\n");
	n = text_print(&program, text, sizeof text);
	assert_int_equal(n, strlen(text));
	assert_int_equal(text_print(&program, small, sizeof small), n);
	assert_int_equal(strlen(small), sizeof small - 1);
	assert_memory_equal(small, text, sizeof small - 1);
	assert_int_equal(text_print(&program, NULL, 0), n);
	assert_int_equal(text_print_op(&program.ops[0], small, sizeof small),
			 strlen("d0 grant g0 to d1 page p0"));
	assert_int_equal(text_print_result(OP_MAP, RESULT_STATUS, 1, small, sizeof small),
			 strlen("status=1"));
	assert_string_equal(small, "status=1");
}

static void
test_a_trace_beside_its_program(void **unused)
{
	static struct trace t;

	(void)unused;
	parse("gnt 1\nd0 grant g0 to d1 page p0 = 8\nd0 end_ref g0 = ended\nd0 fill p0\n");
	t = (struct trace){ .n_records = program.n_ops, .domains = 1 };
	for (unsigned int i = 0; i < program.n_ops; i++) {
		t.record[i].status = STATUS_NONE;
		t.record[i].entry[0].dom = t.record[i].entry[1].dom = VIEW_NONE;
		t.record[i].free_count = 503;
	}
	t.record[0].rc = 8;
	t.record[0].entry[0] = (struct entry_view){ GTF_permit_access, DOM_D1, 0 };
	t.record[2].fired = 0x31;
	t.record[4].skip = SKIP_SLOT_EMPTY;
	t.domain[0].free_count = 503;
	t.domain[0].nr_frames = 1;
	t.domain[0].digest[3] = 0xabc;
	text_print_trace(&program, &t, text, sizeof text);
	assert_string_equal(text,
		"  1  d0 grant g0 to d1 page p0                    "
		"8                 free 503  [0x01 d1 p0]\n"
		"  3  d0 end_ref g0                                "
		"busy, not ended   free 503  called k0 k2\n"
		"  5  d0 fill p0                                   "
		"skip: slot empty  free 503\n"
		"d0: free 503  frames 1  deferred 0  leaked 0  pages put 0\n"
		"  p3 0000000000000abc\n");
}

static void
test_a_turn_reads_as_in_a_schedule(void **state)
{
	static const struct { struct turn turn; const char *text; } cases[] = {
		{ { 0, TURN_STEP, 0 }, "0" }, { { 1, TURN_HOLD, 0 }, "1_" },
		{ { 2, TURN_DRAIN, 0 }, "2!" }, { { 0, TURN_DRAIN, 1 }, "0!1" },
		{ { 1, TURN_STALE, 1 }, "1~1" },
	};
	char out[16];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(text_print_turn(cases[i].turn, out, sizeof(out)),
				 strlen(cases[i].text));
		assert_string_equal(out, cases[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_bytes_decode_to_a_normal_program),
		cmocka_unit_test(test_any_struct_becomes_normal),
		cmocka_unit_test(test_join_only_where_it_makes_sense),
		cmocka_unit_test(test_expectations_belong_to_an_operation),
		cmocka_unit_test(test_every_kind_and_flag),
		cmocka_unit_test(test_what_people_may_write),
		cmocka_unit_test(test_answers_in_their_kinds_words),
		cmocka_unit_test(test_errors_say_where_and_what),
		cmocka_unit_test(test_spoilt_text_is_told_apart),
		cmocka_unit_test(test_cut_output_is_counted),
		cmocka_unit_test(test_a_trace_beside_its_program),
		cmocka_unit_test(test_a_turn_reads_as_in_a_schedule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
