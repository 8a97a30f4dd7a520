/*
 * test_access: pages lent and taken back, now or later; pages that change hands.
 */
#include <setjmp.h>
#include <stdarg.h>

#include "core/testbed.h"

#include <cmocka.h>

enum {
	PEER = 5,
	WIDE_BIT = 32,
};

/* ------------------------------------------------------------------ access */

static grant_ref_t
grant(struct testbed *b, uint64_t frame)
{
	int ref = gnttab_grant_foreign_access(&b->gt, PEER, frame, false);

	assert_true(ref >= GNTTAB_NR_RESERVED_ENTRIES);
	return (grant_ref_t)ref;
}

static void
expect_entry(struct testbed *b, grant_ref_t ref, uint16_t flags, domid_t domid, uint32_t frame)
{
	const struct grant_entry_v1 *e = testbed_entry(b, ref);

	assert_int_equal(e->flags, flags);
	assert_int_equal(e->domid, domid);
	assert_int_equal(e->frame, frame);
}

static void
grant_and_end(void **state)
{
	struct testbed *b = testbed_up(4, false);
	grant_ref_t ref = grant(b, 0xffffffff);

	(void)state;
	assert_int_equal(ref, 8);
	expect_entry(b, ref, GTF_permit_access, PEER, 0xffffffff);
	assert_int_equal(gnttab_end_foreign_access_ref(&b->gt, ref), 1);
	expect_entry(b, ref, 0, PEER, 0xffffffff);
	assert_int_equal(gnttab_end_foreign_access_ref(&b->gt, ref), -XEN_EINVAL);
	assert_int_equal(gnttab_grant_foreign_access_ref(&b->gt, ref, 0x7ff0, 3, true), 0);
	expect_entry(b, ref, GTF_permit_access | GTF_readonly, 0x7ff0, 3);
	assert_int_equal(gnttab_grant_foreign_access_ref(&b->gt, ref, PEER, 3, true), -XEN_EINVAL);
	assert_int_equal(gnttab_free_grant_reference(&b->gt, ref), -XEN_EINVAL);
	assert_int_equal(gnttab_try_end_foreign_access(&b->gt, ref), 1);
	assert_int_equal(gnttab_try_end_foreign_access(&b->gt, ref), -XEN_EINVAL);
	assert_int_equal(gnttab_free_count(&b->gt), 504);
	testbed_free(b);
}

static void
busy_is_untouched(void **state)
{
	struct testbed *b = testbed_up(4, false);
	grant_ref_t ref = grant(b, 2);
	const uint16_t uses[] = { GTF_reading, GTF_writing, GTF_reading | GTF_writing };

	(void)state;
	assert_int_equal(gnttab_query_foreign_access(&b->gt, ref), 0);
	for (unsigned int i = 0; i < 3; i++) {
		testbed_entry(b, ref)->flags = GTF_permit_access | uses[i];
		assert_int_equal(gnttab_query_foreign_access(&b->gt, ref), uses[i]);
		assert_int_equal(gnttab_end_foreign_access_ref(&b->gt, ref), 0);
		assert_int_equal(gnttab_try_end_foreign_access(&b->gt, ref), 0);
		expect_entry(b, ref, GTF_permit_access | uses[i], PEER, 2);
	}
	testbed_entry(b, ref)->flags = GTF_permit_access;
	assert_int_equal(gnttab_end_foreign_access(&b->gt, ref, 0), 1);
	testbed_expect(b, "");
	assert_int_equal(gnttab_query_foreign_access(&b->gt, ref), -XEN_EINVAL);
	testbed_free(b);
}

/* Table mapped, state, range, flags; with a new reference: range, reference, flags. */
static void
order_of_checks(void **state)
{
	struct testbed *b = testbed_up(1, false);
	uint64_t wide = 1ull << WIDE_BIT;
	grant_ref_t head, ref;

	(void)state;
	assert_int_equal(gnttab_alloc_grant_references(&b->gt, 504, &head), 0);
	ref = (grant_ref_t)gnttab_claim_grant_reference(&b->gt, &head);
	testbed_entry(b, ref)->flags = GTF_PWT;
	assert_int_equal(gnttab_grant_foreign_access_ref(&b->gt, head, PEER, wide, false),
			 -XEN_EINVAL);
	assert_int_equal(gnttab_grant_foreign_access_ref(&b->gt, 7, PEER, 1, false), -XEN_EINVAL);
	assert_int_equal(gnttab_grant_foreign_access_ref(&b->gt, 512, PEER, 1, false), -XEN_EINVAL);
	assert_int_equal(gnttab_grant_foreign_access_ref(&b->gt, ref, PEER, wide, false),
			 -XEN_ERANGE);
	assert_int_equal(gnttab_grant_foreign_access_ref(&b->gt, ref, PEER, 1, false), -XEN_EBUSY);
	expect_entry(b, ref, GTF_PWT, 0, 0);
	assert_int_equal(gnttab_grant_foreign_access(&b->gt, PEER, wide, false), -XEN_ERANGE);
	testbed_expect(b, "");
	assert_int_equal(gnttab_grant_foreign_access(&b->gt, PEER, 1, false), -XEN_ENOSPC);
	assert_int_equal(gnttab_free_grant_reference(&b->gt, ref), 0);
	assert_int_equal(gnttab_grant_foreign_access(&b->gt, PEER, 1, false), -XEN_EBUSY);
	assert_int_equal(gnttab_grant_foreign_transfer(&b->gt, PEER, 1), -XEN_EBUSY);
	assert_int_equal(gnttab_free_count(&b->gt), 1);
	expect_entry(b, ref, GTF_PWT, 0, 0);
	testbed_free(b);
}

/* ------------------------------------------------------------------ deferral */

/* Grant a page, and let the peer use it. */
static grant_ref_t
lend(struct testbed *b)
{
	grant_ref_t ref = grant(b, 1);

	testbed_entry(b, ref)->flags |= GTF_reading;
	return ref;
}

static void
stop_using(struct testbed *b, grant_ref_t ref)
{
	testbed_entry(b, ref)->flags &= (uint16_t)~(GTF_reading | GTF_writing);
}

static void
end_with_page(void **state)
{
	struct testbed *b = testbed_up(4, false);
	grant_ref_t ref = grant(b, 1), busy;

	(void)state;
	assert_int_equal(gnttab_end_foreign_access(&b->gt, ref, 111), 1);
	testbed_expect(b, "put:111 ");
	assert_int_equal(gnttab_end_foreign_access(&b->gt, ref, 112), -XEN_EINVAL);
	busy = lend(b);
	assert_int_equal(gnttab_end_foreign_access(&b->gt, busy, 113), 0);
	testbed_expect(b, "arm:1 ");
	assert_int_equal(gnttab_end_foreign_access_ref(&b->gt, busy), -XEN_EINVAL);
	assert_int_equal(b->gt.deferred_count, 1);
	assert_int_equal(gnttab_deferred_tick(&b->gt), 0);
	testbed_expect(b, "arm:2 ");
	stop_using(b, busy);
	assert_int_equal(gnttab_deferred_tick(&b->gt), 1);
	testbed_expect(b, "put:113 ");
	assert_int_equal(gnttab_deferred_tick(&b->gt), 0);
	testbed_expect(b, "");
	assert_int_equal(gnttab_free_count(&b->gt), 504);
	testbed_free(b);
}

static void
tick_is_bounded_and_fair(void **state)
{
	struct testbed *b = testbed_up(4, false);
	grant_ref_t ref[12];

	(void)state;
	for (unsigned int i = 0; i < 12; i++) {
		uintptr_t page = i == 3 ? 0 : 100 + i;

		ref[i] = lend(b);
		assert_int_equal(gnttab_end_foreign_access(&b->gt, ref[i], page), 0);
	}
	b->log_bytes = 0;
	/* Oldest first; 1 and 4 are still in use, and 10 and 11 are beyond this tick. */
	for (unsigned int i = 0; i < 12; i++)
		if (i != 1 && i != 4)
			stop_using(b, ref[i]);
	assert_int_equal(gnttab_deferred_tick(&b->gt), 8);
	testbed_expect(b, "put:100 put:102 put:105 put:106 put:107 put:108 put:109 arm:13 ");
	assert_int_equal(b->gt.deferred_count, 4);
	stop_using(b, ref[4]);
	/* 10, 11, then 1 is busy, 4, and meeting 1 again is the end. */
	assert_int_equal(gnttab_deferred_tick(&b->gt), 3);
	testbed_expect(b, "put:110 put:111 put:104 arm:14 ");
	testbed_check(b);
	assert_int_equal(b->gt.deferred_count, 1);
	testbed_free(b);
}

/* Each is tried once a tick, so a queue of few keeps its order. */
static void
tick_tries_each_once(void **state)
{
	struct testbed *b = testbed_up(4, false);
	grant_ref_t ref[3];

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		ref[i] = lend(b);
		assert_int_equal(gnttab_end_foreign_access(&b->gt, ref[i], 100 + i), 0);
	}
	assert_int_equal(gnttab_deferred_tick(&b->gt), 0);
	for (unsigned int i = 0; i < 3; i++)
		stop_using(b, ref[i]);
	assert_int_equal(gnttab_deferred_tick(&b->gt), 3);
	testbed_expect(b, "arm:1 arm:2 arm:3 arm:4 put:100 put:101 put:102 ");
	testbed_free(b);
}

static void
note_wake(void *bed)
{
	testbed_note(bed, "wake:", 0);
}

/* Who waits for a reference may reckon with the page too. */
static void
page_is_put_first(void **state)
{
	struct testbed *b = testbed_up(4, false);
	struct gnttab_free_callback cb = { .fn = NULL };
	grant_ref_t ref = lend(b);

	(void)state;
	gnttab_request_free_callback(&b->gt, &cb, note_wake, b, 504);
	assert_int_equal(gnttab_end_foreign_access(&b->gt, ref, 9), 0);
	stop_using(b, ref);
	assert_int_equal(gnttab_deferred_tick(&b->gt), 1);
	testbed_expect(b, "arm:1 put:9 wake:0 ");
	ref = grant(b, 1);
	gnttab_request_free_callback(&b->gt, &cb, note_wake, b, 504);
	assert_int_equal(gnttab_end_foreign_access(&b->gt, ref, 10), 1);
	testbed_expect(b, "put:10 wake:0 ");
	testbed_free(b);
}

/* Records are used again: only a queue longer than ever before needs memory. */
static void
deferral_memory(void **state)
{
	const unsigned int pages = sizeof(void *) == 8 ? 3 : 2;	/* 170 or 340 records in each */
	struct testbed *b = testbed_up(4, false);
	grant_ref_t ref[400];
	unsigned int n = 0;

	(void)state;
	b->arch.fail_alloc = 1;
	ref[0] = lend(b);
	assert_int_equal(gnttab_end_foreign_access(&b->gt, ref[0], 99), -XEN_ENOMEM);
	assert_int_equal(b->gt.leaked_count, 1);
	assert_int_equal(gnttab_end_foreign_access_ref(&b->gt, ref[0]), -XEN_EINVAL);
	testbed_expect(b, "");
	testbed_check(b);
	b->arch.n_allocs = 0;
	for (n = 0; n < 400; n++) {
		ref[n] = lend(b);
		assert_int_equal(gnttab_end_foreign_access(&b->gt, ref[n], 99), 0);
	}
	assert_int_equal(b->arch.n_allocs, pages);
	for (n = 0; n < 400; n++)
		stop_using(b, ref[n]);
	for (n = 0; n < 40; n++)
		assert_int_equal(gnttab_deferred_tick(&b->gt), GNTTAB_DEFERRED_PER_TICK);
	assert_int_equal(b->arch.n_puts, 400);
	for (n = 0; n < 400; n++)
		assert_int_equal(gnttab_end_foreign_access(&b->gt, lend(b), 0), 0);
	assert_int_equal(b->arch.n_allocs, pages);
	testbed_free(b);
}

/* The queue is not forgotten while the table is away. */
static void
tick_while_suspended(void **state)
{
	struct testbed *b = testbed_up(4, false);
	grant_ref_t ref = lend(b);

	(void)state;
	assert_int_equal(gnttab_end_foreign_access(&b->gt, ref, 9), 0);
	assert_int_equal(gnttab_suspend(&b->gt), 0);
	assert_int_equal(gnttab_deferred_tick(&b->gt), -XEN_ENODEV);
	testbed_expect(b, "arm:1 arm:2 ");
	testbed_entry(b, ref)->flags = 0;	/* migrated: entries are clear */
	assert_int_equal(gnttab_resume(&b->gt), 0);
	assert_int_equal(gnttab_deferred_tick(&b->gt), 1);
	testbed_free(b);
}

/* ------------------------------------------------------------------ transfer */

static grant_ref_t
accept(struct testbed *b, uint64_t pfn)
{
	int ref = gnttab_grant_foreign_transfer(&b->gt, PEER, pfn);

	assert_true(ref >= GNTTAB_NR_RESERVED_ENTRIES);
	expect_entry(b, (grant_ref_t)ref, GTF_accept_transfer, PEER, (uint32_t)pfn);
	return (grant_ref_t)ref;
}

static void
arrive(struct testbed *b, grant_ref_t ref, uint32_t frame)
{
	testbed_entry(b, ref)->frame = frame;
	testbed_entry(b, ref)->flags = GTF_accept_transfer | GTF_transfer_committed |
				       GTF_transfer_completed;
}

static void
transfer_or_nothing(void **state)
{
	struct testbed *b = testbed_up(4, false);
	grant_ref_t ref = accept(b, 0);

	(void)state;
	assert_int_equal(gnttab_end_foreign_access_ref(&b->gt, ref), -XEN_EINVAL);
	assert_int_equal(gnttab_query_foreign_access(&b->gt, ref), -XEN_EINVAL);
	assert_int_equal(gnttab_end_foreign_transfer_ref(&b->gt, ref), 0);
	expect_entry(b, ref, 0, PEER, 0);
	assert_int_equal(gnttab_end_foreign_transfer_ref(&b->gt, ref), -XEN_EINVAL);
	assert_int_equal(gnttab_grant_foreign_transfer_ref(&b->gt, ref, PEER, 1ull << WIDE_BIT),
			 -XEN_ERANGE);
	assert_int_equal(gnttab_grant_foreign_transfer_ref(&b->gt, ref, PEER, 12), 0);
	arrive(b, ref, 0xfffffffe);
	assert_true(gnttab_end_foreign_transfer_ref(&b->gt, ref) == 0xfffffffe);
	expect_entry(b, ref, 0, PEER, 0xfffffffe);
	assert_int_equal(gnttab_free_grant_reference(&b->gt, ref), 0);
	ref = accept(b, 3);
	arrive(b, ref, 4);
	assert_int_equal(gnttab_end_foreign_transfer(&b->gt, ref), 4);
	assert_int_equal(gnttab_end_foreign_transfer(&b->gt, accept(b, 3)), 0);
	assert_int_equal(gnttab_end_foreign_transfer(&b->gt, 8), -XEN_EINVAL);
	assert_int_equal(gnttab_free_count(&b->gt), 504);
	testbed_free(b);
}

static void
transfer_that_hangs(void **state)
{
	struct testbed *b = testbed_up(4, false);
	grant_ref_t ref = accept(b, 3);

	(void)state;
	testbed_entry(b, ref)->flags |= GTF_transfer_committed;
	assert_int_equal(gnttab_end_foreign_transfer_ref(&b->gt, ref), -XEN_EAGAIN);
	assert_int_equal(gnttab_end_foreign_transfer(&b->gt, ref), -XEN_EAGAIN);
	expect_entry(b, ref, GTF_accept_transfer | GTF_transfer_committed, PEER, 3);
	assert_int_equal(gnttab_free_count(&b->gt), 503);
	arrive(b, ref, 0);
	assert_int_equal(gnttab_end_foreign_transfer_ref(&b->gt, ref), -XEN_EIO);
	expect_entry(b, ref, 0, PEER, 0);
	assert_int_equal(gnttab_grant_foreign_transfer_ref(&b->gt, ref, PEER, 12), 0);
	arrive(b, ref, 0);
	assert_int_equal(gnttab_end_foreign_transfer(&b->gt, ref), -XEN_EIO);
	assert_int_equal(gnttab_free_count(&b->gt), 504);
	testbed_free(b);
}

int
test_access(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grant_and_end),
		cmocka_unit_test(busy_is_untouched),
		cmocka_unit_test(order_of_checks),
		cmocka_unit_test(end_with_page),
		cmocka_unit_test(tick_is_bounded_and_fair),
		cmocka_unit_test(tick_tries_each_once),
		cmocka_unit_test(page_is_put_first),
		cmocka_unit_test(deferral_memory),
		cmocka_unit_test(tick_while_suspended),
		cmocka_unit_test(transfer_or_nothing),
		cmocka_unit_test(transfer_that_hangs),
	};

	return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
