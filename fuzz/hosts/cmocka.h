/*
 * cmocka: as much of that library's interface as the tests use, for hosts that it is not packaged
 * for: a test that stops at its first failure, and a group's counts.
 *
 * Values are compared as the library compares them, as the widest integers.  What it prints is what
 * fuzz/run-test counts.  A test may fork, and may not nest groups.
 */
#ifndef CMOCKA_H
#define CMOCKA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct CMUnitTest {
	const char *name;
	void (*test)(void **state);
};

#define cmocka_unit_test(function) { #function, function }
#define cmocka_run_group_tests(tests, set_up, tear_down) \
	cmocka_run_group_tests_name(#tests, tests, set_up, tear_down)
#define cmocka_run_group_tests_name(name, tests, set_up, tear_down) \
	cmocka_run(name, tests, sizeof(tests) / sizeof((tests)[0]), set_up, tear_down)

/*
 * Run the tests one after the other, between set_up and tear_down, each of which may be NULL and
 * returns 0 or fails the group.  Returns how many failed, and prints how many there were of each.
 */
int cmocka_run(const char *name, const struct CMUnitTest *tests, size_t n, int (*set_up)(void **),
	       int (*tear_down)(void **));

/* End the test that runs, as failed or as skipped.  Pre: one does. */
_Noreturn void cmocka_fail(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
_Noreturn void cmocka_skip(void);

/* As printf. */
void print_message(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Each ends the test unless what its name says holds. */
void cmocka_true(bool holds, const char *what, const char *file, int line);
void cmocka_equal(uintmax_t a, uintmax_t b, bool wanted, const char *file, int line);
void cmocka_string(const char *a, const char *b, bool wanted, const char *file, int line);
void cmocka_memory(const void *a, const void *b, size_t n, const char *file, int line);

#define AT __FILE__, __LINE__
#define fail_msg(...) cmocka_fail(AT, __VA_ARGS__)
#define fail() cmocka_fail(AT, "failed")
#define skip() cmocka_skip()
#define assert_true(x) cmocka_true((x) != 0, #x, AT)
#define assert_false(x) cmocka_true((x) == 0, "not " #x, AT)
#define assert_null(x) cmocka_true((x) == NULL, #x " is NULL", AT)
#define assert_non_null(x) cmocka_true((x) != NULL, #x " is not NULL", AT)
#define assert_ptr_equal(a, b) cmocka_true((const void *)(a) == (const void *)(b), #a " == " #b, AT)
#define assert_int_equal(a, b) cmocka_equal((uintmax_t)(a), (uintmax_t)(b), true, AT)
#define assert_int_not_equal(a, b) cmocka_equal((uintmax_t)(a), (uintmax_t)(b), false, AT)
#define assert_in_range(x, low, high) \
	cmocka_true((uintmax_t)(x) - (uintmax_t)(low) <= (uintmax_t)(high) - (uintmax_t)(low), \
		    #x " in " #low ".." #high, AT)
#define assert_string_equal(a, b) cmocka_string(a, b, true, AT)
#define assert_string_not_equal(a, b) cmocka_string(a, b, false, AT)
#define assert_memory_equal(a, b, n) cmocka_memory(a, b, n, AT)

#endif
