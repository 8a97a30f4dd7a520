/*
 * test_gnttab: unit tests of the core, on a stand-in for the hypervisor that does what it is told.
 *
 * Covered here: the core's own promises, one by one, with every failure of what is under it.  Not
 * covered here: what a real hypervisor does (arch/sim, the xen lane), and the memory order
 * (stress_gnttab).
 */
#include <setjmp.h>
#include <stdarg.h>

#include "core/testbed.h"

#include <cmocka.h>

/* ------------------------------------------------------------------ while there is no table */

static void
nobody(void *arg)
{
	fail_msg("callback called with %p", arg);
}

/* Every function that needs the table says so, and nothing changes. */
static void
expect_not_mapped(struct testbed *b)
{
	struct gnttab *gt = &b->gt;
	struct gnttab before = *gt;
	grant_ref_t head = 77;

	assert_int_equal(gnttab_alloc_grant_references(gt, 1, &head), -XEN_ENODEV);
	assert_int_equal(gnttab_claim_grant_reference(gt, &head), -XEN_ENODEV);
	assert_int_equal(gnttab_release_grant_reference(gt, &head, 8), -XEN_ENODEV);
	assert_int_equal(head, 77);
	assert_int_equal(gnttab_free_grant_reference(gt, 8), -XEN_ENODEV);
	assert_int_equal(gnttab_free_grant_references(gt, 8), -XEN_ENODEV);
	assert_int_equal(gnttab_grant_foreign_access_ref(gt, 8, 1, 1, false), -XEN_ENODEV);
	assert_int_equal(gnttab_grant_foreign_access(gt, 1, 1ull << 32, false), -XEN_ENODEV);
	assert_int_equal(gnttab_query_foreign_access(gt, 8), -XEN_ENODEV);
	assert_int_equal(gnttab_end_foreign_access_ref(gt, 8), -XEN_ENODEV);
	assert_int_equal(gnttab_try_end_foreign_access(gt, 8), -XEN_ENODEV);
	assert_int_equal(gnttab_end_foreign_access(gt, 8, 1), -XEN_ENODEV);
	assert_int_equal(gnttab_grant_foreign_transfer_ref(gt, 8, 1, 1), -XEN_ENODEV);
	assert_int_equal(gnttab_grant_foreign_transfer(gt, 1, 1), -XEN_ENODEV);
	assert_int_equal(gnttab_end_foreign_transfer_ref(gt, 8), -XEN_ENODEV);
	assert_int_equal(gnttab_end_foreign_transfer(gt, 8), -XEN_ENODEV);
	assert_int_equal(gnttab_deferred_tick(gt), -XEN_ENODEV);
	assert_memory_equal(gt, &before, sizeof before);
}

static void
unset_table(void **state)
{
	struct testbed *b = testbed_new(4, false);
	struct gnttab_free_callback cb = { .fn = nobody };
	struct gnttab_copy copy = { .status = 1 };

	(void)state;
	expect_not_mapped(b);
	assert_int_equal(gnttab_suspend(&b->gt), -XEN_ENODEV);
	assert_int_equal(gnttab_resume(&b->gt), -XEN_ENODEV);
	assert_int_equal(gnttab_batch_copy(&b->gt, &copy, 1), -XEN_ENODEV);
	assert_int_equal(gnttab_free_auto_xlat_frames(&b->gt), 0);
	assert_int_equal(gnttab_max_grant_frames(&b->gt), 0);
	assert_int_equal(gnttab_free_count(&b->gt), 0);
	assert_int_equal(gnttab_request_version(&b->gt, 1), 1);
	gnttab_cancel_free_callback(&b->gt, &cb);
	gnttab_fini(&b->gt);
	testbed_expect(b, "");
	testbed_free(b);
}

static void
placed_but_unset_table(void **state)
{
	struct testbed *b = testbed_new(4, true);

	(void)state;
	assert_int_equal(gnttab_setup_auto_xlat_frames(&b->gt, &b->arch, 0x5000), 0);
	expect_not_mapped(b);
	assert_int_equal(gnttab_suspend(&b->gt), -XEN_ENODEV);
	assert_int_equal(gnttab_resume(&b->gt), -XEN_ENODEV);
	gnttab_fini(&b->gt);
	assert_null(b->gt.arch);
	assert_int_equal(b->gt.xlat_addr, 0);
	testbed_free(b);
}

/* ------------------------------------------------------------------ set-up */

static void
init_pv(void **state)
{
	struct testbed *b = testbed_new(4, false);

	(void)state;
	assert_int_equal(gnttab_init(&b->gt, &b->arch), 0);
	testbed_expect(b, "query:4 setup:1 ");
	assert_int_equal(gnttab_free_count(&b->gt), 504);
	assert_int_equal(b->gt.nr_frames, 1);
	assert_int_equal(b->gt.nr_frames_max, 4);
	assert_int_equal(b->arch.n_allocs, 3);
	assert_int_equal(b->arch.n_pages, 2);	/* the frame list is given back */
	assert_int_equal(b->arch.n_inits, 1);
	assert_int_equal(b->arch.n_maps, 1);
	testbed_free(b);
}

static void
init_translated(void **state)
{
	struct testbed *b = testbed_new(4, true);
	uint64_t place = (uint64_t)TESTBED_GFN << XEN_PAGE_SHIFT;

	(void)state;
	assert_int_equal(gnttab_init(&b->gt, &b->arch), -XEN_ENODEV);
	testbed_expect(b, "");
	assert_int_equal(gnttab_setup_auto_xlat_frames(&b->gt, &b->arch, place), 0);
	assert_int_equal(gnttab_init(&b->gt, &b->arch), 0);
	testbed_expect(b, "query:4 physmap:0 ");
	assert_int_equal(b->arch.n_allocs, 2);
	testbed_free(b);
}

static void
init_legacy_maximum(void **state)
{
	struct testbed *b = testbed_new(64, false);

	(void)state;
	b->fail_call = 1;
	assert_int_equal(gnttab_init(&b->gt, &b->arch), 0);
	testbed_expect(b, "setup:1 ");
	assert_int_equal(b->gt.nr_frames_max, 4);
	gnttab_fini(&b->gt);
	b->fail_status = 1;
	assert_int_equal(gnttab_init(&b->gt, &b->arch), 0);
	assert_int_equal(b->gt.nr_frames_max, 4);
	assert_int_equal(gnttab_max_grant_frames(&b->gt), 4);
	testbed_free(b);
}

/* Arm one fault, and check that init fails with `want` and leaves nothing behind. */
static void
expect_init_fails(struct testbed *b, unsigned int *fault, unsigned int n, int want)
{
	struct gnttab before;

	if (b->arch.translated && b->gt.xlat_addr == 0)
		assert_int_equal(gnttab_setup_auto_xlat_frames(&b->gt, &b->arch,
				 (uint64_t)TESTBED_GFN << XEN_PAGE_SHIFT), 0);
	before = b->gt;
	*fault = n;
	assert_int_equal(gnttab_init(&b->gt, &b->arch), want);
	assert_int_equal(*fault, 0);
	assert_memory_equal(&b->gt, &before, sizeof before);
	assert_int_equal(b->arch.n_pages, 0);
	assert_int_equal(b->arch.mapped_frames, 0);
}

static void
init_unwinds(void **state)
{
	(void)state;
	for (int translated = 0; translated <= 1; translated++) {
		struct testbed *b = testbed_new(2048, translated);

		for (unsigned int n = 1; n <= (translated ? 2 : 3); n++)
			expect_init_fails(b, &b->arch.fail_alloc, n, -XEN_ENOMEM);
		expect_init_fails(b, &b->arch.fail_init, 1, -XEN_ENOMEM);
		expect_init_fails(b, &b->arch.fail_map, 1, -XEN_ENOMEM);
		expect_init_fails(b, &b->fail_call, 2, -XEN_ENODEV);
		if (!translated)
			expect_init_fails(b, &b->fail_status, 2, -XEN_ENODEV);
		b->frames_max = 0;
		assert_int_equal(gnttab_init(&b->gt, &b->arch), -XEN_ENODEV);
		b->frames_max = 2048;
		assert_int_equal(gnttab_init(&b->gt, &b->arch), 0);
		testbed_free(b);
	}
}

static void
xlat_frames(void **state)
{
	struct testbed *b = testbed_new(4, true), *pv = testbed_up(4, false);

	(void)state;
	assert_int_equal(gnttab_setup_auto_xlat_frames(&b->gt, &b->arch, 0), -XEN_EINVAL);
	assert_int_equal(gnttab_setup_auto_xlat_frames(&b->gt, &b->arch, 0x1008), -XEN_EINVAL);
	if (sizeof(xen_pfn_t) == 4)		/* i386: no number says that page */
		assert_int_equal(gnttab_setup_auto_xlat_frames(&b->gt, &b->arch,
				 ((uint64_t)1 << 44) + XEN_PAGE_SIZE), -XEN_EINVAL);
	assert_int_equal(gnttab_setup_auto_xlat_frames(&b->gt, &b->arch, 0x1000), 0);
	assert_int_equal(gnttab_setup_auto_xlat_frames(&b->gt, &b->arch, 0x2000), -XEN_EINVAL);
	assert_int_equal(b->gt.xlat_addr, 0x1000);
	assert_int_equal(gnttab_free_auto_xlat_frames(&b->gt), 0);
	assert_int_equal(gnttab_free_auto_xlat_frames(&b->gt), 0);
	assert_int_equal(gnttab_setup_auto_xlat_frames(&b->gt, &b->arch,
			 (uint64_t)TESTBED_GFN << XEN_PAGE_SHIFT), 0);
	assert_int_equal(gnttab_init(&b->gt, &b->arch), 0);
	assert_int_equal(gnttab_free_auto_xlat_frames(&b->gt), -XEN_EBUSY);
	testbed_free(b);

	assert_int_equal(gnttab_setup_auto_xlat_frames(&pv->gt, &pv->arch, 0x1000), -XEN_EINVAL);
	assert_int_equal(gnttab_free_auto_xlat_frames(&pv->gt), 0);
	testbed_free(pv);
}

static void
request_version(void **state)
{
	struct testbed *b = testbed_up(4, false);

	(void)state;
	assert_int_equal(gnttab_request_version(&b->gt, 0), -XEN_ENOSYS);
	assert_int_equal(gnttab_request_version(&b->gt, 1), 1);
	assert_int_equal(gnttab_request_version(&b->gt, 2), -XEN_ENOSYS);
	testbed_expect(b, "");
	testbed_free(b);
}

/* ------------------------------------------------------------------ suspend and resume */

static void
suspend_pv(void **state)
{
	struct testbed *b = testbed_up(4, false);
	grant_ref_t head;
	int ref;

	(void)state;
	assert_int_equal(gnttab_resume(&b->gt), 0);
	ref = gnttab_grant_foreign_access(&b->gt, 3, 0x44, true);
	assert_int_equal(gnttab_alloc_grant_references(&b->gt, 600, &head), 0);
	testbed_expect(b, "query:4 setup:2 ");
	assert_int_equal(gnttab_suspend(&b->gt), 0);
	assert_int_equal(gnttab_suspend(&b->gt), 0);
	assert_int_equal(b->arch.n_unmaps, 1);
	expect_not_mapped(b);
	assert_int_equal(gnttab_max_grant_frames(&b->gt), 4);
	testbed_expect(b, "query:4 ");
	assert_int_equal(gnttab_resume(&b->gt), 0);
	testbed_expect(b, "query:4 setup:2 ");
	assert_int_equal(testbed_entry(b, (grant_ref_t)ref)->frame, 0x44);
	assert_int_equal(gnttab_end_foreign_access_ref(&b->gt, (grant_ref_t)ref), 1);
	assert_int_equal(gnttab_free_grant_references(&b->gt, head), 0);
	testbed_free(b);
}

static void
resume_fails(void **state)
{
	struct testbed *b = testbed_up(4, false);
	grant_ref_t head;

	(void)state;
	assert_int_equal(gnttab_alloc_grant_references(&b->gt, 1100, &head), 0);
	assert_int_equal(gnttab_suspend(&b->gt), 0);
	b->frames_max = 2;
	assert_int_equal(gnttab_resume(&b->gt), -XEN_ENOSYS);
	b->frames_max = 4;
	b->arch.fail_alloc = 1;
	assert_int_equal(gnttab_resume(&b->gt), -XEN_ENOMEM);
	b->fail_call = 2;
	assert_int_equal(gnttab_resume(&b->gt), -XEN_ENODEV);
	b->fail_status = 2;
	assert_int_equal(gnttab_resume(&b->gt), -XEN_ENODEV);
	b->arch.fail_map = 1;
	assert_int_equal(gnttab_resume(&b->gt), -XEN_ENOMEM);
	expect_not_mapped(b);
	assert_int_equal(gnttab_resume(&b->gt), 0);
	assert_int_equal(b->gt.nr_frames, 3);
	testbed_free(b);
}

/* A translated guest's table stays where it is, and is put there again on the new host. */
static void
suspend_translated(void **state)
{
	struct testbed *b = testbed_up(4, true);
	grant_ref_t head;

	(void)state;
	assert_int_equal(gnttab_alloc_grant_references(&b->gt, 600, &head), 0);
	testbed_expect(b, "query:4 physmap:1 ");
	assert_int_equal(gnttab_suspend(&b->gt), 0);
	assert_int_equal(b->arch.n_unmaps, 0);
	assert_true(gnttab_grant_foreign_access(&b->gt, 1, 1, false) > 0);
	b->fail_call = 2;
	assert_int_equal(gnttab_resume(&b->gt), -XEN_ENODEV);
	assert_int_equal(gnttab_free_grant_references(&b->gt, head), 0);
	testbed_expect(b, "query:4 ");
	assert_int_equal(gnttab_resume(&b->gt), 0);
	testbed_expect(b, "query:4 physmap:1 physmap:0 ");
	assert_int_equal(gnttab_resume(&b->gt), 0);
	testbed_expect(b, "");
	testbed_free(b);
}

static void
fini_while_suspended(void **state)
{
	struct testbed *b = testbed_up(4, false);

	(void)state;
	assert_int_equal(gnttab_suspend(&b->gt), 0);
	gnttab_fini(&b->gt);
	assert_int_equal(b->arch.n_unmaps, 1);
	testbed_free(b);
}

/* A waiting callback is nobody's once the table is gone. */
static void
fini_forgets_callbacks(void **state)
{
	struct testbed *b = testbed_up(4, false);
	struct gnttab_free_callback cb = { .fn = NULL };

	(void)state;
	gnttab_request_free_callback(&b->gt, &cb, nobody, NULL, 5000);
	gnttab_fini(&b->gt);
	assert_false(cb.queued);
	testbed_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unset_table),
		cmocka_unit_test(placed_but_unset_table),
		cmocka_unit_test(init_pv),
		cmocka_unit_test(init_translated),
		cmocka_unit_test(init_legacy_maximum),
		cmocka_unit_test(init_unwinds),
		cmocka_unit_test(xlat_frames),
		cmocka_unit_test(request_version),
		cmocka_unit_test(suspend_pv),
		cmocka_unit_test(resume_fails),
		cmocka_unit_test(suspend_translated),
		cmocka_unit_test(fini_while_suspended),
		cmocka_unit_test(fini_forgets_callbacks),
	};

	return cmocka_run_group_tests_name("gnttab", tests, NULL, NULL) +
	       test_table() + test_ref() + test_access() + test_map();
}
