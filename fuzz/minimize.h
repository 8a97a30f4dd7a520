/*
 * minimize: the smallest program of a finding's class.
 *
 * What is left shows the class, run alone, and is 1-minimal unless `how' says why not: shrink.h has
 * what that means.  Where the class is about what the program expects (`= answer'), and the
 * reference model answered that, it still does.  Bounded by seconds, and by deaths of machines.
 */
#ifndef MINIMIZE_H
#define MINIMIZE_H

#include "fuzz/jury.h"

enum { MINIMIZE_HOW = 160 };

struct minimize {
	struct jury *jury;	/* open */
	const char *class;
	const volatile sig_atomic_t *stop;
	double seconds_max;
	unsigned int n_begun;	/* if a lane failed of the program: struct lane's; else 0 */
	bool dear;		/* what shows it costs a machine, or seconds */

	/* Afterwards. */
	bool again;		/* run alone, the program showed the class again */
	bool minimal;
	unsigned int n_ops;	/* that it had */
	unsigned long n_judged, n_proof;	/* struct shrink's */
	double seconds;
	struct finding finding;	/* if `again': what *p shows, with its console if there is one */
	char how[MINIMIZE_HOW];	/* "1-minimal: ...", or "not minimised ...: why" */
};

/*
 * Make *p, which the jury's lanes can run as it is, the smallest program of the class.  If it does
 * not show it again, or what it was made does not, *p is as it was.
 */
void minimize_program(struct minimize *m, struct program *p);

#endif
