#include "reports/engines.h"

#include <inttypes.h>

static void
print_engine(const struct summary_engine *e, FILE *out)
{
	if (e->why) {
		fprintf(out, "engine %s: SKIP: %s\n", e->name, e->why);
		return;
	}
	fprintf(out, "engine %s: %" PRIu64 " runs, %" PRIu64 " inputs", e->name, e->runs,
		e->inputs);
	if (e->has_more)
		fprintf(out,
			", %u instance%s, %" PRIu64 " of %" PRIu64 " edges and cells, %" PRIu64
			" cycles, stability %.2f %%, %" PRIu64 " crashes, %" PRIu64
			" hangs; inputs given %" PRIu64 ", taken %" PRIu64,
			e->instances, e->instances == 1 ? "" : "s", e->edges, e->edges_all,
			e->cycles, e->stability, e->crashes, e->hangs, e->given, e->taken);
	fputc('\n', out);
}

void
engines_print(const struct summary *s, FILE *out)
{
	for (unsigned int i = 0; i < s->n_engines; i++)
		print_engine(&s->engine[i], out);
}

static cJSON *
engine_json(const struct summary_engine *e)
{
	const struct {
		const char *name;
		double value;
	} more[] = {
		{ "instances", (double)e->instances }, { "edges", (double)e->edges },
		{ "edges_all", (double)e->edges_all }, { "cycles", (double)e->cycles },
		{ "stability", e->stability },	       { "crashes", (double)e->crashes },
		{ "hangs", (double)e->hangs },	       { "given", (double)e->given },
		{ "taken", (double)e->taken },
	};
	cJSON *j = cJSON_CreateObject();

	cJSON_AddStringToObject(j, "engine", e->name);
	if (e->why) {
		cJSON_AddStringToObject(j, "why", e->why);
		return j;
	}
	cJSON_AddNumberToObject(j, "runs", (double)e->runs);
	cJSON_AddNumberToObject(j, "inputs", (double)e->inputs);
	for (size_t i = 0; e->has_more && i < sizeof(more) / sizeof(more[0]); i++)
		cJSON_AddNumberToObject(j, more[i].name, more[i].value);
	return j;
}

void
engines_add(cJSON *to, const struct summary *s)
{
	cJSON *all;

	if (s->n_engines == 0)
		return;
	all = cJSON_AddArrayToObject(to, "engines");
	for (unsigned int i = 0; i < s->n_engines; i++)
		cJSON_AddItemToArray(all, engine_json(&s->engine[i]));
}
