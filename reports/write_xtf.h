/*
 * write_xtf: a program of one domain as a C test in the manner of the Xen Test Framework.
 *
 * The test talks to the hypervisor alone: what a program asks of the core it does to the grant
 * table itself (grant, end_ref), or leaves out where only the core's books are concerned (alloc).
 * References are the numbers that the core would hand out.  Of XTF nothing is used but its public
 * interface, as its own tests use it.
 */
#ifndef WRITE_XTF_H
#define WRITE_XTF_H

#include "reports/write_c.h"

enum { WRITE_XTF_WHY = 400 };

/*
 * The program that such a test can be: p for d0 alone, in a world with Xen's usual limits.  False,
 * with one line in why[WRITE_XTF_WHY], if there is something in p that it cannot do.
 */
bool write_xtf_adapt(struct program *alone, const struct program *p, char *why);

/*
 * Write the test.  Pre: p is what write_xtf_adapt made, `expected' the model's trace of it.  False
 * as above: what cannot be done shows only there.
 */
bool write_xtf(FILE *out, const struct program *p, const struct trace *expected,
	       const struct write_about *about, char *why);

#endif
