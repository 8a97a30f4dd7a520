/*
 * finding: one difference, told so that somebody can act on it.
 *
 * The class is what two findings must share to be taken for one bug: operation, field, expected,
 * got.  Numbers that vary with the program (values, counts, digests) are left out of it.
 */
#ifndef FINDING_H
#define FINDING_H

#include <cjson/cJSON.h>

#include "diff/lane.h"

struct finding {
	char class[192]; /* "map: status: expected okay, got bad_gntref" */
	char op[32];     /* kind, or "end" for what the run ends with, or "run" for a crash */
	char expected[64], got[64];
	char where[320];                      /* "operation 3: d1 map m0 from d0 g0" */
	unsigned int rule;                    /* of diff/spec.md; 0 unknown */
	const char *lane_expected, *lane_got; /* spellings */
	bool minimal;        /* the program is the smallest that shows it */
	const char *console; /* file with what the machine said, as struct lane's; or NULL */
};

/*
 * Tell difference d, which is not FIELD_NONE, of p's traces e (expected, NULL for FIELD_EXPECT) and
 * g (got).
 */
void finding_of_difference(struct finding *f, const struct program *p, const struct difference *d,
			   const struct trace *g, const char *lane_expected, const char *lane_got);

/*
 * Tell that `lane' failed on its own: a crash, a hang, an invariant; `why' is its line, of which
 * what follows LANE_ASIDE is no part of the class.
 */
void finding_of_failure(struct finding *f, const char *lane, const char *why);

/* Some lines of text, ending with a newline; as snprintf. */
size_t finding_print(const struct finding *f, char *out, size_t out_bytes);

/*
 * The program's text under comment lines that say what it showed, on which lanes, how small it is,
 * its class, and the line that shows it again.  Free it; NULL: out of memory.
 */
char *finding_text(const struct finding *f, const struct program *p, const char *how,
		   const char *repro);

/*
 * {"class","op","expected","got","lanes","program","minimal"}; program may be NULL.  Free with
 * cJSON_Delete.
 */
cJSON *finding_json(const struct finding *f, const char *program_text);

#endif
