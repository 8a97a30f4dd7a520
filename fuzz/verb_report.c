/* report: a campaign's folder, as pages and as files for machines. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/report_files.h"
#include "reports/json_line.h"

enum { COVER_SECONDS = 1800 };

/* Have the folder's inputs run by a build that counts lines; its pages go to out/coverage. */
static void
cover(const char *folder, const char *out)
{
	char script[FILE_PATH_MAX], why[FILE_WHY];
	struct child_args args = { .n = 0 };
	static struct child c;
	int status;

	cli_root_path(script, sizeof(script), "fuzz/cover");
	child_arg(&args, "/bin/sh");
	child_arg(&args, script);
	child_arg(&args, cli_root());
	child_arg(&args, folder);
	child_arg(&args, out);
	status = child_run(&c, &args, NULL, COVER_SECONDS, why);
	if (status == CHILD_NOT_STARTED)
		cli_die(EXIT_RIG, "report --coverage: %s", why);
	if (status == 0)
		return;
	c.tail[strcspn(c.tail, "\n")] = 0;
	cli_die(status == EXIT_SKIP ? EXIT_SKIP : EXIT_RIG, "report --coverage: %s",
		c.tail[0] != 0 ? c.tail : "fuzz/cover failed");
}

static void
print_json(const char *page)
{
	cJSON *j = cJSON_CreateObject();

	cJSON_AddStringToObject(j, "report", page);
	json_line(j, stdout);
}

int
verb_report(const struct cli_verb *v, int argc, char **argv)
{
	bool json = false, coverage = false;
	const char *out = NULL;
	const struct cli_option options[] = {
		{ "-o", CLI_WORD, &out, 0, 0 },
		{ "--json", CLI_FLAG, &json, 0, 0 },
		{ "--coverage", CLI_FLAG, &coverage, 0, 0 },
	};
	int n = cli_options(v, options, sizeof(options) / sizeof(options[0]), argc, argv);
	char folder[FILE_PATH_MAX], inside[FILE_PATH_MAX], page[FILE_PATH_MAX], why[FILE_WHY];
	struct report_files *r;

	if (n > 1)
		cli_die(EXIT_USAGE, "report: %d folders; give one, or none for out/campaign", n);
	cli_root_path(folder, sizeof(folder), "out/campaign");
	r = report_load(n == 1 ? argv[0] : folder, why);
	if (r == NULL || !file_join(inside, n == 1 ? argv[0] : folder, "report", why))
		cli_die(EXIT_USAGE, "%s", why);
	/* Once to make sure of the folder, before what takes long. */
	if (!report_write(r, out != NULL ? out : inside, page, why))
		cli_die(EXIT_USAGE, "%s", why);
	if (coverage) {
		cover(n == 1 ? argv[0] : folder, out != NULL ? out : inside);
		if (!report_write(r, out != NULL ? out : inside, page, why))
			cli_die(EXIT_USAGE, "%s", why);
	}
	if (json)
		print_json(page);
	else
		puts(page);
	report_free(r);
	return EXIT_OK;
}
