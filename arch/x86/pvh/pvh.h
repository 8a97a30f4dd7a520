/* pvh: our guest as a PVH domain: what it keeps, beyond what all translated ones do. */
#ifndef X86_PVH_H
#define X86_PVH_H

#include "arch/translated/physmap.h"

struct arch {
	struct translated translated;
	/* What is behind the slots: see pages.c. */
	uint8_t n_present;			/* slots with a page when this program started */
	uint8_t filled_slot[TRANSLATED_FILLS];	/* which got the n-th fresh page */
	uint8_t put_aside;			/* bit n: what was there is at GFN_ASIDE_0 + n */
	uint8_t in_doubt, gone;			/* bit s: ask for slot s's gfn; it is a hole */
	uint32_t pages_left;			/* fresh ones that Xen would still give */
};

#endif
