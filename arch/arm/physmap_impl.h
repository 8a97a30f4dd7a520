/* physmap_impl: where a translated guest's places are on Arm; see arch/translated/physmap.h. */
#ifndef PHYSMAP_H
#error "include arch/translated/physmap.h"
#endif

/* At 4 GiB: above all memory of the machine, and where it has no devices. */
enum {
	PHYSMAP_WINDOW_0 = 0x100000,
	GFN_LANDING_0 = PHYSMAP_WINDOW_0 + 0x10,	/* GUEST_PAGES_MAX */
};

/* Frames of the table that stay in place between programs: Xen refuses to add one again. */
enum { PHYSMAP_TABLE_KEPT = 0 };
