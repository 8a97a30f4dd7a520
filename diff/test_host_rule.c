/*
 * test_host_rule: how a host's lane is asked for, and what `host:0+raw' leaves out, so that what is
 * others' stays as it is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "diff/host_rule.h"
#include "diff/lane_host.h"
#include "diff/text.h"

static struct program p;

static void
test_spellings(void **unused)
{
	static const char *const bad[] = { "", "x", "0x", "-1", "0,1", "32752", "99999999999",
					   "0+exact", "0+plan+plan", "+plan", "3+raw", "0+raw+raw",
					   "0+plan+raw", "+raw", "0,0@8", "0,x@8", "0,@8",
					   "0,1@", "0,1@x", "0,32752@8", "0,1@8+raw", "0,1@8,2",
					   "0@8", "0,1@99999999999", "0,1+plan@8" };
	struct host_want want;

	(void)unused;
	assert_null(lane_host_read("0", &want));
	assert_false(want.plan || want.raw);
	assert_null(lane_host_read("17+plan", &want));
	assert_true(want.plan && !want.raw);
	assert_int_equal(want.domid, 17);
	assert_null(lane_host_read("0+raw", &want));
	assert_true(want.raw && !want.plan);
	assert_null(lane_host_read("0+raw+plan", &want));
	assert_true(want.raw && want.plan && !want.two);
	assert_null(lane_host_read("0,3@8", &want));
	assert_true(want.two && want.peer == 3 && want.ref == 8 && !want.plan);
	assert_null(lane_host_read("3,0+plan", &want));
	assert_true(want.two && want.domid == 3 && want.peer == 0 && want.plan);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (lane_host_read(bad[i], &want) == NULL)
			fail_msg("'%s' is taken", bad[i]);
}

/* Whether that operation is left out whatever the machine is like. */
static bool
is_forbidden(const char *operation)
{
	struct text_error e;
	char text[256];

	snprintf(text, sizeof(text), "gnt 1\ndomains 1 pages 2\n%s\n", operation);
	if (!text_parse(&p, &e, text, strlen(text)))
		fail_msg("%s: %u:%u: %s", operation, e.line, e.column, e.what);
	return host_rule_forbids(&p.ops[0]) != NULL;
}

static unsigned int
domains_in(const char *operation)
{
	assert_false(is_forbidden(operation));
	return host_rule_domains(&p.ops[0]);
}

static void
test_what_is_never_done_raw(void **unused)
{
	static const char *const never[] = {
		"d0 set_version 1", "d0 set_version 2", "d0 hypercall 8 wild",
		"d0 grant g0 to d0 page other.p0", "d0 grant_ref g0 to d0 page pagetable",
		"d0 entry g0 flags 1 domid d0 frame missing", "d0 transfer table to d0 g0",
		"d0 copy unowned+0 -> p0+0 len 8", "d0 copy p0+0 -> other.p1+0 len 8",
		"d0 cache_flush missing +0 len 8 clean",
	};
	static const char *const fine[] = {
		"d0 hypercall 6 wild", "d0 grant g0 to d0 page p1", "d0 copy p0+0 -> d0:g0+0 len 8",
		"d0 transfer p0 to self g0", "d0 entry g0 flags 1 domid d0 frame p1",
		"d0 end g0 p0",
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (!is_forbidden(never[i]))
			fail_msg("done: %s", never[i]);
	for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++)
		if (is_forbidden(fine[i]))
			fail_msg("not done: %s", fine[i]);
}

static void
test_who_may_be_another(void **unused)
{
	(void)unused;
	assert_int_equal(domains_in("d0 map m0 from d0 g0"), 0);
	assert_int_equal(domains_in("d0 map m0 from self g0"), 0);
	assert_int_equal(domains_in("d0 map m0 from d1 g0"), 2);
	assert_int_equal(domains_in("d0 grant g0 to d2 page p0"), 2);
	assert_int_equal(domains_in("d0 transfer p0 to none g0"), 2);
	assert_int_equal(domains_in("d0 copy d1:g0+0 -> p0+0 len 8"), 1);
	assert_int_equal(domains_in("d0 copy p0+0 -> last:g0+0 len 8"), 2);
	assert_int_equal(domains_in("d0 query_size d1"), 1);
	assert_int_equal(domains_in("d0 read p0 +0"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_what_is_never_done_raw),
		cmocka_unit_test(test_who_may_be_another),
	};

	return cmocka_run_group_tests_name("host_rule", tests, NULL, NULL);
}
