/*
 * sim: a simulated Xen with up to three guests, in process and deterministic.
 *
 * A machine has page frames with contents and owners, v1 grant tables in real memory, maptrack, pin
 * counters, page-table entries (PV) or a physmap (translated), and does every GNTTABOP that a v1 guest can
 * issue, with all status codes in the order of checks of the real one.  It keeps its own ghost state; the core
 * knows nothing of it.
 *
 * Written from the hypervisor's documented behaviour (diff/spec.md), not from its source.  It shares
 * nothing with diff/model, which predicts it.
 */
#ifndef SIM_H
#define SIM_H

#include "arch/guest.h"

/* What a machine starts with; the meaning of each is that of the same field of a program's header. */
struct sim_config {
	unsigned int domains, pages, frames, max_frames, maptrack, room;
	unsigned int hvm;	/* bit d */
	bool silo, no_transfer;
};

struct sim;

/* A machine, or NULL without memory.  Costly: one is used for many programs. */
struct sim *sim_new(void);
void sim_free(struct sim *s);

/* Start anew: no grant, no mapping, all contents patterns.  The cost follows what was touched since the last reset. */
void sim_reset(struct sim *s, const struct sim_config *c);

/* Domain d's machine, for arch.h and guest.h.  Pre: d < the configuration's domains. */
struct arch *sim_guest(struct sim *s, unsigned int d);

/* PV: the machine address of window w's page-table entry, for GNTMAP_contains_pte. */
uint64_t sim_window_entry(const struct arch *a, unsigned int w);

/* Pages that the guest got from arch_pages_alloc and has not given back. */
unsigned int sim_pages_in_use(const struct arch *a);

/*
 * Check the invariants of semantics.md E (spec.md, rules I-*) over all that is in use: pins against mappings,
 * shared flags against pins, one owner a frame, page counts, what is mapped shows the owner's bytes.
 * Returns NULL, or which one does not hold (a constant string that begins with its rule).
 * Pre: no hypercall is in progress.
 */
const char *sim_check(const struct sim *s);

#endif
