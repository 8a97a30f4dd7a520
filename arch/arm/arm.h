/*
 * arm: our guest on 64-bit Arm: what it keeps of each domain, beyond what all translated ones do,
 * and what its files share.
 *
 * Each page has a gfn of its own for good: Xen moves none, takes none, and a page that the guest
 * maps through a grant of its own stays where it is.
 */
#ifndef ARM_H
#define ARM_H

#include "arch/arm/peer.h"
#include "arch/translated/physmap.h"

struct arch {
	struct translated translated;
	struct peer *peer;		/* who is this domain; NULL: we are */
	/* Where the domain has its pages and its table, and where we see them. */
	uint64_t pages_gfn, table_gfn;
	uint8_t *pages;
	void *table;
	uint64_t bus[TRANSLATED_PAGES];	/* of a peer: each page's frame of the machine */
};

/* What Xen's device tree for the guest says. */
struct arm_tree {
	uint64_t table_at;			/* where the grant table may go */
	uint64_t module_at, module_end;		/* a file beside us; 0: none */
	bool is_peer;				/* we are to be one: our options say so */
};

/* Read the device tree at `fdt'; ends the guest if it says less than that. */
void arm_tree_read(const void *fdt);
const struct arm_tree *arm_tree(void);

/* Begin to know Xen's time.  Once, early.  And what it is, in nanoseconds. */
void arm_clock_init(void);
uint64_t arm_now_ns(void);

/* Where in our image the pages are, if we are domain d. */
uint64_t arm_pages(unsigned int d);

/* Whether a load from there finds anything. */
bool arm_reads(const void *address);

#endif
