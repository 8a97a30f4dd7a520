/*
 * test_table: how the table grows, and how it does not.
 */
#include <setjmp.h>
#include <stdarg.h>

#include "core/testbed.h"

#include <cmocka.h>

/* Take n references as a chain that starts at `first`. */
static grant_ref_t
take_chain(struct testbed *b, uint16_t n, grant_ref_t first)
{
	grant_ref_t head = INVALID_GRANT_REF;

	assert_int_equal(gnttab_alloc_grant_references(&b->gt, n, &head), 0);
	assert_int_equal(head, first);
	return head;
}

/* Ask for n references, in vain. */
static void
expect_no_space(struct testbed *b, uint16_t n)
{
	struct gnttab before = b->gt;
	grant_ref_t head = 77;

	assert_int_equal(gnttab_alloc_grant_references(&b->gt, n, &head), -XEN_ENOSPC);
	assert_int_equal(head, 77);
	assert_int_equal(b->gt.free_count, before.free_count);
	assert_int_equal(b->gt.nr_frames, before.nr_frames);
	testbed_check(b);
}

static void
grows_by_what_is_short(void **state)
{
	struct testbed *b = testbed_up(7, false);

	(void)state;
	take_chain(b, 504, 8);
	testbed_expect(b, "");
	take_chain(b, 1, 512);
	testbed_expect(b, "query:7 setup:2 ");
	take_chain(b, 511, 513);
	testbed_expect(b, "");
	take_chain(b, 1025, 1024);
	testbed_expect(b, "query:7 setup:5 ");
	assert_int_equal(gnttab_free_count(&b->gt), 511);
	expect_no_space(b, 511 + 1025);
	testbed_expect(b, "query:7 ");
	take_chain(b, 511 + 1024, 2049);
	testbed_expect(b, "query:7 setup:7 ");
	assert_int_equal(b->arch.n_maps, 4);
	testbed_free(b);
}

static void
grows_from_the_highest_frame(void **state)
{
	struct testbed *b = testbed_up(7, true);

	(void)state;
	take_chain(b, 1500, 8);
	testbed_expect(b, "query:7 physmap:2 physmap:1 ");
	b->fail_call = 3;
	expect_no_space(b, 1600);
	testbed_expect(b, "query:7 physmap:6 ");
	take_chain(b, 1600, 1508);
	testbed_expect(b, "query:7 physmap:6 physmap:5 physmap:4 physmap:3 ");
	testbed_free(b);
}

/* Each thing that growth needs fails in turn; what is kept is not asked for again. */
static void
growth_fails(void **state)
{
	struct testbed *b = testbed_up(8, false);

	(void)state;
	b->arch.fail_alloc = 1;
	expect_no_space(b, 3 * 512);
	testbed_expect(b, "query:8 ");
	assert_int_equal(b->gt.nr_link_pages, 1);
	b->arch.fail_alloc = 2;		/* after a page of links: the frame list */
	expect_no_space(b, 3 * 512);
	assert_int_equal(b->gt.nr_link_pages, 2);
	testbed_expect(b, "query:8 ");
	b->arch.n_allocs = 0;
	b->fail_call = 2;
	expect_no_space(b, 3 * 512);
	assert_int_equal(b->arch.n_allocs, 1);
	b->fail_status = 2;
	expect_no_space(b, 3 * 512);
	b->arch.fail_map = 1;
	expect_no_space(b, 3 * 512);
	b->log_bytes = 0;
	take_chain(b, 3 * 512, 8);
	testbed_expect(b, "query:8 setup:4 ");
	testbed_free(b);
}

/* The maximum counts as it is now, and as it was at boot. */
static void
maximum_changes(void **state)
{
	struct testbed *b = testbed_up(4, false);

	(void)state;
	b->frames_max = 1;
	assert_int_equal(gnttab_max_grant_frames(&b->gt), 1);
	expect_no_space(b, 505);
	b->frames_max = 9;
	assert_int_equal(gnttab_max_grant_frames(&b->gt), 4);
	expect_no_space(b, 4 * 512 - 7);
	take_chain(b, 4 * 512 - 8, 8);
	b->frames_max = 2;		/* below what is in use */
	expect_no_space(b, 1);
	testbed_free(b);
}

/* Fill a table of the given maximum to the last reference. */
static void
fill(uint32_t frames_max, uint32_t frames, bool translated)
{
	struct testbed *b = testbed_up(frames_max, translated);
	uint32_t left = frames * GNTTAB_ENTRIES_PER_FRAME - GNTTAB_NR_RESERVED_ENTRIES;
	grant_ref_t next = GNTTAB_NR_RESERVED_ENTRIES;

	while (left > 0) {
		uint16_t n = left < UINT16_MAX ? (uint16_t)left : UINT16_MAX;

		take_chain(b, n, next);
		next += n;
		left -= n;
	}
	assert_int_equal(b->gt.nr_frames, frames);
	assert_int_equal(gnttab_free_count(&b->gt), 0);
	expect_no_space(b, 1);
	assert_int_equal(gnttab_grant_foreign_access(&b->gt, 1, 1, false), -XEN_ENOSPC);
	assert_int_equal(gnttab_grant_foreign_transfer(&b->gt, 1, 1), -XEN_ENOSPC);
	testbed_free(b);
}

static void
fills_any_maximum(void **state)
{
	(void)state;
	for (int translated = 0; translated <= 1; translated++) {
		fill(1, 1, translated);
		fill(2, 2, translated);
		fill(3, 3, translated);
		fill(513, 513, translated);
		fill(2048, 2048, translated);
		fill(4097, 2048, translated);
	}
}

int
test_table(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_by_what_is_short),
		cmocka_unit_test(grows_from_the_highest_frame),
		cmocka_unit_test(growth_fails),
		cmocka_unit_test(maximum_changes),
		cmocka_unit_test(fills_any_maximum),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
