#include "diff/test_round_trip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "diff/text.h"

enum { TEXT_BYTES = 1 << 16 };

const char *
assert_round_trip(const struct program *p)
{
	static char text[TEXT_BYTES], text_again[TEXT_BYTES];
	static uint8_t bytes[PROGRAM_BYTES_MAX];
	static struct program again;
	struct text_error e;
	size_t n = text_print(p, text, sizeof text);

	assert_true(n < sizeof text);
	if (!text_parse(&again, &e, text, n))
		fail_msg("%u:%u: %s in\n%s", e.line, e.column, e.what, text);
	assert_true(program_same(p, &again));
	assert_int_equal(text_print(&again, text_again, sizeof text_again), n);
	assert_string_equal(text, text_again);
	program_decode(&again, bytes, program_encode(p, bytes));
	assert_true(program_same(p, &again));
	program_normalize(&again);
	assert_true(program_same(p, &again));
	return text;
}

void
assert_error(const char *source, unsigned int line, unsigned int column, const char *what)
{
	static struct program p;
	struct text_error e;

	if (text_parse(&p, &e, source, strlen(source)))
		fail_msg("no error in\n%s", source);
	assert_string_equal(e.what, what);
	assert_int_equal(e.line, line);
	assert_int_equal(e.column, column);
}
