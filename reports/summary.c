#define _GNU_SOURCE
#include "reports/summary.h"

#include <inttypes.h>
#include <string.h>

#include "reports/engines.h"
#include "reports/json_line.h"

struct summary_lane *
summary_add_lane(struct summary *s, const char *name)
{
	struct summary_lane *l;

	if (s->n_lanes == SUMMARY_LANES)
		return NULL;
	l = &s->lane[s->n_lanes++];
	memset(l, 0, sizeof(*l));
	l->name = name;
	return l;
}

static struct summary_finding *
find(struct summary *s, const char *class)
{
	for (unsigned int i = 0; i < s->n_findings; i++)
		if (strcmp(s->finding[i].class, class) == 0)
			return &s->finding[i];
	return NULL;
}

void
summary_count_finding(struct summary *s, const char *class, uint64_t times)
{
	struct summary_finding *f = find(s, class);

	if (f != NULL)
		f->seen += times;
}

void
summary_set_minimal(struct summary *s, const char *class, bool minimal)
{
	struct summary_finding *f = find(s, class);

	if (f != NULL)
		f->minimal = minimal;
}

struct summary_finding *
summary_add_finding(struct summary *s, const char *class)
{
	struct summary_finding *f = find(s, class);

	if (f != NULL) {
		f->seen++;
		return NULL;
	}
	if (s->n_findings == SUMMARY_FINDINGS) {
		s->findings_left_out++;
		return NULL;
	}
	f = &s->finding[s->n_findings++];
	memset(f, 0, sizeof(*f));
	snprintf(f->class, sizeof(f->class), "%s", class);
	f->seen = 1;
	return f;
}

/* ------------------------------------------------------------------ for people */

static void
print_kind(const struct totals *t, enum op_kind k, FILE *out)
{
	const char *separator = "";

	if (t->op[k] == 0)
		return;
	fprintf(out, "  %-18s %12" PRIu64 "  ", op_table[k].name, t->op[k]);
	for (unsigned int a = 0; a < TOTALS_ANSWERS; a++) {
		if (t->answer[k][a] == 0)
			continue;
		fprintf(out, "%s%s %" PRIu64, separator, totals_answer_name(a), t->answer[k][a]);
		separator = ", ";
	}
	fputc('\n', out);
}

static void
print_statuses(const struct totals *t, FILE *out)
{
	fprintf(out, "  statuses:");
	for (unsigned int a = 0; a < TOTALS_STATUSES; a++)
		fprintf(out, " %s %" PRIu64, totals_answer_name(a), totals_answer(t, a));
	fputc('\n', out);
}

static void
print_between(const struct totals *t, unsigned int what, const char *arrow, FILE *out)
{
	fprintf(out, "  %s that was okay:", op_table[totals_between_kind(what)].name);
	for (unsigned int d = 0; d < DOMAINS_MAX; d++)
		for (unsigned int e = 0; e < DOMAINS_MAX; e++)
			fprintf(out, " d%u%sd%u %" PRIu64, d, arrow, e, t->between[what][d][e]);
	fputc('\n', out);
}

void
summary_print_totals(const struct totals *t, FILE *out)
{
	for (unsigned int k = 0; k < OP_EXPECT; k++)
		print_kind(t, (enum op_kind)k, out);
	print_statuses(t, out);
	print_between(t, TOTALS_MAPS, "<-", out);
	print_between(t, TOTALS_TRANSFERS, "->", out);
	fprintf(out, "  batches: %" PRIu64 ", with good and bad operations in one %" PRIu64 "\n",
		t->batches, t->mixed);
	if (t->unsure > 0)
		fprintf(out, "  races not judged to the end: %" PRIu64 " programs; the model has "
			"more orders than were tried\n", t->unsure);
}

static void
print_lane(const struct summary_lane *l, FILE *out)
{
	if (!l->ran) {
		fprintf(out, "lane %s: SKIP: %s\n", l->name, l->why);
		return;
	}
	fprintf(out, "lane %s: %" PRIu64 " programs, %" PRIu64 " operations", l->name,
		l->totals.programs, l->totals.operations);
	if (l->totals.cells)
		fprintf(out, ", %" PRIu64 " (entry state, operation, result) cells",
			l->totals.cells);
	fprintf(out, "%s%s\n", l->why[0] ? "; " : "", l->why);
	summary_print_totals(&l->totals, out);
}

/* A class that is no id of ours, as of an older campaign, has no sentence. */
static bool
say(const struct summary_finding *f, char sentence[CLASS_SENTENCE])
{
	struct class_words w;

	if (!class_read(&w, f->class))
		return false;
	class_say(&w, sentence);
	return true;
}

static void
print_finding(const struct summary_finding *f, FILE *out)
{
	char sentence[CLASS_SENTENCE];

	fprintf(out, "  %s (seen %" PRIu64 " time%s%s)\n", f->class, f->seen,
		f->seen == 1 ? "" : "s", f->minimal ? ", minimal" : "");
	if (say(f, sentence))
		fprintf(out, "    %s\n", sentence);
	fprintf(out, "    %s\n", f->repro);
}

static void
print_findings(const struct summary *s, FILE *out)
{
	if (s->n_findings == 0) {
		fprintf(out, "findings: none\n");
		return;
	}
	fprintf(out, "findings: %u class%s%s\n", s->n_findings, s->n_findings == 1 ? "" : "es",
		s->findings_left_out ? ", and more that are not listed" : "");
	for (unsigned int i = 0; i < s->n_findings; i++)
		print_finding(&s->finding[i], out);
}

void
summary_print(const struct summary *s, FILE *out)
{
	if (s->ended)
		fprintf(out, "\ncampaign: %.0f s, ended by %s, seed %" PRIu64 "\n", s->seconds,
			s->ended, s->seed);
	for (unsigned int i = 0; i < s->n_targets; i++)
		fprintf(out, "target %s: %" PRIu64 " runs, %" PRIu64 " inputs kept\n",
			s->target[i].name, s->target[i].runs, s->target[i].inputs);
	engines_print(s, out);
	for (unsigned int i = 0; i < s->n_lanes; i++)
		print_lane(&s->lane[i], out);
	if (s->builds)
		fprintf(out, "builds of Xen: %s\n", s->builds);
	print_findings(s, out);
	if (s->report)
		fprintf(out, "report: %s\n", s->report);
	if (s->lacks)
		fprintf(out, "NOT A RESULT: nothing happened of: %s\n", s->lacks);
}

/* ------------------------------------------------------------------ for machines */

static cJSON *
kinds_json(const struct totals *t)
{
	cJSON *j = cJSON_CreateObject();

	for (unsigned int k = 0; k < OP_EXPECT; k++)
		cJSON_AddNumberToObject(j, op_table[k].name,
					(double)totals_done(t, (enum op_kind)k));
	return j;
}

static cJSON *
statuses_json(const struct totals *t)
{
	cJSON *all = cJSON_CreateObject();

	for (unsigned int k = 0; k < OP_EXPECT; k++) {
		cJSON *j;

		if (t->op[k] == 0)
			continue;
		j = cJSON_AddObjectToObject(all, op_table[k].name);
		for (unsigned int a = 0; a < TOTALS_ANSWERS; a++)
			if (t->answer[k][a])
				cJSON_AddNumberToObject(j, totals_answer_name(a),
							(double)t->answer[k][a]);
	}
	return all;
}

static cJSON *
lane_json(const struct summary_lane *l)
{
	cJSON *j = cJSON_CreateObject();

	cJSON_AddStringToObject(j, "lane", l->name);
	if (l->why[0])
		cJSON_AddStringToObject(j, "why", l->why);
	if (!l->ran)
		return j;
	cJSON_AddNumberToObject(j, "programs", (double)l->totals.programs);
	cJSON_AddNumberToObject(j, "cells", (double)l->totals.cells);
	summary_add_totals(j, &l->totals);
	return j;
}

/* Each class: {"class","says","seen","minimal","repro"}. */
static void
add_classes(cJSON *to, const struct summary *s)
{
	cJSON *classes = cJSON_AddArrayToObject(to, "classes");
	char sentence[CLASS_SENTENCE];

	for (unsigned int i = 0; i < s->n_findings; i++) {
		const struct summary_finding *f = &s->finding[i];
		cJSON *j = cJSON_CreateObject();

		cJSON_AddStringToObject(j, "class", f->class);
		if (say(f, sentence))
			cJSON_AddStringToObject(j, "says", sentence);
		cJSON_AddNumberToObject(j, "seen", (double)f->seen);
		cJSON_AddBoolToObject(j, "minimal", f->minimal);
		cJSON_AddStringToObject(j, "repro", f->repro);
		cJSON_AddItemToArray(classes, j);
	}
}

static void
add_targets(cJSON *to, const struct summary *s)
{
	cJSON *targets = cJSON_AddArrayToObject(to, "targets");

	for (unsigned int i = 0; i < s->n_targets; i++) {
		cJSON *j = cJSON_CreateObject();

		cJSON_AddStringToObject(j, "target", s->target[i].name);
		cJSON_AddNumberToObject(j, "runs", (double)s->target[i].runs);
		cJSON_AddNumberToObject(j, "inputs", (double)s->target[i].inputs);
		cJSON_AddItemToArray(targets, j);
	}
}

/* {"d0d1": N, ...}: okay, by d0 from or to d1. */
static cJSON *
between_json(const struct totals *t, unsigned int what)
{
	cJSON *j = cJSON_CreateObject();
	char pair[8];

	for (unsigned int d = 0; d < DOMAINS_MAX; d++)
		for (unsigned int e = 0; e < DOMAINS_MAX; e++) {
			snprintf(pair, sizeof(pair), "d%ud%u", d, e);
			cJSON_AddNumberToObject(j, pair, (double)t->between[what][d][e]);
		}
	return j;
}

void
summary_add_totals(cJSON *to, const struct totals *t)
{
	cJSON_AddNumberToObject(to, "operations", (double)t->operations);
	cJSON_AddItemToObject(to, "operations_by_kind", kinds_json(t));
	cJSON_AddItemToObject(to, "statuses_by_kind", statuses_json(t));
	for (unsigned int what = 0; what < TOTALS_BETWEEN; what++)
		cJSON_AddItemToObject(to, what == TOTALS_MAPS ? "maps" : "transfers",
				      between_json(t, what));
	cJSON_AddNumberToObject(to, "batches", (double)t->batches);
	cJSON_AddNumberToObject(to, "batches_mixed", (double)t->mixed);
	cJSON_AddNumberToObject(to, "races_unsure", (double)t->unsure);
}

/* Over all lanes that ran. */
static void
add_all_totals(cJSON *to, const struct summary *s)
{
	static struct totals all;

	memset(&all, 0, sizeof(all));
	for (unsigned int i = 0; i < s->n_lanes; i++)
		totals_merge(&all, &s->lane[i].totals);
	cJSON_AddNumberToObject(to, "programs", (double)all.programs);
	summary_add_totals(to, &all);
}

cJSON *
summary_json(const struct summary *s)
{
	cJSON *all = cJSON_CreateObject(), *j = cJSON_AddObjectToObject(all, "summary");
	cJSON *ran, *skipped;
	char seed[32];

	snprintf(seed, sizeof(seed), "%" PRIu64, s->seed);
	add_all_totals(j, s);
	cJSON_AddNumberToObject(j, "seconds", s->seconds);
	if (s->builds)
		cJSON_AddStringToObject(j, "builds", s->builds);
	cJSON_AddRawToObject(j, "seed", seed);
	if (s->ended)
		cJSON_AddStringToObject(j, "ended", s->ended);
	cJSON_AddNumberToObject(j, "findings", s->n_findings);
	add_classes(j, s);
	add_targets(j, s);
	engines_add(j, s);
	ran = cJSON_AddArrayToObject(j, "lanes_run");
	skipped = cJSON_AddArrayToObject(j, "lanes_skipped");
	for (unsigned int i = 0; i < s->n_lanes; i++)
		cJSON_AddItemToArray(s->lane[i].ran ? ran : skipped, lane_json(&s->lane[i]));
	if (s->report)
		cJSON_AddStringToObject(j, "report", s->report);
	if (s->lacks)
		cJSON_AddStringToObject(j, "lacks", s->lacks);
	return all;
}

void
summary_emit(const struct summary *s, bool json)
{
	cJSON *j;

	if (!json) {
		summary_print(s, stdout);
		return;
	}
	j = summary_json(s);
	json_line(j, stdout);
}
