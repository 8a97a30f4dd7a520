/*
 * process: our PV guest as a process of a Linux dom0, which is a PV domain: what this folder's
 * files share, and what the process's program may call.
 *
 * Linux goes on being dom0.  The process makes hypercalls through /dev/xen/privcmd, by which what
 * it calls is called by dom0, in the process's own address space.  It touches nothing of Linux's:
 *
 *	its references are those of the last PROCESS_FRAMES frames of dom0's table, to which the
 *	    table is grown, and which Linux, that begins at the first, has not reached;
 *	its pages come from Xen (XENMEM_increase_reservation), and Linux does not know them;
 *	its addresses lie in one mapping of /dev/xen/privcmd, where Linux expects pages that are not
 *	    its own, and where each entry that is made says so (PTE_SPECIAL).
 *
 * Reference r of a program is r plus a first one to Xen, a handle any number; arch/guest/tail.c and
 * handle.c put one for the other on the way (grant.c).  All else is as in arch/x86/pv.h.
 */
#ifndef LINUX_PROCESS_H
#define LINUX_PROCESS_H

#include "arch/guest/hypercall.h"
#include "arch/guest/tail.h"
#include "arch/x86/pv.h"

enum {
	PROCESS_FRAMES = 4,
	PROCESS_OPS_BYTES = 16384,	/* the operations of one hypercall */
	PTE_SPECIAL = 1 << 9,		/* Linux's mark of an entry that is no page of its own */
};

/* ------------------------------------------------------------------ for the program */

/*
 * Take what is needed: memory from Xen, the end of the table, a watcher.  False with one line in
 * why[why_bytes] if it cannot be had; nothing is taken then.  Once a process.
 *
 * The watcher is a process that shares this one's memory.  If this one dies, however that happens,
 * the watcher does what process_end does; until then it keeps open what files this one had.
 */
bool process_begin(struct arch *a, char *why, size_t why_bytes);

/* Give everything back, and let the watcher go. */
void process_end(struct arch *a);

/* Whether Xen has a domain of that id other than this. */
bool process_has_domain(domid_t domid);

/* Whether the frame is a page of the process's own. */
bool process_owns_frame(const struct arch *a, uint64_t frame);

/* Whether some handle's page-table entry is gone, so that it needs another page's help to go. */
bool process_has_strays(const struct arch *a);

/* How many handles there are for a program. */
unsigned int process_handles_left(const struct arch *a);

/* ------------------------------------------------------------------ between the files */

/*
 * The hypercall in hand: a copy of its operations, as Xen sees them, so that whoever comes after a
 * process that was killed knows what has been done.  An operation that Xen has not come to has the
 * status FLIGHT_UNTOUCHED.
 */
enum { FLIGHT_UNTOUCHED = 0x7ffe };
struct flight {
	unsigned int cmd, count;	/* count 0: none */
	uint8_t ops[PROCESS_OPS_BYTES] __attribute__((aligned(16)));
};
extern struct flight process_flight;

/* privcmd.c: open the device; map its area.  Returns 0, or -1 with errno. */
int process_open(void);
uint8_t *process_area(size_t pages, uint64_t frame);
void process_close(void);

/* The hypercall itself, nothing put for anything. */
long process_call(unsigned int number, unsigned long a1, unsigned long a2, unsigned long a3,
		  unsigned long a4, unsigned long a5);

/*
 * memory.c: make the area, with page tables (for which it shows `frame' a moment); whether there is
 * one; take it away; where frame i of our part of the table is shown.
 */
bool process_memory_init(uint64_t frame);
bool process_has_memory(void);
uint8_t *process_table_bytes(unsigned int i);
void process_memory_end(void);

/* Note what a hypercall that was done did to windows. */
void process_windows_follow(unsigned int cmd, const void *ops, unsigned int count);

/* table.c: grow the table and show its end; false with why[] if it is not free. */
bool process_table_begin(struct arch *a, char *why, size_t why_bytes);
void process_table_end(struct arch *a);

/*
 * handle.c: Xen's handle for ours, ours for one of Xen's, both of those in use (else all ones); and
 * ours for a new one.
 */
uint32_t process_handle_of(uint32_t ours);
uint32_t process_handle_ours(uint32_t xens);
uint32_t process_handle_new(uint32_t xens);

/* Handles that are in nobody's books any more may be given anew. */
void process_handles_settle(void);

/* grant.c: bring the books to where a hypercall has come that nobody has seen the end of. */
void process_flight_land(struct arch *a);

/* stock.c: take the pages, show those that have a place, give all back. */
bool process_stock_begin(struct arch *a, char *why, size_t why_bytes);
bool process_show_pages(void);
uint64_t process_first_frame(void);
void process_stock_end(struct arch *a);

/* start.c: give back all that is in the books. */
void process_undo(struct arch *a);

/* watch.c: start the watcher; and tell it that there is nothing left to do. */
bool process_watch(struct arch *a, char *why, size_t why_bytes);
void process_unwatch(void);

#endif
