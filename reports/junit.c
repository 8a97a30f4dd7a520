/* junit: a campaign as tests, for CI that shows such: lanes, targets, and the classes it found. */
#define _GNU_SOURCE
#include <string.h>

#include "reports/html.h"
#include "reports/report.h"

/* ` name="value"' */
static void
attribute(const char *name, const char *value, FILE *out)
{
	fprintf(out, " %s=\"", name);
	html_text(value, out);
	fputc('"', out);
}

static void
print_case(const char *group, const char *name, FILE *out)
{
	fputs("<testcase", out);
	attribute("classname", group, out);
	attribute("name", name, out);
	fputc('>', out);
}

/* Lanes and targets did what they should if they ran; a lane that is not here is skipped. */
static void
print_ran(const cJSON *all, const char *key, bool ran, FILE *out)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, all) {
		print_case(key, report_text(item, key), out);
		if (!ran) {
			fputs("<skipped", out);
			attribute("message", report_text(item, "why"), out);
			fputs("/>", out);
		}
		fputs("</testcase>\n", out);
	}
}

static void
print_failure(const struct report_finding *f, FILE *out)
{
	const struct evidence *e = f->evidence;

	print_case("finding", f->name, out);
	fputs("<failure", out);
	attribute("type", f->class, out);
	attribute("message", f->says, out);
	fputc('>', out);
	if (e != NULL) {
		html_text(evidence_text(e, "repro"), out);
		fputc('\n', out);
		html_text(evidence_text(e, "program"), out);
	} else if (f->text != NULL) {
		html_text(f->text, out);
	}
	fputs("</failure></testcase>\n", out);
}

void
report_print_junit(const struct report *r, FILE *out)
{
	const cJSON *ran = cJSON_GetObjectItemCaseSensitive(r->summary, "lanes_run");
	const cJSON *not = cJSON_GetObjectItemCaseSensitive(r->summary, "lanes_skipped");
	const cJSON *targets = cJSON_GetObjectItemCaseSensitive(r->summary, "targets");
	int n_skipped = cJSON_GetArraySize(not);
	int n = cJSON_GetArraySize(ran) + n_skipped + cJSON_GetArraySize(targets) +
		(int)r->n_findings;
	bool no_result = r->summary == NULL || report_text(r->summary, "lacks")[0] != 0;

	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
		"<testsuite name=\"gntfuzz\" tests=\"%d\" failures=\"%u\" errors=\"%d\" "
		"skipped=\"%d\" time=\"%.3f\">\n", n + no_result, r->n_findings, no_result,
		n_skipped, report_number(r->summary, "seconds"));
	print_ran(ran, "lane", true, out);
	print_ran(not, "lane", false, out);
	print_ran(targets, "target", true, out);
	for (unsigned int i = 0; i < r->n_findings; i++)
		print_failure(&r->finding[i], out);
	if (no_result) {
		print_case("campaign", "result", out);
		fputs("<error", out);
		attribute("message", r->summary == NULL ? "the campaign did not come to its end" :
			  report_text(r->summary, "lacks"), out);
		fputs("/></testcase>\n", out);
	}
	fputs("</testsuite>\n</testsuites>\n", out);
}
