/*
 * report: what a campaign's folder holds, and the pages and files that tell it.
 *
 * Whoever fills it owns all of it.  Everything may be missing: a campaign that was killed has no
 * summary, an old one no growth, a finding of bytes that are no program no evidence.
 */
#ifndef REPORT_H
#define REPORT_H

#include <cjson/cJSON.h>
#include <stdio.h>

#include "diff/model.h"
#include "reports/evidence.h"
#include "reports/growth.h"
#include "reports/totals.h"

enum { REPORT_FINDINGS = 256 };

/* How often an operation that met an entry in a state had a result. */
struct semantics {
	uint64_t hits[MODEL_ENTRY_STATES][OP_EXPECT][TOTALS_ANSWERS];
};

struct report_finding {
	const char *name;	/* of its files, without ending: fit for a link */
	const char *class;	/* its id */
	const char *says;	/* the same in words */
	struct evidence *evidence;	/* NULL: there is none, or it cannot be read */
	const char *text;	/* then: its program's file as it is, or NULL */
	const char *why;	/* and why there is none; or NULL */
	bool has_bytes;		/* its file of bytes is there */
	uint64_t seen;		/* 0: not told */
};

struct report {
	const char *name;	/* of the campaign's folder */
	const cJSON *summary;	/* of summary.json; NULL: the campaign did not come to its end */
	const cJSON *environment;	/* the same */
	const struct report_finding *finding;
	unsigned int n_findings, n_left_out;
	const struct growth *growth;
	const struct semantics *semantics;	/* NULL: not counted */
	bool has_matrix, has_coverage;	/* matrix/index.html, coverage/index.html are there */
};

/* index.html. */
void report_print_campaign(const struct report *r, FILE *out);

/* NAME.html. */
void report_print_finding(const struct report_finding *f, FILE *out);

/* A test case for each lane and target, one for each finding. */
void report_print_junit(const struct report *r, FILE *out);

/* SARIF 2.1.0.  Free with cJSON_Delete. */
cJSON *report_sarif(const struct report *r);

/* What is in summary.json, with growth and semantics in it.  Free with cJSON_Delete. */
cJSON *report_json(const struct report *r);

/* The semantic matrix, as a heat map and a table for each operation; of the page's parts. */
void report_print_semantics(const struct semantics *s, FILE *out);

/* What a domain's id, "campaign took", ... reads like; a number of the summary, or 0. */
double report_number(const cJSON *j, const char *name);

/* A string of the object, or "". */
const char *report_text(const cJSON *j, const char *name);

#endif
