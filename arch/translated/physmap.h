/*
 * physmap: what is behind a guest's frame numbers (gfns), as Xen has it, and changes to it.
 *
 * The image's, and with it the pages', are ordinary memory at boot.  The places below have nothing
 * behind them at boot: Xen puts there what we ask it to.
 */
#ifndef PHYSMAP_H
#define PHYSMAP_H

#include "arch/translated/translated.h"

#include "physmap_impl.h"	/* the machine's PHYSMAP_WINDOW_0, a gfn, and PHYSMAP_TABLE_KEPT */

enum physmap_sort {
	PHYSMAP_HOLE, PHYSMAP_READONLY, PHYSMAP_WRITABLE,
	PHYSMAP_THERE,		/* something; this machine's guest cannot ask whether to write it */
};

static inline void *
physmap_bytes(uint64_t gfn)
{
	return (void *)(uintptr_t)(gfn << XEN_PAGE_SHIFT);
}

/* Where frame 0 of the guest's table goes; the others behind it. */
uint64_t physmap_table(const struct arch *a);

/* Where we see its table, all frames side by side, while they are in place. */
void *physmap_table_bytes(const struct arch *a);

/* What is at a gfn now: memory, or another's through a grant, or nothing. */
enum physmap_sort physmap_at(struct arch *a, uint64_t gfn);

/*
 * The page at a gfn, only to be read, and until the next call; and a store into it.  Pre: there is
 * one; it may be written.
 */
uint8_t *physmap_look(struct arch *a, uint64_t gfn);
void physmap_store(struct arch *a, uint64_t gfn, unsigned int off, const void *bytes,
		   unsigned int len);

/* Put a frame of the grant table, or the shared-info page, at a gfn; it leaves its old one. */
void physmap_add_table(struct arch *a, uint32_t index, uint64_t gfn);
void physmap_add_shared_info(struct arch *a, uint64_t gfn);

/* Move a page of ours from one gfn to another.  Pre: there is one, and `to` is a hole. */
void physmap_move(struct arch *a, uint64_t from, uint64_t to);

/* Put a fresh page at a gfn.  Pre: it is a hole. */
void physmap_populate(struct arch *a, uint64_t gfn);

/* Make a gfn a hole.  Pre: it shows a page of the guest's; or whatever it shows. */
void physmap_remove(struct arch *a, uint64_t gfn);
void physmap_clear(struct arch *a, uint64_t gfn);

/* How many fresh pages Xen would still give us. */
uint32_t physmap_left(struct arch *a);

#endif
