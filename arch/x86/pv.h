/*
 * pv: our guest as 64-bit PV domains of a real Xen: what its files share, and what its program
 * may call.
 *
 * One image runs in every domain.  Xen boots it as dom0, which makes the others out of copies of
 * itself (build.c); so an address means the same thing in each of them.  What is declared PV_SHARED
 * is the same memory in all, the rest is each domain's own.  Only the domain that has the turn
 * (turn.c) may touch what is shared, the others wait.
 *
 * A domain has a fixed set of pages, each at a place: an address of its own in the image.  A page
 * slot (arch/guest.h) is the number of a place; pages move between slots, and between domains by
 * transfer.  The page at place k < GUEST_PAGES_MAX starts in slot k, the next are what
 * guest_page_fill gives, and the last are for pages that come from elsewhere.  The page at place k
 * starts with the pattern of slot k.
 *
 * Between two programs pv_reset and pv_unmap_all put everything back to what it was at boot.  The
 * hypervisor's tables are grown to their limit at boot, because a table never shrinks.  Only a
 * domain's stock of pages without a place may have grown or shrunk: its limit goes with it.
 */
#ifndef X86_PV_H
#define X86_PV_H

#include "arch/guest.h"
#include "arch/guest/common.h"

enum {
	PV_FILLS = 8,				/* pages for guest_page_fill, a program */
	PV_PAGES = GUEST_PAGES_MAX + PV_FILLS,	/* that a domain has between programs */
	PV_ROOM_MAX = 15,			/* most that it may have over those */
	PV_PLACES = PV_PAGES + PV_ROOM_MAX,
	PV_STOCK_MIN = PV_PAGES,		/* most that a program can lose */
	PV_STOCK = 2 * PV_STOCK_MIN,
	PV_STOCK_MAX = 3 * PV_STOCK_MIN,	/* when a program begins */
	PV_NO_PAGE = 0xff,
	PV_TABLE_FRAMES = 8,			/* most that a Xen we run on may give */
	PV_HANDLES = 512,			/* most map handles: two frames of maptrack */
};

/* The address of the domain's page 0; the image begins 1 MiB above (kernel.ld). */
#define PV_VIRT_BASE 0xffffffff80000000u

/* Memory that is the same in all domains; zero at boot, as .bss. */
#define PV_SHARED __attribute__((section(".bss.shared")))

/* What a domain does with one of its places. */
enum pv_use {
	PV_SPARE,	/* a page is there that this program does not use */
	PV_IN_SLOT,
	PV_PARKED,	/* a page without a name, till the program ends */
	PV_EMPTY,	/* no page: none has come yet, or it was given away, or lost */
};

struct pv_page {
	uint64_t frame;		/* mfn, unless empty */
	uint8_t use;		/* enum pv_use */
	bool mapped;		/* at its place */
};

/* A handle that Xen has given out: what of it is still mapped. */
struct pv_mapping {
	uint64_t host_addr;	/* its window, whole pages */
	uint64_t frame;
	bool host, dev, readonly;
};

struct arch {
	struct services services;
	uint8_t index;				/* of the domain, and its id: 0 for dom0 */
	bool up;				/* it runs */
	struct pv_page page[PV_PLACES];
	uint8_t slot[GUEST_PAGES_MAX];		/* place of the page in the slot, or PV_NO_PAGE */
	uint8_t n_filled;
	uint8_t n_arrived;
	uint64_t arrived[PV_PLACES];		/* frames that were sent to us, and not yet taken */
	unsigned int n_stock;
	uint64_t stock[PV_STOCK_MAX + PV_PLACES];	/* frames of ours that have no place */

	unsigned int table_frames;		/* that Xen has given; never changes after boot */
	uint64_t table_frame[PV_TABLE_FRAMES];
	uint64_t table_mapped[PV_TABLE_FRAMES];	/* what our view of it shows */
	uint64_t pagetable_frame, unowned_frame;
	uint64_t *window_pte[GUEST_WINDOWS_MAX];	/* readable only, by the domain itself */
	uint64_t stand_in_pte;			/* machine address of that entry; see mappings.c */

	struct pv_mapping mapping[PV_HANDLES];
	uint64_t live[PV_HANDLES / 64];		/* bit h: mapping[h] has a part left */
};

/*
 * ------------------------------------------------------------------ for the program that we
 * boot into
 */

/* The program: called once, on a guest that is ready.  Does not return. */
_Noreturn void guest_main(struct arch *a);

/*
 * Start a program whose first `pages` slots of the domain hold a page; any domain may call it.
 * Pre: after pv_reset.
 */
void pv_begin(struct arch *a, unsigned int pages);

/* The place of the page in a slot, or PV_NO_PAGE. */
unsigned int pv_slot_page(const struct arch *a, unsigned int slot);

/*
 * End a program: the domain clears its table, and gets back to the pages that it began with.  Bit k
 * of `pristine`: page k is known to hold its pattern still; it is not written again.  And it undoes
 * what it left mapped: last, as that flushes its TLB; and dom0 after the others.
 */
void pv_reset(struct arch *a, uint32_t pristine);
void pv_unmap_all(struct arch *a);

/* How many domains run; and one of them.  There are more than one unless pv_alone says why not. */
unsigned int pv_domains(void);
struct arch *pv_domain(unsigned int index);
const char *pv_alone(void);

/*
 * The turn.  One domain has it, dom0 first.  Giving it away ends the right to shared memory until
 * pv_turn_wait returns.  A domain may sleep where it waits, unless it is one of the first n that
 * dom0 needs; those are woken.  Only dom0 may call the last one.
 */
void pv_turn_give(unsigned int to);
void pv_turn_wait(const struct arch *self);
void pv_need(unsigned int n);

/*
 * Run fn(index) in each of these domains (bit d: domain d; the caller's is one), each on its own
 * processor, as nearly at the same time as can be.  All others must be in pv_turn_wait, awake.
 * Returns when all have ended.
 */
void pv_at_once(unsigned int domains, void (*fn)(unsigned int index));

/*
 * Have the domain's processor interrupted at about that time; a domain has one timer.  Nothing is
 * delivered, but that it has fired is seen.
 */
void pv_timer_set(uint64_t when_ns);
bool pv_timer_fired(void);

/*
 * dom0: do what other domains ask for, and see that they live.  For its loops that wait.
 */
void pv_serve(void);

/* dom0, between programs: let a domain own `room` pages more than it has. */
void pv_set_room(unsigned int index, unsigned int room);

/* dom0, between programs: see that each domain has enough pages in stock, and not too many. */
void pv_supply_stock(void);

/* The machine frame of an address in our image. */
uint64_t pv_frame_of(const void *p);

/* The module that was booted beside the image, or NULL; dom0 only. */
const uint8_t *pv_module(size_t *bytes);

/* Print to Xen's console: a string; then up to two numbers in hexadecimal behind it. */
void pv_say(const char *s);
void pv_say_number(const char *s, uint64_t v);

/* dom0: end the machine in good order.  Xen resets it: nothing of ours knows how to cut power. */
_Noreturn void pv_end(void);

/*
 * ------------------------------------------------------------------ between the files of this
 * folder
 */

/* Bring up each part, once, in this order; the last two by dom0 alone. */
void pv_console_init(unsigned int index, const void *start_info);
void pv_memory_init(struct arch *a);
void pv_table_init(struct arch *a);
void pv_pages_init(struct arch *a);
void pv_special_init(struct arch *a);
void pv_timer_init(void);
void pv_domains_init(void);
void pv_supply_init(void);

/*
 * Make the address map `frame` with the page-table flags, or nothing if they are 0.  Returns 0
 * or -XEN_E*.
 */
enum { PTE_PRESENT = 1, PTE_RW = 2, PTE_RO_FLAGS = 0x65, PTE_RW_FLAGS = 0x67 };
#define PTE_FRAME(pte) ((pte) >> 12 & 0xffffffffffu)
int pv_set_mapping(void *address, uint64_t frame, unsigned int flags);

/* The same with a frame of another domain, by dom0. */
int pv_set_foreign_mapping(void *address, uint64_t frame, unsigned int flags, domid_t owner);

/* The page-table entry that maps an address of our image, as Xen has it now; readable only. */
uint64_t *pv_pte(const void *address);

/*
 * dom0: change an entry, given by its machine address, of a page table of domain `index`, to show a
 * frame of the domain `owner`.  Returns 0 or -XEN_E*.
 */
int pv_set_pte_of(unsigned int index, uint64_t pte, uint64_t frame, unsigned int flags,
		  unsigned int owner);

/* The address of window w, of a page of ours, and where a mapping stands in for a lost one. */
uint8_t *pv_window(unsigned int w);
uint8_t *pv_page_bytes(unsigned int page);
uint8_t *pv_stand_in_bytes(void);

/* The page-table entry of window w; 0: nothing is mapped there. */
uint64_t pv_window_pte(const struct arch *a, unsigned int w);

/*
 * The pattern of a domain's page slot: write it; and compare a page with it, which has it but for
 * the bytes from *lo up to *hi.
 */
void pv_pattern_init(void);
void pv_pattern_write(uint8_t *page, unsigned int dom, unsigned int slot);
void pv_pattern_compare(const uint8_t *page, unsigned int dom, unsigned int slot, unsigned int *lo,
			unsigned int *hi);

/* Note what a hypercall that Xen accepted did to handles. */
void pv_mappings_follow(struct arch *a, unsigned int cmd, const void *uop, unsigned int count);

/* Note the pages that a hypercall has sent to other domains. */
void pv_arrivals_follow(unsigned int cmd, const void *uop, unsigned int count);

/* Whether a mapping's entry still is what Xen made it, so that an unmap will find it. */
bool pv_mapping_is_in_place(const struct arch *a, const struct pv_mapping *m);

/* Undo all mappings that are left; then all windows are empty. */
void pv_mappings_reset(struct arch *a);

/*
 * Have the frame shown at `a`'s stand-in address, whoever's it is.  dom0 does it, at once or when
 * asked.
 */
void pv_stand_in(struct arch *a, uint64_t frame, unsigned int flags);

/*
 * Make the domain `index` out of this image, and let it run.  pv_built_pte: the machine address of
 * the entry that maps an address of the image there.
 */
void pv_build(unsigned int index);
uint64_t pv_built_pte(unsigned int index, const void *address);

/* Show each domain's table to all others, at the address where its own core sees it.  By dom0. */
void pv_table_share(void);

/* Whether one processor carries all domains, so that a domain that waits must yield it. */
bool pv_one_cpu(void);

/* Give the processor up for a moment, while waiting for another domain. */
void pv_relax(void);

/* dom0: die with the last words of a domain that has died, if one has. */
void pv_check_last_words(void);
_Noreturn void pv_die_of(unsigned int index);

/* Make every reference free. */
void pv_table_reset(struct arch *a);

/* dom0: make the channel by which a domain that sleeps is woken. */
void pv_bell_init(unsigned int index);

/*
 * dom0: get from Xen the frame given, which is free; give frames back.
 */
enum { PV_SUPPLY_MAX = 512 };		/* Xen has less than that */
void pv_supply_exactly(uint64_t frame);
void pv_supply_return(uint64_t *frames, unsigned int n);

/* Give back the frames that stood in for lost ones.  By dom0, once nobody maps them. */
void pv_return_borrowed(void);

/* Put a page back to each of the first PV_PAGES places, mapped, with its contents. */
void pv_pages_reset(struct arch *a, uint32_t pristine);

#endif
