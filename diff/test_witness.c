/*
 * test_witness: what witnesses make of a lane, on lanes of which it is known what they are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "diff/witness.h"

#define V XEN_VERSION

/* The profile that witnesses make of what a lane says its version is. */
static void
see(const char *lane, uint32_t version, char *seen)
{
	char why[200];
	bool broken;
	struct lane *l = lane_open(lane, why, sizeof why, &broken);
	struct profile p = profile_for(version);

	assert_non_null(l);
	assert_int_equal(witness_fixes(l, &p, why, sizeof why), VERDICT_SUCCESS);
	profile_print(&p, seen);
	lane_close(l);
}

static void
fixes_are_seen_whatever_the_version_says(void **state)
{
	char seen[PROFILE_NAME];

	(void)state;
	see("model:4.20.5-copy_judges_each_frame", V(4, 20, 5), seen);
	assert_string_equal(seen, "4.20.5-copy_judges_each_frame");
	see("model:4.17.5+copy_refuses_moved_frame", V(4, 17, 5), seen);
	assert_string_equal(seen, "4.17.5+copy_refuses_moved_frame");
	see("sim", V(4, 14, 6), seen);
	assert_string_equal(seen, "4.14.6+copy_refuses_moved_frame+copy_judges_each_frame"
				  "+flush_of_read_only_cleans");
	/* Nothing but fixes is taken from the lane. */
	see("model:4.14.6", V(4, 20, 5), seen);
	assert_string_equal(seen, "4.20.5-copy_refuses_moved_frame-copy_judges_each_frame"
				  "-flush_of_read_only_cleans");
}

static void
no_handles(struct lane *l, struct program_header *h)
{
	(void)l;
	h->maptrack = 0;
}

/* Where a witness cannot get to its question, it says nothing. */
static void
a_witness_that_is_stopped_is_silent(void **state)
{
	struct lane_kind kind = lane_model_of;
	char why[200];
	bool broken;
	struct lane *l = lane_open("model:4.14.6", why, sizeof why, &broken);
	struct profile p = profile_for(V(4, 17, 7));

	(void)state;
	assert_non_null(l);
	kind.adapt = no_handles;
	l->kind = &kind;
	assert_int_equal(witness_fixes(l, &p, why, sizeof why), VERDICT_SUCCESS);
	assert_true(p.copy_refuses_moved_frame);
	assert_false(p.copy_judges_each_frame);
	lane_close(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fixes_are_seen_whatever_the_version_says),
		cmocka_unit_test(a_witness_that_is_stopped_is_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
