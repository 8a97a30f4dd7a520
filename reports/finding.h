/*
 * finding: one difference, told so that somebody can act on it.
 *
 * Its class is what two findings must share to be taken for one bug: that of diff/class.h, and of
 * which lane: "sim", "xen", "xen+pvh".  Builds of Xen share classes: which of them have a bug is
 * what they are compared for.
 */
#ifndef FINDING_H
#define FINDING_H

#include <cjson/cJSON.h>

#include "diff/class.h"
#include "diff/lane.h"

struct finding {
	char class[CLASS_ID];      /* "map-granted-answer-okay-vs-bad_gntref@sim"; fit for files */
	char says[CLASS_SENTENCE]; /* the same in a sentence */
	char op[48];     /* the class's: a kind, "afterwards" or "run" */
	char expected[64], got[200];	/* in words; of a race all answers */
	char where[320];                      /* "operation 3: d1 map m0 from d0 g0" */
	unsigned int rule;                    /* of diff/spec.md; 0 unknown */
	const char *lane_expected, *lane_got; /* spellings */
	bool minimal;        /* the program is the smallest that shows it */
	const char *console; /* file with what the machine said, as struct lane's; or NULL */
};

/* What a difference is of.  Without the model's it is not known what the entry was. */
struct finding_traces {
	const struct trace *expected;	/* NULL only for FIELD_EXPECT, INVARIANT, RACE */
	const struct trace *got;
	const struct trace *model;	/* or NULL */
};

/* Tell difference d, which is not FIELD_NONE, of p's traces.  The lanes' spellings are kept. */
void finding_of_difference(struct finding *f, const struct program *p, const struct difference *d,
			   const struct finding_traces *t, const char *lane_expected,
			   const char *lane_got);

/*
 * Tell that `lane' failed on its own: a crash, a hang; `why' is its line.  It may begin with the
 * operation and a colon; what follows LANE_ASIDE is no part of the class.
 */
void finding_of_failure(struct finding *f, const char *lane, const char *why);

/*
 * Tell what another process has told by its class alone, and where.  Returns false if `id' is none.
 */
bool finding_of_class(struct finding *f, const char *id, const char *lane, const char *where);

/* Whether it is a run that ended as it should not, and no answer that differs. */
bool finding_is_failure(const struct finding *f);

/*
 * The name of a class in files and lists.  It is the class itself; any other text, as of a file
 * that somebody wrote, becomes one that can name a file.
 */
void finding_id(char id[CLASS_ID], const char *class);

/* Some lines of text, ending with a newline; as snprintf. */
size_t finding_print(const struct finding *f, char *out, size_t out_bytes);

/*
 * The program's text under comment lines that say what it showed, on which lanes, how small it is,
 * its class, and the line that shows it again; and over others that tell its race (race_told.h),
 * unless that is NULL.  Free it; NULL: out of memory.
 */
char *finding_text(const struct finding *f, const struct program *p, const char *how,
		   const char *repro, const cJSON *race);

/*
 * {"class","op","expected","got","lanes","program","minimal"}; program may be NULL.  Free with
 * cJSON_Delete.
 */
cJSON *finding_json(const struct finding *f, const char *program_text);

#endif
