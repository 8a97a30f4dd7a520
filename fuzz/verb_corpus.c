/* corpus: what a folder of programs covers, by running them; and what corpus.h does with such. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/cli.h"
#include "fuzz/corpus.h"
#include "fuzz/coverage.h"
#include "fuzz/judge.h"
#include "fuzz/load.h"
#include "reports/summary.h"

struct stats {
	struct judge judge;
	struct coverage coverage;
	struct summary summary;
	struct program program;
	bool json;
};

static void
take(struct stats *s, const char *path)
{
	struct summary_finding *entry;
	char why[FILE_WHY];
	struct finding f;

	if (!load_program(&s->program, path, why))
		cli_die(EXIT_USAGE, "%s", why);
	if (judge_run(&s->judge, &s->program, &f, why) == VERDICT_SUCCESS) {
		coverage_add(&s->coverage, &s->program, duel_expected(s->judge.duel),
			     duel_got(s->judge.duel));
		return;
	}
	entry = summary_add_finding(&s->summary, f.class);
	if (entry)
		snprintf(entry->repro, sizeof(entry->repro), "./gntfuzz repro %.500s", path);
}

static void
take_folder(struct stats *s, const char *folder)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;

	if (!file_list(&l, folder, why))
		cli_die(EXIT_USAGE, "%s", why);
	for (size_t i = 0; i < l.n; i++) {
		if (!load_is_program(l.name[i]) || !file_join(path, folder, l.name[i], why) ||
		    file_is_folder(path))
			continue;
		take(s, path);
	}
	file_list_free(&l);
}

/* Kinds that no program does; an empty list is what one wants to see. */
static void
print_missing(const struct totals *t)
{
	const char *separator = "never done: ";

	for (unsigned int k = 0; k < OP_EXPECT; k++) {
		if (totals_done(t, (enum op_kind)k) > 0)
			continue;
		printf("%s%s", separator, op_table[k].name);
		separator = ", ";
	}
	puts(separator[0] == ',' ? "" : "every operation is done");
}

static int
stats(struct stats *s, const char *folder)
{
	struct summary_lane *lane = summary_add_lane(&s->summary, "sim");
	char why[FILE_WHY];
	bool broken;

	if (!judge_open(&s->judge, "model", "sim", why, &broken))
		cli_die(EXIT_RIG, "%s", why);
	s->judge.check_expected = true;
	take_folder(s, folder);
	lane->ran = true;
	lane->totals = s->judge.totals;
	lane->totals.cells = coverage_cells(&s->coverage);
	judge_close(&s->judge);
	if (lane->totals.programs == 0)
		cli_die(EXIT_USAGE, "%s: no program in it (.gnt, .bin, or without an ending)",
			folder);
	summary_emit(&s->summary, s->json);
	if (!s->json)
		print_missing(&lane->totals);
	return s->summary.n_findings > 0 ? EXIT_FINDING : EXIT_OK;
}

static int
check(int n, char **folders, bool json)
{
	char ops[FILE_PATH_MAX], regress[FILE_PATH_MAX], race[FILE_PATH_MAX];
	const char *const own[] = { ops, regress, race };

	if (n > CORPUS_FOLDERS_MAX)
		cli_die(EXIT_USAGE, "corpus check: %d folders; at most %d", n, CORPUS_FOLDERS_MAX);
	cli_root_path(ops, sizeof(ops), "corpus/ops");
	cli_root_path(regress, sizeof(regress), "corpus/regress");
	cli_root_path(race, sizeof(race), "corpus/race");
	if (n == 0)
		return corpus_check(own, 3, json);
	return corpus_check((const char *const *)folders, (unsigned int)n, json);
}

int
verb_corpus(const struct cli_verb *v, int argc, char **argv)
{
	static struct stats s;
	const struct cli_option options[] = { { "--json", CLI_FLAG, &s.json, 0, 0 } };
	int n = cli_options(v, options, 1, argc, argv);
	char folder[FILE_PATH_MAX];

	if (n == 0)
		cli_die(EXIT_USAGE, "corpus: say what to do: stats, merge or check");
	if (strcmp(argv[0], "check") == 0)
		return check(n - 1, argv + 1, s.json);
	if (strcmp(argv[0], "merge") == 0 && n < 3)
		cli_die(EXIT_USAGE, "corpus merge: give a folder to write to, and what to merge, "
			"as in `corpus merge OUT IN...'");
	if (strcmp(argv[0], "merge") == 0)
		return corpus_merge(argv[1], (const char *const *)argv + 2, (unsigned int)n - 2,
				    s.json);
	if (strcmp(argv[0], "stats") != 0)
		cli_die(EXIT_USAGE, "corpus: cannot '%s'; there are stats, merge and check",
			argv[0]);
	if (n > 2)
		cli_die(EXIT_USAGE,
			"corpus stats: %d folders; give one, or none for the tree's own", n - 1);
	cli_root_path(folder, sizeof(folder), "corpus/ops");
	return stats(&s, n == 2 ? argv[1] : folder);
}
