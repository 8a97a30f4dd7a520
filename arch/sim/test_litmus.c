/*
 * test_litmus: what two or three CPUs can see of each other, on both memories.
 *
 * Each test runs all schedules of a few accesses and collects what came of them: the outcomes that
 * are possible are these and no others.
 */
#include <string.h>

#include "arch/sim/race.h"
#include "arch/sim/rig.h"
#include "arch/sim/yield.h"

enum { DEPTH_MAX = 256, OUTCOMES_MAX = 64 };

/* All picks, depth first: `at` is redone up to `fixed`, whose last is then the next one. */
static struct {
	unsigned int choice[DEPTH_MAX], n[DEPTH_MAX];
	unsigned int fixed, at;
	unsigned long runs;
} tree;

static uint32_t outcome[OUTCOMES_MAX];
static unsigned int n_outcomes;

static uint16_t x, y, lock_word;
static uint32_t pair;
static struct sim_lock lock;
static uint32_t r[4];

static unsigned int
pick_next(void *ctx, const struct race_option *o, unsigned int n)
{
	unsigned int at = tree.at++;

	(void)ctx;
	(void)o;
	assert_in_range(at, 0, DEPTH_MAX - 1);
	if (at >= tree.fixed) {
		tree.choice[at] = 0;
		tree.fixed = at + 1;
	}
	tree.n[at] = n;
	return tree.choice[at];
}

static bool
tree_next(void)
{
	tree.fixed = tree.at;
	while (tree.fixed > 0 && tree.choice[tree.fixed - 1] + 1 == tree.n[tree.fixed - 1])
		tree.fixed--;
	if (tree.fixed > 0)
		tree.choice[tree.fixed - 1]++;
	return tree.fixed > 0;
}

static void
outcome_add(uint32_t v)
{
	for (unsigned int i = 0; i < n_outcomes; i++)
		if (outcome[i] == v)
			return;
	assert_in_range(n_outcomes, 0, OUTCOMES_MAX - 1);
	outcome[n_outcomes++] = v;
}

/* r as four digits. */
static uint32_t
digits(void)
{
	return r[0] * 1000 + r[1] * 100 + r[2] * 10 + r[3];
}

static bool
seen(uint32_t v)
{
	for (unsigned int i = 0; i < n_outcomes; i++)
		if (outcome[i] == v)
			return true;
	return false;
}

static void
enumerate(void (*run)(void *ctx, unsigned int i), unsigned int n, bool arm)
{
	struct arch *actor[] = {rig_dom[0], rig_dom[1], rig_dom[2]};
	const struct guest_turns turns = {.arm = arm};
	const struct race_control control = {.pick = pick_next};

	sim_race_set(rig_sim, &control);
	memset(&tree, 0, sizeof tree);
	n_outcomes = 0;
	do {
		x = y = lock_word = 0;
		pair = 0;
		memset(r, 0, sizeof r);
		tree.at = 0;
		guest_at_once(actor, n, run, NULL, &turns);
		assert_int_equal(sim_race_result(rig_sim)->end, RACE_DONE);
		assert_int_equal(lock.writer, 0);
		outcome_add(digits());
		tree.runs++;
	} while (tree_next());
	sim_race_set(rig_sim, NULL);
}

/* The outcomes are these; the last one is -1. */
static void
expect(const int *want)
{
	unsigned int n = 0;

	for (; want[n] >= 0; n++)
		if (!seen((uint32_t)want[n]))
			fail_msg("outcome %04d is never seen, in %lu runs", want[n], tree.runs);
	for (unsigned int i = 0; i < n_outcomes; i++) {
		unsigned int k = 0;

		while (want[k] >= 0 && (uint32_t)want[k] != outcome[i])
			k++;
		if (k == n)
			fail_msg("outcome %04u is seen", outcome[i]);
	}
}

#define EXPECT(...) expect((const int[]){__VA_ARGS__, -1})

/* ------------------------------------------------------------------ two CPUs */

/* Each stores and then loads what the other stores. */
static void
store_buffering_run(void *ctx, unsigned int i)
{
	(void)ctx;
	arch_store16(i ? &y : &x, 1);
	r[i] = arch_load16(i ? &x : &y);
}

static void
store_buffering(void **state)
{
	(void)state;
	enumerate(store_buffering_run, 2, false);
	EXPECT(0, 100, 1000, 1100);
	enumerate(store_buffering_run, 2, true);
	EXPECT(0, 100, 1000, 1100);
}

/* With an atomic operation between, never both 0. */
static void
store_buffering_fenced_run(void *ctx, unsigned int i)
{
	(void)ctx;
	arch_store16(i ? &y : &x, 1);
	if (i == 0)
		arch_cmpxchg16(&lock_word, 5, 5);
	else
		sim_fence(rig_sim);
	r[i] = arch_load16(i ? &x : &y);
}

static void
store_buffering_fenced(void **state)
{
	(void)state;
	enumerate(store_buffering_fenced_run, 2, false);
	EXPECT(100, 1000, 1100);
	enumerate(store_buffering_fenced_run, 2, true);
	EXPECT(100, 1000, 1100);
}

/* Data, then a flag; the other loads the flag, then the data. */
static void
message(unsigned int i, bool release, bool acquire)
{
	if (i == 0) {
		arch_store16(&x, 1);
		(release ? arch_store16_release : arch_store16)(&y, 1);
	} else {
		r[0] = (acquire ? arch_load16_acquire : arch_load16)(&y);
		r[1] = arch_load16(&x);
	}
}

static void
message_plain(void *ctx, unsigned int i)
{
	(void)ctx;
	message(i, false, false);
}

static void
message_release(void *ctx, unsigned int i)
{
	(void)ctx;
	message(i, true, false);
}

static void
message_acquire(void *ctx, unsigned int i)
{
	(void)ctx;
	message(i, false, true);
}

static void
message_both(void *ctx, unsigned int i)
{
	(void)ctx;
	message(i, true, true);
}

static void
message_passing(void **state)
{
	void (*const run[])(void *, unsigned int) = {
		message_plain, message_release, message_acquire, message_both,
	};

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		enumerate(run[i], 2, false);
		EXPECT(0, 100, 1100);
		enumerate(run[i], 2, true);
		if (run[i] == message_both)
			EXPECT(0, 100, 1100);
		else
			EXPECT(0, 100, 1000, 1100);
	}
}

/* The message passing of the core: flags go last, and the flag is taken by cmpxchg. */
static void
message_atomic_run(void *ctx, unsigned int i)
{
	(void)ctx;
	if (i == 0) {
		arch_store16(&x, 1);
		arch_store16_release(&y, 1);
	} else {
		r[0] = arch_cmpxchg16(&y, 1, 2);
		r[1] = arch_load16(&x);
	}
}

static void
message_atomic(void **state)
{
	(void)state;
	for (int arm = 0; arm <= 1; arm++) {
		enumerate(message_atomic_run, 2, arm);
		EXPECT(0, 100, 1100);
	}
}

/* The second load of a location is not older than the first, nor than an own store. */
static void
coherence_run(void *ctx, unsigned int i)
{
	(void)ctx;
	if (i == 0) {
		arch_store16(&x, 1);
		arch_store16(&x, 2);
	} else {
		r[0] = arch_load16(&x);
		r[1] = arch_load16(&x);
	}
}

static void
coherence(void **state)
{
	(void)state;
	for (int arm = 0; arm <= 1; arm++) {
		enumerate(coherence_run, 2, arm);
		EXPECT(0, 100, 200, 1100, 1200, 2200);
	}
}

/* Both store; each sees its own store, or the other's if that came later. */
static void
forwarding_run(void *ctx, unsigned int i)
{
	(void)ctx;
	arch_store16(&x, (uint16_t)(i + 1));
	r[i] = arch_load16(&x);
	if (i == 0)
		r[2] = arch_load16(&x);
}

static void
forwarding(void **state)
{
	(void)state;
	for (int arm = 0; arm <= 1; arm++) {
		enumerate(forwarding_run, 2, arm);
		EXPECT(1210, 1220, 1110, 2220);
		assert_false(seen(2110));
	}
}

static void
halves_run(void *ctx, unsigned int i)
{
	uint16_t *half = (uint16_t *)(void *)&pair;
	uint32_t v;

	(void)ctx;
	if (i == 0) {
		sim_cmpxchg32(&pair, 0, 1 | 1 << 16);
		return;
	}
	v = sim_load32(&pair);
	r[0] = v & 0xffff;
	r[1] = v >> 16;
	sim_and16(&half[0], 0);
	r[2] = arch_load16(&half[1]);
	r[3] = arch_load16(&half[0]);
}

/* A pair that is written as one is never seen torn, whatever is cleared in between. */
static void
halves(void **state)
{
	(void)state;
	for (int arm = 0; arm <= 1; arm++) {
		enumerate(halves_run, 2, arm);
		EXPECT(0, 1, 10, 11, 1110);
	}
}

/* ------------------------------------------------------------------ atomic */

static void
add_atomic_run(void *ctx, unsigned int i)
{
	(void)ctx;
	(void)i;
	for (;;) {
		uint16_t v = arch_load16(&x);

		if (arch_cmpxchg16(&x, v, (uint16_t)(v + 1)) == v)
			break;
	}
	if (arch_load16(&x) == 3)
		r[0] = 3;
}

static void
add_plain_run(void *ctx, unsigned int i)
{
	(void)ctx;
	arch_store16(&x, (uint16_t)(arch_load16(&x) + 1));
	r[i] = arch_load16(&x);
}

static void
cmpxchg(void **state)
{
	(void)state;
	for (int arm = 0; arm <= 1; arm++) {
		/* Early loads make its loop long; two CPUs do on Arm. */
		enumerate(add_atomic_run, arm ? 2 : 3, arm);
		if (arm)
			EXPECT(0);
		else
			EXPECT(3000);
		assert_int_equal(x, arm ? 2 : 3);
		enumerate(add_plain_run, 2, arm);
		assert_true(seen(1100));
		assert_true(seen(1200));
	}
}

/* ------------------------------------------------------------------ locks */

static void
locked_run(void *ctx, unsigned int i)
{
	(void)ctx;
	sim_lock(rig_sim, &lock);
	arch_store16(&x, (uint16_t)(arch_load16(&x) + 1));
	arch_store16(&y, (uint16_t)(arch_load16(&y) + 1));
	r[i] = arch_load16(&x);
	sim_unlock(rig_sim, &lock);
}

static void
locks(void **state)
{
	(void)state;
	for (int arm = 0; arm <= 1; arm++) {
		enumerate(locked_run, 2, arm);
		EXPECT(1200, 2100);
		assert_int_equal(y, 2);
	}
	/* Three on Arm are many schedules, and show no more. */
	enumerate(locked_run, 3, false);
	EXPECT(1230, 1320, 2130, 2310, 3120, 3210);
}

/* Two share a lock, the third wants it for itself. */
static void
shared_run(void *ctx, unsigned int i)
{
	(void)ctx;
	if (i == 2) {
		sim_lock(rig_sim, &lock);
		arch_store16(&x, 1);
		arch_store16(&x, 2);
		sim_unlock(rig_sim, &lock);
		return;
	}
	sim_lock_shared(rig_sim, &lock);
	r[2] |= lock.readers == 2;
	r[i] = arch_load16(&x);
	sim_unlock_shared(rig_sim, &lock);
}

static void
shared_locks(void **state)
{
	(void)state;
	enumerate(shared_run, 3, false);
	EXPECT(0, 10, 200, 2000, 2200, 2210);
	assert_int_equal(lock.readers, 0);
}

/* ------------------------------------------------------------------ three CPUs */

/* What one CPU saw and passes on, the next one sees as well. */
static void
passed_on(unsigned int i, bool acquire)
{
	switch (i) {
	case 0:
		arch_store16(&x, 1);
		break;
	case 1:
		r[0] = arch_load16(&x);
		arch_store16_release(&y, 1);
		break;
	default:
		r[1] = (acquire ? arch_load16_acquire : arch_load16)(&y);
		r[2] = arch_load16(&x);
	}
}

static void
passed_on_run(void *ctx, unsigned int i)
{
	(void)ctx;
	passed_on(i, true);
}

static void
passed_on_plain_run(void *ctx, unsigned int i)
{
	(void)ctx;
	passed_on(i, false);
}

static void
causality(void **state)
{
	(void)state;
	for (int arm = 0; arm <= 1; arm++) {
		enumerate(passed_on_run, 3, arm);
		EXPECT(0, 10, 100, 110, 1000, 1010, 1110);
	}
	enumerate(passed_on_plain_run, 3, true);
	EXPECT(0, 10, 100, 110, 1000, 1010, 1100, 1110);
}

/* ------------------------------------------------------------------ waiting */

static void
wait_run(void *ctx, unsigned int i)
{
	(void)ctx;
	if (i == 0) {
		arch_store16(&x, 1);
		arch_store16_release(&y, 1);
		return;
	}
	while (arch_load16_acquire(&y) == 0) {
		r[2] = 1;
		arch_relax();
	}
	r[0] = arch_load16(&x);
}

/* Who waits is waiting until the store that he waits for: no schedule is endless. */
static void
waiting(void **state)
{
	(void)state;
	for (int arm = 0; arm <= 1; arm++) {
		enumerate(wait_run, 2, arm);
		EXPECT(1000, 1010);
	}
}

int
litmus_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(store_buffering),
		cmocka_unit_test(store_buffering_fenced),
		cmocka_unit_test(message_passing),
		cmocka_unit_test(message_atomic),
		cmocka_unit_test(coherence),
		cmocka_unit_test(forwarding),
		cmocka_unit_test(halves),
		cmocka_unit_test(cmpxchg),
		cmocka_unit_test(locks),
		cmocka_unit_test(shared_locks),
		cmocka_unit_test(causality),
		cmocka_unit_test(waiting),
	};

	rig_begin(0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
