/*
 * test_compare_arch: what the architecture explains of two builds that differ, and what it does
 * not; and one of x86 beside one of 64-bit Arm, where they are to be had.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "arch/xen_abi.h"
#include "diff/text.h"
#include "fuzz/compare.h"

#define X86 "bookworm-security+pvh"
#define ARM "bookworm-security+arm64"

/* The fourth operation is what Arm refuses; the last one no Xen should. */
static const char text[] =
	"gnt 1\ndomains 1  hvm 1  pages 2\n"
	"d0 grant g0 to d0 page p0\nd0 map m0 from d0 g0\nd0 map m1 from d0 g0\n"
	"d0 replace m0 by m1\nd0 unmap m1\n";

enum { AT_REPLACE = 3, AT_LAST = 4 };

static struct program p;
static struct fleet fleet;
static struct trace traces[2];
static struct expect known;
static struct architecture architecture;
static char why[FILE_WHY];

/* A build that answers p as the model of it does. */
static void
build_as_model(unsigned int i, const char *profile, bool arm64)
{
	struct fleet_build *b = &fleet.build[i];
	struct lane *model;
	bool broken;

	assert_true(profile_parse(&b->profile, profile));
	b->arm64 = arm64;
	b->trace = &traces[i];
	b->outcome[0] = OUTCOME_TRACE;
	fleet.order[i] = b;
	model = lane_open("model", why, sizeof(why), &broken);
	assert_non_null(model);
	lane_model_be(model, &b->profile);
	assert_int_equal(lane_run(model, &p, b->trace, why, sizeof(why)), VERDICT_SUCCESS);
	lane_close(model);
}

static int
open_two(void **unused)
{
	struct text_error e;

	(void)unused;
	memset(&fleet, 0, sizeof(fleet));
	memset(&known, 0, sizeof(known));
	memset(&architecture, 0, sizeof(architecture));
	assert_true(text_parse(&p, &e, text, strlen(text)));
	program_normalize(&p);
	build_as_model(0, "4.17.7", false);
	build_as_model(1, "4.17.7+arm64", true);
	fleet.n = fleet.n_ready = 2;
	architecture_open(&architecture, &known, &fleet);
	return 0;
}

static int
close_two(void **unused)
{
	(void)unused;
	lane_close(architecture.model);
	return 0;
}

static struct expectation *
explained(unsigned int at)
{
	return architecture_explains(&architecture, fleet.order[0], fleet.order[1], &p, 0, at);
}

static bool
explains(unsigned int at)
{
	return explained(at) != NULL;
}

/* ------------------------------------------------------------------ tests */

static void
test_each_as_its_own_model_does(void **unused)
{
	(void)unused;
	assert_int_not_equal(traces[0].record[AT_REPLACE].rc, traces[1].record[AT_REPLACE].rc);
	assert_ptr_equal(explained(AT_REPLACE), architecture.known);
	assert_true(explains(p.n_ops));
}

/* Of different versions, and each as the model of its own: but not on x86. */
static void
test_versions_on_arm(void **unused)
{
	(void)unused;
	fleet.build[0].version = build_id_of(4, 14, 6, 0);
	fleet.build[1].version = build_id_of(4, 17, 7, 0);
	build_as_model(0, "4.14.6+arm64", true);
	assert_ptr_equal(explained(AT_REPLACE), architecture.versions);
	traces[0].record[AT_LAST].rc = -XEN_EINVAL;
	assert_false(explains(AT_LAST));
	build_as_model(0, "4.14.6", false);
	build_as_model(1, "4.17.7", false);
	assert_false(explains(AT_REPLACE));
	fleet.build[0].version = fleet.build[1].version = 0;
	build_as_model(0, "4.17.7", false);
	build_as_model(1, "4.17.7+arm64", true);
}

static void
test_what_one_alone_does_is_not_explained(void **unused)
{
	(void)unused;
	for (unsigned int side = 0; side < 2; side++) {
		struct trace_record *r = &traces[side].record[AT_LAST];
		const struct trace_record good = *r;

		r->rc = -XEN_EINVAL;
		assert_true(explains(AT_REPLACE));
		assert_false(explains(AT_LAST));
		assert_false(explains(p.n_ops));
		*r = good;
		assert_true(explains(AT_LAST));
	}
	fleet.build[1].outcome[0] = OUTCOME_PANIC;
	assert_false(explains(AT_REPLACE));
	fleet.build[1].outcome[0] = OUTCOME_TRACE;
}

static void
test_one_architecture_explains_nothing(void **unused)
{
	(void)unused;
	fleet.build[0].arm64 = true;
	assert_false(explains(AT_REPLACE));
	fleet.build[0].arm64 = false;
}

static void
test_it_should_show_where_the_two_meet(void **unused)
{
	struct expectation *x = architecture.known;

	(void)unused;
	assert_int_equal(known.n, 2);
	assert_true(x->took_part);
	x->took_part = false;
	fleet.n_ready = 1;
	architecture_open(&architecture, &known, &fleet);
	assert_false(x->took_part);
	assert_int_equal(known.n, 2);
	/* No version explains it. */
	assert_false(expect_is_new(x, build_id_of(4, 17, 7, 0)) !=
		     expect_is_new(x, build_id_of(4, 20, 5, 0)));
}

static void
test_two_builds(void **unused)
{
	static struct compare c;
	static const char *const names[] = { "a file" };

	(void)unused;
	c = (struct compare){ .names = { ARM, X86 }, .n_names = 2, .files = &p, .n_files = 1,
			      .file_names = names, .seed = 1, .n_ops = 1 };
	if (compare_run(&c) < 2) {
		print_message("skipped: %s: %s\n", c.column[1].name, c.column[1].why);
		skip();
	}
	assert_string_equal(c.column[0].name, X86);
	assert_int_equal(c.column[0].version, c.column[1].version);
	assert_int_equal(c.n_found, 1);
	assert_ptr_equal(c.found[0]->known, c.architecture.known);
	assert_string_equal(c.found[0]->known->name, "architecture");
	assert_true(c.found[0]->known->seen);
	assert_true(c.found[0]->minimal);
	free(c.found[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_as_its_own_model_does),
		cmocka_unit_test(test_versions_on_arm),
		cmocka_unit_test(test_what_one_alone_does_is_not_explained),
		cmocka_unit_test(test_one_architecture_explains_nothing),
		cmocka_unit_test(test_it_should_show_where_the_two_meet),
		cmocka_unit_test(test_two_builds),
	};

	return cmocka_run_group_tests_name("compare_arch", tests, open_two, close_two);
}
