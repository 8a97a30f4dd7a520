/* bench: choose what is measured, and print the rows. */
#define _GNU_SOURCE
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/bench.h"
#include "fuzz/cli.h"

static const struct {
	const char *name;
	void (*run)(struct bench *b);
} benches[] = {
	{ "engine", bench_engine },
	{ "core", bench_core },
	{ "model", bench_model },
	{ "xen", bench_xen },
};

enum { N_BENCHES = sizeof(benches) / sizeof(benches[0]) };

static void
print_json(cJSON *j)
{
	char *line = cJSON_PrintUnformatted(j);

	puts(line ? line : "{}");
	fflush(stdout);
	free(line);
	cJSON_Delete(j);
}

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
	print_json(j);
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
	print_json(j);
}

int
verb_bench(const struct cli_verb *v, int argc, char **argv)
{
	struct bench b = { .json = false };
	const struct cli_option options[] = { { "--json", CLI_FLAG, &b.json, 0, 0 } };
	int n = cli_options(v, options, 1, argc, argv);
	bool known = n == 0;

	if (n > 1)
		cli_die(EXIT_USAGE, "bench: %d names; give one, or none for all", n);
	for (unsigned int i = 0; i < N_BENCHES && !known; i++)
		known = strcmp(benches[i].name, argv[0]) == 0;
	if (!known)
		cli_die(EXIT_USAGE, "bench: no '%s'; there are engine, core, model, xen", argv[0]);
	for (unsigned int i = 0; i < N_BENCHES; i++)
		if (n == 0 || strcmp(benches[i].name, argv[0]) == 0)
			benches[i].run(&b);
	if (b.n_rows == 0)
		return EXIT_SKIP;
	return b.n_missed > 0 ? EXIT_FINDING : EXIT_OK;
}
