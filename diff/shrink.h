/*
 * shrink: the smallest program that still shows what a judge looks for.
 *
 * What it shows is the judge's business: a class of difference, a crash.  Candidates are given to
 * the judge in batches, so that a lane behind it need not wait between two programs.
 *
 * What is left is 1-minimal, and that is proven: in a last round every single step was judged and
 * shows it no more.  A step removes an operation or an expectation, takes an operation out of its
 * batch, clears a flag, or lowers one operand or one word of the header, to any lower value; makes
 * less of a race, or less of its schedule: fewer turns, of the same turns fewer changes from branch
 * to branch, of those fewer that are no plain step.  Each makes the program smaller in the same
 * order, so shrinking ends.
 */
#ifndef SHRINK_H
#define SHRINK_H

#include "diff/program.h"

enum { SHRINK_BATCH = 64 };

/* Large: not for the stack. */
struct shrink {
	/*
	 * Say of each of n candidates, which are normal, whether it still shows it; n is at most
	 * SHRINK_BATCH.  The first that does is taken; what is said of those after it is not looked
	 * at.  Returns false to end the shrinking here.
	 */
	bool (*judge)(void *arg, const struct program *const candidates[], unsigned int n,
		      bool shows[]);
	void *arg;
	/* Whether a program with this header can be judged at all.  NULL: any can. */
	bool (*able)(void *arg, const struct program_header *h);
	/*
	 * One that shows it costs far more than many that do not, as when a machine dies of it: the
	 * smallest programs are tried first.  What shows it needs p's last operation.
	 */
	bool dear;

	/*
	 * Afterwards: candidates judged, in all and in the last round; and whether that was done,
	 * to its end.
	 */
	unsigned long n_judged, n_proof;
	bool minimal;

	/* Its own. */
	bool stopped;
	unsigned int batch;
	struct program best;
	struct program candidate[SHRINK_BATCH];
};

/*
 * Shrink *p, which is normal and shows it.  Without an answer to give: OP_EXPECT lines are removed
 * like others.  *p is what was reached, whatever ended it.
 */
void shrink_program(struct shrink *s, struct program *p);

#endif
