/*
 * compare: two traces of one program, and the first place where they differ.
 *
 * The expected trace is usually the model's: fields it marks `any` match anything, and its record
 * names the rule.  Two lanes may be compared as well; nothing is then `any`.
 *
 * What operations of one hypercall left behind is only seen after the last of them: if they were
 * also answered differently, that counts as the first difference.
 *
 * Not compared: operations that either lane skipped because the lane cannot do them (SKIP_LANE),
 * and from the first of those on, everything: the states differ.  compare_traces says where that
 * was.
 */
#ifndef COMPARE_H
#define COMPARE_H

#include "diff/trace.h"

_Static_assert(offsetof(struct trace_record, rule) == 24, "compare_alike takes what is before");

enum difference_field {
	FIELD_NONE, FIELD_SKIP, FIELD_RC, FIELD_STATUS, FIELD_VALUE, FIELD_FLAGS, FIELD_DOMID,
	FIELD_FRAME, FIELD_FREE_COUNT, FIELD_FIRED, FIELD_DIGEST, FIELD_NR_FRAMES, FIELD_DEFERRED,
	FIELD_LEAKED, FIELD_PAGES_PUT, FIELD_EXPECT,
	FIELD_INVARIANT,
	FIELD_RACE,		/* no order of a race's operations answers so; at: its OP_RACE */
};

struct difference {
	enum difference_field field;	/* FIELD_NONE: none found */
	uint16_t at;			/* operation; n_ops for the end of the run */
	uint8_t view;			/* FIELD_FLAGS, DOMID, FRAME: 0 or 1 */
	uint8_t domain, slot;		/* the end: whose, and of FIELD_DIGEST which page */
	uint16_t rule;			/* of spec.md; 0 unknown */
	int64_t expected, got;
	const char *invariant;		/* FIELD_INVARIANT: which; FIELD_RACE: what was answered */
	uint16_t lane_skip_at;		/* the first SKIP_LANE, or n_ops */
};

/* Whether the field is an operation's answer, and not what it left behind. */
static inline bool
compare_is_answer(enum difference_field field)
{
	return field == FIELD_SKIP || field == FIELD_RC || field == FIELD_STATUS;
}

/*
 * Find the first difference.  Returns true if there is none; *d is then FIELD_NONE (but
 * lane_skip_at is set).
 */
bool compare_traces(struct difference *d, const struct program *p, const struct trace *expected,
		    const struct trace *got);

/*
 * Whether two records are equal in all that is compared.  If not, they may still match: one may say
 * `any`.  By words, which is the whole cost of comparing in nearly every operation.
 */
static inline bool
compare_alike(const struct trace_record *e, const struct trace_record *g)
{
	uint64_t a[3], b[3];

	__builtin_memcpy(a, e, sizeof a);
	__builtin_memcpy(b, g, sizeof b);
	return ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2])) == 0;
}

/* Compare records [at, at + n) only; for checking while running.  As above. */
bool compare_records(struct difference *d, const struct program *p, unsigned int at, unsigned int n,
		     const struct trace *expected, const struct trace *got);

/* Compare what the runs ended with: pages and counters.  As above. */
bool compare_ends(struct difference *d, const struct program *p, const struct trace *expected,
		  const struct trace *got);

/* Check t against the program's own `= expected` lines.  Returns true if all hold. */
bool compare_expectations(struct difference *d, const struct program *p, const struct trace *t);

/* The field's name: "status", "flags", ... */
const char *difference_field_name(enum difference_field f);

#endif
