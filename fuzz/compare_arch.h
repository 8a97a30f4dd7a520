/*
 * compare_arch: differences between two builds that come from what machine they are built for.
 *
 * No table says which those are: the model knows both architectures.  What two builds answer
 * differently is the architecture's doing if each answers as the model of its own does, up to that
 * place.  What only one of them answers so stays unexpected.
 *
 * So it is with two versions on Arm, where what one difference leads to is not in corpus/expected.
 */
#ifndef COMPARE_ARCH_H
#define COMPARE_ARCH_H

#include "fuzz/expect.h"
#include "fuzz/fleet.h"

struct architecture {
	struct expectation *known, *versions;	/* in the report */
	struct lane *model;
	struct trace trace;
};

/*
 * Be ready for a fleet that is mixed; more than once does no harm.  If two neighbours in it are of
 * both architectures, they should show it.  No room in *e, or no memory: says so, and ends.
 */
void architecture_open(struct architecture *a, struct expect *e, const struct fleet *f);

/*
 * What explains that two builds differ at operation `at' (n_ops: at the end) of p, program i of the
 * last run: their architectures, or their versions on Arm.  NULL: neither; always for two builds
 * for x86, or of one version for Arm.
 */
struct expectation *architecture_explains(struct architecture *a, const struct fleet_build *left,
					  const struct fleet_build *right, const struct program *p,
					  unsigned int i, unsigned int at);

#endif
