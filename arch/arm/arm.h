/*
 * arm: our guest on 64-bit Arm: what it keeps, beyond what all translated ones do, and what its
 * files share.
 *
 * Each page has a gfn of its own for good: Xen moves none, takes none, and a page that the guest
 * maps through a grant of its own stays where it is.
 */
#ifndef ARM_H
#define ARM_H

#include "arch/translated/physmap.h"

struct arch {
	struct translated translated;
};

/* What Xen's device tree for the guest says. */
struct arm_tree {
	uint64_t table_at;			/* where the grant table may go */
	uint64_t module_at, module_end;		/* a file beside us; 0: none */
};

/* Read the device tree at `fdt'; ends the guest if it says less than that. */
void arm_tree_read(const void *fdt);
const struct arm_tree *arm_tree(void);

/* Begin to know Xen's time.  Once, early. */
void arm_clock_init(void);

/* Whether a load from there finds anything. */
bool arm_reads(const void *address);

#endif
