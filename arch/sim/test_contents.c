/* test_contents: a guest's own loads and stores of pages, alone and in races, and flushes. */
#include "arch/sim/race.h"
#include "arch/sim/rig.h"
#include "arch/sim/yield.h"

static struct sim_lock mappings;
static uint16_t word, got[2];
static bool mapped, there[2];

static const struct race_result *
race(struct arch *first, struct arch *second, void (*run)(void *ctx, unsigned int i),
     const struct turn *t, unsigned int n, bool arm)
{
	struct arch *actor[] = {first, second};
	uint8_t code[32];

	for (unsigned int i = 0; i < n; i++)
		code[i] = turn_code(t[i]);
	guest_at_once(actor, 2, run, NULL,
		      &(struct guest_turns){.code = code, .n = n, .arm = arm});
	return sim_race_result(rig_sim);
}

#define RACE(a, b, run, arm, ...) \
	race(a, b, run, (const struct turn[]){__VA_ARGS__}, \
	     sizeof((const struct turn[]){__VA_ARGS__}) / sizeof(struct turn), arm)

/* Of d0's page, mapped by d1 at window 2. */
static void
both_places(void **state)
{
	unsigned int dom, slot, lo, hi;
	uint16_t v = 0;

	(void)state;
	rig_begin(0);
	rig_grant(0, 9, 1, 3, GTF_permit_access);
	assert_false(guest_load16(rig_dom[1], GUEST_WINDOW, 2, 8, &v));
	assert_int_equal(rig_map(1, 0, 9, 2, HOST), GNTST_okay);
	assert_true(guest_load16(rig_dom[1], GUEST_WINDOW, 2, 8, &v));
	assert_int_equal(v, guest_page_pattern(0, 3, 8) | guest_page_pattern(0, 3, 9) << 8);
	assert_true(guest_store16(rig_dom[1], GUEST_WINDOW, 2, 8, 0x1234));
	assert_true(guest_load16(rig_dom[0], GUEST_PAGE, 3, 8, &v));
	assert_int_equal(v, 0x1234);
	assert_true(guest_page_dirty(rig_dom[0], 3, &dom, &slot, &lo, &hi));
	assert_int_equal(lo, 8);
	assert_int_equal(hi, 10);
	assert_int_equal(rig_unmap(1, rig_handle, 2), GNTST_okay);
	assert_false(guest_store16(rig_dom[1], GUEST_WINDOW, 2, 8, 1));
	/* Neither through a mapping to read, nor to a slot without a page, or one not mapped. */
	assert_int_equal(rig_map(1, 0, 9, 2, HOST | RO), GNTST_okay);
	assert_false(guest_store16(rig_dom[1], GUEST_WINDOW, 2, 8, 1));
	assert_true(guest_load16(rig_dom[1], GUEST_WINDOW, 2, 8, &v));
	assert_false(guest_store16(rig_dom[1], GUEST_PAGE, 7, 8, 1));
	guest_page_unmap(rig_dom[1], 0);
	assert_false(guest_load16(rig_dom[1], GUEST_PAGE, 0, 8, &v));
	assert_int_equal(v, 0x1234);
}

static void
writer_and_reader(void *ctx, unsigned int i)
{
	(void)ctx;
	if (i == 0) {
		there[0] = guest_store16(rig_dom[0], GUEST_PAGE, 1, 0, 7);
		there[0] &= guest_store16(rig_dom[0], GUEST_PAGE, 1, 2, 8);
	} else {
		there[1] = guest_load16(rig_dom[0], GUEST_PAGE, 1, 2, &got[1]);
		there[1] &= guest_load16(rig_dom[0], GUEST_PAGE, 1, 0, &got[0]);
	}
}

/* A store that waits is not seen, and the branch does not go on before it is. */
static void
stores_in_order(void **state)
{
	const struct race_result *r;

	(void)state;
	rig_begin(0);
	for (int arm = 0; arm <= 1; arm++) {
		guest_store16(rig_dom[0], GUEST_PAGE, 1, 0, 0);
		guest_store16(rig_dom[0], GUEST_PAGE, 1, 2, 0);
		r = RACE(rig_dom[0], rig_dom[0], writer_and_reader, arm,
			 {0, TURN_STEP, 0}, {0, TURN_STEP, 0}, {0, TURN_HOLD, 0}, {0, TURN_STEP, 0},
			 {1, TURN_STEP, 0}, {1, TURN_STEP, 0}, {1, TURN_STEP, 0}, {1, TURN_STEP, 0},
			 {1, TURN_STEP, 0});
		assert_true(there[0] && there[1]);
		assert_int_equal(r->end, RACE_DONE);
		assert_int_equal(got[1], 0);
		assert_int_equal(got[0], 0);
		/* 0: start, look, hold; 1: all; then 0 drains, passes its fence, and the rest. */
		assert_int_equal(r->code[8], turn_code((struct turn){0, TURN_DRAIN, 0}));
	}
}

/* An early load is ordered after by what follows it: the second sees what the first could. */
static void
loads_in_order(void **state)
{
	(void)state;
	rig_begin(0);
	guest_store16(rig_dom[0], GUEST_PAGE, 1, 0, 0);
	guest_store16(rig_dom[0], GUEST_PAGE, 1, 2, 0);
	RACE(rig_dom[0], rig_dom[0], writer_and_reader, true,
	     {0, TURN_STEP, 0}, {0, TURN_STEP, 0}, {0, TURN_STEP, 0}, {0, TURN_STEP, 0},
	     {0, TURN_STEP, 0}, {1, TURN_STEP, 0}, {1, TURN_STEP, 0}, {1, TURN_STALE, 1},
	     {1, TURN_STEP, 0}, {1, TURN_STALE, 1});
	assert_int_equal(got[1], 0);
	assert_int_equal(got[0], 0);
	RACE(rig_dom[0], rig_dom[0], writer_and_reader, true,
	     {0, TURN_STEP, 0}, {0, TURN_STEP, 0}, {0, TURN_STEP, 0}, {0, TURN_STEP, 0},
	     {0, TURN_STEP, 0}, {1, TURN_STEP, 0}, {1, TURN_STEP, 0}, {1, TURN_STEP, 0},
	     {1, TURN_STEP, 0}, {1, TURN_STALE, 1});
	assert_int_equal(got[1], 8);
	assert_int_equal(got[0], 7);
}

/* Branch 0 uses a mapping, branch 1 takes it away, and may reuse the word after the flush. */
static void
use_and_flush(void *ctx, unsigned int i)
{
	(void)ctx;
	if (i == 0) {
		sim_enter(&mappings, &mapped);
		there[0] = mapped;
		if (mapped) {
			arch_store16(&word, 5);
			sim_fence(rig_sim);
		}
		sim_leave(&mappings);
	} else {
		sim_step(rig_sim, &mapped, SIM_WRITE);
		mapped = false;
		sim_flush(&mappings, &mapped);
		got[0] = word;
		arch_store16(&word, 6);
	}
}

static void
flushes(void **state)
{
	const struct race_result *r;

	(void)state;
	for (unsigned int hold = 0; hold <= 1; hold++) {
		mapped = true;
		word = 0;
		/* It was looked at, and is under way; the flush cannot be before it. */
		r = RACE(rig_dom[0], rig_dom[0], use_and_flush, false,
			 {0, TURN_STEP, 0}, {0, TURN_STEP, 0}, {1, TURN_STEP, 0}, {1, TURN_STEP, 0},
			 {0, hold ? TURN_HOLD : TURN_STEP, 0}, {1, TURN_STEP, 0});
		assert_int_equal(r->end, RACE_DONE);
		assert_true(there[0]);
		assert_int_equal(got[0], 5);
		assert_int_equal(word, 6);
		assert_int_equal(mappings.readers, 0);
	}
	mapped = true;
	word = 0;
	RACE(rig_dom[0], rig_dom[0], use_and_flush, false, {1, TURN_STEP, 0}, {1, TURN_STEP, 0},
	     {0, TURN_STEP, 0}, {0, TURN_STEP, 0});
	assert_false(there[0]);
	assert_int_equal(got[0], 0);
}

int
contents_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_places),
		cmocka_unit_test(stores_in_order),
		cmocka_unit_test(loads_in_order),
		cmocka_unit_test(flushes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
