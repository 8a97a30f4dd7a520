/*
 * compare: the same programs on several builds of Xen, and what they answer differently.
 *
 * Programs are drawn once and given to all builds.  Each program that two neighbours (in the
 * fleet's order) answer differently is put to a class (compare_class.h) by its first difference:
 * what comes after may be a consequence.  At the end each class's smallest program is shrunk, on
 * the two neighbours, and run on all builds.
 */
#ifndef COMPARE_H_
#define COMPARE_H_

#include "fuzz/compare_arch.h"
#include "fuzz/coverage.h"
#include "fuzz/expect.h"
#include "fuzz/fleet.h"
#include "fuzz/progress.h"
#include "reports/totals.h"

enum { FOUND_MAX = 256, FOUND_FROM = 160 };

/* A class that was found, between two builds. */
struct found {
	struct class class;
	unsigned int left, right;	/* columns: places in compare.column */
	uint64_t seen;			/* programs that show it first */
	struct program program;		/* the smallest; in the end shrunk */
	bool minimal;			/* no single step makes it smaller */
	bool gone;			/* the same program, alone, did not show it again */
	char from[FOUND_FROM];		/* where that program came from */
	char failure[FLEET_LINE];	/* without a trace: what was said */
	char answer[FLEET_BUILDS][CLASS_WORD];	/* by column; "": was not asked */
	struct expectation *known;	/* NULL: unexpected */
};

/* A build as the report knows it. */
struct compare_column {
	const char *name;
	build_id version;
	bool ran;
	char why[FLEET_LINE];	/* why not, or not to the end */
	unsigned int n_stray;
	char stray[FLEET_LINE];
	bool stray_xen;
};

struct compare {
	/* What to do. */
	const char *names[FLEET_BUILDS];
	unsigned int n_names;
	const struct program *files;	/* all of them, normal */
	const char *const *file_names;
	unsigned int n_files;
	uint64_t n_random, seed;
	unsigned int n_ops;
	bool worlds;			/* other worlds too, with a share of the random programs */
	bool quick;			/* known differences keep the program that showed them */

	/* What came of it. */
	struct compare_column column[FLEET_BUILDS];	/* in the fleet's order; n_names */
	struct found *found[FOUND_MAX];
	unsigned int n_found;
	uint64_t n_left_out;		/* programs of classes beyond FOUND_MAX */
	uint64_t n_programs, n_adapted;
	char worlds_ran[64], worlds_not[FLEET_LINE];
	struct totals totals;		/* of the newest build */
	struct coverage coverage;
	struct expect expect;
	double seconds;

	/* Its own. */
	struct fleet fleet;
	const char *world;		/* "" or without the plus sign */
	struct lane *model;
	struct trace model_trace;
	struct architecture architecture;
	struct program block[FLEET_BLOCK];
	struct progress progress;
	double start;
	uint64_t n_wanted, n_done;	/* of this part */
};

/*
 * Open the builds, run, shrink.  Returns how many builds ran: with fewer than two nothing was
 * compared.
 */
unsigned int compare_run(struct compare *c);

/* ---- between the files of compare */

/* Note a difference of program p, and where it came from. */
void compare_note(struct compare *c, const struct class *class, struct expectation *known,
		  unsigned int left, unsigned int right, const struct program *p,
		  const char *from, const char *failure);

/* Which column order[i] of the fleet is. */
unsigned int compare_column_of(const struct compare *c, unsigned int i);

/*
 * The class of what order[left] and the next made of program i of the last run, p, of which
 * c->model_trace is the model's.  False if they do not differ.  *known is what explains it, or
 * NULL; a class that is explained is of no particular entry.
 */
bool compare_class(struct compare *c, struct class *class, struct expectation **known,
		   unsigned int left, const struct program *p, unsigned int i);

/* Run the model on p: c->model_trace. */
void compare_model(struct compare *c, const struct program *p);

/* Shrink the program of each class found in the world that the fleet is in. */
void compare_shrink(struct compare *c);

/* Random program i of a seed, in a world that the fleet can give: a function of these. */
void compare_draw(struct compare *c, struct program *p, uint64_t i);

#endif
