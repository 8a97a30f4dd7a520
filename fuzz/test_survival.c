/* test_survival: against a set of data that every textbook has, and against small ones by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fuzz/survival.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Weeks of remission of 42 patients with leukaemia (Freireich and others 1963), half treated. */
static struct lifetime treated[] = {
	{ 6, true }, { 6, true }, { 6, true }, { 6, false }, { 7, true }, { 9, false },
	{ 10, true }, { 10, false }, { 11, false },
	{ 13, true }, { 16, true }, { 17, false }, { 19, false },
	{ 20, false }, { 22, true }, { 23, true }, { 25, false }, { 32, false }, { 32, false },
	{ 34, false }, { 35, false },
};
static struct lifetime untreated[] = {
	{ 1, true }, { 1, true }, { 2, true }, { 2, true }, { 3, true }, { 4, true }, { 4, true },
	{ 5, true }, { 5, true }, { 8, true }, { 8, true }, { 8, true }, { 8, true }, { 11, true },
	{ 11, true }, { 12, true }, { 12, true }, { 15, true }, { 17, true }, { 22, true },
	{ 23, true },
};

static void
assert_near(double got, double expected, double by)
{
	if (!(fabs(got - expected) <= by))
		fail_msg("expected %g, got %g", expected, got);
}

static void
test_medians_of_the_textbook(void **unused)
{
	(void)unused;
	assert_near(survival_median(treated, COUNT(treated)), 23, 0);
	assert_near(survival_median(untreated, COUNT(untreated)), 8, 0);
}

static void
test_curve_of_the_textbook(void **unused)
{
	static const struct survival_point expected[] = {
		{ 6, .857 }, { 7, .807 }, { 10, .753 }, { 13, .690 }, { 16, .627 }, { 22, .538 },
		{ 23, .448 },
	};
	struct survival_point p[COUNT(treated)];

	(void)unused;
	assert_int_equal(survival_curve(p, treated, COUNT(treated)), COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++) {
		assert_near(p[i].t, expected[i].t, 0);
		assert_near(p[i].share, expected[i].share, .0005);
	}
}

static void
test_logrank_of_the_textbook(void **unused)
{
	struct logrank r = { 0, 0, 0 };

	(void)unused;
	logrank_add(&r, treated, COUNT(treated), untreated, COUNT(untreated));
	assert_near(r.observed, 9, 0);
	assert_near(r.expected, 19.25, .005);
	assert_near(pow(r.observed - r.expected, 2) / r.variance, 16.79, .005);
	assert_near(logrank_p(&r), 4.17e-5, 2e-7);
}

static void
test_strata_add_up(void **unused)
{
	struct logrank one = { 0, 0, 0 }, two = { 0, 0, 0 };

	(void)unused;
	logrank_add(&one, treated, COUNT(treated), untreated, COUNT(untreated));
	logrank_add(&two, treated, COUNT(treated), untreated, COUNT(untreated));
	logrank_add(&two, treated, COUNT(treated), untreated, COUNT(untreated));
	assert_near(two.expected, 2 * one.expected, 1e-9);
	assert_near(two.variance, 2 * one.variance, 1e-9);
	assert_true(logrank_p(&two) < logrank_p(&one));
}

static void
test_same_groups_do_not_differ(void **unused)
{
	struct logrank r = { 0, 0, 0 };

	(void)unused;
	assert_near(logrank_p(&r), 1, 0);
	logrank_add(&r, treated, COUNT(treated), treated, COUNT(treated));
	assert_near(logrank_p(&r), 1, 1e-9);
	assert_near(survival_a12(treated, COUNT(treated), treated, COUNT(treated)), .5, 1e-9);
}

static void
test_a12_counts_what_is_known(void **unused)
{
	const struct lifetime early[] = { { 1, true }, { 2, true } };
	const struct lifetime late[] = { { 3, true }, { 3, false } };
	const struct lifetime unknown[] = { { 1, false } };

	(void)unused;
	assert_near(survival_a12(early, 2, late, 2), 1, 0);
	assert_near(survival_a12(late, 2, early, 2), 0, 0);
	/* The one at 1 ended before the unknown one did; whether the one at 2 did, nobody knows. */
	assert_near(survival_a12(early, 2, unknown, 1), .75, 0);
}

static void
test_nothing_ended(void **unused)
{
	const struct lifetime l[] = { { 5, false }, { 5, false } };
	struct survival_point p[2];

	(void)unused;
	assert_true(isinf(survival_median(l, 2)));
	assert_int_equal(survival_curve(p, l, 2), 0);
}

static void
test_sorting(void **unused)
{
	struct lifetime l[] = { { 2, false }, { 3, true }, { 2, true }, { 1, true } };

	(void)unused;
	survival_sort(l, 4);
	assert_near(l[0].t, 1, 0);
	assert_true(l[1].ended && !l[2].ended);
	assert_near(survival_median(l, 4), 2, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_medians_of_the_textbook),
		cmocka_unit_test(test_curve_of_the_textbook),
		cmocka_unit_test(test_logrank_of_the_textbook),
		cmocka_unit_test(test_strata_add_up),
		cmocka_unit_test(test_same_groups_do_not_differ),
		cmocka_unit_test(test_a12_counts_what_is_known),
		cmocka_unit_test(test_nothing_ended),
		cmocka_unit_test(test_sorting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
