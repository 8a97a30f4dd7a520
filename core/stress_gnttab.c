/*
 * stress_gnttab: the core under real threads, on a real CPU's memory order.
 *
 * Three guest threads share one struct gnttab: they lend pages and take them back in every way,
 * accept transfers, and shuffle chains.  One thread stands in for the hypervisor (stress_xen.c): it
 * pins and unpins entries, and completes transfers.  Checked all the time:
 *
 *   - the domid and the frame that were pinned belong together (nothing torn);
 *   - a page is pinned only while it is lent: never after an end succeeded, never before its grant;
 *   - a transferred frame is the one that was given, with its contents.
 *
 * Pages' and frames' contents are ordinary variables, so that ThreadSanitizer reports any order
 * that the core fails to give.  Not checked: that the guest's CPU could reorder more than this one
 * does.
 *
 * usage: stress_gnttab [SECONDS]
 */
#define _POSIX_C_SOURCE 200809L

#include "core/stress.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
	SECONDS_DEFAULT = 2,
	SECONDS_MAX = 60,		/* to do the least that counts, on a busy machine */
	LEAST = 200,			/* of each thing that must happen */
};

/* ------------------------------------------------------------------ the guest's threads */

/* The page is its owner's again: nobody may have it, and its contents are the owner's to change. */
static void
page_back(struct stress *s, struct stress_page *p)
{
	ARCH_ASSERT(__atomic_load_n(&p->n_pins, __ATOMIC_RELAXED) == 0);
	ARCH_ASSERT(p->content == stress_frame(s, p));
	p->content = 0;
	__atomic_store_n(&p->at, STRESS_HERE, __ATOMIC_RELEASE);
}

static void
page_put(struct arch *a, uintptr_t page)
{
	struct stress *s = a->ctx;

	page_back(s, &s->page[page - 1]);
}

/* End access in one of the three ways. */
static void
end(struct stress *s, grant_ref_t ref, struct stress_page *p, unsigned int way)
{
	int rc;

	if (way == 0) {
		rc = gnttab_end_foreign_access(&s->gt, ref, (uintptr_t)(p - s->page) + 1);
		ARCH_ASSERT(rc >= 0);
		if (rc == 0)
			stress_count(&s->deferred);
		return;
	}
	for (;;) {
		rc = way == 1 ? gnttab_try_end_foreign_access(&s->gt, ref) :
				gnttab_end_foreign_access_ref(&s->gt, ref);
		ARCH_ASSERT(rc >= 0);
		if (rc == 1)
			break;
		stress_count(&s->refused);
		if (gnttab_query_foreign_access(&s->gt, ref) != 0)
			sched_yield();
	}
	page_back(s, p);
	if (way == 2)
		ARCH_ASSERT(gnttab_free_grant_reference(&s->gt, ref) == 0);
}

/* Let the peer begin to use the page, or not: where CPUs are scarce, that takes a while. */
static void
await_use(struct stress *s, grant_ref_t ref)
{
	for (unsigned int i = 0; i < 20 && gnttab_query_foreign_access(&s->gt, ref) == 0; i++)
		sched_yield();
}

/* Lend a page for a moment. */
static void
lend(struct stress *s, struct stress_page *p, uint32_t *seed)
{
	uint32_t frame = stress_frame(s, p);
	bool readonly = stress_below(seed, 2) == 0;
	int ref;

	if (__atomic_load_n(&p->at, __ATOMIC_ACQUIRE) != STRESS_HERE)
		return;			/* its end is deferred */
	p->content = frame;
	__atomic_store_n(&p->at, STRESS_LENT, __ATOMIC_RELAXED);
	ref = gnttab_grant_foreign_access(&s->gt, stress_domid(frame), frame, readonly);
	ARCH_ASSERT(ref >= 8);
	ARCH_ASSERT(ref < 8 + STRESS_REFS);
	stress_count(&s->grants);
	for (unsigned int i = stress_below(seed, 200); i > 0; i--)
		arch_relax();
	if (stress_below(seed, 16) == 0)
		await_use(s, (grant_ref_t)ref);
	end(s, (grant_ref_t)ref, p, stress_below(seed, 3));
}

/* A frame has arrived: look at it, and give it back to the hypervisor. */
static void
take_gift(struct stress *s, int64_t frame)
{
	struct stress_gift *g = &s->gift[frame - STRESS_GIFT_FRAME];

	ARCH_ASSERT(frame >= STRESS_GIFT_FRAME);
	ARCH_ASSERT(frame < STRESS_GIFT_FRAME + STRESS_GIFTS);
	ARCH_ASSERT(g->content == frame);
	g->content = 0;
	ARCH_ASSERT(__atomic_exchange_n(&g->given, 0, __ATOMIC_RELEASE) == 1);
}

/* Offer a slot for a moment. */
static void
accept(struct stress *s, uint32_t *seed)
{
	uint32_t pfn = stress_below(seed, 1000);
	int ref = gnttab_grant_foreign_transfer(&s->gt, stress_domid(pfn), pfn);
	int64_t frame;

	ARCH_ASSERT(ref >= 8);
	stress_count(&s->accepts);
	for (unsigned int i = stress_below(seed, 4); i > 0; i--)
		sched_yield();
	do
		frame = gnttab_end_foreign_transfer(&s->gt, (grant_ref_t)ref);
	while (frame == -XEN_EAGAIN);
	ARCH_ASSERT(frame >= 0);
	if (frame > 0)
		take_gift(s, frame);
	else
		stress_count(&s->withdrawn);
}

/* Take a few references, and give them back in another order. */
static void
shuffle(struct stress *s, uint32_t *seed)
{
	unsigned int n = 1 + stress_below(seed, 5);
	grant_ref_t head, other = INVALID_GRANT_REF;
	int ref;

	ARCH_ASSERT(gnttab_alloc_grant_references(&s->gt, (uint16_t)n, &head) == 0);
	ref = gnttab_claim_grant_reference(&s->gt, &head);
	ARCH_ASSERT(ref >= 8);
	ARCH_ASSERT(gnttab_release_grant_reference(&s->gt, &other, (grant_ref_t)ref) == 0);
	ARCH_ASSERT(gnttab_free_grant_references(&s->gt, head) == 0);
	ARCH_ASSERT(gnttab_free_grant_references(&s->gt, other) == 0);
	stress_count(&s->chains);
}

struct guest {
	struct stress *stress;
	struct stress_page *own;	/* its pages: STRESS_PAGES_EACH */
};

static void *
guest(void *arg)
{
	struct stress *s = ((struct guest *)arg)->stress;
	struct stress_page *own = ((struct guest *)arg)->own;
	uint32_t seed = 99 + (uint32_t)(own - s->page);

	while (!stress_stopping(s)) {
		unsigned int what = stress_below(&seed, 16);
		int n = 0;

		if (what < 10)
			lend(s, &own[stress_below(&seed, STRESS_PAGES_EACH)], &seed);
		else if (what < 13)
			accept(s, &seed);
		else if (what < 15)
			shuffle(s, &seed);
		else
			n = gnttab_deferred_tick(&s->gt);
		ARCH_ASSERT(n >= 0);
		for (; n > 0; n--)
			stress_count(&s->ticked);
	}
	return NULL;
}

/* ------------------------------------------------------------------ the run */

/* Whether everything that this test is about has happened. */
static bool
enough(const struct stress *s)
{
	const unsigned long *must[] = {
		&s->maps, &s->refused, &s->deferred, &s->ticked, &s->transfers, &s->withdrawn,
	};

	for (unsigned int i = 0; i < sizeof must / sizeof must[0]; i++)
		if (__atomic_load_n(must[i], __ATOMIC_RELAXED) < LEAST)
			return false;
	return true;
}

static void
sleep_for(const struct stress *s, unsigned long seconds)
{
	struct timespec t = { .tv_sec = 0, .tv_nsec = 100 * 1000 * 1000 };

	for (unsigned long i = 0; i < seconds * 10 || (i < SECONDS_MAX * 10 && !enough(s)); i++)
		nanosleep(&t, NULL);
}

static void
run(struct stress *s, unsigned long seconds)
{
	struct guest guests[STRESS_GUESTS];
	pthread_t xen, threads[STRESS_GUESTS];

	ARCH_ASSERT(pthread_create(&xen, NULL, stress_hypervisor, s) == 0);
	for (unsigned int i = 0; i < STRESS_GUESTS; i++) {
		guests[i] = (struct guest){ s, &s->page[i * STRESS_PAGES_EACH] };
		ARCH_ASSERT(pthread_create(&threads[i], NULL, guest, &guests[i]) == 0);
	}
	sleep_for(s, seconds);
	__atomic_store_n(&s->stop, 1, __ATOMIC_RELAXED);
	pthread_join(xen, NULL);
	for (unsigned int i = 0; i < STRESS_GUESTS; i++)
		pthread_join(threads[i], NULL);
}

/* Nobody uses anything any more: all that is deferred ends, and every reference is back. */
static void
settle(struct stress *s)
{
	while (s->gt.deferred_count > 0)
		ARCH_ASSERT(gnttab_deferred_tick(&s->gt) > 0);
	for (unsigned int i = 0; i < STRESS_PAGES; i++)
		ARCH_ASSERT(s->page[i].at == STRESS_HERE);
	ARCH_ASSERT(gnttab_free_count(&s->gt) == GNTTAB_ENTRIES_PER_FRAME - 8);
	gnttab_fini(&s->gt);
	ARCH_ASSERT(s->arch.n_pages == 0);
	cc_fini(&s->arch);
}

int
main(int argc, char **argv)
{
	static struct stress stress;
	unsigned long seconds = argc > 1 ? strtoul(argv[1], NULL, 10) : SECONDS_DEFAULT;
	struct stress *s = &stress;

	cc_init(&s->arch);
	s->arch.ctx = s;
	s->arch.grant_table_op = stress_grant_table_op;
	s->arch.page_put = page_put;
	s->arch.table = s->table;
	s->arch.table_frames = STRESS_FRAMES;
	ARCH_ASSERT(gnttab_init(&s->gt, &s->arch) == 0);
	run(s, seconds < SECONDS_MAX ? seconds : SECONDS_MAX);
	printf("grants %lu, maps %lu, ends refused %lu, deferred %lu, ended by a tick %lu\n"
	       "accepts %lu, transfers %lu, withdrawn %lu, chains %lu\n", s->grants, s->maps,
	       s->refused, s->deferred, s->ticked, s->accepts, s->transfers, s->withdrawn,
	       s->chains);
	if (!enough(s))
		printf("too little of something: this run shows nothing\n");
	settle(s);
	return enough(s) ? 0 : 1;
}
