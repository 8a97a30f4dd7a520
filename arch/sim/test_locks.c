/*
 * test_locks: atomic operations, locks and waits, by all schedules, on both memories.
 */
#include "arch/sim/tree.h"

#define x tree_x
#define y tree_y
#define r tree_r

/* ------------------------------------------------------------------ atomic */

/* Each counts one up, and learns what he made of it. */
static void
add_atomic_run(void *ctx, unsigned int i)
{
	(void)ctx;
	do {
		r[i] = arch_load16(&x) + 1u;
	} while (arch_cmpxchg16(&x, (uint16_t)(r[i] - 1), (uint16_t)r[i]) != r[i] - 1);
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
		tree_run(add_atomic_run, 3, arm);
		EXPECT(1230, 1320, 2130, 2310, 3120, 3210);
		tree_run(add_plain_run, 2, arm);
		assert_true(tree_seen(1100));
		assert_true(tree_seen(1200));
	}
}

/* ------------------------------------------------------------------ locks */

static void
locked_run(void *ctx, unsigned int i)
{
	(void)ctx;
	sim_lock(rig_sim, &tree_lock);
	arch_store16(&x, (uint16_t)(arch_load16(&x) + 1));
	arch_store16(&y, (uint16_t)(arch_load16(&y) + 1));
	r[i] = arch_load16(&x);
	sim_unlock(rig_sim, &tree_lock);
}

static void
locks(void **state)
{
	(void)state;
	for (int arm = 0; arm <= 1; arm++) {
		tree_run(locked_run, 2, arm);
		EXPECT(1200, 2100);
		assert_int_equal(y, 2);
	}
}

/* Two share a lock, the third wants it for itself. */
static void
shared_run(void *ctx, unsigned int i)
{
	(void)ctx;
	if (i == 2) {
		sim_lock(rig_sim, &tree_lock);
		arch_store16(&x, 1);
		arch_store16(&x, 2);
		sim_unlock(rig_sim, &tree_lock);
		return;
	}
	sim_lock_shared(rig_sim, &tree_lock);
	r[2] |= tree_lock.readers == 2;
	r[i] = arch_load16(&x);
	sim_unlock_shared(rig_sim, &tree_lock);
}

static void
shared_locks(void **state)
{
	(void)state;
	tree_run(shared_run, 3, false);
	EXPECT(0, 10, 200, 2000, 2200, 2210);
	assert_int_equal(tree_lock.readers, 0);
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
		tree_run(wait_run, 2, arm);
		EXPECT(1000, 1010);
	}
}

int
lock_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cmpxchg),
		cmocka_unit_test(locks),
		cmocka_unit_test(shared_locks),
		cmocka_unit_test(waiting),
	};

	rig_begin(0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
