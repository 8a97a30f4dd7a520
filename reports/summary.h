/*
 * summary: what a campaign did, for people and for machines.
 *
 * It says how often everything really happened, which lanes ran and which did not and why, and ends
 * with the line to paste for each finding.
 */
#ifndef SUMMARY_H
#define SUMMARY_H

#include <cjson/cJSON.h>
#include <stdio.h>

#include "diff/class.h"
#include "reports/totals.h"

enum { SUMMARY_LANES = 16, SUMMARY_TARGETS = 4, SUMMARY_ENGINES = 2, SUMMARY_FINDINGS = 512 };

struct summary_lane {
	const char *name;
	bool ran;
	char why[300]; /* if not, or if not to the end */
	struct totals totals;
};

struct summary_target {
	const char *name;
	uint64_t runs;   /* executions, of which the engine told */
	uint64_t inputs; /* kept */
};

struct summary_engine {
	const char *name;
	const char *why;       /* it took no part; NULL if it did */
	uint64_t runs, inputs; /* inputs: that it holds */
	bool has_more;         /* the rest is told */
	unsigned int instances;
	uint64_t edges, edges_all; /* reached, of those there are; our own cells among them */
	uint64_t cycles, crashes, hangs;
	double stability;      /* per cent of the edges that a run repeats */
	uint64_t given, taken; /* inputs to and from the other engine */
};

struct summary_finding {
	char class[CLASS_ID];
	char repro[600]; /* the line to paste */
	uint64_t seen;
	bool minimal; /* its program is the smallest that shows it */
};

struct summary {
	double seconds;
	uint64_t seed;
	unsigned int n_lanes, n_targets, n_engines, n_findings;
	uint64_t findings_left_out; /* found, but over SUMMARY_FINDINGS */
	const char *ended;          /* "time", "interruption"; NULL: this was no campaign */
	const char *lacks;          /* what must have happened and did not, or NULL */
	const char *builds;         /* what comparing builds of Xen showed, or NULL */
	const char *report;         /* the path of its first page, or NULL */
	struct summary_lane lane[SUMMARY_LANES];
	struct summary_target target[SUMMARY_TARGETS];
	struct summary_engine engine[SUMMARY_ENGINES];
	struct summary_finding finding[SUMMARY_FINDINGS];
};

/* Room for one more lane, or NULL. */
struct summary_lane *summary_add_lane(struct summary *s, const char *name);

/* Count a finding; returns its entry if its class is new, NULL if it was seen or there is no room.
 */
struct summary_finding *summary_add_finding(struct summary *s, const char *class);

/* Count a class that is listed so many times more; another is left alone. */
void summary_count_finding(struct summary *s, const char *class, uint64_t times);

/* Say of a class that is listed whether its program is minimal. */
void summary_set_minimal(struct summary *s, const char *class, bool minimal);

/* Print for people. */
void summary_print(const struct summary *s, FILE *out);

/* What happened: a line a kind, and one of the statuses. */
void summary_print_totals(const struct totals *t, FILE *out);

/* The same: "operations", "operations_by_kind", "statuses_by_kind", "maps", "transfers", ... */
void summary_add_totals(cJSON *to, const struct totals *t);

/* Print to stdout, for people or as one line of JSON. */
void summary_emit(const struct summary *s, bool json);

/* {"summary":{...}}; free with cJSON_Delete. */
cJSON *summary_json(const struct summary *s);

#endif
