/*
 * physmap: what is behind the guest's frame numbers (gfns), as Xen has it, and changes to it.
 *
 * Our gfns are of two sorts.  The image's, and with it the pages', are ordinary memory at boot.
 * Those below have nothing behind them at boot: Xen puts there what we ask it to.
 */
#ifndef X86_PVH_PHYSMAP_H
#define X86_PVH_PHYSMAP_H

#include "arch/x86/pvh/pvh.h"

/* Far above all memory of the machine and far below what x86 has for devices. */
enum {
	GFN_WINDOW_0 = 0x38000,
	GFN_TABLE_0 = GFN_WINDOW_0 + 0x10,		/* PVH_TABLE_FRAMES */
	GFN_ASIDE_0 = GFN_TABLE_0 + PVH_TABLE_FRAMES,	/* PVH_FILLS */
	GFN_AWAY_0 = GFN_ASIDE_0 + PVH_FILLS,		/* GUEST_PAGES_MAX */
	GFN_SHARED_INFO = GFN_AWAY_0 + GUEST_PAGES_MAX,
};

enum physmap_sort { PHYSMAP_HOLE, PHYSMAP_READONLY, PHYSMAP_WRITABLE };

static inline void *
physmap_bytes(uint64_t gfn)
{
	return (void *)(uintptr_t)(gfn << XEN_PAGE_SHIFT);
}

/* What is at a gfn now: memory, or another's through a grant, or nothing. */
enum physmap_sort physmap_at(uint64_t gfn);

/* Put a frame of the grant table, or the shared-info page, at a gfn; it leaves its old one. */
void physmap_add_table(uint32_t index, uint64_t gfn);
void physmap_add_shared_info(uint64_t gfn);

/* Move a page of ours from one gfn to another.  Pre: there is one, and `to` is a hole. */
void physmap_move(uint64_t from, uint64_t to);

/* Put a fresh page at a gfn.  Pre: it is a hole. */
void physmap_populate(uint64_t gfn);

/* Make a gfn a hole.  Pre: it is none. */
void physmap_remove(uint64_t gfn);

/* How many fresh pages Xen would still give us. */
uint32_t physmap_left(void);

#endif
