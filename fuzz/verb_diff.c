/* diff: programs on two lanes, and the first difference of each. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/cli.h"
#include "fuzz/judge.h"
#include "fuzz/lanes.h"
#include "fuzz/load.h"
#include "reports/json_line.h"

static void
print_finding(const struct program *p, const char *path, const struct finding *f, bool json)
{
	char text[900], *program = load_text(p);
	cJSON *j;

	if (json) {
		j = finding_json(f, program);
		json_line(j, stdout);
	} else {
		finding_print(f, text, sizeof(text));
		printf("%s: different\n%s", path, text);
	}
	free(program);
}

/* Both lanes on one program.  Returns the exit status. */
static int
diff_one(struct judge *j, const char *path, bool json)
{
	static struct program p;
	char why[FILE_WHY];
	struct finding f;

	if (!load_program(&p, path, why))
		cli_die(EXIT_USAGE, "%s", why);
	switch (judge_run(j, &p, &f, why)) {
	case VERDICT_SUCCESS:
		break;
	case VERDICT_SKIP:
		cli_say("%s: skipped: %s", path, why);
		return EXIT_SKIP;
	case VERDICT_ERROR:
		cli_die(EXIT_RIG, "%s: %s", path, why);
	case VERDICT_FAILURE:
		print_finding(&p, path, &f, json);
		return EXIT_FINDING;
	}
	if (!json)
		printf("%s: same%s\n", path,
		       j->adapted ? " (header changed to one that both lanes can give)" : "");
	return EXIT_OK;
}

int
verb_diff(const struct cli_verb *v, int argc, char **argv)
{
	static struct judge j;
	static struct program p;
	struct cli_list lanes = { { NULL }, 0 };
	const char *pair[2];
	bool json = false, broken = false;
	const struct cli_option options[] = {
		{ "--lane", CLI_LIST, &lanes, 0, 0 },
		{ "--json", CLI_FLAG, &json, 0, 0 },
	};
	int n = cli_options(v, options, 2, argc, argv), status = EXIT_OK;
	char why[FILE_WHY] = "";

	if (n == 0)
		cli_die(EXIT_USAGE, "diff: no program; give one or more files");
	if (lanes.n != 2)
		cli_die(EXIT_USAGE, "diff: %u lanes; give two, as in --lane model --lane sim",
			lanes.n);
	lanes_pair(pair, &lanes, "diff");
	for (int i = 0; i < n; i++)
		if (!load_program(&p, argv[i], why))
			cli_die(EXIT_USAGE, "%s", why);
	if (!judge_open(&j, pair[0], pair[1], why, &broken))
		lanes_die(j.not_opened, why, broken);
	if (j.lacking[0])
		cli_say("%s lacks the fixes of: %s", pair[1], j.lacking);
	for (int i = 0; i < n; i++) {
		int one = diff_one(&j, argv[i], json);

		if (status == EXIT_OK || one == EXIT_FINDING)
			status = one;
	}
	judge_close(&j);
	return status;
}
