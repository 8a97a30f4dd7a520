/*
 * jury: which of many programs shows a class of finding.
 *
 * Three sorts are here, by what a program can do to those that judge it.  A machine runs many
 * programs at a time and may die of one, which costs a boot; a host's agent is as good as one.
 * Lanes in this process are asked in a child process, which a program may crash or hang.  The
 * engine's target, with its sanitizers, is started as often as it fails.  Whichever it is, a death
 * is an answer like others.  Who compares builds of Xen brings a sort of his own.
 */
#ifndef JURY_H
#define JURY_H

#include <signal.h>

#include "diff/shrink.h"
#include "fuzz/judge.h"

struct jury;

struct jury_kind {
	/* Make ready what `own' is to hold.  False with a line in why[FILE_WHY]. */
	bool (*open)(struct jury *j, char *why);
	/* The first of n programs, at most SHRINK_BATCH, that shows the class; or n. */
	unsigned int (*first)(struct jury *j, const struct program *const programs[],
			      unsigned int n);
	/* What one program shows, alone: as judge_run, into j->finding. */
	enum verdict (*look)(struct jury *j, const struct program *p, char *why);
	/* Whether a program can have this header. */
	bool (*able)(struct jury *j, const struct program_header *h);
	void (*close)(struct jury *j);
	bool waits;	/* a program that does not end is looked at for GUARD_SECONDS */
};

struct jury {
	const char *class;	/* what is looked for; NULL: anything */
	const volatile sig_atomic_t *stop;
	double end;		/* by child_clock: no program is judged after it */
	unsigned int deaths_max;	/* jury_open sets it */

	/* What came of it so far. */
	struct finding finding;	/* of the last program that showed something */
	unsigned int n_deaths;
	const char *ended;	/* why it judges no more; NULL: it does */
	char broke[FILE_WHY];	/* what broke of ours, if that was why */

	/* Its own. */
	const struct jury_kind *kind;
	struct judge *judge;
	struct program copy;	/* judges want one that they could change */
	bool hangs;		/* the class is that a program does not end */
	void *own;		/* the kind's */
};

/*
 * Sit on the judge's two lanes, or, if it is NULL, on the engine's target.  The judge stays the
 * caller's, and open; what it counts is of no use meanwhile.  `j' is large.  False with a line in
 * why[FILE_WHY].
 */
bool jury_open(struct jury *j, struct judge *judge, char *why);

/* Sit elsewhere: a kind of the caller's, `own' with it.  As above. */
bool jury_open_as(struct jury *j, const struct jury_kind *kind, void *own, char *why);
void jury_close(struct jury *j);

/* As the kind's.  A jury that has ended says n. */
unsigned int jury_first(struct jury *j, const struct program *const programs[], unsigned int n);
enum verdict jury_look(struct jury *j, const struct program *p, char *why);
bool jury_able(struct jury *j, const struct program_header *h);

/* Look whether p shows the class.  j->finding is what it shows, and has its console. */
bool jury_shows(struct jury *j, const struct program *p);

/* Whether to judge on; if not, j->ended says why. */
bool jury_goes_on(struct jury *j);

/* For the kinds: whether verdict and j->finding are of the class; `able' by the judge's lanes. */
bool jury_is_same(const struct jury *j, enum verdict v);
bool jury_lanes_able(struct jury *j, const struct program_header *h);

extern const struct jury_kind jury_machine, jury_fork, jury_target;

#endif
