/*
 * host_guard: whether what a program does next keeps to what is its own, as things are then.
 *
 * Beside what host_rule.h forbids there are these ways from a process of dom0 to what is not its
 * own, and they are closed:
 *
 *	a domain operand that stands for nobody, and somebody has that id;
 *	an entry of ours that names a frame that is not ours: mapped, or copied from or to;
 *	more handles than a program is promised;
 *	a transfer while some handle can be given back with the page's help only (mappings.c): the
 *	    page might be gone by then.
 */
#ifndef HOST_GUARD_H
#define HOST_GUARD_H

#include "arch/linux/process.h"
#include "diff/interp.h"

/*
 * Whether the operations that come next, one or a batch, may be done: all, or none of them.
 * Pre: `in' has come to `at'.
 */
bool host_guard_allows(const struct interp *in, const struct arch *a, unsigned int at);

#endif
