/*
 * test_matrix: the matrix says the same in all three forms, and what comes from outside stays text.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#undef expect_value	/* cmocka's */

#include "reports/matrix.h"
#include "reports/test_pages.h"

static const struct matrix_reason reason = { "known-thing", "Because <b>it</b> is.", "XSA-0" };
static struct totals totals;

/* Two rows over three builds, of which one did not run. */
static const struct matrix_row rows[] = {
	{ .id = "copy-clear-answer-okay-vs-bad_page", .op = "copy", .entry = "clear",
	  .field = "answer", .left = "okay", .right = "bad_page", .left_build = 0, .right_build = 1,
	  .answer = { "okay", "bad_page", "" }, .operation = "d0 copy p0+0 -> p1+0 len 1",
	  .program = "gnt 1\nd0 copy p0+0 -> p1+0 len 1\n", .from = "<script>alert(\"x\")&",
	  .failure = "", .n_ops = 1, .seen = 3, .minimal = true },
	{ .id = "map-any_entry-answer-okay-vs-eagain", .op = "map", .entry = "any_entry",
	  .field = "answer", .left = "okay", .right = "eagain", .left_build = 0, .right_build = 1,
	  .answer = { "okay", "eagain", "" }, .operation = "d0 map m0 from d0 g0",
	  .program = "gnt 1\nd0 map m0 from d0 g0\n", .from = "a file", .failure = "", .n_ops = 1,
	  .seen = 1, .minimal = false, .known = &reason },
};

static const struct matrix matrix = {
	.build = { { .name = "old", .version = "4.14.6", .ran = true, .why = "" },
		   { .name = "new", .version = "4.20.4+39", .ran = true, .why = "" },
		   { .name = "gone", .version = "0.0.0", .why = "not to be had" } },
	.n_builds = 3, .row = rows, .n_rows = 2, .n_unexpected = 1, .unseen = &reason,
	.n_unseen = 1, .totals = &totals, .programs = 10, .seed = 7, .worlds_ran = "",
	.worlds_not = "",
};

static char *
written(void (*print)(const struct matrix *m, FILE *out))
{
	char *bytes = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&bytes, &n);

	assert_non_null(f);
	print(&matrix, f);
	fclose(f);
	return bytes;
}

static void
test_text(void **unused)
{
	char *t = written(matrix_print);

	(void)unused;
	assert_non_null(strstr(t, "build gone: SKIP: not to be had\n"));
	assert_non_null(strstr(t, "UNEXPECTED\nokay    bad_page   copy-clear-answer-"));
	assert_non_null(strstr(t, "expected: known-thing\nokay    eagain     map-any_entry-"));
	assert_non_null(strstr(t, "between old (4.14.6) and new (4.20.4+39)\n"));
	assert_non_null(strstr(t, "    d0 copy p0+0 -> p1+0 len 1\n"));
	assert_non_null(strstr(t, "expected, not seen: known-thing\n"));
	assert_non_null(strstr(t, "classes: 1 unexpected, 1 expected\n"));
	free(t);
}

static const char *
string_of(const cJSON *j, const char *name)
{
	const cJSON *item = cJSON_GetObjectItem(j, name);

	assert_true(cJSON_IsString(item));
	return item->valuestring;
}

static void
test_json(void **unused)
{
	char *t = written(matrix_print_json), *rest = t, *line;
	cJSON *j[3], *summary;

	(void)unused;
	for (unsigned int i = 0; i < 3; i++) {
		line = strsep(&rest, "\n");
		j[i] = cJSON_Parse(line);
		assert_non_null(j[i]);
	}
	assert_string_equal(rest, "");
	assert_string_equal(string_of(j[0], "class"), rows[0].id);
	assert_string_equal(string_of(j[0], "expected"), "okay");
	assert_string_equal(string_of(j[0], "got"), "bad_page");
	assert_string_equal(string_of(j[0], "program"), rows[0].program);
	assert_true(cJSON_IsNull(cJSON_GetObjectItem(j[0], "known")));
	assert_true(cJSON_IsTrue(cJSON_GetObjectItem(j[0], "minimal")));
	assert_string_equal(string_of(cJSON_GetObjectItem(j[0], "answers"), "new"), "bad_page");
	assert_string_equal(string_of(j[1], "known"), "known-thing");
	summary = cJSON_GetObjectItem(j[2], "summary");
	assert_int_equal(cJSON_GetObjectItem(summary, "unexpected")->valueint, 1);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(summary, "lanes_run")), 2);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(summary, "lanes_skipped")), 1);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(summary, "expected_not_seen")), 1);
	for (unsigned int i = 0; i < 3; i++)
		cJSON_Delete(j[i]);
	free(t);
}

static void
test_page(void **unused)
{
	char *t = written(matrix_print_html);

	(void)unused;
	/* One file that asks the network for nothing; what came from outside is text. */
	assert_null(strstr(t, "://"));
	assert_null(strstr(t, "src="));
	assert_null(strstr(t, "<script"));
	assert_null(strstr(t, "<b>it"));
	assert_non_null(strstr(t, "&lt;script&gt;alert(&quot;x&quot;)&amp;"));
	assert_non_null(strstr(t, "prefers-color-scheme: dark"));
	/* A table that can be read aloud. */
	assert_int_equal(count(t, "<caption>"), 1);
	assert_int_equal(count(t, "<th scope=\"col\">"), 3);
	assert_int_equal(count(t, "<th scope=\"row\">"), 2);
	assert_int_equal(count(t, "<th scope=\"rowgroup\""), 2);
	assert_int_equal(count(t, "<td class=\"changed\">"), 2);
	assert_int_equal(count(t, "<tbody>"), count(t, "</tbody>"));
	/* Every row leads to its class. */
	for (unsigned int i = 1; i <= 2; i++) {
		char link[32], target[32];

		snprintf(link, sizeof(link), "href=\"#class-%u\"", i);
		snprintf(target, sizeof(target), "id=\"class-%u\"", i);
		assert_int_equal(count(t, link), 1);
		assert_int_equal(count(t, target), 1);
	}
	free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_page),
	};

	return cmocka_run_group_tests_name("matrix", tests, NULL, NULL);
}
