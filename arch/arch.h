/*
 * arch: what the grant core needs from the machine under it, and nothing else.
 *
 * This file is the contract.  -Iarch/$arch chooses the arch_impl.h below, and arch_xen.h, which is
 * the guest's view of Xen's interface:
 *
 *   cc    compiler builtins: any hosted target; the one that ThreadSanitizer understands
 *   x86   inline assembly, and a bare-metal guest on Xen
 *   arm   inline assembly for 64-bit Arm
 *   sim   the simulated hypervisor's guest; each shared-memory access is a place to yield
 *
 * The memory operations are inline; a prototype that the chosen arch_impl.h does not define fails
 * the build.  The services below them are ordinary functions that each arch implements.
 *
 * `struct arch` is one guest's machine.  Whoever implements the arch defines and owns it; the core
 * only passes it on.  Unless a line says otherwise, a service may be called in any context.
 */
#ifndef ARCH_H
#define ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/xen_abi.h"

struct arch;

/* ------------------------------------------------------------------ shared memory
 * Entries of the grant table are read and written by the hypervisor at any moment.  Each of these
 * is one access of the stated width; `p` is aligned to it.  Plain accesses may become visible in
 * any order; acquire and release mean what C11 means by them.
 */

static inline uint16_t arch_load16(const uint16_t *p);
static inline uint32_t arch_load32(const uint32_t *p);
static inline void arch_store16(uint16_t *p, uint16_t v);
static inline void arch_store32(uint32_t *p, uint32_t v);

/* Load; no later access of this CPU is done before it. */
static inline uint16_t arch_load16_acquire(const uint16_t *p);

/* Store, after every earlier store of this CPU is visible. */
static inline void arch_store16_release(uint16_t *p, uint16_t v);

/* Store v if *p is want; return what *p was.  A full barrier either way. */
static inline uint16_t arch_cmpxchg16(uint16_t *p, uint16_t want, uint16_t v);

/* Tell the CPU that it waits for somebody else's store. */
static inline void arch_relax(void);

/* How often a wait for the hypervisor may call arch_relax before it gives up (arch_impl.h):
 *	enum { ARCH_SPIN_MAX = ... };
 */

#define ARCH_INCLUDED_BY_ARCH_H
#include "arch_impl.h"
#undef ARCH_INCLUDED_BY_ARCH_H

/* ------------------------------------------------------------------ hypercalls
 * Return what the hypervisor returns: 0 or -XEN_E*.
 * `uop` and `arg` are in the guest's memory.
 */

/* GNTTABOP_* on `count` operations. */
int arch_grant_table_op(struct arch *a, unsigned int cmd, void *uop, unsigned int count);

/* XENMEM_* on one argument. */
int arch_memory_op(struct arch *a, unsigned int cmd, void *arg);

/* ------------------------------------------------------------------ set-up of the table
 * The hooks that x86 and Arm give the kernel driver.
 */

/*
 * Prepare for a table of at most `nr_frames_max` frames, mapped nowhere yet.
 * Called once, before any map_shared, from gnttab_init only.
 * Returns 0 or -XEN_ENOMEM.
 */
int arch_gnttab_init(struct arch *a, uint32_t nr_frames_max);

/*
 * Map the table's first `nr_frames` frames, given in order, at one address.
 * Pre:  nr_frames <= the maximum of arch_gnttab_init.  May be repeated with the same or more
 *       frames; the address stays the same until arch_gnttab_unmap.
 * Returns 0 with *shared the address of entry 0, or -XEN_ENOMEM with *shared untouched.
 * Source: setup_table's frame list (PV) or the frames of add_to_physmap (translated).
 */
int arch_gnttab_map_shared(struct arch *a, const xen_pfn_t *frames, uint32_t nr_frames,
			   struct grant_entry_v1 **shared);

/* Unmap what map_shared mapped.  Pre: shared is its address; nobody accesses the table after. */
void arch_gnttab_unmap(struct arch *a, struct grant_entry_v1 *shared, uint32_t nr_frames);

/* Whether the guest is auto-translated: it names frames by gfn and places the table itself. */
bool arch_translated(const struct arch *a);

/* ------------------------------------------------------------------ services */

/* `n` zeroed pages of ordinary memory, side by side, or NULL.  Pre: n > 0. */
void *arch_pages_alloc(struct arch *a, unsigned int n);

/* Give back the n pages of one arch_pages_alloc.  Pre: pages is not NULL. */
void arch_pages_free(struct arch *a, void *pages, unsigned int n);

/*
 * Give back a page that its owner left with the core until its grant ended.
 * `page` is the owner's own name for it, as passed to gnttab_end_foreign_access; never 0.
 */
void arch_page_put(struct arch *a, uintptr_t page);

/* The lock of this guest's table; interrupts are off while it is held.  Not recursive. */
void arch_lock(struct arch *a);
void arch_unlock(struct arch *a);

/* Sleep for about `ms` milliseconds.  Not under the lock. */
void arch_sleep_ms(struct arch *a, unsigned int ms);

/* Have gnttab_deferred_tick called in about a second.  May be under the lock; repeats are one. */
void arch_defer_arm(struct arch *a);

/* Stop: `what` does not hold at file:line.  Does not return; works in every flavour. */
_Noreturn void arch_panic(const char *file, int line, const char *what);

#define ARCH_ASSERT(cond) ((cond) ? (void)0 : arch_panic(__FILE__, __LINE__, #cond))

/* Code and data that only set-up uses; `ninja initcheck` proves that nothing else refers to it. */
#define ARCH_INIT __attribute__((section(".init.text"), noinline))

#endif
