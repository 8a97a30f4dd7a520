/* test_pages: what pages are made with: text that stays text, rules as they stand, growth. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's */

#include "reports/growth.h"
#include "reports/html.h"
#include "reports/rules.h"

static void
test_text(void **unused)
{
	char *bytes = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&bytes, &n);

	(void)unused;
	html_text("a\xc3\xa9 \xe2\x89\xa0 \xf0\x9f\x98\x80 \xc0\xaf \xe2\x89 \xef\xbf\xbf", f);
	html_prose(" `x<y` z`", f);
	assert_int_equal(fclose(f), 0);
	assert_string_equal(bytes, "a\xc3\xa9 \xe2\x89\xa0 \xf0\x9f\x98\x80 "
			       "\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd "
			       "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd <code>x&lt;y</code> z`");
	free(bytes);
}

static void
test_rules(void **unused)
{
	struct rule r;

	(void)unused;
	assert_true(rule_find(&r, "R206"));
	assert_string_equal(r.section, "2xx Access");
	assert_string_equal(r.cell[0], "R206");
	assert_non_null(strstr(r.cell[1], "reading or writing"));
	assert_true(rule_find(&r, "R507"));
	assert_int_equal(r.n_columns, 3);
	assert_string_equal(r.heading[1], "status");
	/* Some rows are of two rules; the invariants have names. */
	assert_true(rule_find(&r, "R907"));
	assert_string_equal(r.cell[0], "R906 R907");
	assert_true(rule_find(&r, "I-PINS"));
	assert_false(rule_find(&r, "R20"));
	assert_false(rule_find(&r, ""));
}

static void
test_growth(void **unused)
{
	static const char text[] = "ms,engine,runs,edges,cells,inputs,classes\n"
				   "2000,afl,7,6,5,4,3\n"
				   "1000,libfuzzer,1,2,3,4,5\n"
				   "junk\n,,,\n-1,x,1,1,1,1,1\n1,x,1,1,1,1\n3,,1,1,1,1,1\n"
				   "3000,afl,8,6";
	char line[GROWTH_LINE];
	struct growth g;

	(void)unused;
	growth_parse(&g, text, strlen(text));
	assert_int_equal(g.n, 2);
	assert_int_equal(g.sample[0].ms, 1000);
	assert_string_equal(g.sample[1].engine, "afl");
	assert_int_equal(g.sample[1].classes, 3);
	growth_print(&g.sample[1], line, sizeof(line));
	assert_string_equal(line, "2000,afl,7,6,5,4,3\n");
	free(g.sample);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_growth),
	};

	return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
