/*
 * lane: somewhere a program can run: `model`, `model:VERSION`, `sim`, `xen:SUITE`.
 *
 * A lane is a small driver: open, run programs, close.  It says what it cannot do.  Hosted only.
 */
#ifndef LANE_H
#define LANE_H

#include "diff/compare.h"
#include "diff/profile.h"

/* How a run went; the worst wins. */
enum verdict {
	VERDICT_SUCCESS,
	VERDICT_SKIP,		/* this lane cannot do this (part of the) program */
	VERDICT_ERROR,		/* our rig broke */
	VERDICT_FAILURE,	/* what is under test did: hang, panic, an invariant */
};

struct lane;

struct lane_kind {
	const char *prefix;	/* "model", "model:", "sim", "xen:" */
	/* Open `spelling`.  NULL with one line in why[why_bytes] if it cannot be had (SKIP), or
	 * with *broken set, if it should have been. */
	struct lane *(*open)(const char *spelling, char *why, size_t why_bytes, bool *broken);
	/* Change the header to one that this lane can give, before model and lane see it. */
	void (*adapt)(struct lane *l, struct program_header *h);
	/* Run one program.  Whatever the verdict, why[] holds a line unless SUCCESS. */
	enum verdict (*run)(struct lane *l, const struct program *p, struct trace *t, char *why,
			    size_t why_bytes);
	/* What Xen it is: its version, and for a real one what witnesses have seen.  As run. */
	enum verdict (*profile)(struct lane *l, struct profile *profile, char *why,
				size_t why_bytes);
	void (*close)(struct lane *l);
};

/*
 * In the line of a FAILURE what follows this is about that one time; what comes before is the same
 * whenever the same goes wrong.
 */
#define LANE_ASIDE " ["

/* Every lane begins with this. */
struct lane {
	const struct lane_kind *kind;
	/*
	 * After a FAILURE or ERROR: the file with what the machine had said, or NULL.  The lane
	 * leaves it to the caller.
	 */
	const char *console;
	/*
	 * After a FAILURE: so many operations of the program had begun, those of one hypercall
	 * together; 0: none had, or the lane cannot tell.
	 */
	unsigned int n_begun;
};

/* The kinds that exist. */
extern const struct lane_kind lane_model, lane_model_of, lane_sim, lane_xen;

/*
 * Open any lane by its spelling; an unknown one is NULL, with why[] saying which there are, *broken
 * false.
 */
struct lane *lane_open(const char *spelling, char *why, size_t why_bytes, bool *broken);

/* The same as the members, for any lane; close takes NULL. */
void lane_adapt(struct lane *l, struct program_header *h);
enum verdict lane_run(struct lane *l, const struct program *p, struct trace *t, char *why,
		      size_t why_bytes);
enum verdict lane_profile(struct lane *l, struct profile *profile, char *why, size_t why_bytes);
void lane_close(struct lane *l);

/*
 * Compare what two lanes left of p: lane `expected', which has run it and left *e, and another.
 * As compare_traces; but of races a model says what they may answer (*e is then its order that
 * comes nearest), and other lanes say nothing: from the first race on nothing is compared.
 */
bool lane_compare(struct difference *d, struct lane *expected, const struct program *p,
		  struct trace *e, const struct trace *got);

/* Whether the last one it said of p, that nothing differs, is duel_unsure. */
bool lane_unsure(const struct lane *expected, const struct program *p);

/* Remove the file that l->console names, if any: nobody is told of it. */
void lane_forget_console(struct lane *l);

/* Let the model be of that Xen, from the next run on.  Pre: l is of lane_model or lane_model_of. */
void lane_model_be(struct lane *l, const struct profile *profile);

const char *verdict_name(enum verdict v);

#endif
