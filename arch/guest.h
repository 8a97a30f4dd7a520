/*
 * guest: what the interpreter of programs needs from the machine under it, beyond arch.h.
 *
 * A guest has pages with contents in numbered slots, windows at which it may map other guests'
 * frames, and deliberately bad frames and addresses.  It is implemented by arch/sim (every domain
 * of a simulated machine) and by arch/x86 (the domain that we run in on a real Xen).
 *
 * Page slots, windows and special frames are names that mean the same everywhere; machine frames
 * are not.  All contents are reset to guest_page_pattern between programs.
 */
#ifndef GUEST_H
#define GUEST_H

#include "arch/arch.h"

enum {
	GUEST_PAGES_MAX = 8,	/* slots; a slot holds one page or none */
	GUEST_WINDOWS_MAX = 8,	/* addresses to map at */
	GUEST_DOMAINS_MAX = 3,
};

#define GUEST_FRAME_NONE (~(uint64_t)0)

/* What a guest cannot do here; the operation is then SKIP. */
enum guest_special {
	GUEST_FRAME_MISSING,	/* no such frame: beyond all memory */
	GUEST_FRAME_TABLE,	/* frame 0 of the guest's own grant table */
	GUEST_FRAME_PAGETABLE,	/* own page in use as a page table (PV only) */
	GUEST_FRAME_UNOWNED,	/* ordinary memory owned by no guest */
};

/* Bad addresses for map, unmap and setup_table. */
enum guest_bad {
	GUEST_ADDR_UNALIGNED,	/* the window's address plus 8 */
	GUEST_ADDR_HOLE,	/* canonical guest address, nothing (no page table) there */
	GUEST_ADDR_WILD,	/* an address that no guest may name: the hypervisor's own */
};

/*
 * Byte `off` of slot `slot`'s page in domain index `dom` when a program starts, and of the n-th
 * page that guest_page_fill gives to the domain (slot 8 + n).  Cheap, and different enough that a
 * copy from the wrong page or offset shows.
 */
static inline uint8_t
guest_page_pattern(unsigned int dom, unsigned int slot, unsigned int off)
{
	return (uint8_t)((off >> 3) * 31u + (off & 7) * 57u + slot * 17u + dom * 101u + 1u);
}

/* The domain's real id. */
domid_t guest_domid(const struct arch *a);

/*
 * The guest-physical address where a translated guest's table goes; page-aligned, room for its
 * maximum.
 */
uint64_t guest_table_addr(const struct arch *a);

/*
 * The guest is about to store into its own entry `ref` behind the core's back, or had the
 * hypervisor do it.  Only a machine that keeps ghost state about entries cares.
 */
void guest_scribbled(struct arch *a, grant_ref_t ref);

/* ------------------------------------------------------------------ own pages */

/*
 * What a guest names the slot by when it accepts a page for it: slot + 1 (PV), its gfn
 * (translated).
 */
uint64_t guest_page_pfn(const struct arch *a, unsigned int slot);

/* Whether a slot holds the frame, and the lowest that does. */
bool guest_frame_slot(const struct arch *a, uint64_t frame, unsigned int *slot);

/* The frame (mfn or gfn) that slot holds, or GUEST_FRAME_NONE. */
uint64_t guest_page_frame(const struct arch *a, unsigned int slot);

/*
 * The bytes of the slot's page, writable, or NULL if the slot is empty or not mapped by the guest.
 */
uint8_t *guest_page_bytes(struct arch *a, unsigned int slot);

/*
 * The part [*lo, *hi) of the slot's page outside which its bytes may be taken to be the pattern of
 * *dom and *slot0.  An arch that does not track writes says 0 and XEN_PAGE_SIZE.  Returns false if
 * the slot is empty.
 */
bool guest_page_dirty(const struct arch *a, unsigned int slot, unsigned int *dom,
		      unsigned int *slot0, unsigned int *lo, unsigned int *hi);

/*
 * Write len bytes at off of the slot's page.  Pre: guest_page_bytes is not NULL, off + len <= page.
 */
void guest_page_write(struct arch *a, unsigned int slot, unsigned int off, const void *bytes,
		      unsigned int len);

/* Empty the slot; the page stays the guest's, without a name.  Returns its token, never 0. */
uintptr_t guest_page_park(struct arch *a, unsigned int slot);

/* Put a page that this program has not had yet into an empty slot.  False if there is none left. */
bool guest_page_fill(struct arch *a, unsigned int slot);

/* Before the page is transferred: drop the guest's own mapping of it (PV). */
void guest_page_unmap(struct arch *a, unsigned int slot);

/*
 * After a transfer of the slot's page was tried: see whether the guest still has it.  If so, map it
 * again and return true; if not (moved or lost), empty the slot and return false.
 * `given` is whether the hypervisor said that it took the page.  Pre: the slot holds one.
 */
bool guest_page_settle(struct arch *a, unsigned int slot, bool given);

/* Put a received frame into the slot, parking what was there.  False if it cannot be mapped. */
bool guest_page_take(struct arch *a, unsigned int slot, uint64_t frame);

/* A frame that is bad on purpose, or GUEST_FRAME_NONE where this machine has none such (SKIP). */
uint64_t guest_special_frame(const struct arch *a, enum guest_special which);

/* ------------------------------------------------------------------ windows */

/* host_addr of window w: linear address (PV) or guest-physical address (translated). */
uint64_t guest_window_addr(const struct arch *a, unsigned int w);

/* The address that is bad in the given way; `w` is the window for GUEST_ADDR_UNALIGNED. */
uint64_t guest_bad_addr(const struct arch *a, enum guest_bad which, unsigned int w);

/* What is mapped at window w, as memory, or NULL.  *writable says whether it may be written. */
uint8_t *guest_window_bytes(struct arch *a, unsigned int w, bool *writable);

/* Write through window w.  Pre: guest_window_bytes is not NULL and writable. */
void guest_window_write(struct arch *a, unsigned int w, unsigned int off, const void *bytes,
			unsigned int len);

/* ------------------------------------------------------------------ at once */

/* A schedule: turns as in arch/turn.h.  One that is not possible where it comes is passed over. */
struct guest_turns {
	const uint8_t *code;
	unsigned int n;
	bool arm;		/* loads and stores are reordered as Arm does, not x86 */
};

/*
 * Run branches 0 to n - 1 at once: run(ctx, i) on a virtual CPU of actor[i], which may be the same
 * guest for several i.  Returns when all are at their ends.  1 <= n <= RACE_BRANCHES_MAX.
 *
 * In the simulation the turns decide everything, and where they have ended the branch that ran last
 * goes on until it ends or waits, then the lowest that can; so no turns are one branch after the
 * other.  If the race could not be ended (race.h) some runs are left in their middle.
 * On real machines turns are a hint.
 *
 * Contents of pages are loaded and stored in a race by guest_load16 and guest_store16.
 */
void guest_at_once(struct arch *const actor[], unsigned int n,
		   void (*run)(void *ctx, unsigned int i), void *ctx,
		   const struct guest_turns *turns);

/* Where a guest's own accesses go: to a page slot, or to what is mapped at a window. */
enum guest_place { GUEST_PAGE, GUEST_WINDOW };

/*
 * Load two bytes at `off` (even, in the page) of slot or window i: one load, and what follows in
 * this branch is later than it.  False, with *v untouched, if nothing is mapped there then.
 */
bool guest_load16(struct arch *a, enum guest_place at, unsigned int i, unsigned int off,
		  uint16_t *v);

/*
 * Store two bytes likewise: one store, and what follows in this branch is after it is visible.
 * False, with nothing stored, if nothing writable is mapped there then.
 */
bool guest_store16(struct arch *a, enum guest_place at, unsigned int i, unsigned int off,
		   uint16_t v);

/* ------------------------------------------------------------------ faults and rare conditions */

/* Let the n-th arch_pages_alloc, or hypercall, from now on fail once (-XEN_EFAULT); 0 disarms. */
void guest_fail_alloc(struct arch *a, unsigned int n);
void guest_fail_hypercall(struct arch *a, unsigned int n);

/*
 * Page out slot's page: the next n lookups of its frame by the hypervisor say eagain.  Pre: the
 * slot holds one.
 * Returns 0, or -XEN_EOPNOTSUPP where there is no such thing.
 */
int guest_page_out(struct arch *a, unsigned int slot, unsigned int n);

/*
 * Move slot's page above 16 TiB (frame >= 2^32), contents kept.  Pre: the slot holds one.
 * Returns 0; -XEN_EBUSY if it is mapped through a grant; -XEN_EINVAL if it is there already;
 * -XEN_EOPNOTSUPP where there is no such thing.
 */
int guest_page_widen(struct arch *a, unsigned int slot);

/* Times arch_page_put was called, and milliseconds slept, since the program began. */
unsigned int guest_pages_put(const struct arch *a);
unsigned int guest_slept_ms(const struct arch *a);

#endif
