/*
 * pv: our guest as a 64-bit PV domain of a real Xen: what its files share, and what its program
 * may call.
 *
 * The guest has a fixed set of pages, each with an address of its own in the image.  A page slot
 * (arch/guest.h) is the number of a page; pages move between slots, never between addresses.
 * Page k < GUEST_PAGES_MAX starts in slot k, the others are what guest_page_fill gives; page k
 * starts with the pattern of slot k.
 *
 * Between two programs pv_reset puts everything back to what it was at boot.  The hypervisor's
 * table is grown to its limit at boot, because a table never shrinks.
 */
#ifndef X86_PV_H
#define X86_PV_H

#include "arch/guest.h"

enum {
	PV_FILLS = 8,				/* pages for guest_page_fill, a program */
	PV_PAGES = GUEST_PAGES_MAX + PV_FILLS,
	PV_NO_PAGE = 0xff,
	PV_TABLE_FRAMES = 16,			/* most that a Xen we run on may give */
	PV_HANDLES = 512,			/* most map handles: two frames of maptrack */
	PV_HEAP_PAGES = 64,			/* for arch_pages_alloc */
};

/* Where a page of ours is. */
enum pv_place {
	PV_SPARE,	/* not used by this program */
	PV_IN_SLOT,
	PV_PARKED,	/* ours, without a name, till the program ends */
	PV_GIVEN,	/* transferred; ours again if the program takes it, or when it ends */
	PV_LOST,	/* Xen has freed it */
};

struct pv_page {
	uint64_t frame;		/* mfn; if lost, what it was */
	uint8_t place;		/* enum pv_place */
	bool mapped;		/* at its own address */
};

/* A handle that Xen has given out: what of it is still mapped. */
struct pv_mapping {
	uint64_t host_addr;	/* its window, whole pages */
	uint64_t frame;
	bool host, dev, readonly;
};

struct arch {
	struct pv_page page[PV_PAGES];
	uint8_t slot[GUEST_PAGES_MAX];		/* page in the slot, or PV_NO_PAGE */
	uint8_t n_filled;
	unsigned int fail_alloc, fail_hypercall;	/* fail the n-th from now; 0: none */
	unsigned int pages_put, slept_ms;

	unsigned int table_frames;		/* that Xen has given; never changes after boot */
	uint64_t table_frame[PV_TABLE_FRAMES];
	uint64_t table_mapped[PV_TABLE_FRAMES];	/* what our view of it shows */
	uint64_t pagetable_frame, unowned_frame;
	uint64_t *window_pte[GUEST_WINDOWS_MAX];	/* readable only */

	struct pv_mapping mapping[PV_HANDLES];
	uint64_t live[PV_HANDLES / 64];		/* bit h: mapping[h] has a part left */
	uint64_t heap_used;			/* bit p: page p of the heap */
};

_Static_assert(PV_HEAP_PAGES == 64, "heap_used is one word");

/*
 * ------------------------------------------------------------------ for the program that we
 * boot into
 */

/* The program: called once, on a guest that is ready.  Does not return. */
_Noreturn void guest_main(struct arch *a);

/*
 * Start a program whose first `pages` slots hold a page.  Pre: freshly booted, or after
 * pv_reset.
 */
void pv_begin(struct arch *a, unsigned int pages);

/* The page in a slot, 0 to PV_PAGES - 1, or PV_NO_PAGE. */
unsigned int pv_slot_page(const struct arch *a, unsigned int slot);

/*
 * End a program: undo what it left mapped, clear the table, get back or replace the pages it lost.
 * `pristine`: bit k: page k is known to hold its pattern still; it is not written again.
 */
void pv_reset(struct arch *a, uint32_t pristine);

/* The machine frame of an address in our image. */
uint64_t pv_frame_of(const void *p);

/* Xen's version, major << 16 | minor << 8 | point; the last is 0 if Xen does not number it. */
uint32_t pv_xen_version(void);

/* Nanoseconds since Xen booted; and sleep for about that long. */
uint64_t pv_now_ns(void);
void pv_sleep_ns(uint64_t ns);

/* Print to Xen's console: a string; then up to two numbers in hexadecimal behind it. */
void pv_say(const char *s);
void pv_say_number(const char *s, uint64_t v);

/*
 * ------------------------------------------------------------------ between the files of this
 * folder
 */

/* Bring up each part, once, in this order. */
void pv_console_init(const void *start_info);
void pv_memory_init(struct arch *a);
void pv_table_init(struct arch *a);
void pv_pages_init(struct arch *a);
void pv_supply_init(void);

/*
 * Make the address map `frame` with the page-table flags, or nothing if they are 0.  Returns 0
 * or -XEN_E*.
 */
enum { PTE_PRESENT = 1, PTE_RW = 2, PTE_RO_FLAGS = 0x65, PTE_RW_FLAGS = 0x67 };
#define PTE_FRAME(pte) ((pte) >> 12 & 0xffffffffffu)
int pv_set_mapping(void *address, uint64_t frame, unsigned int flags);

/* The page-table entry that maps an address of our image, as Xen has it now; readable only. */
uint64_t *pv_pte(const void *address);

/* The address of window w, and of a page of ours. */
uint8_t *pv_window(unsigned int w);
uint8_t *pv_page_bytes(unsigned int page);

/* Note what a hypercall that Xen accepted did to handles. */
void pv_mappings_follow(struct arch *a, unsigned int cmd, const void *uop, unsigned int count);

/* Undo all mappings that are left; then all windows are empty. */
void pv_mappings_reset(struct arch *a);

/* Make every reference free, and the core's heap empty. */
void pv_table_reset(struct arch *a);
void pv_heap_reset(struct arch *a);

/* Get back the very frame that Xen took from one of our pages.  False if none of ours was there. */
bool pv_page_recover(struct arch *a, uint64_t frame);

/* Get from Xen a page's frame, any one; or the frame given, which is free.  Pre: there is one. */
uint64_t pv_supply_any(void);
void pv_supply_exactly(uint64_t frame);

/* Put each page back in its place, mapped, with its contents. */
void pv_pages_reset(struct arch *a, uint32_t pristine);

#endif
