/*
 * totals: how many operations of each kind really happened, and what they were answered.
 *
 * A campaign that did nothing must not look like one that found nothing, so everything that runs
 * programs counts here, and totals_lacks says what is missing.  Lines that only expect (`= okay')
 * are not counted.
 */
#ifndef TOTALS_H
#define TOTALS_H

#include "diff/trace.h"

enum {
	TOTALS_STATUSES = 14, /* GNTST_okay, 0, to GNTST_no_space, -13; okay too if all that came is
				 no error */
	TOTALS_ERROR = TOTALS_STATUSES, /* then: a return that is an error */
	TOTALS_SKIP,                    /* not done */
	TOTALS_ANSWERS,
};

enum { TOTALS_MAPS, TOTALS_TRANSFERS, TOTALS_BETWEEN };

struct totals {
	uint64_t programs, operations; /* operations: tried, of any kind */
	uint64_t cells;        /* most (entry state, operation, result) cells that one engine saw */
	uint64_t op[OP_KINDS]; /* tried; less answer[][TOTALS_SKIP] were done */
	uint64_t answer[OP_KINDS][TOTALS_ANSWERS];
	/* Of those that were okay: who did it (first), with whose page or to whom. */
	uint64_t between[TOTALS_BETWEEN][DOMAINS_MAX][DOMAINS_MAX];
	uint64_t batches, mixed; /* several operations in one call; mixed: some okay, some not */
	bool coarse;     /* of a lane that does what a library can (diff/coarse.h) */
	uint64_t unsure; /* programs with races taken to be right, as the search was cut short */
};

/* What a record came to: minus its status, TOTALS_ERROR or TOTALS_SKIP. */
static inline unsigned int
totals_answer_of(const struct trace_record *r)
{
	if (r->skip != SKIP_NOT)
		return TOTALS_SKIP;
	if (r->rc < 0)
		return TOTALS_ERROR;
	if (r->status <= 0 && r->status > -TOTALS_STATUSES)
		return (unsigned int)-r->status;
	return 0;
}

/* Count a program and what trace t says became of its first n_ops operations. */
void totals_add(struct totals *s, const struct program *p, const struct trace *t,
		unsigned int n_ops);

/* Add the counts of `more'. */
void totals_merge(struct totals *s, const struct totals *more);

/*
 * Add counts from text: lines `programs N', `operations N', `cells N', `batches N', `mixed N',
 * `unsure N', `op NAME N', `status NAME ANSWER N', ANSWER the name of a GNTST, `error' or `skip',
 * and `between NAME XY N', X and Y the domains.  A line may come more than once.  Blank lines are
 * ignored.  Returns 0, or the number of the first line that is none of these; *s is then as before.
 */
unsigned int totals_parse(struct totals *s, const char *text, size_t n);

/* Write the same lines, for counts that are not 0; as snprintf. */
size_t totals_print(const struct totals *s, char *out, size_t out_bytes);

/* Operations of a kind that were really done. */
uint64_t totals_done(const struct totals *s, enum op_kind kind);

/* The kind that TOTALS_MAPS or TOTALS_TRANSFERS is about. */
enum op_kind totals_between_kind(unsigned int what);

/*
 * Answers of this sort (minus a GNTST_*, TOTALS_ERROR, TOTALS_SKIP), over all kinds; a status only
 * over those that answer one.  And its name.
 */
uint64_t totals_answer(const struct totals *s, unsigned int answer);
const char *totals_answer_name(unsigned int answer);

/*
 * The first thing that a campaign must have done but has not: "programs", "map", "copy that was
 * okay". NULL if there is none.
 */
const char *totals_lacks(const struct totals *s);

#endif
