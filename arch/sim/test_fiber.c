/* test_fiber: functions on stacks of their own, run to their ends or left in their middle. */
#include <string.h>

#include "arch/sim/fiber.h"
#include "arch/sim/rig.h"

static struct fibers *set;
static unsigned int trace;

static void
note(unsigned int digit)
{
	trace = trace * 10 + digit;
}

/* 1 and 2 take turns, and 0 between them. */
static void
turn_about(void *ctx)
{
	unsigned int me = *(const unsigned int *)ctx;

	note(me);
	fiber_switch(set, 0);
	note(me);
	fiber_switch(set, 3 - me);
	note(me);
	fiber_end(set, 0);
}

static void
switches(void **state)
{
	static unsigned int one = 1, two = 2;

	(void)state;
	for (unsigned int i = 0; i < 10; i++) {
		trace = 0;
		fiber_start(set, 1, turn_about, &one);
		fiber_start(set, 2, turn_about, &two);
		fiber_switch(set, 1);
		fiber_switch(set, 2);
		note(9);
		fiber_switch(set, 1);
		note(9);
		/* 2 is left where it stands. */
		assert_int_equal(trace, 1291219);
	}
}

/* A frame for each level, with poison around it where there is such a thing. */
static unsigned int
deep(unsigned int n)
{
	uint8_t frame[200];

	memset(frame, (int)n, sizeof frame);
	__asm__ volatile("" : : "r"(frame) : "memory");
	if (n == 0)
		fiber_switch(set, 0);
	else
		frame[n % 200] = (uint8_t)deep(n - 1);
	return frame[n % 200] + 1u;
}

static void
deep_run(void *ctx)
{
	note(deep(*(const unsigned int *)ctx) % 10);
	fiber_end(set, 0);
}

/* Stacks that were left in their middle are used again, with frames at other places. */
static void
left_in_the_middle(void **state)
{
	static unsigned int depth;

	(void)state;
	trace = 0;
	for (unsigned int i = 0; i < 30; i++) {
		depth = 20 + i * 5;
		fiber_start(set, 3, deep_run, &depth);
		fiber_switch(set, 3);
		assert_int_equal(trace, 0);
	}
	fiber_switch(set, 3);
	assert_int_equal(trace, (depth + 1) % 10);
}

/* Its arguments are aligned as a function's are, which vector code relies on. */
static void
aligned_run(void *ctx)
{
	uint8_t here[16] __attribute__((aligned(16)));

	__asm__ volatile("" : : "r"(here) : "memory");
	*(bool *)ctx = (uintptr_t)here % 16 == 0;
	fiber_end(set, 0);
}

static void
alignment(void **state)
{
	bool aligned = false;

	(void)state;
	fiber_start(set, 1, aligned_run, &aligned);
	fiber_switch(set, 1);
	assert_true(aligned);
}

int
fiber_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(switches),
		cmocka_unit_test(left_in_the_middle),
		cmocka_unit_test(alignment),
	};
	int failed;

	set = fibers_new();
	if (!set)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	fibers_free(set);
	fibers_free(NULL);
	return failed;
}
