/*
 * test_bytes: any bytes are a program, and an operation's bytes stay its own.
 *
 * That programs come back unchanged out of their bytes is in test_text.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "diff/text.h"

static struct program program, again;
static uint8_t bytes[PROGRAM_BYTES_MAX + OP_BYTES];

static void
random_bytes(uint64_t *state, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		/* An LCG's high bits, Knuth's constants. */
		*state = *state * 6364136223846793005u + 1442695040888963407u;
		bytes[i] = (uint8_t)(*state >> 56);
	}
}

static void
test_missing_bytes_are_zero(void **unused)
{
	uint64_t state = 2;

	(void)unused;
	for (size_t n = 0; n < PROGRAM_HEADER_BYTES; n++) {
		random_bytes(&state, n);
		memset(bytes + n, 0, sizeof bytes - n);
		program_decode(&program, bytes, n);
		program_decode(&again, bytes, PROGRAM_HEADER_BYTES);
		assert_true(program_same(&program, &again));
		assert_int_equal(program.n_ops, 0);
	}
}

static void
three_operations(void)
{
	static const char text[] = "gnt 1\nd0 grant g3 to d1 page p2 ro\n"
				   "d1 map m5 from d0 g3 ro\nd0 end_ref g3\n";
	struct text_error e;

	assert_true(text_parse(&program, &e, text, sizeof text - 1));
	assert_int_equal(program_encode(&program, bytes), PROGRAM_HEADER_BYTES + 3 * OP_BYTES);
}

/* How many there are of the first n of their bytes. */
static void
test_a_partial_operation_has_zeroes(void **unused)
{
	(void)unused;
	three_operations();
	for (size_t n = 0; n < 3 * OP_BYTES; n++) {
		program_decode(&again, bytes, PROGRAM_HEADER_BYTES + n);
		assert_int_equal(again.n_ops, (n + OP_BYTES - 1) / OP_BYTES);
	}
	program_decode(&again, bytes, PROGRAM_HEADER_BYTES + OP_BYTES + 1);
	assert_true(again.ops[1].kind == OP_MAP && again.ops[1].a.idx == 0);
	memset(bytes, 0xff, sizeof bytes);
	program_decode(&again, bytes, sizeof bytes);
	assert_int_equal(again.n_ops, PROGRAM_OPS_MAX);
}

/* Whatever is put into or taken out of one operation, the others stay. */
static void
test_operations_stay_apart(void **unused)
{
	static uint8_t changed[PROGRAM_HEADER_BYTES + 5 * OP_BYTES];
	const size_t second = PROGRAM_HEADER_BYTES + OP_BYTES, third = second + OP_BYTES;
	(void)unused;

	three_operations();
	for (size_t n = 0; n <= 2 * OP_BYTES; n++) {
		/* n bytes of the second, of which there are OP_BYTES, then others below a mark. */
		memcpy(changed, bytes, third);
		memset(changed + third, 0x5a, sizeof changed - third);
		memcpy(changed + second + n, bytes + third, OP_BYTES);
		program_decode(&again, changed, second + n + OP_BYTES);
		assert_int_equal(again.n_ops, n == 0 ? 2 : 3);
		assert_int_equal(again.ops[again.n_ops - 1].kind, OP_END_REF);
		assert_int_equal(again.ops[again.n_ops - 1].a.idx, 3);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_missing_bytes_are_zero),
		cmocka_unit_test(test_a_partial_operation_has_zeroes),
		cmocka_unit_test(test_operations_stay_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
