/*
 * evidence: all that the page of a finding is made of, as one JSON object.
 *
 * It is written when the finding is, with what both lanes answered, so that the page can be made
 * later, and on another machine.  README.md describes the object.
 */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include <cjson/cJSON.h>

#include "diff/race_story.h"
#include "diff/trace.h"
#include "reports/finding.h"

/* What running the program again showed. */
struct evidence_run {
	struct trace expected, got;
	/* So many records are a run's, from the first on; 0: there is no trace. */
	unsigned int n_expected, n_got;
	/* The operation that differs, or that it died of; the program's n_ops: the end, or none. */
	unsigned int at;
	bool shown;	/* it differed, or died, again */
	/* Of the last race that began (diff/race_story.h); and what broke in it, or "". */
	struct race_story story;
	char broken[160];
};

/*
 * The object: what finding_json says, and "format", "found" (the program as it was found, if
 * `original' is another; may be NULL), "at", "shown", "traces", "race" (if there was one).  Free
 * with cJSON_Delete.
 */
cJSON *evidence_json(const struct finding *f, const struct program *p,
		     const struct program *original, const struct evidence_run *run);

/* The same, read: what pages are drawn from. */
struct evidence {
	cJSON *json;
	struct program program;
	bool has_program;
	struct evidence_run run;	/* but for its story, which is `race' */
	const cJSON *race;		/* race_told.h's object, or NULL */
};

/*
 * Read an object.  False with one line in why[why_bytes] if it is none; else free with
 * evidence_free.  What is missing in it is missing: a page can be made of what is there.
 */
bool evidence_read(struct evidence *e, const char *text, size_t n, char *why, size_t why_bytes);
void evidence_free(struct evidence *e);

/* A string of the object, "" if it has none of that name. */
const char *evidence_text(const struct evidence *e, const char *name);

/* The lane that was believed (0) or judged (1); "" if it is not told. */
const char *evidence_lane(const struct evidence *e, unsigned int i);

#endif
