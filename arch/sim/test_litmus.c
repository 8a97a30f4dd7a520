/*
 * test_litmus: what two or three CPUs can see of each other, on both memories.
 *
 * Each test runs all schedules of a few accesses: the outcomes that come of them are these and no
 * others.
 */
#include "arch/sim/cpu.h"
#include "arch/sim/tree.h"

#define x tree_x
#define y tree_y
#define r tree_r

static uint16_t word;

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
	tree_run(store_buffering_run, 2, false);
	EXPECT(0, 100, 1000, 1100);
	tree_run(store_buffering_run, 2, true);
	EXPECT(0, 100, 1000, 1100);
}

/* With an atomic operation between, never both 0. */
static void
store_buffering_fenced_run(void *ctx, unsigned int i)
{
	(void)ctx;
	arch_store16(i ? &y : &x, 1);
	if (i == 0)
		arch_cmpxchg16(&word, 5, 5);
	else
		sim_fence(rig_sim);
	r[i] = arch_load16(i ? &x : &y);
}

static void
store_buffering_fenced(void **state)
{
	(void)state;
	tree_run(store_buffering_fenced_run, 2, false);
	EXPECT(100, 1000, 1100);
	tree_run(store_buffering_fenced_run, 2, true);
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
		tree_run(run[i], 2, false);
		EXPECT(0, 100, 1100);
		tree_run(run[i], 2, true);
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
		tree_run(message_atomic_run, 2, arm);
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
		tree_run(coherence_run, 2, arm);
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
		tree_run(forwarding_run, 2, arm);
		EXPECT(1210, 1220, 1110, 2220);
		assert_false(tree_seen(2110));
	}
}

static void
halves_run(void *ctx, unsigned int i)
{
	uint16_t *half = (uint16_t *)(void *)&tree_pair;
	uint32_t v;

	(void)ctx;
	if (i == 0) {
		sim_cmpxchg32(&tree_pair, 0, 1 | 1 << 16);
		return;
	}
	v = sim_load32(&tree_pair);
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
		tree_run(halves_run, 2, arm);
		EXPECT(0, 1, 10, 11, 1110);
	}
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
		tree_run(passed_on_run, 3, arm);
		EXPECT(0, 10, 100, 110, 1000, 1010, 1110);
	}
	tree_run(passed_on_plain_run, 3, true);
	EXPECT(0, 10, 100, 110, 1000, 1010, 1100, 1110);
}

/* Where a CPU's memory of memory ends it sees what is there now, and never what is wrong. */
static void
limits(void **state)
{
	static uint16_t field[SEEN_MAX + 1], page[8];
	struct memory m;
	struct cpu c;

	(void)state;
	memory_start(&m, true);
	cpu_start(&c, &m);
	for (unsigned int i = 0; i < HISTORY_MAX + 4; i++) {
		memory_wrote(&m, &field[0], sizeof field[0]);
		field[0]++;
	}
	assert_int_equal(cpu_stale_max(&c, &field[0], 2), TURN_STALE_MAX);
	assert_int_equal(cpu_stale_max(&c, &field[1], 2), 0);
	/* What a long write found is not known. */
	memory_wrote(&m, page, sizeof page);
	assert_int_equal(cpu_stale_max(&c, &page[1], 2), 0);
	for (unsigned int i = 0; i <= SEEN_MAX; i++)
		cpu_load(&c, &field[i], 2, false, 0);
	assert_int_equal(cpu_stale_max(&c, &field[0], 2), 0);
	assert_int_equal(c.n_seen, 0);
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
		cmocka_unit_test(causality),
		cmocka_unit_test(limits),
	};

	rig_begin(0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
