/*
 * write_c: a program as a stand-alone C test of the core, on a simulated machine.
 *
 * The text that is written calls the core's functions and makes the hypercalls one by one, for
 * people to read and to debug; reports/ctest.h is what it stands on.  What is expected is a trace,
 * the model's.
 */
#ifndef WRITE_C_H
#define WRITE_C_H

#include <stdio.h>

#include "diff/trace.h"

/* What a test's first comment says; members may be empty strings. */
struct write_about {
	const char *input;	/* the file that it is made from */
	const char *output;	/* its own name */
	const char *class;	/* what the input says it shows */
	const char *version;	/* the Xen whose answers are expected: "4.17.7" */
};

/*
 * Write the test.  Pre: p is normal and has no race, `expected' is the model's trace of it, on the
 * reference.  Whether it could be written is to be asked of `out'.
 */
void write_c(FILE *out, const struct program *p, const struct trace *expected,
	     const struct write_about *about);

#endif
