/* matrix_json: for machines, one object a line. */
#define _GNU_SOURCE
#include <inttypes.h>

#include "reports/json_line.h"
#include "reports/matrix.h"
#include "reports/summary.h"

static void
add_builds(cJSON *j, const struct matrix *m, const struct matrix_row *r)
{
	const struct matrix_build *l = &m->build[r->left_build], *n = &m->build[r->right_build];
	const char *const lanes[] = { l->name, n->name }, *const between[] = { l->version,
									       n->version };
	cJSON *answers;

	cJSON_AddItemToObject(j, "lanes", cJSON_CreateStringArray(lanes, 2));
	cJSON_AddItemToObject(j, "between", cJSON_CreateStringArray(between, 2));
	answers = cJSON_AddObjectToObject(j, "answers");
	for (unsigned int i = 0; i < m->n_builds; i++)
		if (r->answer[i][0])
			cJSON_AddStringToObject(answers, m->build[i].name, r->answer[i]);
}

static cJSON *
row_json(const struct matrix *m, const struct matrix_row *r)
{
	cJSON *j = cJSON_CreateObject();

	cJSON_AddStringToObject(j, "class", r->id);
	cJSON_AddStringToObject(j, "op", r->op);
	cJSON_AddStringToObject(j, "entry", r->entry);
	cJSON_AddStringToObject(j, "field", r->field);
	cJSON_AddStringToObject(j, "expected", r->left);
	cJSON_AddStringToObject(j, "got", r->right);
	add_builds(j, m, r);
	cJSON_AddStringToObject(j, "operation", r->operation);
	cJSON_AddStringToObject(j, "program", r->program);
	cJSON_AddNumberToObject(j, "operations", r->n_ops);
	cJSON_AddBoolToObject(j, "minimal", r->minimal);
	cJSON_AddBoolToObject(j, "repeats", !r->gone);
	cJSON_AddNumberToObject(j, "seen", (double)r->seen);
	cJSON_AddStringToObject(j, "from", r->from);
	if (r->failure[0])
		cJSON_AddStringToObject(j, "failure", r->failure);
	if (r->known == NULL) {
		cJSON_AddNullToObject(j, "known");
		return j;
	}
	cJSON_AddStringToObject(j, "known", r->known->name);
	cJSON_AddStringToObject(j, "reason", r->known->reason);
	cJSON_AddStringToObject(j, "source", r->known->source);
	return j;
}

static cJSON *
build_json(const struct matrix_build *b)
{
	cJSON *j = cJSON_CreateObject();

	cJSON_AddStringToObject(j, "lane", b->name);
	if (b->ran)
		cJSON_AddStringToObject(j, "version", b->version);
	if (b->why[0])
		cJSON_AddStringToObject(j, "why", b->why);
	if (b->stray != NULL) {
		cJSON_AddNumberToObject(j, "failures_not_repeated", b->n_stray);
		cJSON_AddStringToObject(j, "first_of_those", b->stray);
	}
	return j;
}

static void
add_lanes(cJSON *to, const struct matrix *m)
{
	cJSON *ran = cJSON_AddArrayToObject(to, "lanes_run");
	cJSON *skipped = cJSON_AddArrayToObject(to, "lanes_skipped");

	for (unsigned int i = 0; i < m->n_builds; i++)
		cJSON_AddItemToArray(m->build[i].ran ? ran : skipped, build_json(&m->build[i]));
}

static cJSON *
summary_of(const struct matrix *m)
{
	cJSON *all = cJSON_CreateObject(), *j = cJSON_AddObjectToObject(all, "summary"), *unseen;
	char seed[32];

	cJSON_AddNumberToObject(j, "programs", (double)m->programs);
	cJSON_AddNumberToObject(j, "headers_adapted", (double)m->adapted);
	summary_add_totals(j, m->totals);
	cJSON_AddNumberToObject(j, "cells", (double)m->cells);
	cJSON_AddNumberToObject(j, "seconds", m->seconds);
	snprintf(seed, sizeof(seed), "%" PRIu64, m->seed);
	cJSON_AddRawToObject(j, "seed", seed);
	cJSON_AddStringToObject(j, "ended", m->interrupted ? "interruption" : "count");
	cJSON_AddNumberToObject(j, "classes", m->n_rows);
	cJSON_AddNumberToObject(j, "unexpected", m->n_unexpected);
	cJSON_AddNumberToObject(j, "not_repeated", m->n_gone);
	cJSON_AddNumberToObject(j, "programs_of_classes_left_out", (double)m->left_out);
	unseen = cJSON_AddArrayToObject(j, "expected_not_seen");
	for (unsigned int i = 0; i < m->n_unseen; i++)
		cJSON_AddItemToArray(unseen, cJSON_CreateString(m->unseen[i].name));
	cJSON_AddStringToObject(j, "other_worlds", m->worlds_ran);
	if (m->worlds_not[0])
		cJSON_AddStringToObject(j, "other_worlds_skipped", m->worlds_not);
	if (m->lacks != NULL)
		cJSON_AddStringToObject(j, "lacks", m->lacks);
	add_lanes(j, m);
	return all;
}

void
matrix_print_json(const struct matrix *m, FILE *out)
{
	for (unsigned int i = 0; i < m->n_rows; i++)
		json_line(row_json(m, &m->row[i]), out);
	json_line(summary_of(m), out);
}
