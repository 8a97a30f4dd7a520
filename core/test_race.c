/*
 * test_race: what the hypervisor may do between two accesses of the core to one entry.
 *
 * The core's files on entries are compiled for arch/cc/race here, which calls race_before ahead of
 * each access.  A test says what the hypervisor does before which access, and reads afterwards
 * which accesses there were.  Not covered here: what CPUs reorder (stress_gnttab does it).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include "core/testbed.h"

#include <cmocka.h>

enum { PEER = 5 };

/* The race in hand. */
static struct {
	struct grant_entry_v1 *entry;
	unsigned int n;			/* accesses so far */
	unsigned int at;		/* before access `at` (from 1) flags become the next of: */
	uint16_t flags[2];		/* ... and, if not 0, before the next the second */
	uint32_t frame;			/* ... and with the second, the frame */
	bool restless;			/* flags change before every access */
	char log[256];			/* the accesses: "lf " a load of flags, and so on */
} race;

/* A letter for what is accessed, and one for how. */
static void
race_note(enum race_access access, const void *p)
{
	const struct grant_entry_v1 *e = race.entry;
	const char what = p == &e->flags ? 'f' : p == &e->domid ? 'd' : p == &e->frame ? 'n' : '-';
	const char how[] = { 'l', 'a', 's', 'r', 'x', 'w' };
	size_t at = strlen(race.log);

	if (at + 4 > sizeof race.log)
		return;
	race.log[at] = how[access];
	race.log[at + 1] = what;
	race.log[at + 2] = ' ';
	race.log[at + 3] = '\0';
}

void
race_before(enum race_access access, const void *p)
{
	if (race.entry == NULL)
		return;
	race.n++;
	race_note(access, p);
	if (race.n == race.at)
		race.entry->flags = race.flags[0];
	if (race.n == race.at + 1 && race.at != 0 && race.flags[1] != 0) {
		race.entry->flags = race.flags[1];
		race.entry->frame = race.frame;
	}
	if (race.restless)
		race.entry->flags ^= GTF_PWT;
}

/* From here on accesses to ref's entry are noted; nothing happens between them yet. */
static void
watch(struct testbed *b, grant_ref_t ref)
{
	memset(&race, 0, sizeof race);
	race.entry = testbed_entry(b, ref);
}

/* From here on: the hypervisor acts before access `at`, and maybe before the next. */
static void
act(struct testbed *b, grant_ref_t ref, unsigned int at, uint16_t first, uint16_t second)
{
	watch(b, ref);
	race.at = at;
	race.flags[0] = first;
	race.flags[1] = second;
	race.frame = 77;
}

static void
expect_log(const char *want)
{
	assert_string_equal(race.log, want);
	race.entry = NULL;
}

static grant_ref_t
up(struct testbed **b, bool transfer)
{
	int ref;

	race.entry = NULL;
	*b = testbed_up(1, false);
	ref = transfer ? gnttab_grant_foreign_transfer(&(*b)->gt, PEER, 3) :
			 gnttab_grant_foreign_access(&(*b)->gt, PEER, 3, false);
	assert_int_equal(ref, GNTTAB_NR_RESERVED_ENTRIES);
	return (grant_ref_t)ref;
}

/* ------------------------------------------------------------------ access */

static void
publishes_flags_last(void **state)
{
	struct testbed *b;
	grant_ref_t ref = up(&b, false);

	(void)state;
	assert_int_equal(gnttab_end_foreign_access_ref(&b->gt, ref), 1);
	watch(b, ref);
	assert_int_equal(gnttab_grant_foreign_access_ref(&b->gt, ref, PEER, 4, false), 0);
	expect_log("lf sd sn rf ");
	testbed_free(b);
}

static void
end_meets_a_pin(void **state)
{
	const uint16_t pinned = GTF_permit_access | GTF_reading;
	struct testbed *b;
	grant_ref_t ref = up(&b, false);

	(void)state;
	act(b, ref, 2, pinned, 0);
	assert_int_equal(gnttab_end_foreign_access_ref(&b->gt, ref), 0);
	assert_int_equal(testbed_entry(b, ref)->flags, pinned);
	expect_log("lf xf ");
	testbed_entry(b, ref)->flags = GTF_permit_access;
	act(b, ref, 2, pinned, 0);
	assert_int_equal(gnttab_end_foreign_access(&b->gt, ref, 0), 0);
	assert_int_equal(b->gt.deferred_count, 1);
	expect_log("lf xf ");
	testbed_free(b);
}

static void
end_meets_a_change(void **state)
{
	struct testbed *b;
	grant_ref_t ref = up(&b, false);

	(void)state;
	act(b, ref, 2, GTF_permit_access | GTF_PCD, 0);
	assert_int_equal(gnttab_end_foreign_access_ref(&b->gt, ref), 1);
	assert_int_equal(testbed_entry(b, ref)->flags, 0);
	expect_log("lf xf xf ");
	testbed_free(b);
}

/* A peer that changes flags for ever does not hold the guest up for ever. */
static void
end_is_bounded(void **state)
{
	struct testbed *b;
	grant_ref_t ref = up(&b, false);

	(void)state;
	watch(b, ref);
	race.restless = true;
	assert_int_equal(gnttab_try_end_foreign_access(&b->gt, ref), 0);
	assert_int_equal(race.n, 1 + ARCH_SPIN_MAX);
	race.entry = NULL;
	assert_int_equal(gnttab_end_foreign_access_ref(&b->gt, ref), 1);
	testbed_free(b);
}

/* ------------------------------------------------------------------ transfer */

enum {
	COMMITTED = GTF_accept_transfer | GTF_transfer_committed,
	COMPLETED = COMMITTED | GTF_transfer_completed,
};

static void
withdraw_meets_a_commit(void **state)
{
	struct testbed *b;
	grant_ref_t ref = up(&b, true);

	(void)state;
	act(b, ref, 2, COMMITTED, COMPLETED);
	assert_int_equal(gnttab_end_foreign_transfer_ref(&b->gt, ref), 77);
	assert_int_equal(testbed_entry(b, ref)->flags, 0);
	/* Completed is seen by a load that acquires, and the frame read after it. */
	expect_log("af xf w- af ln sf ");
	testbed_free(b);
}

static void
frame_after_completed(void **state)
{
	struct testbed *b;
	grant_ref_t ref = up(&b, true);

	(void)state;
	act(b, ref, 1, COMPLETED, 0);
	assert_int_equal(gnttab_end_foreign_transfer_ref(&b->gt, ref), 3);
	expect_log("af ln sf ");
	testbed_free(b);
}

static void
wait_is_bounded(void **state)
{
	struct testbed *b;
	grant_ref_t ref = up(&b, true);

	(void)state;
	act(b, ref, 1, COMMITTED, 0);
	assert_int_equal(gnttab_end_foreign_transfer(&b->gt, ref), -XEN_EAGAIN);
	assert_int_equal(race.n, 1 + 2 * ARCH_SPIN_MAX);
	assert_int_equal(testbed_entry(b, ref)->flags, COMMITTED);
	act(b, ref, 5, COMPLETED, 0);
	assert_int_equal(gnttab_end_foreign_transfer(&b->gt, ref), 3);
	expect_log("af w- af w- af ln sf ");
	testbed_free(b);
}

static void
withdraw_is_bounded(void **state)
{
	struct testbed *b;
	grant_ref_t ref = up(&b, true);

	(void)state;
	watch(b, ref);
	race.restless = true;
	assert_int_equal(gnttab_end_foreign_transfer(&b->gt, ref), -XEN_EAGAIN);
	assert_int_equal(race.n, 1 + ARCH_SPIN_MAX);
	race.entry = NULL;
	testbed_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(publishes_flags_last),
		cmocka_unit_test(end_meets_a_pin),
		cmocka_unit_test(end_meets_a_change),
		cmocka_unit_test(end_is_bounded),
		cmocka_unit_test(withdraw_meets_a_commit),
		cmocka_unit_test(frame_after_completed),
		cmocka_unit_test(wait_is_bounded),
		cmocka_unit_test(withdraw_is_bounded),
	};

	return cmocka_run_group_tests_name("race", tests, NULL, NULL);
}
