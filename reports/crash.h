/*
 * crash: what a target said when it died, told as a finding.
 *
 * A difference that the target told by its class is of that class.  Else the class is the kind of
 * error and the functions it happened in, the innermost first, without addresses and lines: so two
 * crashes in different functions are two classes, and one that several inputs come to is one.  Of
 * the stack it takes what is under test (core, arch, the model, the text), at most CRASH_FRAMES of
 * it; what runs the test is the same in all.  A hang is named after the outermost such function,
 * because where in it the clock ran out is chance.  An assertion that does not hold is named after
 * itself and its file, which a process without sanitizers says as well.
 */
#ifndef CRASH_H
#define CRASH_H

#include "reports/finding.h"

enum { CRASH_FRAMES = 3 };

/*
 * Tell what `output', the last that a process printed before it ended badly, says.  Returns false
 * if that is nothing.
 */
bool crash_tell(struct finding *f, const char *lane, const char *output);

/* How a process ended that ran a program on a lane. */
struct crash_end {
	int status;		/* as waitpid gives it, and not a good one */
	int hang_signal;	/* what it gets when its time is over, */
	int hang_s;		/* and what time that was */
	int said;		/* open for reading: what it printed */
};

/* Tell its end: by what it printed if that says anything, else by its signal or status. */
void crash_tell_end(struct finding *f, const char *lane, const struct crash_end *e);

#endif
