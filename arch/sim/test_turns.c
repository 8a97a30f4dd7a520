/*
 * test_turns: schedules: what a turn does, what is passed over, that what was done can be done
 * again, and how a race ends that cannot.
 */
#include <string.h>

#include "arch/sim/race.h"
#include "arch/sim/rig.h"
#include "arch/sim/yield.h"

static uint16_t x, y, log_of[64];
static unsigned int n_log;
static struct sim_lock lock, other;

static void
note(unsigned int v)
{
	assert_in_range(n_log, 0, 63);
	log_of[n_log++] = (uint16_t)v;
}

static const struct race_result *
race_n(unsigned int n, void (*run)(void *ctx, unsigned int i), const uint8_t *code,
       unsigned int n_code, bool arm)
{
	struct arch *actor[] = {rig_dom[0], rig_dom[1], rig_dom[2]};
	const struct guest_turns turns = {.code = code, .n = n_code, .arm = arm};

	x = y = 0;
	n_log = 0;
	guest_at_once(actor, n, run, NULL, &turns);
	return sim_race_result(rig_sim);
}

#define RACE(run, arm, ...) \
	race_n(2, run, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}), arm)

static uint8_t
step(unsigned int b)
{
	return turn_code((struct turn){(uint8_t)b, TURN_STEP, 0});
}

static uint8_t
hold(unsigned int b)
{
	return turn_code((struct turn){(uint8_t)b, TURN_HOLD, 0});
}

static uint8_t
drain(unsigned int b, unsigned int i)
{
	return turn_code((struct turn){(uint8_t)b, TURN_DRAIN, (uint8_t)i});
}

static uint8_t
stale(unsigned int b, unsigned int k)
{
	return turn_code((struct turn){(uint8_t)b, TURN_STALE, (uint8_t)k});
}

static void
log_is(const uint16_t *want, size_t n)
{
	assert_int_equal(n_log, n);
	assert_memory_equal(log_of, want, n * sizeof *want);
}

#define LOG(...) \
	log_is((const uint16_t[]){__VA_ARGS__}, sizeof((const uint16_t[]){__VA_ARGS__}) / 2)

/* ------------------------------------------------------------------ turns */

static void
codes(void **state)
{
	(void)state;
	for (unsigned int c = 0; c < 256; c++) {
		struct turn t = turn_of((uint8_t)c);

		assert_true(t.branch < RACE_BRANCHES_MAX);
		assert_int_equal(turn_code(t), c % TURN_CODES);
		assert_true(t.kind == TURN_DRAIN ? t.index < TURN_STORES_MAX :
			    t.kind == TURN_STALE ? t.index > 0 && t.index <= TURN_STALE_MAX :
						   t.index == 0);
	}
	assert_true(TURN_CODES < 192);
}

static void
three_steps(void *ctx, unsigned int i)
{
	(void)ctx;
	note(i * 10);
	for (unsigned int k = 1; k <= 2; k++) {
		sim_step(rig_sim, &x, SIM_WRITE);
		note(i * 10 + k);
	}
}

static void
empty_schedule(void **state)
{
	const struct race_result *r = race_n(3, three_steps, NULL, 0, false);

	(void)state;
	LOG(0, 1, 2, 10, 11, 12, 20, 21, 22);
	assert_int_equal(r->end, RACE_DONE);
	assert_int_equal(r->steps, 9);
	assert_int_equal(r->n, 9);
	assert_int_equal(r->needed, 0);
}

static void
given_schedule(void **state)
{
	const struct race_result *r;

	(void)state;
	/* Who is not there, has no store to drain or is no load is passed over. */
	r = RACE(three_steps, false, step(1), step(2), hold(0), drain(0, 0), step(0), stale(0, 1),
		 step(0), step(1));
	LOG(10, 0, 1, 11, 12, 2);
	assert_int_equal(r->n, 6);
	/* Branch 1 goes on by itself, and 0 after it. */
	assert_int_equal(r->needed, 4);
	/* A schedule of more than there is to do. */
	RACE(three_steps, false, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1);
	LOG(0, 1, 2, 10, 11, 12);
}

static void
store_and_load(void *ctx, unsigned int i)
{
	(void)ctx;
	arch_store16(i ? &y : &x, 1);
	note(i * 10 + arch_load16(i ? &x : &y));
}

static void
held_stores(void **state)
{
	const struct race_result *r;

	(void)state;
	r = RACE(store_and_load, false, step(0), hold(0), step(0), step(1), step(1), step(1));
	LOG(0, 10);
	/* 0's store became visible by itself, last. */
	assert_int_equal(r->code[r->n - 1], drain(0, 0));
	assert_int_equal(x, 1);
	RACE(store_and_load, false, step(0), hold(0), step(0), drain(0, 0), step(1), step(1));
	LOG(0, 11);
}

static void
two_stores(void *ctx, unsigned int i)
{
	(void)ctx;
	if (i == 0) {
		arch_store16(&x, 1);
		arch_store16(&y, 1);
	} else {
		note(arch_load16(&y));
		note(arch_load16(&x));
	}
}

static void
reordered(void **state)
{
	(void)state;
	/* The second store first: x86 passes that turn over, and then 0 goes on. */
	RACE(two_stores, true, 0, hold(0), hold(0), step(0), drain(0, 1), 1, 1, 1);
	LOG(1, 0);
	RACE(two_stores, false, 0, hold(0), hold(0), step(0), drain(0, 1), 1, 1, 1);
	LOG(0, 0);
	/* An early load. */
	RACE(two_stores, true, 0, 0, 0, 1, 1, stale(1, 1));
	LOG(1, 0);
	RACE(two_stores, false, 0, 0, 0, 1, 1, stale(1, 1));
	LOG(1, 1);
}

/* ------------------------------------------------------------------ once more */

static uint32_t random_state;

static uint32_t
random_below(uint32_t n)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % n;
}

static unsigned int
pick_random(void *ctx, const struct race_option *o, unsigned int n)
{
	(void)ctx;
	(void)o;
	return random_below(n);
}

/* Some of everything: all that happens is noted. */
static void
busy_run(void *ctx, unsigned int i)
{
	(void)ctx;
	for (unsigned int k = 0; k < 2; k++) {
		arch_store16(&x, (uint16_t)(10 * i + k));
		note(arch_load16(&y));
		arch_store16_release(&y, (uint16_t)(20 * i + k));
		note(arch_load16_acquire(&x));
		sim_lock(rig_sim, &lock);
		note(arch_cmpxchg16(&x, (uint16_t)k, 7));
		sim_unlock(rig_sim, &lock);
		note(arch_load16(&y));
		arch_relax();
	}
}

/* The turns that were taken, all or the first that are needed, are the same run. */
static void
replay(void **state)
{
	const struct race_control control = {.pick = pick_random};
	unsigned int odd = 0;

	(void)state;
	for (unsigned int i = 0; i < 200; i++) {
		static struct race_result first, again;
		uint16_t log_first[64];

		random_state = i;
		sim_race_set(rig_sim, &control);
		first = *race_n(3, busy_run, NULL, 0, i % 2);
		memcpy(log_first, log_of, sizeof log_first);
		assert_int_equal(first.end, RACE_DONE);
		odd += first.needed > 20;
		sim_race_set(rig_sim, NULL);
		for (unsigned int all = 0; all <= 1; all++) {
			again = *race_n(3, busy_run, first.code, all ? first.n : first.needed,
					i % 2);
			assert_int_equal(again.n, first.n);
			assert_int_equal(again.steps, first.steps);
			assert_int_equal(again.needed, first.needed);
			assert_memory_equal(again.code, first.code, first.n);
			log_is(log_first, 24);
		}
	}
	assert_true(odd > 100);
}

/* ------------------------------------------------------------------ other ends */

static void
deadlock_run(void *ctx, unsigned int i)
{
	(void)ctx;
	sim_lock(rig_sim, i ? &other : &lock);
	sim_lock(rig_sim, i ? &lock : &other);
	note(i);
	sim_unlock(rig_sim, &lock);
	sim_unlock(rig_sim, &other);
}

static void
deadlock(void **state)
{
	(void)state;
	assert_int_equal(RACE(deadlock_run, false, 0, 0, 1, 1)->end, RACE_DEADLOCK);
	assert_int_equal(n_log, 0);
	assert_int_equal(lock.writer, 0);
	assert_int_equal(other.writer, 0);
	/* A machine that had one is as good as before. */
	assert_int_equal(RACE(deadlock_run, false, 0)->end, RACE_DONE);
	LOG(0, 1);
}

static void
endless_run(void *ctx, unsigned int i)
{
	(void)ctx;
	(void)i;
	for (;;) {
		if (arch_load16(&x) == 1)
			break;
		arch_relax();
	}
}

static void
livelock(void **state)
{
	const struct race_result *r = RACE(endless_run, false, 0);

	(void)state;
	assert_int_equal(r->end, RACE_LIVELOCK);
	assert_true(r->steps > RACE_STEPS_MAX);
}

/* A wait goes on by itself only when nobody else can do anything. */
static void
bounded_run(void *ctx, unsigned int i)
{
	(void)ctx;
	if (i == 1) {
		for (unsigned int k = 0; k < 100; k++)
			sim_step(rig_sim, &lock, SIM_WRITE);
		arch_store16(&x, 1);
		return;
	}
	for (unsigned int k = 0; k < 3; k++) {
		note(arch_load16(&x));
		arch_relax();
	}
}

static void
fair_wait(void **state)
{
	(void)state;
	RACE(bounded_run, false, 0, 0, 0, 0, 0, 0, 0, 0);
	LOG(0, 1, 1);
	race_n(1, bounded_run, NULL, 0, false);
	LOG(0, 0, 0);
}

struct watching {
	unsigned int calls, stop_at, ended;
	bool was_racing;
};

static bool
watch(void *ctx)
{
	struct watching *w = ctx;

	/* An access from here sees memory and takes no turn. */
	w->was_racing |= sim_is_racing();
	(void)arch_load16(&x);
	return ++w->calls != w->stop_at;
}

static void
ended(void *ctx, const struct race_result *r)
{
	struct watching *w = ctx;

	w->ended += 1 + r->end;
}

static void
after_each(void **state)
{
	struct watching w = {0};
	const struct race_control control = {.after = watch, .ended = ended, .ctx = &w};
	const struct race_result *r;

	(void)state;
	sim_race_set(rig_sim, &control);
	r = RACE(store_and_load, false, step(0), hold(0), step(1));
	assert_int_equal(w.calls, r->n);
	assert_int_equal(r->n, 7);
	assert_false(w.was_racing);
	assert_int_equal(w.ended, 1 + RACE_DONE);
	w = (struct watching){.stop_at = 3};
	r = RACE(store_and_load, false, step(0), hold(0), step(1));
	assert_int_equal(r->end, RACE_STOPPED);
	assert_int_equal(r->n, 3);
	assert_int_equal(w.ended, 1 + RACE_STOPPED);
	sim_race_set(rig_sim, NULL);
}

int
turn_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes),
		cmocka_unit_test(empty_schedule),
		cmocka_unit_test(given_schedule),
		cmocka_unit_test(held_stores),
		cmocka_unit_test(reordered),
		cmocka_unit_test(replay),
		cmocka_unit_test(deadlock),
		cmocka_unit_test(livelock),
		cmocka_unit_test(fair_wait),
		cmocka_unit_test(after_each),
	};

	rig_begin(0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
