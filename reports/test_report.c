/*
 * test_report: what a report says of a finding and of a campaign, whoever wrote their words.
 *
 * A finding is made as a run makes one: the model's trace, and one in which an entry in use was
 * ended.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's */

#include "diff/duel.h"
#include "diff/text.h"
#include "reports/history.h"
#include "reports/report.h"
#include "reports/test_pages.h"

static const char hostile[] = "<script>alert(\"x\")</script>&'\x01\xff\xed\xa0\x80 ]]>";

static const char program_text[] = "gnt 1\ndomains 2  pages 4  frames 1\n"
				   "d0 alloc c0 2\n"
				   "d0 grant g0 to d1 page p0\n"
				   "d1 batch map {\n  m0 from d0 g0 ro ;\n  m1 from d0 g0\n}\n"
				   "d1 unmap m1\n"
				   "d0 end_ref g0\n";

static struct program program;
static struct evidence_run run;
static struct finding finding;

/* The model's answers; and somebody's who ends access that is in use. */
static int
set_up(void **unused)
{
	struct duel *d = duel_new();
	struct text_error e;

	(void)unused;
	assert_non_null(d);
	assert_true(text_parse(&program, &e, program_text, strlen(program_text)));
	duel_run_model(d, &program);
	run.expected = run.got = *duel_expected(d);
	run.n_expected = run.n_got = program.n_ops;
	run.at = program.n_ops - 1u;
	run.shown = true;
	assert_int_equal(run.expected.record[run.at].rc, 0);
	run.got.record[run.at].rc = 1;
	run.got.record[run.at].entry[0].flags = 0;
	duel_free(d);
	snprintf(finding.class, sizeof(finding.class), "%s", hostile);
	snprintf(finding.op, sizeof(finding.op), "end_ref");
	snprintf(finding.expected, sizeof(finding.expected), "0");
	snprintf(finding.got, sizeof(finding.got), "1");
	snprintf(finding.where, sizeof(finding.where), "operation 6: d0 end_ref g0");
	finding.rule = 206;
	finding.lane_expected = "model";
	finding.lane_got = "sim";
	return 0;
}

/* ------------------------------------------------------------------ helpers */

static char *
close_text(FILE *f, char **bytes)
{
	assert_non_null(f);
	assert_int_equal(fclose(f), 0);
	return *bytes;
}

/* Evidence as it is read back from its file. */
static void
read_back(struct evidence *e)
{
	cJSON *j = evidence_json(&finding, &program, NULL, &run);
	char why[200], *text;

	cJSON_AddStringToObject(j, "how", hostile);
	cJSON_AddStringToObject(j, "console", hostile);
	cJSON_AddStringToObject(j, "repro", "./gntfuzz repro out/x/findings/it.gnt");
	text = cJSON_Print(j);
	assert_true(evidence_read(e, text, strlen(text), why, sizeof(why)));
	free(text);
	cJSON_Delete(j);
}

/* Whatever the words were, they are words of the page. */
static void
assert_tame(const char *page)
{
	assert_null(strstr(page, "<script"));
	assert_null(strstr(page, "alert(\""));
	assert_null(strchr(page, '\x01'));
	assert_null(strchr(page, '\xff'));
	assert_null(strstr(page, "\xed\xa0\x80"));
	assert_non_null(strstr(page, "&lt;script&gt;alert(&quot;x&quot;)"));
}

/* ------------------------------------------------------------------ evidence, history */

static void
test_evidence(void **unused)
{
	struct evidence e;
	char why[200];

	(void)unused;
	read_back(&e);
	assert_true(program_same(&e.program, &program));
	assert_int_equal(e.run.at, run.at);
	assert_int_equal(e.run.n_got, program.n_ops);
	assert_memory_equal(e.run.expected.record, run.expected.record,
			    program.n_ops * sizeof(run.got.record[0]));
	assert_memory_equal(e.run.got.record, run.got.record,
			    program.n_ops * sizeof(run.got.record[0]));
	assert_int_equal(e.run.got.domains, 2);
	assert_memory_equal(e.run.got.domain, run.got.domain, 2 * sizeof(run.got.domain[0]));
	evidence_free(&e);
	assert_false(evidence_read(&e, "{\"format\":1}", 12, why, sizeof(why)));
	assert_false(evidence_read(&e, "{\"form", 6, why, sizeof(why)));
}

static void
test_history(void **unused)
{
	struct history *h = calloc(1, sizeof(*h));

	(void)unused;
	assert_non_null(h);
	history_of(h, &program, &run.expected, run.n_expected, &run.got, run.n_got);
	assert_int_equal(h->n_entries, 1);
	assert_string_equal(h->entry[0].name, "d0 g0");
	assert_int_equal(h->entry[0].number, 10);
	/* Granted, mapped by a reader and a writer, the writer gone, ended by one side. */
	assert_int_equal(h->state[HISTORY_GOT][0][1].flags, 0x01);
	assert_int_equal(h->state[HISTORY_GOT][0][3].flags, 0x19);
	assert_int_equal(h->state[HISTORY_GOT][0][4].flags, 0x09);
	assert_int_equal(h->state[HISTORY_EXPECTED][0][5].flags, 0x09);
	assert_int_equal(h->state[HISTORY_GOT][0][5].flags, 0);
	assert_int_equal(h->n_maps, 2);
	assert_string_equal(h->map[0].name, "d1 m0 ro");
	assert_int_equal(h->map[0].from, 2);
	assert_int_equal(h->map[0].to, program.n_ops);
	assert_string_equal(h->map[1].name, "d1 m1 rw");
	assert_int_equal(h->map[1].to, 4);
	assert_true(h->map[1].side[HISTORY_EXPECTED] && h->map[1].side[HISTORY_GOT]);
	free(h);
}

/* ------------------------------------------------------------------ pages, files */

static void
test_finding_page(void **unused)
{
	struct report_finding f = { .name = "it", .class = hostile, .says = hostile, .seen = 3 };
	char *bytes = NULL, *t;
	struct evidence e;
	size_t n = 0;
	FILE *out = open_memstream(&bytes, &n);

	(void)unused;
	read_back(&e);
	f.evidence = &e;
	report_print_finding(&f, out);
	t = close_text(out, &bytes);
	assert_tame(t);
	/* What happened, in words; the rule; what to do. */
	assert_non_null(strstr(t, "Operation 6, <code>d0 end_ref g0</code>: model says <strong "
				  "class=\"good\">busy</strong>, but sim answered <strong "
				  "class=\"bad\">ended</strong>."));
	assert_non_null(strstr(t, "was then: pinned, by readers only."));
	assert_non_null(strstr(t, "While reading or writing is set: 0"));
	assert_non_null(strstr(t, "\n./gntfuzz minimize out/x/findings/it.gnt -o smaller.gnt\n"));
	/* The operation is marked once, and what differs on both sides: answer, and entry. */
	assert_int_equal(count(t, "differs here"), 1);
	assert_int_equal(count(t, "<mark>\u2260 busy</mark>"), 1);
	assert_int_equal(count(t, "<mark>\u2260 ended</mark>"), 1);
	assert_int_equal(count(t, "<mark>\u2260 "), 4);
	/* The drawing: in it, and in words. */
	assert_non_null(strstr(t, "After operation 6 entry d0 g0 has no flag, where access read "
				  "was expected."));
	assert_non_null(strstr(t, "d1 m1 rw of entry d0 g0 from operation 4 to 5."));
	assert_int_equal(count(t, "class=\"wrong\""), 2);
	assert_int_equal(count(t, "<section"), count(t, "</section>"));
	evidence_free(&e);
	free(t);
}

/* A report with one finding of each sort, a lane that ran and one that did not. */
static cJSON *
fill(struct report *r, struct report_finding f[2], struct evidence *e)
{
	cJSON *s = cJSON_CreateObject(), *lane = cJSON_CreateObject();

	read_back(e);
	f[0] = (struct report_finding){ .name = "it", .class = hostile, .says = hostile,
					.evidence = e, .text = "# one\n# two\ngnt 1\n" };
	f[1] = (struct report_finding){ .name = "text", .class = "a class", .says = "words",
					.text = hostile };
	*r = (struct report){ .name = hostile, .summary = s, .finding = f, .n_findings = 2 };
	cJSON_AddNumberToObject(s, "programs", 12);
	cJSON_AddStringToObject(s, "lacks", hostile);
	cJSON_AddStringToObject(lane, "lane", "sim");
	cJSON_AddItemToArray(cJSON_AddArrayToObject(s, "lanes_run"), lane);
	lane = cJSON_CreateObject();
	cJSON_AddStringToObject(lane, "lane", "xen:sid");
	cJSON_AddStringToObject(lane, "why", hostile);
	cJSON_AddItemToArray(cJSON_AddArrayToObject(s, "lanes_skipped"), lane);
	return s;
}

static char *
printed(void (*print)(const struct report *r, FILE *out), const struct report *r)
{
	char *bytes = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&bytes, &n);

	print(r, f);
	return close_text(f, &bytes);
}

static void
test_campaign(void **unused)
{
	static struct semantics semantics;
	struct growth_sample samples[] = {
		{ .ms = 0, .engine = "libfuzzer", .cells = 1, .inputs = 1 },
		{ .ms = 1000, .engine = "<b>", .cells = 5 },
		{ .ms = 2000, .engine = "libfuzzer", .cells = 12345, .edges = 3, .inputs = 2 },
	};
	struct growth g = { samples, 3 };
	struct report_finding f[2];
	struct evidence e;
	struct report r;
	cJSON *s = fill(&r, f, &e);
	char *t;

	(void)unused;
	semantics.hits[5][OP_END_REF][0] = 7;
	r.growth = &g;
	r.semantics = &semantics;
	t = printed(report_print_campaign, &r);
	assert_tame(t);
	assert_non_null(strstr(t, "2 classes of findings."));
	assert_int_equal(count(t, "href=\"finding-it.html\""), 1);
	assert_non_null(strstr(t, "<dd>12</dd>"));
	assert_non_null(strstr(t, "<span class=\"bad\">skipped</span>"));
	/* One curve that is one; the other engine has one point, and is named. */
	assert_int_equal(count(t, "class=\"curve c0\" d=\"M46.0"), 3);
	assert_null(strstr(t, "<b>"));
	assert_non_null(strstr(t, "<td style=\"--n:1.00\" title=\"7 times\">1</td>"));
	free(t);
	evidence_free(&e);
	cJSON_Delete(s);
}

static void
test_junit(void **unused)
{
	struct report_finding f[2];
	struct evidence e;
	struct report r;
	cJSON *s = fill(&r, f, &e);
	char *t = printed(report_print_junit, &r);

	(void)unused;
	assert_tame(t);
	assert_non_null(strstr(t, "tests=\"5\" failures=\"2\" errors=\"1\" skipped=\"1\""));
	assert_int_equal(count(t, "<testcase"), 5);
	assert_int_equal(count(t, "</testcase>"), 5);
	assert_int_equal(count(t, "<failure"), 2);
	assert_non_null(strstr(t, "d0 end_ref g0"));
	free(t);
	evidence_free(&e);
	cJSON_Delete(s);
}

static const cJSON *
at(const cJSON *j, const char *path)
{
	char name[40];

	while (*path != 0 && j != NULL) {
		size_t n = strcspn(path, "/");

		snprintf(name, sizeof(name), "%.*s", (int)n, path);
		j = cJSON_IsArray(j) ? cJSON_GetArrayItem(j, atoi(name)) :
				       cJSON_GetObjectItemCaseSensitive(j, name);
		path += n + (path[n] == '/');
	}
	assert_non_null(j);
	return j;
}

static void
test_sarif(void **unused)
{
	struct report_finding f[2];
	struct evidence e;
	struct report r;
	cJSON *s = fill(&r, f, &e), *j = report_sarif(&r);
	const cJSON *result = at(j, "runs/0/results/0");

	(void)unused;
	assert_string_equal(at(j, "version")->valuestring, "2.1.0");
	assert_int_equal(cJSON_GetArraySize(at(j, "runs/0/results")), 2);
	assert_string_equal(at(result, "ruleId")->valuestring, "R206");
	assert_string_equal(at(j, "runs/0/tool/driver/rules/0/id")->valuestring, "R206");
	assert_string_equal(at(j, "runs/0/tool/driver/rules/1/id")->valuestring, "text");
	assert_int_equal(at(j, "runs/0/results/1/ruleIndex")->valueint, 1);
	result = at(result, "locations/0/physicalLocation");
	assert_string_equal(at(result, "artifactLocation/uri")->valuestring, "programs/it.gnt");
	/* Two comments, two lines of header, then the line that program_text has for it. */
	assert_int_equal(at(result, "region/startLine")->valueint, 2 + 10);
	cJSON_Delete(j);
	/* The second member of the batch. */
	e.run.at = 3;
	j = report_sarif(&r);
	result = at(j, "runs/0/results/0/locations/0/physicalLocation/region/startLine");
	assert_int_equal(result->valueint, 2 + 7);
	cJSON_Delete(j);
	evidence_free(&e);
	cJSON_Delete(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_evidence), cmocka_unit_test(test_history),
		cmocka_unit_test(test_finding_page),
		cmocka_unit_test(test_campaign), cmocka_unit_test(test_junit),
		cmocka_unit_test(test_sarif),
	};

	return cmocka_run_group_tests_name("report", tests, set_up, NULL);
}
