/*
 * stress_count: what really happened in a stress run.
 *
 * Each thread counts for itself, so that counting costs no contention; a sum may be taken while
 * they run.  What is refused again and again counts once, so that waiting proves nothing.
 */
#ifndef STRESS_COUNT_H
#define STRESS_COUNT_H

#include <stdbool.h>

enum stress_event {
	STRESS_GRANTS,
	STRESS_MAPS,
	STRESS_UPGRADES,	/* a writer joined readers */
	STRESS_COPIES,		/* pinned, used and unpinned at once */
	STRESS_LOST,		/* exchanges of the hypervisor's that lost to a guest's */
	STRESS_ENDS,		/* of access, at once or by a tick */
	STRESS_REFUSED,		/* lendings whose end was refused, once or more */
	STRESS_DEFERRED,
	STRESS_TICKED,		/* deferred, then ended by a tick */
	STRESS_ACCEPTS,
	STRESS_TRANSFERS,	/* a frame was sent, arrived and was looked at */
	STRESS_WAITED,		/* an end of transfer began between committed and completed */
	STRESS_WITHDRAWN,
	STRESS_CHAINS,
	STRESS_CALLBACKS,	/* that were called */
	STRESS_CANCELLED,	/* that were not */
	STRESS_EVENTS,
};

/* One thread's.  On lines of the cache that nobody else writes. */
struct stress_counts {
	_Alignas(128) unsigned long n[STRESS_EVENTS];
};

/* Count `by` more.  Only by the thread that *c is for. */
static inline void
stress_count(struct stress_counts *c, enum stress_event event, unsigned int by)
{
	__atomic_store_n(&c->n[event], c->n[event] + by, __ATOMIC_RELAXED);
}

/* Add what c has to *sum. */
void stress_counts_add(struct stress_counts *sum, const struct stress_counts *c);

/*
 * Whether there is enough of everything: `least` of maps, ends, refused ends and transfers, and a
 * share of `least` of the rest.  With `tell`, prints a line for each that there is too little of.
 */
bool stress_counts_enough(const struct stress_counts *c, unsigned long least, bool tell);

/* Print what happened in `seconds` and `cpu_seconds`, for people or as a line of JSON. */
void stress_counts_print(const struct stress_counts *c, double seconds, double cpu_seconds,
			 unsigned long least, bool json);

#endif
