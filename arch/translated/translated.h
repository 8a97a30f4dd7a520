/*
 * translated: our guest as an auto-translated domain of a real Xen, PVH on x86 or any on Arm: what
 * its files share, and what its program may call.
 *
 * Other domains do what we tell them (arch/arm/peer.h): their cores and programs run here.
 *
 * The guest names memory by frame numbers of its own (gfns), and its linear addresses are its
 * guest-physical ones.  What is behind a gfn only Xen knows; it is asked (physmap.h), never
 * guessed.
 *
 * Between two programs translated_reset puts everything back to what it was at boot.  The
 * hypervisor's table is grown to its limit at boot, because a table never shrinks.
 */
#ifndef TRANSLATED_H
#define TRANSLATED_H

#include "arch/guest.h"
#include "arch/guest/common.h"

enum {
	TRANSLATED_FILLS = 8,			/* pages for guest_page_fill, a program */
	TRANSLATED_PAGES = GUEST_PAGES_MAX + TRANSLATED_FILLS,
	TRANSLATED_NO_PAGE = 0xff,
	TRANSLATED_TABLE_FRAMES = 16,		/* most that a Xen we run on may give */
	TRANSLATED_HANDLES = 512,		/* most map handles: two frames of maptrack */
	TRANSLATED_LOST_MAX = TRANSLATED_PAGES,	/* pages that one program can lose */
};

/* What each machine's struct arch begins with. */
struct translated {
	struct services services;

	uint8_t index;				/* of the domain, in a program */
	domid_t domid;

	uint8_t slot[GUEST_PAGES_MAX];		/* page in the slot, or TRANSLATED_NO_PAGE */
	uint8_t n_filled;			/* by guest_page_fill */
	uint16_t touched;			/* bit k: page k was in a slot */

	unsigned int table_frames;		/* that Xen has given; never changes after boot */
	uint16_t table_placed;			/* bit i: frame i was put at its gfn */
	bool swapped;			/* entries, perhaps of a frame that is not in place */

	uint8_t windows_used;			/* bit w: something was mapped at window w */
	uint8_t windows_readonly;		/* bit w: the last was, for reading only */
	uint64_t host_addr[TRANSLATED_HANDLES];	/* of each handle; 0: it is free */
	uint64_t live[TRANSLATED_HANDLES / 64];	/* bit h: handle h is not */
};

static inline struct translated *
translated(struct arch *a)
{
	return (struct translated *)(void *)a;
}

/*
 * ------------------------------------------------------------------ for the program that we
 * boot into
 */

/* The program: called once, when all domains are ready.  Does not return. */
_Noreturn void guest_main(void);

/* How many domains there are for programs, ourselves the first; and domain d.  Pre: d < that. */
unsigned int translated_domains(void);
struct arch *translated_domain(unsigned int d);

/* Until the next call that many are needed soon, and are to stay awake. */
void translated_need(unsigned int domains);

/*
 * Start a program whose first `pages` slots hold a page, in one of its domains.  Pre: freshly
 * booted, or after translated_reset.
 */
void translated_begin(struct arch *a, unsigned int pages);

/* The page in a slot, 0 to TRANSLATED_PAGES - 1, or TRANSLATED_NO_PAGE. */
unsigned int translated_slot_page(const struct arch *a, unsigned int slot);

/* A file that was loaded beside the guest, or NULL. */
const uint8_t *translated_module(size_t *bytes);

/* The machine's frame of our memory, or all ones where we are not told. */
uint64_t translated_machine_frame(const void *p);

/* How many more pages the guest can lose. */
uint32_t translated_pages_left(const struct arch *a);

/* End a program in one of its domains: undo what it left mapped; then all windows are empty. */
void translated_windows_reset(struct arch *a);

/*
 * And then: clear the table, put back or replace the pages it moved or lost.  Pre: no domain has
 * anything mapped.
 * `pristine`: bit k: page k is known to hold its pattern still; it is not written again.
 */
void translated_reset(struct arch *a, uint32_t pristine);

/* Print to Xen's console: a string; and one with a number in hexadecimal behind it. */
void translated_say(const char *s);
void translated_say_number(const char *s, uint64_t v);

/* End the machine in good order, by a reset. */
_Noreturn void translated_end(void);

/*
 * ------------------------------------------------------------------ between the files of these
 * guests
 */

/* Bring up our own domain and all others, and run the program. */
_Noreturn void translated_start(struct arch *a);

/* Bring up a domain, the next of those for programs.  Pre: its domid is set. */
void translated_init(struct arch *a);

/* Bring up those that are there beside ours, if this machine's may have any. */
void translated_find_others(void);
void translated_windows_init(struct arch *a);
void translated_table_init(struct arch *a);
void translated_pages_init(struct arch *a);

/* Say that this is the end, before what it is of; and end the machine, after. */
void translated_last_words(void);
_Noreturn void translated_die(void);

/* The domain's hypercalls, as Xen answers them.  Each machine has its own. */
long translated_grant_table(struct arch *a, unsigned int cmd, void *ops, unsigned int count);
long translated_memory(struct arch *a, unsigned int cmd, void *arg);

/* Note what a hypercall that Xen accepted did to handles; to the table's place. */
void translated_windows_follow(struct arch *a, unsigned int cmd, const void *uop,
			       unsigned int count);
void translated_table_follow(struct arch *a, unsigned int cmd, const void *arg);

/* All frames of its table are in place: each machine's own. */
void translated_table_placed(struct arch *a);

/* What the entry of a reference names; false if it cannot be looked at. */
bool translated_table_frame(struct arch *a, grant_ref_t ref, uint32_t *frame);

/* A map of this reference, refused or not, may have taken a page from its gfn. */
void translated_pages_doubt(struct arch *a, grant_ref_t ref);

/* Make every reference free. */
void translated_table_reset(struct arch *a);

/* Put each page back in its place, with its contents.  Pre: nothing is mapped. */
void translated_pages_reset(struct arch *a, uint32_t pristine);

#endif
