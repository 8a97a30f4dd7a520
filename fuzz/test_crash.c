/* test_crash: what sanitizers and engines say of a death, and the class that it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "reports/crash.h"

#define ENDS "run-any_entry-end-ends_well-vs-"

static struct finding f;

static const char *
class_of_output(const char *output)
{
	assert_true(crash_tell(&f, "sim", output));
	return f.class;
}

/* A stack as symbolizers print it. */
#define AT(n, function, place) "    #" #n " 0x55d0c0ffee0" #n " in " function " " place "\n"
#define TESTED AT(3, "interp_step", "/src/gntfuzz/diff/interp.c:264:3") \
	AT(4, "duel_run", "/src/gntfuzz/diff/duel.c:155:20") \
	AT(5, "LLVMFuzzerTestOneInput", "/src/gntfuzz/fuzz/fuzz_ops.c:118:6")
#define ASAN "==7==ERROR: AddressSanitizer: "

static void
where_and_what(void **unused)
{
	(void)unused;
	assert_string_equal(class_of_output(ASAN
		"heap-buffer-overflow on address 0x602000000012 at pc 0x55d0\n"
		"WRITE of size 1 at 0x602000000012 thread T0\n"
		AT(0, "memcpy", "(/bin/x+0x12)")
		AT(1, "end_entry", "/src/gntfuzz/core/access.c:12:3")
		AT(2, "gnttab_end", "core/access.c:40:3") TESTED
		"\nallocated by thread T0 here:\n"
		AT(0, "gnttab_init", "core/gnttab.c:99:3")),
		ENDS "heap_buffer_overflow_in_end_entry_gnttab_end@sim");
	assert_non_null(strstr(f.where, "core/access.c:12"));
	assert_true(finding_is_failure(&f));
	/* The same by another way to it, at another address. */
	assert_string_equal(class_of_output(ASAN
		"heap-buffer-overflow on address 0x7f4411000012 at pc 0x1\n"
		AT(0, "memcpy", "(/lib/libc.so.6+0x77)")
		AT(1, "end_entry", "/elsewhere/core/access.c:13:9")
		AT(2, "gnttab_end", "/elsewhere/core/access.c:40:3")
		AT(3, "interp_do_reference", "/elsewhere/diff/interp_reference.c:2:2")),
		ENDS "heap_buffer_overflow_in_end_entry_gnttab_end@sim");
	/* Another error there, and the same error elsewhere. */
	assert_string_equal(class_of_output(ASAN "SEGV on unknown address 0x00 (pc 0x1)\n"
		AT(0, "end_entry", "core/access.c:12:3") TESTED), ENDS "SEGV_in_end_entry@sim");
	assert_string_equal(class_of_output(ASAN "attempting double-free on 0x602000000010\n"
		AT(0, "free", "(/bin/x+0x1)") AT(1, "give", "core/ref.c:1:1") TESTED),
		ENDS "attempting_double_free_in_give@sim");
}

static void
recursion_is_one_frame(void **unused)
{
	(void)unused;
	assert_string_equal(class_of_output(ASAN "stack-overflow on address 0x7ffe\n"
		AT(0, "deep", "core/a.c:1:1") AT(1, "deep", "core/a.c:1:1")
		AT(2, "deep", "core/a.c:1:1") TESTED), ENDS "stack_overflow_in_deep@sim");
}

static void
undefined_behaviour(void **unused)
{
	(void)unused;
	assert_string_equal(class_of_output(
		"core/ref.c:9:3: runtime error: signed integer overflow: 2147483647 + 1 cannot be "
		"represented in type 'int'\n" AT(0, "take", "core/ref.c:9:3") TESTED),
		ENDS "signed_integer_overflow_in_take@sim");
	assert_string_equal(class_of_output(
		"core/ref.c:9:3: runtime error: index 5 out of bounds for type 'char [4]'\n"
		AT(0, "take", "core/ref.c:9:3") TESTED),
		ENDS "index_out_of_bounds_for_type_in_take@sim");
	assert_string_equal(class_of_output("==7==WARNING: MemorySanitizer: "
		"use-of-uninitialized-value\n" AT(0, "take", "core/ref.c:9:3") TESTED),
		ENDS "use_of_uninitialized_value_in_take@sim");
}

/* With a stack or without: processes without sanitizers have none. */
static void
assertions(void **unused)
{
	static const char class[] = ENDS "assertion_in_core_ref.c_n_gt_max@sim";

	(void)unused;
	assert_string_equal(class_of_output("/src/core/ref.c:83: n <= gt->max\n"), class);
	assert_string_equal(class_of_output("core/ref.c:90: n <= gt->max\n"
		"==7== ERROR: libFuzzer: deadly signal\n"
		AT(0, "arch_panic", "arch/sim/service.c:82:2")
		AT(1, "take", "core/ref.c:90:3") TESTED), class);
}

/* Where in it the time is over is chance: the outermost function is not. */
static void
hangs(void **unused)
{
	static const char class[] = ENDS "timeout_in_gnttab_tick@sim";

	(void)unused;
	assert_string_equal(class_of_output("==7== ERROR: libFuzzer: timeout after 10 seconds\n"
		AT(0, "spin", "core/a.c:1:1") AT(1, "next", "core/a.c:1:1")
		AT(2, "gnttab_tick", "core/defer.c:1:1") TESTED), class);
	assert_string_equal(class_of_output("==7== ERROR: libFuzzer: timeout after 12 seconds\n"
		AT(2, "gnttab_tick", "core/defer.c:2:1") TESTED), class);
}

/* Nothing of what is under test is in the stack: what runs it then is. */
static void
other_targets(void **unused)
{
	(void)unused;
	assert_string_equal(class_of_output("==7== ERROR: libFuzzer: deadly signal\n"
		AT(0, "abort", "(/lib/libc.so.6+0x1)")
		AT(1, "fail_text_not_canonical", "fuzz/fuzz_text.c:61:2")
		AT(2, "check_text", "fuzz/fuzz_text.c:99:2")
		AT(3, "LLVMFuzzerTestOneInput", "fuzz/fuzz_text.c:120:2")),
		ENDS "deadly_signal_in_fail_text_not_canonical_check_text@sim");
}

static void
a_class_that_was_told(void **unused)
{
	(void)unused;
	assert_string_equal(class_of_output(
		"difference: operation 2, `d0 end_ref g0': return: expected 0, got 1\n"
		"     1  d0 grant g0 to d1 page p0\n"
		"class: end_ref-any_entry-answer-busy-vs-ended@sim\n"
		"==7== ERROR: libFuzzer: deadly signal\n" TESTED),
		"end_ref-any_entry-answer-busy-vs-ended@sim");
	assert_false(finding_is_failure(&f));
	assert_string_equal(f.op, "end_ref");
	assert_string_equal(f.got, "ended");
	assert_string_equal(f.where, "operation 2, `d0 end_ref g0': return: expected 0, got 1");
}

static void
nothing_is_said(void **unused)
{
	(void)unused;
	assert_false(crash_tell(&f, "sim", ""));
	assert_false(crash_tell(&f, "sim", "INFO: Seed: 1\nINFO: Loaded 1 modules\n"));
	assert_false(crash_tell(&f, "sim", "\nclass: of its own\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_and_what), cmocka_unit_test(recursion_is_one_frame),
		cmocka_unit_test(undefined_behaviour), cmocka_unit_test(assertions),
		cmocka_unit_test(hangs), cmocka_unit_test(other_targets),
		cmocka_unit_test(a_class_that_was_told), cmocka_unit_test(nothing_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
