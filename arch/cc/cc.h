/*
 * cc: the services of arch.h, hosted, for a test that stands in for the hypervisor.
 *
 * A struct arch is one guest's machine: a real lock, memory from the heap, and whatever the test
 * says for the rest.  It goes with the memory operations of arch/cc and of arch/x86 alike.
 * The core calls most services with the lock held, and that guards the members; a test that looks
 * at them while threads run takes it with arch_lock.
 */
#ifndef CC_H
#define CC_H

#include <pthread.h>

#include "arch/arch.h"

struct arch {
	pthread_mutex_t lock;		/* checks its holder: locking twice panics */

	/* The hypervisor.  NULL: every hypercall is -XEN_ENOSYS. */
	int (*grant_table_op)(struct arch *a, unsigned int cmd, void *uop, unsigned int count);
	int (*memory_op)(struct arch *a, unsigned int cmd, void *arg);

	/* Told of what happens; NULL: counted only. */
	void (*mapped)(struct arch *a, const xen_pfn_t *frames, uint32_t nr_frames);
	void (*page_put)(struct arch *a, uintptr_t page);
	void (*defer_arm)(struct arch *a);
	void (*sleep_ms)(struct arch *a, unsigned int ms);	/* NULL: sleep */
	void *ctx;			/* the test's own */

	bool translated;
	struct grant_entry_v1 *table;	/* the test's memory for all of the table */
	uint32_t table_frames;		/* that it has room for */

	/* Faults: the n-th call from now fails once; 0: none. */
	unsigned int fail_alloc, fail_init, fail_map;

	/* What was seen. */
	long n_pages;			/* allocated and not given back */
	unsigned int n_allocs, n_inits, n_maps, n_unmaps, n_puts, n_arms;
	uint32_t mapped_frames;		/* by the last map_shared; 0 after unmap */
};

/* Make a machine: all zero but the lock.  Pre: not in use. */
void cc_init(struct arch *a);

/* Take it down.  Pre: nobody holds its lock. */
void cc_fini(struct arch *a);

#endif
