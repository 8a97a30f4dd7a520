/*
 * test_tables: what operations may hold is written down once for text and once for bytes, and so is
 * what a header holds if it says nothing.  Here the one is held against the other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "arch/xen_abi.h"
#include "diff/program.h"

static unsigned int
letter_max(char letter)
{
	switch (letter) {
	case 'd': return DOM_CODES - 1;
	case 'r': case 'R': return REF_CODES - 1;
	case 'f': return FRAME_CODES - 1;
	case 'p': return PAGE_SLOTS - 1;
	case 'm': return MAP_SLOTS - 1;
	case 'M': return HANDLE_CODES - 1;
	case 'w': case 'W': return AT_CODES - 1;
	case 'c': return CHAIN_SLOTS - 1;
	case 'k': return CALLBACK_SLOTS - 1;
	case 't': return CALL_CODES - 1;
	default: fail_msg("a letter that no operand has: %c", letter); return 0;
	}
}

/* The operand %letter of side s, as op.h says. */
static void
add_operand(struct op *max, const struct op_row *row, char letter, struct side *s)
{
	if (letter == 'n')
		max->len = row->number_max;
	else if (letter == 'o')
		s->off = XEN_PAGE_SIZE - 1;
	else if (letter == 'x')
		*s = (struct side){ DOM_CODES - 1, SIDE_CODES - 1, 2 * XEN_PAGE_SIZE - 1 };
	else if (letter == 'd' || letter == 'W') {
		assert_int_equal(s->dom, 0);
		s->dom = (uint8_t)letter_max(letter);
	} else {
		assert_int_equal(s->idx, 0);
		s->idx = (uint8_t)letter_max(letter);
	}
}

static void
test_ranges_follow_the_syntax(void **unused)
{
	(void)unused;
	for (unsigned int k = 0; k < OP_EXPECT; k++) {
		const struct op_row *row = &op_table[k];
		struct program wanted = { .n_ops = 1 }, given = { .n_ops = 1 };
		struct op max = { .flags = row->joinable ? OP_JOIN : 0 };

		for (const char *s = row->syntax; (s = strchr(s, '%')) != NULL; s++)
			add_operand(&max, row, s[1], s[2] == 'b' ? &max.b : &max.a);
		for (unsigned int f = 0; f < OP_FLAGS_MAX && row->flags[f] != NULL; f++)
			max.flags |= (uint8_t)(OP_FLAG0 << f);
		wanted.ops[0] = max;
		given.ops[0] = program_op_max[k];
		assert_true(program_same(&wanted, &given));
	}
}

static void
test_header_table_is_the_default(void **unused)
{
	struct program_header h = program_header_default;

	(void)unused;
	for (unsigned int i = 0; i < PROGRAM_FIELDS; i++)
		assert_int_equal(*program_field(&h, i), program_fields[i].normal);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranges_follow_the_syntax),
		cmocka_unit_test(test_header_table_is_the_default),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
