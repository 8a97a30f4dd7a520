/*
 * test_class: ids, their words and their frames.  What class a difference has, test_compare says.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diff/model.h"
#include "diff/text.h"
#include "fuzz/abort_class.h"
#include "fuzz/known.h"

#include <cmocka.h>

static struct class_words words;

static void
ids_are_read_back(void **unused)
{
	static const char *const ids[] = {
		"map-granted-answer-okay-vs-bad_gntref",
		"afterwards-any_entry-page_contents-no_page-vs-bytes",
		"run-any_entry-end-ends_well-vs-SEGV_in_entry.c_x",
	};
	char id[CLASS_ID], with_world[CLASS_ID];

	(void)unused;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		assert_true(class_read(&words, ids[i]));
		class_print(&words, "", id);
		assert_string_equal(id, ids[i]);
		class_print(&words, "xen+pvh", with_world);
		assert_true(class_read(&words, with_world));
		class_print(&words, "", id);
		assert_string_equal(id, ids[i]);
	}
}

static void
what_is_no_id_is_not_read(void **unused)
{
	static const char *const bad[] = {
		"", "map", "map-granted-answer-okay", "map-granted-answer-okay-vs-",
		"-granted-answer-okay-vs-busy", "map-granted-answer-okay-vs-a/b",
		"map-granted-answer-okay-vs-two words", "map: status: expected okay, got busy",
	};
	char long_one[2 * CLASS_ID];

	(void)unused;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(class_read(&words, bad[i]));
	memset(long_one, 'a', sizeof(long_one) - 1);
	long_one[sizeof(long_one) - 1] = 0;
	assert_false(class_read(&words, long_one));
}

static void
sentences(void **unused)
{
	char said[CLASS_SENTENCE];

	(void)unused;
	assert_true(class_read(&words, "map-granted-answer-okay-vs-bad_gntref@sim"));
	class_say(&words, said);
	assert_string_equal(said,
			    "map, its entry granted: answer: expected okay, got bad_gntref");
	assert_true(class_read(&words, "end-any_entry-entry_flags-0x01-vs-0x09"));
	class_say(&words, said);
	assert_string_equal(said, "end: entry flags: expected 0x01, got 0x09");
}

/* What varies from run to run and from build to build is not in a slug. */
static void
slugs(void **unused)
{
	char one[40], two[40];

	(void)unused;
	class_slug(one, sizeof(one), "Panic on CPU 1: 'x' failed at entry.c:812");
	assert_string_equal(one, "Panic_x_failed_at_entry.c");
	class_slug(two, sizeof(two), "Panic on CPU 0: 'x' failed at entry.c:7");
	assert_string_equal(one, two);
	class_slug(one, sizeof(one), "read of 0x7ffe12345678 by deadbeef1234, 8 bytes");
	assert_string_equal(one, "read_of_by_8_bytes");
	/* Cut, and still two. */
	class_slug(one, sizeof(one), "a long line of many words that ends in one way");
	class_slug(two, sizeof(two), "a long line of many words that ends in another");
	assert_int_equal(strlen(one), sizeof(one) - 1);
	assert_string_not_equal(one, two);
	assert_memory_equal(one, two, 20);
}

static void
assert_own_frames(const char *op, const char *entry, const char *field, const char *expected,
		  const char *got)
{
	const char *names[ABORT_FRAMES];
	char id[CLASS_ID];

	snprintf(id, sizeof(id), "%s-%s-%s-%s-vs-%s", op, entry, field, expected, got);
	assert_true(class_read(&words, id));
	if (!abort_class_names(&words, names))
		fail_msg("%s: is not told by its frames: %s, %s, %s", id, names[0], names[1],
			 names[2]);
}

/* Every operation, in front of an answer that all kinds have. */
static void
operations_have_frames(void **unused)
{
	(void)unused;
	for (unsigned int k = 0; k < OP_EXPECT; k++)
		assert_own_frames(op_table[k].name, "any_entry", "answer", "okay", "okay");
	assert_own_frames("afterwards", "any_entry", "page_contents", "bytes", "no_page");
	for (unsigned int e = 0; e < CLASS_ENTRIES; e++)
		assert_own_frames("map", class_entry_names[e], "answer", "okay", "okay");
}

static void
answers_have_frames(void **unused)
{
	(void)unused;
	for (int status = 0; text_status_name(status) != NULL; status--)
		assert_own_frames("copy", "any_entry", "answer", text_status_name(status),
				  text_status_name(status));
	for (int error = 1; error < 4096; error++)
		if (text_errno_name(error) != NULL)
			assert_own_frames("grant", "any_entry", "answer", text_errno_name(error),
					  text_errno_name(error));
}

/* One record of a program of one operation, as if it had answered so. */
static void
assert_record_has_frames(struct program *p, const struct trace_record *r)
{
	static struct trace expected, got;
	const char *names[ABORT_FRAMES];
	struct difference d = { .field = FIELD_RC };

	p->n_ops = 1;
	expected.record[0] = *r;
	trace_record_begin(&got.record[0]);
	class_of_difference(&words, p, &d, &expected, &got, NULL);
	if (!abort_class_names(&words, names))
		fail_msg("%s: no frame for '%s'", words.op, words.expected);
}

/* Whatever a kind answers, and why it was not done: found by asking, not from a list of ours. */
static void
what_kinds_answer_has_frames(void **unused)
{
	static struct program p;

	(void)unused;
	for (unsigned int k = 0; k < OP_EXPECT; k++) {
		p.ops[0].kind = (uint8_t)k;
		for (int rc = -2; rc <= 2; rc++)
			for (uint32_t value = 0; value < 3; value++) {
				struct trace_record r;

				trace_record_begin(&r);
				r.rc = rc;
				r.value = value;
				assert_record_has_frames(&p, &r);
			}
		for (unsigned int skip = 1; skip < SKIP_REASONS; skip++) {
			struct trace_record r;

			trace_record_begin(&r);
			r.skip = (uint8_t)skip;
			assert_record_has_frames(&p, &r);
		}
	}
}

static void
fields_have_frames(void **unused)
{
	static struct program p;
	static struct trace empty;
	const char *names[ABORT_FRAMES];

	(void)unused;
	p.n_ops = 1;
	for (unsigned int f = FIELD_VALUE; f <= FIELD_PAGES_PUT; f++)
		for (int64_t v = 0; v < 512; v++) {
			const struct difference d = {
				.field = (enum difference_field)f,
				.at = f >= FIELD_DIGEST, .expected = v, .got = 511 - v,
			};

			class_of_difference(&words, &p, &d, &empty, &empty, NULL);
			if (!abort_class_names(&words, names))
				fail_msg("%s: %s, %s", words.field, words.expected, words.got);
		}
}

static void
other_words_share_frames(void **unused)
{
	const char *names[ABORT_FRAMES];

	(void)unused;
	assert_true(class_read(&words, "map-granted-answer-okay-vs-green"));
	assert_false(abort_class_names(&words, names));
	assert_string_equal(names[0], "difference_in_map_of_granted_entry");
	assert_string_equal(names[1], "answer_expected_okay");
	assert_string_equal(names[2], "got_something_else");
}

/* A file that grows while a target runs. */
static void
known_classes_are_looked_up_again(void **unused)
{
	static struct known known;
	char path[] = "/tmp/gntfuzz-test-XXXXXX";
	int fd = mkstemp(path);

	(void)unused;
	assert_true(fd >= 0);
	setenv("GNTFUZZ_KNOWN", path, 1);
	known_open(&known);
	assert_int_equal(known.n, 0);
	assert_false(known_hit(&known, "a-b-c-d-vs-e@sim"));
	assert_int_equal(write(fd, "# why\na-b-c-d-vs-e@sim 12 times\n", 32), 32);
	assert_true(known_hit(&known, "a-b-c-d-vs-e@sim"));
	assert_true(known_hit(&known, "a-b-c-d-vs-e@sim"));
	assert_int_equal(known.class[0].hits, 2);
	assert_false(known_hit(&known, "a-b-c-d-vs-e"));
	unsetenv("GNTFUZZ_KNOWN");
	close(fd);
	unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_read_back),
		cmocka_unit_test(what_is_no_id_is_not_read),
		cmocka_unit_test(sentences),
		cmocka_unit_test(slugs),
		cmocka_unit_test(operations_have_frames),
		cmocka_unit_test(answers_have_frames),
		cmocka_unit_test(what_kinds_answer_has_frames),
		cmocka_unit_test(fields_have_frames),
		cmocka_unit_test(other_words_share_frames),
		cmocka_unit_test(known_classes_are_looked_up_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
