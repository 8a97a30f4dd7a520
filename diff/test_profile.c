/*
 * test_profile: each row of profile_rows, by a program that Xen answers differently before and
 * after.
 *
 * The versions and answers are written here once more, so that a row that is lost, or moved to
 * another release, is seen, and so is a switch that the model does not ask.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "arch/xen_abi.h"
#include "diff/compare.h"
#include "diff/model.h"
#include "diff/text.h"

#define V XEN_VERSION

enum { RELEASES = 6 };

struct row_case {
	const char *name;
	uint32_t since[RELEASES];	/* the first of each branch that has it; or 0 */
	const char *before, *after;	/* the answer to '?' */
	const char *text;		/* header words, then operations */
};

#define XSA_500 V(4, 17, 7), V(4, 18, 6), V(4, 19, 6), V(4, 20, 4), V(4, 21, 2), V(4, 22, 0)
#define XSA_523 V(4, 17, 7), V(4, 18, 7), V(4, 19, 7), V(4, 20, 5), V(4, 21, 3), V(4, 22, 1)
#define XSA_519 V(4, 17, 7), V(4, 18, 7), V(4, 19, 7), V(4, 20, 5)
#define ON_ARM "domains 1 hvm 1\n"	/* and is shown there alone */
#define GRANTED "domains 2\nd0 grant g0 to d1 page p0 = 8\n"

static const struct row_case cases[] = {
	{ "pin_limit_is_of_one_counter", { V(4, 15, 0) }, "general_error", "okay",
	  GRANTED "d1 pin d0 g0 times 128 ro = okay\nd1 map m0 from d0 g0 = ?" },
	{ "pin_limit_is_of_one_counter", { V(4, 15, 0) }, "general_error", "okay",
	  GRANTED "d1 pin d0 g0 times 128 = okay\nd1 copy d0:g0+0 -> p1+0 len 8 = ?" },
	{ "no_space_without_handles", { V(4, 16, 0) }, "no_device_space", "no_space",
	  "maptrack 0\nd1 map m0 from d0 g0 = ?" },
	{ "bad_dev_addr_is_told", { V(4, 16, 0) }, "general_error", "bad_dev_addr",
	  GRANTED "d1 map m0 from d0 g0 dev = okay\nd1 unmap m0 dev wrongdev = ?" },
	{ "dev_addr_needs_device_map", { V(4, 16, 0) }, "general_error", "okay",
	  GRANTED "d1 map m0 from d0 g0 = okay\nd1 unmap m0 wrongdev = ?" },
	{ "dev_addr_needs_device_map", { V(4, 16, 0) }, "general_error", "okay",
	  GRANTED "d1 map m0 from d0 g0 = okay\nd1 unmap m0 at zero wrongdev = ?" },
	{ "status_list_is_checked", { V(4, 16, 0) }, "okay", "-EFAULT",
	  "d0 get_status self 0 wild = ?" },
	{ "failed_arrival_is_told", { V(4, 16, 0) }, "okay", "general_error",
	  "hvm 2\nd1 entry g0 flags 2 domid d0 frame missing = 0\nd0 transfer p0 to d1 g0 = ?" },
	{ "table_frame_has_one_place", { V(4, 16, 0) }, "0", "-EBUSY",
	  ON_ARM "d0 add_to_physmap 0 = ?" },
	{ "transfer_can_be_disabled", { V(4, 17, 0) }, "okay", "-EOPNOTSUPP",
	  "no_transfer 1\nd1 accept g0 from d0 slot p3 = 8\nd0 transfer p0 to d1 g0 = ?" },
	{ "copy_of_nothing_is_okay", { V(4, 19, 0) }, "bad_domain", "okay",
	  "d0 copy none:g0+0 -> p0+0 len 0 = ?" },
	{ "copy_of_nothing_is_okay", { V(4, 19, 0) }, "bad_copy_arg", "okay",
	  "d0 copy p0+0 -> p1+5000 len 0 = ?" },
	{ "cache_flush_is_unknown", { V(4, 21, 0) }, "0", "-ENOSYS",
	  "d0 cache_flush p0 +0 len 8 clean = ?" },
	{ "cache_flush_is_unknown", { V(4, 21, 0) }, "0", "-ENOSYS", "d0 hypercall 12 count0 = ?" },
	{ "copy_refuses_moved_frame", { XSA_500 }, "okay", "general_error",
	  GRANTED "d1 map m0 from d0 g0 ro = okay\nd0 entry g0 flags 9 domid d1 frame p1 = 0\n"
	  "d1 copy p2+0 -> d0:g0+0 len 8 = ?" },
	{ "copy_judges_each_frame", { XSA_523 }, "permission_denied", "bad_domain",
	  "d0 copy page none p0+0 -> p1+0 len 8 = ?" },
	{ "copy_judges_each_frame", { XSA_523 }, "permission_denied", "bad_gntref",
	  "d0 copy d1:ref=end+0 -> page d1 p1+0 len 8 = ?" },
	{ "flush_of_read_only_cleans", { XSA_519 }, "-EOPNOTSUPP", "0",
	  GRANTED "d1 map m0 from d0 g0 ro = okay\nd1 cache_flush other.p0 +0 len 8 inval = ?" },
	/* The domain, and that its frames may be named, were kept from the operation before. */
	{ "copy_judges_each_frame", { XSA_523 }, "okay", "permission_denied",
	  GRANTED "d1 batch copy { d0:g0+0 -> p1+0 len 8 ;\n"
	  " page d0 other.p0+0 -> p1+0 len 8 = ? }" },
	{ "copy_judges_each_frame", { XSA_523 }, "okay", "permission_denied",
	  "d1 batch copy { d0:g0+0 -> p1+0 len 8 = general_error ;\n"
	  " page d0 other.p0+0 -> p1+0 len 8 = ? }" },
};

enum { CASES = sizeof cases / sizeof cases[0] };

struct fixture {
	struct model *model;
	struct program program;
	struct trace trace;
};

static int
set_up(void **state)
{
	struct fixture *f = malloc(sizeof *f);

	assert_non_null(f);
	f->model = malloc(model_bytes);
	assert_non_null(f->model);
	model_init(f->model);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	free(f->model);
	free(f);
	return 0;
}

/* Whether a text begins with an operation. */
static bool
is_bare(const char *text)
{
	return strncmp(text, "d0", 2) == 0 || strncmp(text, "d1", 2) == 0;
}

/* Run a text, with `answer' for its '?', on the model of that profile.  All its answers count. */
static void
run(struct fixture *f, const char *text, const char *answer, const struct profile *profile)
{
	const char *mark = strchr(text, '?');
	size_t before = mark != NULL ? (size_t)(mark - text) : strlen(text);
	char whole[1024], name[PROFILE_NAME];
	struct text_error e;
	struct difference d;

	snprintf(whole, sizeof whole, "gnt 1%c%.*s%s%s\n", is_bare(text) ? '\n' : ' ',
		 (int)before, text, answer, mark != NULL ? mark + 1 : "");
	if (!text_parse(&f->program, &e, whole, strlen(whole)))
		fail_msg("%u:%u: %s in\n%s", e.line, e.column, e.what, whole);
	model_begin(f->model, &f->program, profile);
	for (unsigned int at = 0; at < f->program.n_ops;)
		at += model_step(f->model, at, &f->trace);
	model_end(f->model, &f->trace);
	profile_print(profile, name);
	if (!compare_expectations(&d, &f->program, &f->trace))
		fail_msg("Xen %s: operation %u: expected %d, not %d in\n%s", name, d.at + 1u,
			 (int)d.expected, (int)d.got, whole);
}

static void
run_on(struct fixture *f, const char *text, const char *answer, uint32_t version)
{
	const struct profile profile = profile_for(version);

	run(f, text, answer, &profile);
}

/* ------------------------------------------------------------------ rows */

static bool
is_on_arm(const struct row_case *c)
{
	return strncmp(c->text, ON_ARM, strlen(ON_ARM)) == 0;
}

static void
run_case(struct fixture *f, const struct row_case *c, const char *answer, uint32_t version)
{
	struct profile profile = profile_for(version);

	if (is_on_arm(c))
		profile_be_arm64(&profile);
	run(f, c->text, answer, &profile);
}

static void
each_release_answers_as_it_does(void **state)
{
	for (const struct row_case *c = cases; c < cases + CASES; c++) {
		run_case(*state, c, c->before, V(4, 13, 0));
		for (unsigned int i = 0; i < RELEASES && c->since[i] != 0; i++) {
			/* The first release of a branch came behind none. */
			if (i == 0 || (c->since[i] & 0xff) > 0)
				run_case(*state, c, c->before, c->since[i] - 1);
			run_case(*state, c, c->after, c->since[i]);
			run_case(*state, c, c->after, c->since[i] | 0xff);
		}
		/* There cache_flush is unknown. */
		if (strcmp(c->name, "flush_of_read_only_cleans") == 0)
			continue;
		run_case(*state, c, c->after, V(4, 23, 0));
		run_case(*state, c, c->after, V(5, 0, 0));
	}
}

/* One switch alone makes the difference, and it is the one that the case names. */
static void
each_switch_is_asked(void **state)
{
	for (const struct row_case *c = cases; c < cases + CASES; c++) {
		char text[100];
		struct profile p;

		snprintf(text, sizeof text, "4.%s+%s", is_on_arm(c) ? "14+arm64" : "13", c->name);
		assert_true(profile_parse(&p, text));
		run(*state, c->text, c->after, &p);
	}
}

static void
each_row_has_a_case(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < profile_n_rows; i++) {
		bool found = false;

		for (unsigned int k = 0; k < CASES; k++)
			found |= strcmp(cases[k].name, profile_rows[i].name) == 0;
		if (!found)
			fail_msg("%s has no case", profile_rows[i].name);
	}
	/* A switch without a row would be false in the newest of all. */
	for (size_t at = offsetof(struct profile, pin_limit_is_of_one_counter);
	     at <= offsetof(struct profile, flush_of_read_only_cleans); at++) {
		const struct profile newest = profile_for(V(255, 0, 0));

		assert_true(((const unsigned char *)&newest)[at]);
	}
}

/* -------------------------------------------------------------- what one answer does not tell */

static void
a_moved_frame_was_judged_and_the_latched_one_written(void **state)
{
	static const char moved[] =
		"d0 grant g0 to d0 page p0 = 8\nd0 map m0 from d0 g0 ro = okay\n"
		"d0 entry g0 flags 9 domid d0 frame p1 = 0\nd0 copy p2+0 -> d0:g0+0 len 4096 = ?";
	struct fixture *f = *state;
	const uint64_t *digest = f->trace.domain[0].digest;
	uint64_t p1;

	run_on(f, "d0 max_frames", "", V(4, 17, 6));
	p1 = digest[1];
	run_on(f, moved, "okay", V(4, 17, 6));
	assert_true(digest[0] == digest[2]);
	assert_true(digest[1] == p1);
	run_on(f, moved, "general_error", V(4, 17, 7));
	assert_true(digest[0] != digest[2]);
	/* The page table that the entry names now may not be written, though it would not be. */
	run_on(f, "d0 grant g0 to d0 page p0 = 8\nd0 map m0 from d0 g0 ro = okay\n"
	       "d0 entry g0 flags 9 domid d0 frame pagetable = 0\n"
	       "d0 copy p2+0 -> d0:g0+0 len 8 = ?", "general_error", V(4, 17, 6));
	assert_int_equal(f->trace.record[f->program.n_ops - 2].rule, 811);
	/* The one that is latched may, though nobody sees its bytes. */
	run_on(f, "d0 grant g0 to d0 page pagetable ro = 8\nd0 map m0 from d0 g0 ro = okay\n"
	       "d0 entry g0 flags 9 domid d0 frame p1 = 0\nd0 copy p2+0 -> d0:g0+0 len 8 = ?",
	       "okay", V(4, 17, 6));
	assert_true(digest[1] == p1);
}

static void
domains_were_kept_from_copy_to_copy(void **state)
{
	struct fixture *f = *state;

	/* Once asked for, they stay through errors; what is left out is not asked. */
	run_on(f, "d1 batch copy {\n"
	       " page d0 other.p0+0 -> p1+0 len 8 = permission_denied ;\n"
	       " d0:ref=end+0 -> p1+0 len 8 = bad_gntref ;\n"
	       " page d0 other.p0+0 -> p1+0 len 5000 = bad_copy_arg ;\n"
	       " none:g0+0 -> p1+0 len 0 = ? ;\n"
	       " page d0 other.p0+0 -> p1+0 len 8 = okay ;\n"
	       " none:g0+0 -> p1+0 len 8 = bad_domain ;\n"
	       " page d0 other.p0+0 -> p1+0 len 8 = permission_denied }", "okay", V(4, 20, 4));
	/* Those that went unasked may be refused, if Xen did the batch in two parts. */
	for (unsigned int i = 0; i < f->program.n_ops; i++)
		assert_int_equal(f->trace.record[i].any, i == 4 || i == 8 ? TRACE_ANY_STATUS : 0);
	assert_int_equal(f->trace.domain[1].any_digest, 1 << 1);
	/* They are not kept from call to call. */
	run_on(f, "d1 copy d0:ref=end+0 -> p1+0 len 8 = bad_gntref\n"
	       "d1 copy page d0 other.p0+0 -> p1+0 len 8 = ?", "permission_denied", V(4, 20, 4));
}

/* Before a frame of the table had one place, and transfers were disabled. */
static void
early_arm_answers_as_it_did(void **state)
{
	struct profile p;

	assert_true(profile_parse(&p, "4.14.6+arm64"));
	run(*state, ON_ARM "d0 suspend = 0\nd0 resume = 0\nd0 hypercall 4 count0 = 0\n"
	    "d0 transfer missing to d0 g0 = bad_page\nd0 transfer p0 to d0 g0 = general_error\n"
	    "d0 transfer p0 to none g0 = ?", "general_error", &p);
}

/* What is otherwise for 64-bit Arm, and in any later version of it that is known. */
static void
arm_answers_as_it_does(void **state)
{
	static const char *const texts[] = {
		"d0 grant g0 to d0 page p0 = 8\nd0 map m0 from d0 g0 = okay\n"
		"d0 write p0 +0 7 = 0",
		"d0 grant g0 to d0 page p0 = 8\nd0 map m0 from d0 g0 = okay\n"
		"d0 replace m0 by m1 = general_error\n"
		"d0 unmap m0 = okay\nd0 end_ref g0 = ended\nd0 replace m0 by m1 = bad_handle",
		"d0 accept g0 from d0 slot p3 = 8\nd0 flags g0 1\nd0 map m0 from d0 g0 = bad_page",
		"d0 accept g0 from d0 slot p3 = 8\nd0 transfer p0 to d0 g0 = -EOPNOTSUPP\n"
		"d0 hypercall 4 count0 = -EOPNOTSUPP",
		"d0 add_to_physmap 0 = -EBUSY\nd0 add_to_physmap 1 = 0\nd0 alloc c0 505 = -ENOSPC",
		"d0 suspend = 0\nd0 resume = -ENODEV",
		"d0 fail_hypercall 3\nd0 alloc c0 1100 = -ENOSPC\nd0 alloc c0 1100 = -ENOSPC",
		"d0 cache_flush p0 +0 len 8 inval = 0\n"
		"d0 cache_flush table +0 len 8 clean = -EPERM\n"
		"d0 cache_flush missing +0 len 8 clean = -EINVAL\n"
		"d0 cache_flush p0 +0 len 8 clean gref = -EINVAL",
		"d0 get_status self 1 = general_error\nd0 get_status none 0 = bad_domain",
		"d0 hypercall 31 count0 = -ENOSYS\nd0 hypercall 0 continued = -EINVAL",
		"d0 grant g0 to d0 page p0 = 8\nd0 end g0 p0 page = ended\nd0 fill p0 = 0\n"
		"d0 page_out p0 1 = skip",
	};
	static const char *const versions[] = { "4.17+arm64", "4.20.5+arm64", "4.23+arm64" };

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		for (size_t k = 0; k < sizeof versions / sizeof versions[0]; k++) {
			char text[512];
			struct profile p;

			snprintf(text, sizeof text, ON_ARM "%s", texts[i]);
			assert_true(profile_parse(&p, versions[k]));
			run(*state, text, "", &p);
		}
}

/* ------------------------------------------------------------------ names */

static void
names_are_read_as_written(void **state)
{
	static const char *const good[] = {
		"4.14", "4.17.7", "4.20.5-copy_judges_each_frame", "255.255.254",
		"4.17.7+arm64", "4.20.5+arm64-copy_judges_each_frame", "4.21+arm64",
		"4.14.6+no_space_without_handles+copy_refuses_moved_frame",
	};
	static const char *const bad[] = {
		"", "4", "4.", ".4", "4.14.", "4.14.6.1", "x", "4.256", "4.1a", "4.14 ", "4.14+",
		"4.14-nothing", "4.14+copy_judges_each_fram", "+copy_judges_each_frame",
		"4.14+version", "4.13+arm64", "4.17-arm64", "4.17+arm6", "4.17+arm64x",
		"4.17+no_space_without_handles+arm64", "99999999999999999999.1",
	};
	char out[PROFILE_NAME];
	struct profile p;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_true(profile_parse(&p, good[i]));
		profile_print(&p, out);
		assert_string_equal(out, good[i]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (profile_parse(&p, bad[i]))
			fail_msg("`%s' is no profile", bad[i]);
	/* What a release has anyway is not said. */
	assert_true(profile_parse(&p, "4.14-copy_judges_each_frame"));
	profile_print(&p, out);
	assert_string_equal(out, "4.14");
}

static void
lacking_fixes_are_named(void **state)
{
	char out[PROFILE_NAME];
	struct profile p = profile_for(V(4, 17, 7));

	(void)state;
	profile_print_lacking(&p, out);
	assert_string_equal(out, "");
	p = profile_for(V(4, 17, 6));
	profile_print_lacking(&p, out);
	assert_string_equal(out, "XSA-500 XSA-523 XSA-519");
	assert_true(profile_parse(&p, "4.20.5-copy_judges_each_frame-copy_of_nothing_is_okay"));
	profile_print_lacking(&p, out);
	assert_string_equal(out, "XSA-523");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_release_answers_as_it_does),
		cmocka_unit_test(each_switch_is_asked),
		cmocka_unit_test(each_row_has_a_case),
		cmocka_unit_test(a_moved_frame_was_judged_and_the_latched_one_written),
		cmocka_unit_test(domains_were_kept_from_copy_to_copy),
		cmocka_unit_test(early_arm_answers_as_it_did),
		cmocka_unit_test(arm_answers_as_it_does),
		cmocka_unit_test(names_are_read_as_written),
		cmocka_unit_test(lacking_fixes_are_named),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
