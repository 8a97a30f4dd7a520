/*
 * pvh: our guest as an auto-translated domain (PVH) of a real Xen: what its files share, and what
 * its program may call.
 *
 * The guest names memory by frame numbers of its own (gfns), and its linear addresses are its
 * guest-physical ones.  It does not learn machine frames.  What is behind a gfn only Xen knows; it
 * is asked (physmap.h), never guessed.
 *
 * Between two programs pvh_reset puts everything back to what it was at boot.  The hypervisor's
 * table is grown to its limit at boot, because a table never shrinks.
 */
#ifndef X86_PVH_H
#define X86_PVH_H

#include "arch/guest.h"
#include "arch/x86/common.h"

enum {
	PVH_FILLS = 8,				/* pages for guest_page_fill, a program */
	PVH_PAGES = GUEST_PAGES_MAX + PVH_FILLS,
	PVH_NO_PAGE = 0xff,
	PVH_TABLE_FRAMES = 16,			/* most that a Xen we run on may give */
	PVH_HANDLES = 512,			/* most map handles: two frames of maptrack */
	PVH_LOST_MAX = PVH_PAGES,		/* pages that one program can lose */
};

struct arch {
	struct services services;
	/* Slots: see pages.c. */
	uint8_t slot[GUEST_PAGES_MAX];		/* page in the slot, or PVH_NO_PAGE */
	uint8_t n_present;			/* slots with a page when this program started */
	uint8_t n_filled;
	uint8_t filled_slot[PVH_FILLS];		/* which got the n-th fresh page */
	uint8_t put_aside;			/* bit n: what was there is at GFN_ASIDE_0 + n */
	uint8_t in_doubt, gone;			/* bit s: ask for slot s's gfn; it is a hole */
	uint16_t touched;			/* bit k: page k was in a slot */
	uint32_t pages_left;			/* fresh ones that Xen would still give */


	unsigned int table_frames;		/* that Xen has given; never changes after boot */
	uint16_t table_placed;			/* bit i: frame i was put at its gfn */
	bool swapped;			/* entries, perhaps of a frame that is not in place */

	uint8_t windows_used;			/* bit w: something was mapped at window w */
	uint64_t host_addr[PVH_HANDLES];	/* of each handle; 0: it is free */
	uint64_t live[PVH_HANDLES / 64];	/* bit h: handle h is not */
};

/*
 * ------------------------------------------------------------------ for the program that we
 * boot into
 */

/* The program: called once, on a guest that is ready.  Does not return. */
_Noreturn void guest_main(struct arch *a);

/*
 * Start a program whose first `pages` slots hold a page.  Pre: freshly booted, or after
 * pvh_reset.
 */
void pvh_begin(struct arch *a, unsigned int pages);

/* The page in a slot, 0 to PVH_PAGES - 1, or PVH_NO_PAGE. */
unsigned int pvh_slot_page(const struct arch *a, unsigned int slot);

/*
 * End a program: undo what it left mapped, clear the table, put back or replace the pages it moved
 * or lost.
 * `pristine`: bit k: page k is known to hold its pattern still; it is not written again.
 */
void pvh_reset(struct arch *a, uint32_t pristine);

/* Print to Xen's console: a string; and one with a number in hexadecimal behind it. */
void pvh_say(const char *s);
void pvh_say_number(const char *s, uint64_t v);

/* End the machine in good order, by a reset. */
_Noreturn void pvh_end(void);

/*
 * ------------------------------------------------------------------ between the files of this
 * folder
 */

/* Bring up each part, once, in this order. */
void pvh_info_init(void);
void pvh_windows_init(void);
void pvh_table_init(struct arch *a);
void pvh_pages_init(struct arch *a);

/* Note what a hypercall that Xen accepted did to handles; to the table's place. */
void pvh_windows_follow(struct arch *a, unsigned int cmd, const void *uop, unsigned int count);
void pvh_table_follow(struct arch *a, unsigned int cmd, const void *arg);

/* What the entry of a reference names; false if it cannot be looked at. */
bool pvh_table_frame(const struct arch *a, grant_ref_t ref, uint32_t *frame);

/* A map of this reference, refused or not, may have taken a page from its gfn. */
void pvh_pages_doubt(struct arch *a, grant_ref_t ref);

/* Undo all mappings that are left; then all windows are empty. */
void pvh_windows_reset(struct arch *a);

/* Make every reference free. */
void pvh_table_reset(struct arch *a);


/* Put each page back in its place, with its contents.  Pre: nothing is mapped. */
void pvh_pages_reset(struct arch *a, uint32_t pristine);

#endif
