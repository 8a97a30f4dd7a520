/*
 * stress: what the guest's threads (stress_gnttab.c) and the hypervisor's (stress_xen.c) share.
 *
 * Each page and each gift has a count or a state beside its contents.  Those are atomic; the
 * contents are ordinary variables, which belong to one thread at a time if the core does its work.
 */
#ifndef STRESS_H
#define STRESS_H

#include "arch/cc/cc.h"
#include "core/gnttab.h"

enum {
	STRESS_GUESTS = 3,
	STRESS_PAGES_EACH = 16,		/* pages that a guest thread lends */
	STRESS_PAGES = STRESS_GUESTS * STRESS_PAGES_EACH,
	STRESS_PAGE_FRAME = 0x10000,	/* frame of page 0 */
	STRESS_GIFTS = 16,		/* frames that the hypervisor gives away, and gets back */
	STRESS_GIFT_FRAME = 0x20000,
	STRESS_FRAMES = 2,		/* of the table */
	STRESS_REFS = 96,		/* from 8 on: all that are ever in use */
};

/* Where a page is: changed by its guest thread, or by whoever ends its deferred access. */
enum stress_at { STRESS_HERE, STRESS_LENT };

struct stress_page {
	int at;				/* atomic: enum stress_at */
	int n_pins;			/* atomic: the hypervisor's */
	unsigned int content;		/* the owner's; while pinned, the hypervisor's too */
};

struct stress_gift {
	int given;			/* atomic: from committed until taken */
	unsigned int content;
};

struct stress {
	struct arch arch;
	struct gnttab gt;
	struct stress_page page[STRESS_PAGES];
	struct stress_gift gift[STRESS_GIFTS];
	struct grant_entry_v1 table[STRESS_FRAMES * GNTTAB_ENTRIES_PER_FRAME];
	int stop;			/* atomic */
	/* What happened; each atomic. */
	unsigned long grants, maps, refused, deferred, ticked;
	unsigned long accepts, transfers, withdrawn, chains;
};

static inline void
stress_count(unsigned long *n)
{
	__atomic_fetch_add(n, 1, __ATOMIC_RELAXED);
}

static inline bool
stress_stopping(const struct stress *s)
{
	return __atomic_load_n(&s->stop, __ATOMIC_RELAXED) != 0;
}

/* A number below n, from a small generator that each thread has one of (xorshift). */
static inline unsigned int
stress_below(uint32_t *seed, unsigned int n)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed % n;
}

/* The one domid that a frame is ever offered to: neighbours differ. */
static inline domid_t
stress_domid(uint32_t frame)
{
	return (domid_t)(1 + frame % 5);
}

static inline uint32_t
stress_frame(const struct stress *s, const struct stress_page *p)
{
	return STRESS_PAGE_FRAME + (uint32_t)(p - s->page);
}

/* Answers query_size and setup_table. */
int stress_grant_table_op(struct arch *a, unsigned int cmd, void *uop, unsigned int count);

/* The hypervisor's thread: pins, unpins, transfers until told to stop.  Takes a struct stress. */
void *stress_hypervisor(void *stress);

#endif
