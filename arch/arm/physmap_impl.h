/* physmap_impl: where a translated guest's places are on Arm; see arch/translated/physmap.h. */
#ifndef PHYSMAP_H
#error "include arch/translated/physmap.h"
#endif

/* At 4 GiB: above all memory of the machine, and where it has no devices. */
enum {
	PHYSMAP_WINDOW_0 = 0x100000,
	GFN_LANDING_0 = PHYSMAP_WINDOW_0 + 0x10,	/* GUEST_PAGES_MAX */
};

/* Xen's list of the table's frames goes on naming one that was taken from its gfn. */
enum { PHYSMAP_TABLE_STAYS = 1 };
