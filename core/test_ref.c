/*
 * test_ref: references, chains of them, and who waits for them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include "core/testbed.h"

#include <cmocka.h>

/* ------------------------------------------------------------------ references and chains */

/* A chain of n. */
static grant_ref_t
chain(struct testbed *b, uint16_t n)
{
	grant_ref_t head = 77;

	assert_int_equal(gnttab_alloc_grant_references(&b->gt, n, &head), 0);
	return head;
}

static grant_ref_t
claim(struct testbed *b, grant_ref_t *head)
{
	int ref = gnttab_claim_grant_reference(&b->gt, head);

	assert_true(ref >= GNTTAB_NR_RESERVED_ENTRIES);
	return (grant_ref_t)ref;
}

static void
chain_order(void **state)
{
	struct testbed *b = testbed_up(4, false);
	grant_ref_t head = chain(b, 4);

	(void)state;
	assert_int_equal(gnttab_empty_grant_references(&head), 0);
	for (grant_ref_t want = 8; want < 12; want++)
		assert_int_equal(claim(b, &head), want);
	assert_int_equal(gnttab_empty_grant_references(&head), 1);
	assert_int_equal(gnttab_claim_grant_reference(&b->gt, &head), -XEN_ENOSPC);
	/* Last one first, then those never handed out. */
	assert_int_equal(gnttab_free_grant_reference(&b->gt, 9), 0);
	assert_int_equal(gnttab_free_grant_reference(&b->gt, 11), 0);
	testbed_check(b);
	head = chain(b, 3);
	assert_int_equal(claim(b, &head), 11);
	assert_int_equal(claim(b, &head), 9);
	assert_int_equal(claim(b, &head), 12);
	testbed_free(b);
}

static void
chain_of_none(void **state)
{
	struct testbed *b = testbed_up(1, false);
	grant_ref_t head = chain(b, 0);

	(void)state;
	assert_int_equal(gnttab_empty_grant_references(&head), 1);
	assert_int_equal(gnttab_free_grant_references(&b->gt, head), 0);
	head = chain(b, 504);
	assert_int_equal(gnttab_alloc_grant_references(&b->gt, 0, &head), 0);
	assert_int_equal(head, INVALID_GRANT_REF);
	testbed_expect(b, "");
	testbed_free(b);
}

static void
release_and_free_chain(void **state)
{
	struct testbed *b = testbed_up(4, false);
	grant_ref_t head = chain(b, 3), other = INVALID_GRANT_REF;

	(void)state;
	assert_int_equal(claim(b, &head), 8);
	assert_int_equal(claim(b, &head), 9);
	assert_int_equal(gnttab_release_grant_reference(&b->gt, &other, 8), 0);
	assert_int_equal(gnttab_release_grant_reference(&b->gt, &other, 9), 0);
	assert_int_equal(gnttab_release_grant_reference(&b->gt, &other, 9), -XEN_EINVAL);
	assert_int_equal(other, 9);
	assert_int_equal(gnttab_free_grant_references(&b->gt, head), 0);
	assert_int_equal(gnttab_free_grant_references(&b->gt, other), 0);
	testbed_check(b);
	/* The chain freed last comes first, in its own order. */
	head = chain(b, 4);
	assert_int_equal(claim(b, &head), 9);
	assert_int_equal(claim(b, &head), 8);
	assert_int_equal(claim(b, &head), 10);
	assert_int_equal(claim(b, &head), 11);
	testbed_free(b);
}

static void
wrong_states(void **state)
{
	struct testbed *b = testbed_up(4, false);
	grant_ref_t head = chain(b, 2), ref, copy = head, bad;
	/* Reserved, chained, free, out of range. */
	const grant_ref_t wrong[] = { 0, 7, 9, 10, 511, 512, INVALID_GRANT_REF };

	(void)state;
	ref = claim(b, &head);
	for (unsigned int i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_int_equal(gnttab_free_grant_reference(&b->gt, wrong[i]), -XEN_EINVAL);
		assert_int_equal(gnttab_release_grant_reference(&b->gt, &head, wrong[i]),
				 -XEN_EINVAL);
	}
	/* A copy of a head that has moved on names a reference that is claimed. */
	assert_int_equal(gnttab_claim_grant_reference(&b->gt, &copy), -XEN_EINVAL);
	assert_int_equal(gnttab_release_grant_reference(&b->gt, &copy, ref), -XEN_EINVAL);
	assert_int_equal(gnttab_free_grant_references(&b->gt, copy), -XEN_EINVAL);
	bad = 100000;
	assert_int_equal(gnttab_claim_grant_reference(&b->gt, &bad), -XEN_EINVAL);
	assert_int_equal(gnttab_free_grant_references(&b->gt, bad), -XEN_EINVAL);
	assert_int_equal(gnttab_free_grant_references(&b->gt, 3), -XEN_EINVAL);
	assert_int_equal(bad, 100000);
	assert_int_equal(gnttab_free_grant_reference(&b->gt, ref), 0);
	assert_int_equal(gnttab_free_grant_reference(&b->gt, ref), -XEN_EINVAL);
	assert_int_equal(gnttab_free_count(&b->gt), 503);
	testbed_free(b);
}

/* Somebody broke a chain: what is sound of it is given back, once. */
static void
cyclic_chain(void **state)
{
	struct testbed *b = testbed_up(4, false);
	grant_ref_t head = chain(b, 3);

	(void)state;
	ref_set(&b->gt, 10, REF_CHAINED, 8);
	assert_int_equal(gnttab_free_grant_references(&b->gt, head), -XEN_EINVAL);
	assert_int_equal(gnttab_free_count(&b->gt), 504);
	testbed_check(b);
	head = chain(b, 3);
	ref_set(&b->gt, 9, REF_CHAINED, 200);	/* into the free ones; 10 is lost */
	assert_int_equal(gnttab_free_grant_references(&b->gt, head), -XEN_EINVAL);
	assert_int_equal(gnttab_free_count(&b->gt), 503);
	testbed_check(b);
	testbed_free(b);
}

/* Any sequence keeps what internal.h says always holds. */
static void
random_walk(void **state)
{
	struct testbed *b = testbed_up(3, false);
	grant_ref_t heads[4], refs[64];
	unsigned int n_refs = 0;

	(void)state;
	srand(1);
	for (unsigned int i = 0; i < 4; i++)
		heads[i] = INVALID_GRANT_REF;
	for (unsigned int step = 0; step < 4000; step++) {
		grant_ref_t *head = &heads[rand() % 4];
		uint16_t n = (uint16_t)(rand() % 400);
		int rc = 0;

		switch (rand() % 5) {
		case 0:
			if (gnttab_empty_grant_references(head))
				rc = gnttab_alloc_grant_references(&b->gt, n, head);
			break;
		case 1:
			rc = n_refs < 64 ? gnttab_claim_grant_reference(&b->gt, head) : 0;
			if (rc > 0)
				refs[n_refs++] = (grant_ref_t)rc;
			break;
		case 2:
			if (n_refs > 0)
				rc = gnttab_release_grant_reference(&b->gt, head, refs[--n_refs]);
			break;
		case 3:
			if (n_refs > 0)
				rc = gnttab_free_grant_reference(&b->gt, refs[--n_refs]);
			break;
		case 4:
			rc = gnttab_free_grant_references(&b->gt, *head);
			*head = INVALID_GRANT_REF;
			break;
		}
		assert_true(rc >= 0 || rc == -XEN_ENOSPC);
		if (step % 16 == 0)
			testbed_check(b);
	}
	assert_int_equal(b->gt.nr_frames, 3);
	testbed_free(b);
}

/* ------------------------------------------------------------------ callbacks */

/* A callback that writes its number to the log. */
struct waiter {
	struct gnttab_free_callback cb;
	struct testbed *bed;
	unsigned int number;
};

static void
wake(void *arg)
{
	struct waiter *w = arg;

	testbed_note(w->bed, "wake:", w->number);
}

static void
wait_for(struct testbed *b, struct waiter *w, unsigned int number, uint16_t n)
{
	w->bed = b;
	w->number = number;
	gnttab_request_free_callback(&b->gt, &w->cb, wake, w, n);
}

static void
callback_order(void **state)
{
	struct testbed *b = testbed_up(1, false);
	struct waiter w[5] = { { .number = 0 } };
	grant_ref_t head = chain(b, 504), few = INVALID_GRANT_REF;

	(void)state;
	wait_for(b, &w[0], 0, 0);		/* due at once */
	testbed_expect(b, "wake:0 ");
	for (unsigned int i = 1; i < 5; i++)
		wait_for(b, &w[i], i, i == 2 ? 1 : 2);
	wait_for(b, &w[3], 9, 1);		/* waits already: nothing changes */
	w[3].number = 3;
	testbed_expect(b, "");
	assert_int_equal(gnttab_free_grant_reference(&b->gt, claim(b, &head)), 0);
	testbed_expect(b, "wake:2 ");
	gnttab_cancel_free_callback(&b->gt, &w[3].cb);
	gnttab_cancel_free_callback(&b->gt, &w[3].cb);
	assert_int_equal(gnttab_release_grant_reference(&b->gt, &few, claim(b, &head)), 0);
	testbed_expect(b, "");
	assert_int_equal(gnttab_free_grant_references(&b->gt, few), 0);
	testbed_expect(b, "wake:1 wake:4 ");
	assert_int_equal(gnttab_free_grant_references(&b->gt, head), 0);
	testbed_expect(b, "");
	wait_for(b, &w[1], 1, 504);		/* once a request: it may be asked again */
	testbed_expect(b, "wake:1 ");
	testbed_free(b);
}

/* Growth shows the callbacks a count that is about to drop again. */
static void
callback_at_growth(void **state)
{
	struct testbed *b = testbed_up(2, false);
	struct waiter w = { .number = 0 };
	grant_ref_t head = chain(b, 504);

	(void)state;
	wait_for(b, &w, 1, 512);
	chain(b, 512);
	testbed_expect(b, "query:2 setup:2 wake:1 ");
	assert_int_equal(gnttab_free_count(&b->gt), 0);
	wait_for(b, &w, 2, 1);
	ref_set(&b->gt, 9, REF_CHAINED, 9);	/* broken after two: those two wake it */
	assert_int_equal(gnttab_free_grant_references(&b->gt, head), -XEN_EINVAL);
	testbed_expect(b, "wake:2 ");
	testbed_free(b);
}

static void
call_core(void *arg)
{
	gnttab_free_count(arg);
}

static void
request_that_calls_core(struct testbed *b)
{
	struct gnttab_free_callback cb = { .fn = NULL };

	gnttab_request_free_callback(&b->gt, &cb, call_core, &b->gt, 0);
}

/* Where the lock is no lock at all (one CPU, interrupts off), the core's own check stops it. */
static void
enter_in_callback(struct testbed *b)
{
	b->gt.in_callback = true;
	gnttab_free_count(&b->gt);
}

static void
callback_must_not_call(void **state)
{
	struct testbed *b = testbed_up(1, false);

	(void)state;
	testbed_panics(b, request_that_calls_core);
	testbed_panics(b, enter_in_callback);
	testbed_free(b);
}

int
test_ref(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chain_order),
		cmocka_unit_test(chain_of_none),
		cmocka_unit_test(release_and_free_chain),
		cmocka_unit_test(wrong_states),
		cmocka_unit_test(cyclic_chain),
		cmocka_unit_test(random_walk),
		cmocka_unit_test(callback_order),
		cmocka_unit_test(callback_at_growth),
		cmocka_unit_test(callback_must_not_call),
	};

	return cmocka_run_group_tests_name("ref", tests, NULL, NULL);
}
