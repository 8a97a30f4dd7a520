/* report_json: summary.json beside the pages; README.md describes it. */
#include "reports/report.h"

#include <inttypes.h>

static cJSON *
finding_of(const struct report_finding *f)
{
	cJSON *j = cJSON_CreateObject();

	cJSON_AddStringToObject(j, "id", f->name);
	cJSON_AddStringToObject(j, "class", f->class);
	cJSON_AddStringToObject(j, "says", f->says);
	if (f->seen > 0)
		cJSON_AddNumberToObject(j, "seen", (double)f->seen);
	if (f->evidence != NULL)
		cJSON_AddItemToObject(j, "evidence", cJSON_Duplicate(f->evidence->json, true));
	return j;
}

static cJSON *
growth_of(const struct growth *g)
{
	cJSON *all = cJSON_CreateArray();

	for (unsigned int i = 0; g != NULL && i < g->n; i++) {
		const struct growth_sample *s = &g->sample[i];
		cJSON *j = cJSON_CreateObject();

		cJSON_AddNumberToObject(j, "ms", (double)s->ms);
		cJSON_AddStringToObject(j, "engine", s->engine);
		cJSON_AddNumberToObject(j, "runs", (double)s->runs);
		cJSON_AddNumberToObject(j, "edges", (double)s->edges);
		cJSON_AddNumberToObject(j, "cells", (double)s->cells);
		cJSON_AddNumberToObject(j, "inputs", (double)s->inputs);
		cJSON_AddNumberToObject(j, "classes", (double)s->classes);
		cJSON_AddItemToArray(all, j);
	}
	return all;
}

/* {"map":[{"okay":1},...]}: an object for each state of spec.md, from 0 on. */
static cJSON *
semantics_of(const struct semantics *s)
{
	cJSON *all = cJSON_CreateObject();

	for (unsigned int k = 0; k < OP_EXPECT; k++) {
		cJSON *states = cJSON_AddArrayToObject(all, op_table[k].name);

		for (unsigned int state = 0; state < MODEL_ENTRY_STATES; state++) {
			cJSON *answers = cJSON_CreateObject();

			for (unsigned int a = 0; a < TOTALS_ANSWERS; a++)
				if (s->hits[state][k][a] > 0)
					cJSON_AddNumberToObject(answers, totals_answer_name(a),
								(double)s->hits[state][k][a]);
			cJSON_AddItemToArray(states, answers);
		}
	}
	return all;
}

cJSON *
report_json(const struct report *r)
{
	cJSON *j = cJSON_CreateObject(), *findings;

	cJSON_AddStringToObject(j, "format", "gntfuzz report 1");
	cJSON_AddStringToObject(j, "name", r->name);
	cJSON_AddItemToObject(j, "summary", r->summary != NULL ? cJSON_Duplicate(r->summary, true) :
								cJSON_CreateNull());
	if (r->environment != NULL)
		cJSON_AddItemToObject(j, "environment", cJSON_Duplicate(r->environment, true));
	findings = cJSON_AddArrayToObject(j, "findings");
	for (unsigned int i = 0; i < r->n_findings; i++)
		cJSON_AddItemToArray(findings, finding_of(&r->finding[i]));
	cJSON_AddItemToObject(j, "growth", growth_of(r->growth));
	if (r->semantics != NULL)
		cJSON_AddItemToObject(j, "semantics", semantics_of(r->semantics));
	return j;
}
