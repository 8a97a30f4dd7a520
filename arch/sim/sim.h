/*
 * sim: a simulated Xen with up to three guests, in process and deterministic.
 *
 * A machine has page frames with contents and owners, v1 grant tables in real memory, maptrack, pin
 * counters, page-table entries (PV) or a physmap (translated), and does every GNTTABOP that a v1
 * guest can issue, with all status codes in the order of checks of the real one.  It keeps its own
 * ghost state; the core knows nothing of it.
 *
 * It behaves as Xen 4.17.7, x86, version 1 only (diff/spec.md).  It shares nothing with
 * diff/model, which predicts it.
 *
 * In a race (race.h) hypercalls of several CPUs go on at once, step by step (STEPS.md); outside
 * one, nothing happens during a hypercall.
 *
 * Limits: what the hypervisor keeps for itself changes in the order of its steps, and only memory
 * that guests share is weakly ordered; nobody changes the arguments of a hypercall during it; no
 * IOMMU, no iomem frames, no dying domains; grants can be mapped at windows only; guest memory is
 * host memory, so an argument is either wholly accessible or one of guest_bad_addr.
 */
#ifndef SIM_H
#define SIM_H

#include "arch/guest.h"

/*
 * What a machine starts with.  domains 1 to 3, pages and maptrack (frames of 256 handles, 0 to 2) a
 * domain, frames of its table (1 to max_frames), room for pages over those it starts with.
 * max_frames may be any; more than 8 costs memory once.
 */
struct sim_config {
	unsigned int domains, pages, frames, max_frames, maptrack, room;
	unsigned int hvm;	/* bit d */
	bool silo, no_transfer;
};

struct sim;

/* A machine, or NULL without memory.  Costly: one is used for many programs. */
struct sim *sim_new(void);
void sim_free(struct sim *s);

/*
 * Start anew: no grant, no mapping, all contents patterns.  The cost follows what was touched since
 * the last reset.  Guests' pointers to their tables are void after.
 */
void sim_reset(struct sim *s, const struct sim_config *c);

/* Domain d's machine, for arch.h and guest.h.  Pre: d < the configuration's domains. */
struct arch *sim_guest(struct sim *s, unsigned int d);

/* PV: the machine address of window w's page-table entry, for GNTMAP_contains_pte. */
uint64_t sim_window_entry(const struct arch *a, unsigned int w);

/* Pages that the guest got from arch_pages_alloc and has not given back. */
unsigned int sim_pages_in_use(const struct arch *a);

/*
 * Check the invariants of diff/spec.md over all that is in use: pins against mappings, shared
 * flags against pins, one owner a frame, page counts, references (rules I-*, listed in check.c).
 * Returns NULL, or which one does not hold (a constant string that begins with its rule).
 * Pre: no hypercall is in progress.
 */
const char *sim_check(const struct sim *s);

/*
 * Check what holds at every step of a race (rules S-*, listed in watch.c); race_control.after is
 * the place for it.  Returns as sim_check does.
 */
const char *sim_check_step(const struct sim *s);

#endif
