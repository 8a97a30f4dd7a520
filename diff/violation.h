/*
 * violation: a race of the simulation that answers as no order of the model does, as a program: its
 * schedule in it, and no smaller program of its class shows it.  Hosted.
 */
#ifndef VIOLATION_H
#define VIOLATION_H

#include "diff/class.h"
#include "diff/duel.h"

struct violation {
	struct program program;		/* 1-minimal; with the turns that show it */
	struct difference difference;	/* of that program */
	char class[CLASS_ID];
};

/*
 * Put into p's first race the turns that d's last run took, as far as p has room for them; nothing
 * if that run had no race.  Pre: p is what was run.
 */
void violation_keep_turns(struct duel *d, struct program *p);

/*
 * Make a violation of d's last run, which was of p and differed by *why.  No pick is set in d
 * afterwards.  Returns false if p's turns do not show it again, or without memory: *v is then p
 * with its turns, and *why.
 */
bool violation_take(struct violation *v, struct duel *d, const struct program *p,
		    const struct difference *why);

/* Run v->program again: whether it is of v->class again.  d's traces are of this run. */
bool violation_shows(const struct violation *v, struct duel *d);

#endif
