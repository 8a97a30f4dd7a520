/* test_race_pages: how a finding in a race is told: its words, its page, its line in SARIF. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's */

#include "diff/class_race.h"
#include "diff/duel.h"
#include "diff/race.h"
#include "diff/text.h"
#include "reports/race_html.h"
#include "reports/race_told.h"
#include "reports/report.h"
#include "reports/totals.h"

/* Canonical, so that its lines are those that are told. */
static const char program_text[] =
	"gnt 1\ndomains 2  pages 4  frames 1\n"
	"d0 grant g0 to d1 page p0\n"
	"race {\n"
	"  d0 end_ref g0\n"
	"|\n"
	"  d1 batch map {\n"
	"    m0 from d0 g0 ro ;\n"
	"    m1 from d0 g0\n"
	"  }\n"
	"  d1 unmap m1\n"
	"} schedule 0*2 1*3 0_ 1 0!\n"
	"d1 unmap m0\n";

static struct program program;
static struct trace trace;
static struct evidence_run run;
static struct evidence evidence;
static struct finding finding;
static char answers[200];

/* Run it on sim, whose story is told, with the second map's answer another one than it was. */
static void
run_it(struct duel *duel)
{
	struct difference why;

	duel_set_story(duel, &run.story);
	assert_true(duel_run(duel, &program, false, &why));
	run.got = *duel_got(duel);
	run.got.record[5].status = GNTST_no_space;
	assert_true(duel_judge_story(duel, &program, &run.got));
	run.expected = *duel_expected(duel);
}

/* The race is said to be wrong, whatever it answered. */
static int
set_up(void **unused)
{
	struct difference d = { .field = FIELD_RACE, .at = 1, .invariant = answers };
	struct duel *duel = duel_new();
	struct text_error e;
	char why[200], *text;
	cJSON *j;

	(void)unused;
	assert_non_null(duel);
	assert_true(text_parse(&program, &e, program_text, strlen(program_text)));
	duel_run_model(duel, &program);
	trace = *duel_expected(duel);
	run_it(duel);
	run.n_expected = run.n_got = program.n_ops;
	run.at = 1;
	run.shown = true;
	class_race_say(&program, 1, &trace, answers, sizeof answers);
	finding_of_difference(&finding, &program, &d,
			      &(struct finding_traces){ &trace, &trace, &trace }, "model", "sim");
	j = evidence_json(&finding, &program, NULL, &run);
	text = cJSON_Print(j);
	assert_true(evidence_read(&evidence, text, strlen(text), why, sizeof(why)));
	free(text);
	cJSON_Delete(j);
	duel_free(duel);
	return 0;
}

static void
test_words(void **unused)
{
	(void)unused;
	assert_string_equal(finding.where, "Operations 3 to 7, at once");
	assert_string_equal(finding.expected, "answers of some order");
	assert_string_equal(finding.got, "d0 end_ref ended | d1 map general_error d1 map "
					 "general_error d1 unmap bad_handle");
	assert_string_equal(finding.class,
			    "end_ref_with_map_then_map_then_unmap-any_entry-race-any_order-vs-"
			    "ended_with_general_error_then_general_error_then_bad_handle@sim");
}

static void
test_page(void **unused)
{
	struct report_finding f = { .name = "it", .class = "c", .says = "s",
				    .evidence = &evidence };
	char *page = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&page, &n);

	(void)unused;
	report_print_finding(&f, out);
	assert_int_equal(fclose(out), 0);
	assert_non_null(strstr(page, "Operations 3 to 7, at once: sim answered"));
	assert_non_null(strstr(page, "there is no order of them that answers so"));
	assert_non_null(strstr(page, "schedule 0*2 1*3 0_ 1 0!"));
	assert_non_null(strstr(page, "Operations 3 to 7 go on at once, in 2 branches"));
	assert_non_null(strstr(page, "has 8 turns and 6 places"));
	/* Marks are shown, and have no number. */
	assert_non_null(strstr(page, "race {"));
	assert_null(strstr(page, "  2  race {"));
	free(page);
}

static char *
told(const cJSON *race)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	race_told_print(race, "# ", out);
	assert_int_equal(fclose(out), 0);
	return text;
}

/* Each turn with what it did, the answers, which of them is wrong, and what might have been. */
static void
test_story(void **unused)
{
	static const char *const says[] = {
		"# the race, turn by turn:\n#          d0 end_ref g0\n#     0      begins\n"
		"#     0      locks the lock of d0's core\n#          d1 map m0 from d0 g0 ro\n"
		"#     1      begins\n",
		"exchanges flags and domid of d0 g0: access, d1, now access read, d1\n",
		"           = okay, no_space\n"
		"#            ^ here: the nearest order allowed answers okay, okay\n",
		"           = busy\n",
		"# answered: d0 end_ref busy | d1 map okay d1 map no_space d1 unmap okay\n",
		"# allowed:  d0 end_ref ended | d1 map general_error d1 map general_error d1 unmap "
		"bad_handle\n",
		"# allowed:  d0 end_ref busy | d1 map okay d1 map okay d1 unmap okay\n",
	};
	char *text = told(evidence.race);

	(void)unused;
	for (unsigned int i = 0; i < sizeof says / sizeof says[0]; i++)
		if (strstr(text, says[i]) == NULL)
			fail_msg("'%s' is not in\n%s", says[i], text);
	free(text);
}

/* An object of anybody's is told as far as it goes, and no number leads astray. */
static void
test_hostile_story(void **unused)
{
	static const char *const odd[] = {
		"7", "{}", "[]", "{\"turns\":7,\"entries\":[1],\"branches\":[\"<b>\"]}",
		"{\"turns\":[1,{},[],{\"branch\":1e99,\"turn\":7,\"waiting\":[-1,1e9,[]],"
		"\"entries\":[[1e99,-1,300],7]}],\"branches\":[1,2,3,4,5],\"entries\":[1,{},{},"
		"{},{},{}],\"allowed\":[7,null],\"left_out\":-1}",
		"{\"turns\":[{\"entries\":[[9,9,9]]}],\"branches\":[{}],\"entries\":[{}]}",
	};

	(void)unused;
	for (unsigned int i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		cJSON *race = cJSON_Parse(odd[i]);
		char *page = NULL;
		size_t n = 0;
		FILE *out = open_memstream(&page, &n);

		assert_non_null(race);
		race_html_print(race, out);
		assert_int_equal(fclose(out), 0);
		assert_null(strstr(page, "<b>"));
		free(page);
		free(told(race));
		cJSON_Delete(race);
	}
}

/*
 * An answer that nothing gives, of a race with more orders than are tried, is let through; that is
 * counted and told.
 */
static void
test_unsure(void **unused)
{
	static const char operations[] =
		"gnt 1\ndomains 3\nd0 grant g0 to d1 page p0\nd0 grant g1 to d2 page p1\n"
		"race { d0 end_ref g0 ; d0 end_ref g1\n"
		"| d1 batch map { m0 from d0 g0 ; m1 from d0 g0 ; m2 from d0 g0 }\nd1 unmap m0\n"
		"| d2 batch map { m0 from d0 g1 ; m1 from d0 g1 ; m2 from d0 g1 }\n"
		"d2 unmap m0 }\n";
	struct duel *duel = duel_new();
	struct totals t = { 0 }, again = { 0 };
	static struct trace got;
	static struct program p;
	struct text_error e;
	struct difference d;
	unsigned int last = 0;
	char text[200];

	(void)unused;
	assert_true(text_parse(&p, &e, operations, strlen(operations)));
	assert_true(duel_run(duel, &p, false, &d));
	assert_false(duel_unsure(duel, &p));
	got = *duel_got(duel);
	for (unsigned int i = 0; i < p.n_ops; i++)
		last = p.ops[i].kind == OP_UNMAP ? i : last;
	got.record[last].status = GNTST_no_space;
	assert_true(duel_model_allows(duel, &p, &got, &d));
	assert_true(duel_unsure(duel, &p));
	p.n_ops = 2;			/* the grants alone */
	assert_false(duel_unsure(duel, &p));
	duel_free(duel);
	t.unsure = 3;
	totals_print(&t, text, sizeof text);
	assert_int_equal(totals_parse(&again, text, strlen(text)), 0);
	totals_merge(&again, &t);
	assert_int_equal(again.unsure, 6);
}

/* `startLine` of the one result. */
static int
start_line(const cJSON *j)
{
	static const char *const path[] = { "runs", "results", "locations", "physicalLocation",
					    "region", "startLine" };

	for (unsigned int i = 0; i < sizeof path / sizeof path[0]; i++) {
		if (cJSON_IsArray(j))
			j = cJSON_GetArrayItem(j, 0);
		j = cJSON_GetObjectItemCaseSensitive(j, path[i]);
		assert_non_null(j);
	}
	return j->valueint;
}

/* Each operation has the line that the text gives it. */
static void
test_lines(void **unused)
{
	static const char *const line_of[] = { "d0 grant g0", "race {", "d0 end_ref", "|",
					       "m0 from", "m1 from", "d1 unmap m1", "}", "}",
					       "d1 unmap m0" };
	struct report_finding f = { .name = "it", .class = "c", .says = "s", .evidence = &evidence,
				    .text = program_text };
	struct report r = { .name = "r", .finding = &f,
			    .n_findings = 1 };
	cJSON *summary = cJSON_CreateObject();

	(void)unused;
	r.summary = summary;
	for (unsigned int at = 0; at < program.n_ops; at++) {
		const char *line = program_text;
		cJSON *j;
		int n;

		evidence.run.at = at;
		j = report_sarif(&r);
		n = start_line(j);
		while (--n > 0)
			line = strchr(line, '\n') + 1;
		line += strspn(line, " ");
		if (strncmp(line, line_of[at], strlen(line_of[at])) != 0)
			fail_msg("operation %u is said to be at: %.20s", at + 1, line);
		cJSON_Delete(j);
	}
	cJSON_Delete(summary);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words), cmocka_unit_test(test_page),
		cmocka_unit_test(test_lines), cmocka_unit_test(test_story),
		cmocka_unit_test(test_hostile_story), cmocka_unit_test(test_unsure),
	};

	return cmocka_run_group_tests_name("race_pages", tests, set_up, NULL);
}
