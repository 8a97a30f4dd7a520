/*
 * sarif: findings in SARIF 2.1.0, which code hosts show beside the source.
 *
 * The rule that a result is about is spec.md's, or the class where there is none; the place is the
 * line of the program that differs.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "diff/text.h"
#include "reports/report.h"
#include "reports/rules.h"

/* Lines that the text of the first n operations takes, with the header's. */
static unsigned int
lines_of(const struct program *p, unsigned int n)
{
	struct program *part = malloc(sizeof(*part));
	unsigned int lines = 0;
	size_t bytes;
	char *text;

	if (part == NULL)
		return 0;
	*part = *p;
	part->n_ops = (uint16_t)n;
	bytes = text_print(part, NULL, 0) + 1;
	text = malloc(bytes);
	if (text != NULL) {
		text_print(part, text, bytes);
		for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
			lines++;
	}
	free(text);
	free(part);
	return lines;
}

/*
 * Lines between that of the OP_RACE at `from` and that of operation `at` in its race: one for each
 * mark and operation, and for a batch one before and one behind its members.
 */
static unsigned int
lines_in_race(const struct program *p, unsigned int from, unsigned int at)
{
	unsigned int lines = 0;
	bool joined = false;

	for (unsigned int i = from + 1; i <= at && i < p->n_ops; i++) {
		const struct op *o = &p->ops[i];
		bool join = o->flags & OP_JOIN;

		if (o->kind == OP_EXPECT || o->kind == OP_TURNS)
			continue;
		if (joined && !join && i < at)
			lines++;	/* the batch's `}' */
		lines += 1 + (join && !joined);
		joined = join;
	}
	return lines;
}

/* The line, from 1, of operation `at' in the program's canonical text. */
static unsigned int
line_of(const struct program *p, unsigned int at)
{
	unsigned int from = 0, n = 1, line;

	while (from < p->n_ops && from + (n = program_batch(p, from)) <= at)
		from += n;
	line = lines_of(p, from) + 1;
	if (from < p->n_ops && p->ops[from].kind == OP_RACE)
		return line + lines_in_race(p, from, at);
	/* A batch has a line of its own, and then one for each member. */
	if (from < p->n_ops && p->ops[from].flags & OP_JOIN)
		for (unsigned int i = from; i <= at && i < p->n_ops; i++)
			line += op_is_done(p->ops[i].kind);
	return line;
}

/* Comment lines that stand before the program in its file. */
static unsigned int
comments(const char *text)
{
	unsigned int n = 0;

	while (text != NULL && text[0] == '#') {
		n++;
		text = strchr(text, '\n');
		text += text != NULL;
	}
	return n;
}

static const char *
rule_id(const struct report_finding *f, char out[32])
{
	double rule = f->evidence ? report_number(f->evidence->json, "rule") : 0;

	if (rule < 1 || rule > 9999)
		return f->name;
	snprintf(out, 32, "R%.0f", rule);
	return out;
}

static void
add_words(cJSON *to, const char *name, const char *words)
{
	cJSON_AddStringToObject(cJSON_AddObjectToObject(to, name), "text", words);
}

/* The rule's place in the array, made if need be. */
static int
rule_index(cJSON *rules, const struct report_finding *f)
{
	char number[32], words[RULE_TEXT * 2 + 8];
	const char *id = rule_id(f, number);
	int n = cJSON_GetArraySize(rules);
	struct rule r;
	cJSON *j;

	for (int i = 0; i < n; i++)
		if (strcmp(report_text(cJSON_GetArrayItem(rules, i), "id"), id) == 0)
			return i;
	j = cJSON_CreateObject();
	cJSON_AddItemToArray(rules, j);
	cJSON_AddStringToObject(j, "id", id);
	if (id == number && rule_find(&r, id)) {
		snprintf(words, sizeof(words), "%s%s%s", r.cell[1], r.n_columns > 2 ? ": " : "",
			 r.cell[2]);
		add_words(j, "shortDescription", r.section);
		add_words(j, "fullDescription", words);
	} else {
		add_words(j, "shortDescription", f->says);
	}
	return n;
}

static void
add_place(cJSON *result, const struct report_finding *f)
{
	cJSON *place = cJSON_CreateObject(), *physical, *region;
	const struct evidence *e = f->evidence;
	char uri[300];

	snprintf(uri, sizeof(uri), "programs/%s%s", f->name,
		 e != NULL && e->has_program ? ".gnt" : f->text != NULL ? ".gnt" : ".bin");
	cJSON_AddItemToArray(cJSON_AddArrayToObject(result, "locations"), place);
	physical = cJSON_AddObjectToObject(place, "physicalLocation");
	cJSON_AddStringToObject(cJSON_AddObjectToObject(physical, "artifactLocation"), "uri", uri);
	if (e == NULL || !e->has_program || e->run.at >= e->program.n_ops)
		return;
	region = cJSON_AddObjectToObject(physical, "region");
	cJSON_AddNumberToObject(region, "startLine",
				comments(f->text) + line_of(&e->program, e->run.at));
}

static cJSON *
result(cJSON *rules, const struct report_finding *f)
{
	const struct evidence *e = f->evidence;
	cJSON *j = cJSON_CreateObject();
	char words[800], number[32];

	snprintf(words, sizeof(words), "%s%s%s", f->says, e != NULL ? ". " : "",
		 e != NULL ? evidence_text(e, "where") : "");
	cJSON_AddStringToObject(j, "ruleId", rule_id(f, number));
	cJSON_AddNumberToObject(j, "ruleIndex", rule_index(rules, f));
	cJSON_AddStringToObject(j, "level", "error");
	add_words(j, "message", words);
	add_place(j, f);
	cJSON_AddStringToObject(cJSON_AddObjectToObject(j, "partialFingerprints"), "class/v1",
				f->class);
	if (f->seen > 0)
		cJSON_AddNumberToObject(j, "occurrenceCount", (double)f->seen);
	return j;
}

cJSON *
report_sarif(const struct report *r)
{
	cJSON *all = cJSON_CreateObject(), *run = cJSON_CreateObject(), *driver, *rules, *results,
	      *invocation;

	cJSON_AddStringToObject(all, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	cJSON_AddStringToObject(all, "version", "2.1.0");
	cJSON_AddItemToArray(cJSON_AddArrayToObject(all, "runs"), run);
	driver = cJSON_AddObjectToObject(cJSON_AddObjectToObject(run, "tool"), "driver");
	cJSON_AddStringToObject(driver, "name", "gntfuzz");
	rules = cJSON_AddArrayToObject(driver, "rules");
	invocation = cJSON_CreateObject();
	cJSON_AddItemToArray(cJSON_AddArrayToObject(run, "invocations"), invocation);
	cJSON_AddBoolToObject(invocation, "executionSuccessful", r->summary != NULL);
	results = cJSON_AddArrayToObject(run, "results");
	for (unsigned int i = 0; i < r->n_findings; i++)
		cJSON_AddItemToArray(results, result(rules, &r->finding[i]));
	return all;
}
