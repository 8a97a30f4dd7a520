/* physmap_impl: where a PVH guest's places are; see arch/translated/physmap.h. */
#ifndef PHYSMAP_H
#error "include arch/translated/physmap.h"
#endif

/* Far above all memory of the machine and far below what x86 has for devices. */
enum {
	PHYSMAP_WINDOW_0 = 0x38000,
	GFN_TABLE_0 = PHYSMAP_WINDOW_0 + 0x10,			/* TRANSLATED_TABLE_FRAMES */
	GFN_ASIDE_0 = GFN_TABLE_0 + TRANSLATED_TABLE_FRAMES,	/* TRANSLATED_FILLS */
	GFN_AWAY_0 = GFN_ASIDE_0 + TRANSLATED_FILLS,		/* GUEST_PAGES_MAX */
	GFN_SHARED_INFO = GFN_AWAY_0 + GUEST_PAGES_MAX,
};

/* Frames of the table that stay in place between programs: adding one again moves it. */
enum { PHYSMAP_TABLE_KEPT = 1 };
