/*
 * stress: what the guests' threads (stress_guest.c) and the hypervisor's (stress_xen.c) share.
 *
 * Each guest has a table and a core of its own, and several threads that are its virtual CPUs.
 * Each page and each gift has a count or a state beside its contents.  Those are atomic; the
 * contents are ordinary variables, which belong to one thread at a time if the core does its work.
 */
#ifndef STRESS_H
#define STRESS_H

#include "arch/cc/cc.h"
#include "core/gnttab.h"
#include "core/stress_count.h"

enum {
	STRESS_GUESTS = 2,
	STRESS_CPUS = 2,		/* threads of a guest */
	STRESS_XENS = 2,		/* threads of the hypervisor, which work for all guests */
	STRESS_PAGES_EACH = 64,		/* pages that a guest's thread lends */
	STRESS_SLOTS_EACH = 16,		/* offers of a slot that it has out at a time */
	STRESS_CHAIN_MAX = 5,
	STRESS_PAGES = STRESS_CPUS * STRESS_PAGES_EACH,		/* of a guest */
	STRESS_HELD = 128,		/* mappings that a hypervisor's thread holds at a time */
	STRESS_GIFTS_EACH = 96,		/* frames that it gives away, and gets back */
	STRESS_PAGE_FRAME = 0x10000,	/* times 1 + a guest's number: frame of its page 0 */
	STRESS_GIFT_FRAME = 0x80000,
	STRESS_FRAMES = 2,		/* of a table */
	STRESS_LONG_ONE_IN = 8,	/* of turns */
	STRESS_LONG_TIMES = 256,	/* as many steps: longer than a CPU is given at a time */
	/* From 8 on, all that are ever in use: what is given back last is used next. */
	STRESS_REFS =
		STRESS_CPUS * (STRESS_PAGES_EACH + STRESS_SLOTS_EACH + STRESS_CHAIN_MAX),
};

/* Where a page is: changed by its guest's thread, or by whoever ends its deferred access. */
enum stress_at { STRESS_HERE, STRESS_LENT };

struct stress_page {
	uint32_t frame;
	int at;				/* atomic: enum stress_at */
	unsigned int n_pins;		/* atomic: the hypervisor's */
	unsigned int n_writes;		/* atomic: by the peer, since it was lent */
	uint32_t content;		/* frame + n_writes: while pinned, the peer's too */
	/* Its thread's own: */
	grant_ref_t ref;		/* 0: not lent, or its end is deferred */
	bool refused;			/* an end was, since it was lent */
};

struct stress_gift {
	int given;			/* atomic: from committed until taken */
	uint32_t content;
};

/* What the hypervisor knows of an entry; guarded by its lock, which guests know nothing of. */
struct stress_active {
	pthread_mutex_t lock;
	unsigned int readers, writers;
	struct stress_page *page;	/* of the first pin */
};

struct stress_guest {
	struct arch arch;
	struct gnttab gt;
	struct stress_page page[STRESS_PAGES];
	struct stress_active active[STRESS_REFS];	/* from reference 8 on */
	struct grant_entry_v1 table[STRESS_FRAMES * GNTTAB_ENTRIES_PER_FRAME];
};

/* A guest's thread. */
struct stress_cpu {
	struct stress *stress;
	struct stress_guest *guest;
	struct stress_page *page;	/* its own: STRESS_PAGES_EACH */
	grant_ref_t slot[STRESS_SLOTS_EACH];		/* offered at these; 0: not */
	struct gnttab_free_callback callback;
	unsigned int n_calls;		/* of callback: ours but while it waits */
	uint32_t seed;
	struct stress_counts counts;
};

struct stress_mapping {
	struct stress_guest *guest;	/* NULL: none */
	grant_ref_t ref;
	bool write;
};

/* A hypervisor's thread. */
struct stress_xen {
	struct stress *stress;
	struct stress_mapping held[STRESS_HELD];
	struct stress_gift *gift;	/* its own: STRESS_GIFTS_EACH */
	const struct grant_entry_v1 *aim;	/* atomic: a frame was last sent here */
	uint32_t seed;
	struct stress_counts counts;
};

struct stress {
	struct stress_guest guest[STRESS_GUESTS];
	struct stress_cpu cpu[STRESS_GUESTS * STRESS_CPUS];
	struct stress_xen xen[STRESS_XENS];
	struct stress_gift gift[STRESS_XENS * STRESS_GIFTS_EACH];
	int stop;			/* atomic */
};

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

/*
 * Whether a thread is to yield its CPU before this step: after `about` steps, or now and then far
 * more.  CPUs may be fewer than threads, or busy with others' work: one that always yields is then
 * hardly ever stopped in the middle of a step, and meets nobody.  `*left' begins at 0.
 */
static inline bool
stress_turn_is_over(unsigned int *left, uint32_t *seed, unsigned int about)
{
	if (*left > 0) {
		--*left;
		return false;
	}
	*left = 1 + stress_below(seed, 2 * about);
	if (stress_below(seed, STRESS_LONG_ONE_IN) == 0)
		*left *= STRESS_LONG_TIMES;
	return true;
}

/* The one domid that a frame is ever offered to: neighbours differ. */
static inline domid_t
stress_domid(uint32_t frame)
{
	return (domid_t)(1 + frame % 5);
}

/* What a page that is lent holds. */
static inline uint32_t
stress_content(const struct stress_page *p)
{
	return p->frame + __atomic_load_n(&p->n_writes, __ATOMIC_RELAXED);
}

/* Set up guest number `number` of s, with its machine and its core. */
void stress_guest_init(struct stress_guest *g, unsigned int number);

/* A guest's thread: lends, ends, accepts, until told to stop.  Takes a struct stress_cpu. */
void *stress_guest_thread(void *cpu);

/*
 * End all that the threads of s left out, and take down the guests; asserts that nothing is lost.
 * Pre: no thread runs any more.
 */
void stress_guests_settle(struct stress *s);

/*
 * A hypervisor's thread: maps, unmaps, copies, transfers, until told to stop.  Holds nothing when
 * it returns.  Takes a struct stress_xen.
 */
void *stress_xen_thread(void *xen);

/* The hypercalls of a guest: answers query_size and setup_table. */
int stress_grant_table_op(struct arch *a, unsigned int cmd, void *uop, unsigned int count);

#endif
