/*
 * test_compare: builds are put in order, differences in classes, and known ones told from others;
 * and two real builds are compared, where they are to be had.
 *
 * What a class is follows from two traces, so most of this needs no machine.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "arch/xen_abi.h"
#include "diff/text.h"
#include "fuzz/compare.h"

#define OLD "bookworm"
#define NEW "trixie"

static struct program p;
static struct trace model, left, right;
static struct class class;
static struct expect expect;
static char why[FILE_WHY];

static void
parse(const char *text)
{
	struct text_error e;

	if (!text_parse(&p, &e, text, strlen(text)))
		fail_msg("%u:%u: %s", e.line, e.column, e.what);
	memset(&model, 0, sizeof(model));
	memset(&left, 0, sizeof(left));
	for (unsigned int i = 0; i < p.n_ops; i++)
		trace_record_begin(&left.record[i]);
	left.n_records = p.n_ops;
	right = left;
}

static bool
differs(void)
{
	const struct class_side l = { OUTCOME_TRACE, &left, 0 }, r = { OUTCOME_TRACE, &right, 0 };

	return class_of(&class, &p, &model, &l, &r, "");
}

/* ------------------------------------------------------------------ classes */

static void
test_class_of_answers(void **unused)
{
	char id[CLASS_ID];

	(void)unused;
	parse("gnt 1\nd0 grant g0 to d1 page p0\nd0 copy d1:g0+0 -> p0+0 len 8\n");
	assert_false(differs());
	left.record[1].status = GNTST_bad_copy_arg;
	right.record[1].status = GNTST_general_error;
	model.record[1].state = 5;
	assert_true(differs());
	assert_string_equal(class.id,
			    "copy-pinned-answer-bad_copy_arg-vs-general_error");
	assert_int_equal(class.place.at, 1);
	class_reversed_id(&class, id);
	assert_string_equal(id, "copy-pinned-answer-general_error-vs-bad_copy_arg");
	class_forget_entry(&class);
	assert_string_equal(class.id, "copy-any_entry-answer-bad_copy_arg-vs-general_error");
	class_answer(&class.place, &p, OUTCOME_TRACE, &left, id);
	assert_string_equal(id, "bad_copy_arg");
	/* A call that fails as a whole is what it answered. */
	right.record[1].status = 0;
	right.record[1].rc = -XEN_EFAULT;
	assert_true(differs());
	assert_string_equal(class.id, "copy-pinned-answer-bad_copy_arg-vs-EFAULT");
	/* The first counts. */
	right.record[0].rc = 9;
	left.record[0].rc = 8;
	assert_true(differs());
	assert_string_equal(class.id, "grant-any_entry-answer-number-vs-number");
}

static void
test_class_of_what_is_left(void **unused)
{
	(void)unused;
	parse("gnt 1\nd0 batch unmap { m0 ; m1 }\n");
	left.record[0].entry[0] = (struct entry_view){ 0x19, 0, 0 };
	right.record[0].entry[0] = (struct entry_view){ 0x01, 0, 0 };
	assert_true(differs());
	assert_string_equal(class.id, "unmap-any_entry-entry_flags-0x19-vs-0x01");
	/* An entry is looked at after the whole call: another member may have done it. */
	left.record[1].status = GNTST_general_error;
	right.record[1].status = GNTST_okay;
	assert_true(differs());
	assert_string_equal(class.id, "unmap-empty-answer-general_error-vs-okay");
	assert_int_equal(class.place.at, 1);
	right = left;
	right.domain[1].digest[2] = 5;
	assert_true(differs());
	assert_string_equal(class.id, "afterwards-any_entry-page_contents-no_page-vs-bytes");
}

/* What Xen leaves open is no difference. */
static void
test_open_fields(void **unused)
{
	(void)unused;
	parse("gnt 1\nd0 read p0 +0\n");
	right.record[0].value = 7;
	assert_true(differs());
	model.record[0].any = TRACE_ANY_VALUE;
	assert_false(differs());
}

static void
test_class_of_outcomes(void **unused)
{
	static const struct class_side well = { OUTCOME_TRACE, &left, 0 };
	static const struct class_side panics = { .outcome = OUTCOME_PANIC };
	static const struct class_side panics_at_2 = { OUTCOME_PANIC, NULL, 2 };
	static const struct class_side silent_at_3 = { OUTCOME_SILENT, NULL, 3 };

	(void)unused;
	parse("gnt 1\nd0 tick\nd0 resume\nd0 suspend\n");
	assert_true(class_of(&class, &p, &model, &well, &panics, "notransfer"));
	assert_string_equal(class.id, "run-any_entry-end-ends_well-vs-Xen_panics@notransfer");
	assert_true(class_of(&class, &p, &model, &well, &panics_at_2, ""));
	assert_string_equal(class.id, "resume-any_entry-end-ends_well-vs-Xen_panics");
	assert_int_equal(class.place.at, 1);
	assert_true(class_of(&class, &p, &model, &silent_at_3, &panics_at_2, ""));
	assert_string_equal(class.id, "resume-any_entry-end-no_answer-vs-Xen_panics");
	assert_false(class_of(&class, &p, &model, &panics, &panics_at_2, ""));
	assert_false(class_of(&class, &p, &model,
			      &(struct class_side){ .outcome = OUTCOME_REFUSED }, &well, ""));
}

static void
test_patterns(void **unused)
{
	(void)unused;
	assert_true(class_matches("copy-*-answer-*-vs-okay", "copy-clear-answer-eagain-vs-okay"));
	assert_false(class_matches("copy-*-answer-*-vs-okay", "copy-clear-answer-okay-vs-eagain"));
	assert_false(class_matches("copy-*-vs-okay", "copy-clear-answer-eagain-vs-okay@x"));
	assert_true(class_matches("*", ""));
	assert_true(class_matches("", ""));
	assert_false(class_matches("", "x"));
	assert_true(class_matches("a*b*c", "a-b-b-c"));
}

/* ------------------------------------------------------------------ versions */

static void
test_build_ids(void **unused)
{
	static const char *const ascending[] = { "4.14.6", "4.17.5+72", "4.17.7", "4.17.7+13",
						 "4.20", "4.20.4+39", "4.20.4+63", "4.20.5",
						 "5.0" };
	static const char *const wrong[] = { "", "4", "4.", "4.17.", ".4.17", "4.17.5.1", "x",
					     "4.17+", "4.17.5 ", "4.256", "4.17.5+65536",
					     "4.17.5+9999999999", "-4.17", "4.17.5+1-g12" };
	char text[BUILD_ID_TEXT];

	(void)unused;
	for (unsigned int i = 1; i < sizeof(ascending) / sizeof(ascending[0]); i++)
		assert_true(build_id_parse(ascending[i - 1], strlen(ascending[i - 1])) <
			    build_id_parse(ascending[i], strlen(ascending[i])));
	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(build_id_parse(wrong[i], strlen(wrong[i])), 0);
	build_id_print(build_id_parse("4.20.4+39", 9), text);
	assert_string_equal(text, "4.20.4+39");
	build_id_print(build_id_parse("4.20", 4), text);
	assert_string_equal(text, "4.20.0");
}

/* The id of what the file holds, if that is of the branch that runs. */
static build_id
id_in(const char *bytes, size_t n, unsigned int running)
{
	char path[] = "/tmp/gntfuzz-test-XXXXXX";
	int fd = mkstemp(path);
	build_id id;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	close(fd);
	id = build_id_find(running, path);
	unlink(path);
	return id;
}

static void
test_build_id_in_a_file(void **unused)
{
	static const char package[] = "x\0-g\0Debian\0" "4.20.4+39-gf1e1321c87-1\0y";
	static const char none[] = "4.20.4-g\0+39-g\0" "4.19.1+2-gabc\0";

	(void)unused;
	assert_int_equal(id_in(package, sizeof(package), 4 << 16 | 20 << 8 | 5),
			 build_id_of(4, 20, 4, 39));
	assert_int_equal(id_in(package, sizeof(package), 4 << 16 | 21 << 8),
			 build_id_of(4, 21, 0, 0));
	assert_int_equal(id_in(none, sizeof(none), 4 << 16 | 20 << 8 | 5),
			 build_id_of(4, 20, 5, 0));
	assert_int_equal(build_id_find(4 << 16 | 20 << 8 | 5, "/no/such/file"),
			 build_id_of(4, 20, 5, 0));
}

/* ------------------------------------------------------------------ expectations */

static bool
read_expect(const char *text)
{
	memset(&expect, 0, sizeof(expect));
	return expect_parse(&expect, "f", text, strlen(text), why);
}

static const char good[] = "# what is known\n"
			   "expect fix\n"
			   "class copy-*-answer-okay-vs-general_error\n"
			   "operation * len 8\n"
			   "since 4.17.7 4.20.4+39\n"
			   "reason Because\nreason of that.\nsource Somebody.\n"
			   "\n"
			   "expect other\nclass map-*-vs-*@nomaptrack\nsince 4.16\nreason r\n"
			   "source s";

static void
test_expectations_are_read(void **unused)
{
	const struct expectation *x = &expect.known[0];

	(void)unused;
	assert_true(read_expect(good));
	assert_int_equal(expect.n, 2);
	assert_string_equal(x->reason, "Because of that.");
	/* One branch has it from a point release on, what is newer has it, what is between not. */
	assert_false(expect_is_new(x, build_id_of(4, 17, 6, 99)));
	assert_true(expect_is_new(x, build_id_of(4, 17, 7, 0)));
	assert_false(expect_is_new(x, build_id_of(4, 18, 9, 0)));
	assert_false(expect_is_new(x, build_id_of(4, 20, 4, 38)));
	assert_true(expect_is_new(x, build_id_of(4, 20, 4, 39)));
	assert_true(expect_is_new(x, build_id_of(4, 21, 0, 0)));
	assert_false(expect_is_new(x, build_id_of(4, 14, 9, 0)));
}

static void
test_expectations_are_found(void **unused)
{
	const build_id without = build_id_of(4, 17, 5, 72), with = build_id_of(4, 17, 7, 13);
	const build_id later = build_id_of(4, 20, 3, 127);

	(void)unused;
	assert_true(read_expect(good));
	parse("gnt 1\nd0 copy d1:g0+0 -> p0+0 len 8\n");
	left.record[0].status = GNTST_okay;
	right.record[0].status = GNTST_general_error;
	assert_true(differs());
	assert_ptr_equal(expect_find(&expect, &class, "d0 copy x len 8", without, with),
			 &expect.known[0]);
	/* Another operation; the same behaviour on both; the wrong way round. */
	assert_null(expect_find(&expect, &class, "d0 copy x len 9", without, with));
	assert_null(expect_find(&expect, &class, "d0 copy x len 8", without, later));
	assert_null(expect_find(&expect, &class, "d0 copy x len 8", with, with));
	assert_null(expect_find(&expect, &class, "d0 copy x len 8", with, later));
	/* The newer build lacks it: the class is the other way round. */
	left.record[0].status = GNTST_general_error;
	right.record[0].status = GNTST_okay;
	assert_true(differs());
	assert_ptr_equal(expect_find(&expect, &class, "d0 copy x len 8", with, later),
			 &expect.known[0]);
	assert_null(expect_find(&expect, &class, "d0 copy x len 8", without, with));
}

static void
test_expectations_take_part(void **unused)
{
	const build_id without = build_id_of(4, 14, 6, 0), with = build_id_of(4, 17, 7, 13);

	(void)unused;
	assert_true(read_expect(good));
	expect_take_part(&expect, without, with, "");
	assert_true(expect.known[0].took_part);
	assert_false(expect.known[1].took_part);
	expect_take_part(&expect, without, with, "nomaptrack");
	assert_true(expect.known[1].took_part);
}

static void
test_bad_expectations(void **unused)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "class a-vs-b\n", "f:1:1: the first word" },
		{ "expect\n", "f:1:7: a name" },
		{ "expect a b\n", "f:1:10: nothing" },
		{ "expect a\n", "f:1:1: 'a' has no line 'class'" },
		{ "expect a\nexpect b\n", "f:1:1: 'a' has no line 'class'" },
		{ "expect a\nclass x\n", "f:2:7: no class" },
		{ "expect a\nclass\n", "f:2:6: a class" },
		{ "expect a\nclass a(b)-vs-c\n", "f:2:8: no class has '('" },
		{ "expect a\nclass x-vs-y\nsince\n", "f:3:6: a version" },
		{ "expect a\nclass x-vs-y\nsince 4.17 soon\n", "f:3:12: 'soon' is no version" },
		{ "expect a\nclass x-vs-y\nsince 4.17\nsince 4.18\n", "f:4:1: 'since' is there" },
		{ "expect a\nclass x-vs-y\nsince 4.17\nreason\n", "f:4:7: some words" },
		{ "expect a\nclass x-vs-y\nsince 4.17\nreason r\n", "has no line 'source'" },
		{ "expect a\nbecause\n", "f:2:1: no word 'because'" },
		{ "expect a\001\n", "f:1:9: this is no text" },
	};

	(void)unused;
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(read_expect(bad[i].text));
		if (strstr(why, bad[i].says) == NULL)
			fail_msg("%s: said %s", bad[i].says, why);
	}
	assert_true(read_expect(""));
	assert_false(read_expect("expect a\nclass x-vs-y\nsince 4.17\nreason r\nsource s\n"
				 "expect a\n"));
	assert_non_null(strstr(why, "f:6:8: 'a' is there already"));
}

/* The tree's own are sound, and there. */
static void
test_the_trees_expectations(void **unused)
{
	(void)unused;
	memset(&expect, 0, sizeof(expect));
	if (!expect_load(&expect, "corpus/expected", why))
		fail_msg("%s", why);
	assert_true(expect.n >= 8);
}

/* ------------------------------------------------------------------ two builds */

/* A copy of no bytes, in the middle of other things: refused by the one, okay on the other. */
static void
test_two_builds(void **unused)
{
	static struct compare c;
	static const char *const names[] = { "a file" };
	struct found *f;
	char text[1000];

	(void)unused;
	parse("gnt 1\nd0 grant g5 to d0 page p1\nd0 tick\nd0 map m3 from d0 g5\nd0 read p1 +0\n"
	      "d0 copy d0:ref=max+12 -> p2+9 len 0\nd0 unmap m3\nd0 end_ref g5\n");
	c = (struct compare){ .names = { NEW, OLD }, .n_names = 2, .files = &p, .n_files = 1,
			      .file_names = names, .seed = 1, .n_ops = 1 };
	if (compare_run(&c) < 2) {
		print_message("skipped: %s: %s\n", c.column[1].name, c.column[1].why);
		skip();
	}
	assert_string_equal(c.column[0].name, OLD);
	assert_true(c.column[0].version < c.column[1].version);
	/* A package says how many commits it is beyond its release. */
	assert_true((c.column[0].version & 0xffff) != 0);
	assert_int_equal(c.n_found, 1);
	f = c.found[0];
	assert_string_equal(f->class.id, "copy-empty-answer-bad_gntref-vs-okay");
	assert_null(f->known);
	assert_true(f->minimal);
	assert_string_equal(f->from, "a file");
	assert_string_equal(f->answer[0], "bad_gntref");
	assert_string_equal(f->answer[1], "okay");
	assert_int_equal(f->program.n_ops, 1);
	text_print_op(&f->program.ops[0], text, sizeof(text));
	assert_string_equal(text, "d0 copy d0:ref=end+0 -> d0:g0+0 len 0");
	free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_class_of_answers),
		cmocka_unit_test(test_class_of_what_is_left),
		cmocka_unit_test(test_open_fields),
		cmocka_unit_test(test_class_of_outcomes),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_build_ids),
		cmocka_unit_test(test_build_id_in_a_file),
		cmocka_unit_test(test_expectations_are_read),
		cmocka_unit_test(test_expectations_are_found),
		cmocka_unit_test(test_expectations_take_part),
		cmocka_unit_test(test_bad_expectations),
		cmocka_unit_test(test_the_trees_expectations),
		cmocka_unit_test(test_two_builds),
	};

	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
