/* bench: choose what is measured, and print the rows. */
#define _GNU_SOURCE
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "fuzz/bench.h"
#include "fuzz/cli.h"
#include "reports/json_line.h"

static const struct {
	const char *name;
	void (*run)(struct bench *b);
} benches[] = {
	{ "engine", bench_engine },
	{ "afl", bench_afl },
	{ "core", bench_core },
	{ "model", bench_model },
	{ "xen", bench_xen },
	{ "minimize", bench_minimize },
};

enum { N_BENCHES = sizeof(benches) / sizeof(benches[0]) };

void
bench_row(struct bench *b, const struct bench_row *r)
{
	double ratio = r->value / r->yardstick;
	bool met = r->at_least ? ratio >= r->aim : ratio <= r->aim;
	cJSON *j;

	b->n_rows++;
	b->n_missed += !met;
	if (!b->json) {
		printf("%-12s %12.4g %-12s yardstick %10.4g  ratio %9.4g  aim %s %-9.4g %s\n",
		       r->name, r->value, r->unit, r->yardstick, ratio,
		       r->at_least ? ">=" : "<=", r->aim, met ? "met" : "MISSED");
		fflush(stdout);
		return;
	}
	j = cJSON_CreateObject();
	cJSON_AddStringToObject(j, "name", r->name);
	cJSON_AddNumberToObject(j, "value", r->value);
	cJSON_AddStringToObject(j, "unit", r->unit);
	cJSON_AddNumberToObject(j, "yardstick", r->yardstick);
	cJSON_AddNumberToObject(j, "ratio", ratio);
	cJSON_AddNumberToObject(j, "aim", r->aim);
	cJSON_AddBoolToObject(j, "met", met);
	json_line(j, stdout);
}

void
bench_skip(struct bench *b, const char *name, const char *why)
{
	cJSON *j;

	b->n_skipped++;
	if (!b->json) {
		printf("%-12s SKIP: %s\n", name, why);
		return;
	}
	j = cJSON_CreateObject();
	cJSON_AddStringToObject(j, "name", name);
	cJSON_AddStringToObject(j, "skipped", why);
	json_line(j, stdout);
}

/* The bench that takes options, and is run by name only: it is long. */
static bool
run_bugs(struct bench *b, const struct bench_bugs_options *o, int n, char **argv)
{
	struct bench_bugs_options all = *o;

	if (n == 0 || strcmp(argv[0], "bugs") != 0)
		return false;
	all.names = argv + 1;
	all.n_names = (unsigned int)n - 1;
	bench_bugs(b, &all);
	return true;
}

static void
run_others(struct bench *b, int n, char **argv)
{
	bool known = n == 0;

	if (n > 1)
		cli_die(EXIT_USAGE, "bench: %d names; give one, or none for all", n);
	for (unsigned int i = 0; i < N_BENCHES && !known; i++)
		known = strcmp(benches[i].name, argv[0]) == 0;
	if (!known)
		cli_die(EXIT_USAGE, "bench: no '%s'; there are engine, afl, core, model, xen, "
			"minimize, bugs",
			argv[0]);
	for (unsigned int i = 0; i < N_BENCHES; i++)
		if (n == 0 || strcmp(benches[i].name, argv[0]) == 0)
			benches[i].run(b);
}

int
verb_bench(const struct cli_verb *v, int argc, char **argv)
{
	struct bench b = { .json = false };
	uint64_t seeds = 0, seconds = 0, jobs = 0;
	const char *engine = NULL, *out = NULL;
	const struct cli_option options[] = {
		{ "--json", CLI_FLAG, &b.json, 0, 0 },
		{ "--seeds", CLI_NUMBER, &seeds, 1, 1000 },
		{ "--time", CLI_NUMBER, &seconds, 1, 3600 },
		{ "--jobs", CLI_NUMBER, &jobs, 1, 64 },
		{ "--engine", CLI_WORD, &engine, 0, 0 },
		{ "--out", CLI_WORD, &out, 0, 0 },
	};
	int n = cli_options(v, options, sizeof(options) / sizeof(options[0]), argc, argv);
	const struct bench_bugs_options bugs = {
		.seeds = seeds > 0 ? (unsigned int)seeds : 10,
		.seconds = seconds > 0 ? (unsigned int)seconds : 5,
		.jobs = (unsigned int)jobs,
		.engine = engine,
		.out = out,
	};

	if (!run_bugs(&b, &bugs, n, argv)) {
		if (seeds > 0 || seconds > 0 || jobs > 0 || engine || out)
			cli_die(EXIT_USAGE, "bench: --seeds, --time, --jobs, --engine and --out "
					    "are for `bench bugs' only");
		run_others(&b, n, argv);
	}
	if (b.n_rows == 0)
		return EXIT_SKIP;
	return b.n_missed > 0 ? EXIT_FINDING : EXIT_OK;
}
