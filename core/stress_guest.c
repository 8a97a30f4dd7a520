/*
 * stress_guest: a guest's thread, one of several that share a core.
 *
 * It has some pages and slots, and takes one at random: what is here is lent or offered, what is
 * out is asked back, once, in one of the ways that the core has.  What is refused stays out until
 * its turn comes again, so that nothing is counted that a thread only waits for.
 */
#define _POSIX_C_SOURCE 200809L

#include "core/stress.h"

#include <sched.h>

/*
 * Both numbers, and those in stress_xen.c, are for balance: where guests get more turns than the
 * hypervisor, hardly anything of theirs is ever taken up; the other way round nothing is moving.
 */
enum {
	STEPS_A_TURN = 16,		/* about, before it yields its CPU */
	PATIENCE = 3,			/* about, looks at what nobody took up, before its end */
};

/* ------------------------------------------------------------------ pages */

/* The page is its owner's again: nobody may have it, and all that the peer wrote is there. */
static void
page_back(struct stress_page *p)
{
	ARCH_ASSERT(__atomic_load_n(&p->n_pins, __ATOMIC_RELAXED) == 0);
	ARCH_ASSERT(p->content == stress_content(p));
	p->content = 0;
	__atomic_store_n(&p->at, STRESS_HERE, __ATOMIC_RELEASE);
}

/* The core gives a page back; it was passed as its number, from 1 on. */
static void
page_put(struct arch *a, uintptr_t page)
{
	struct stress_guest *g = a->ctx;

	page_back(&g->page[page - 1]);
}

/* A reference, claimed. */
static grant_ref_t
claimed(struct gnttab *gt)
{
	grant_ref_t head;
	int ref;

	ARCH_ASSERT(gnttab_alloc_grant_references(gt, 1, &head) == 0);
	ref = gnttab_claim_grant_reference(gt, &head);
	ARCH_ASSERT(ref >= 8);
	ARCH_ASSERT(gnttab_empty_grant_references(&head));
	return (grant_ref_t)ref;
}

static void
lend(struct stress_cpu *c, struct stress_page *p)
{
	struct gnttab *gt = &c->guest->gt;
	domid_t domid = stress_domid(p->frame);
	bool readonly = stress_below(&c->seed, 4) == 0;

	__atomic_store_n(&p->n_writes, 0, __ATOMIC_RELAXED);
	p->content = p->frame;
	p->refused = false;
	__atomic_store_n(&p->at, STRESS_LENT, __ATOMIC_RELAXED);
	if (stress_below(&c->seed, 4) == 0) {
		p->ref = claimed(gt);
		ARCH_ASSERT(gnttab_grant_foreign_access_ref(gt, p->ref, domid, p->frame,
							    readonly) == 0);
	} else {
		p->ref = (grant_ref_t)gnttab_grant_foreign_access(gt, domid, p->frame, readonly);
	}
	ARCH_ASSERT(p->ref >= 8);
	ARCH_ASSERT(p->ref < 8 + STRESS_REFS);
	stress_count(&c->counts, STRESS_GRANTS, 1);
}

/* End access now or later: from here on the page is back, or the core's. */
static int
end_or_defer(struct stress_cpu *c, struct stress_page *p, grant_ref_t ref)
{
	uintptr_t number = (uintptr_t)(p - c->guest->page) + 1;
	int rc;

	p->ref = 0;
	rc = gnttab_end_foreign_access(&c->guest->gt, ref, number);
	if (rc == 0)
		stress_count(&c->counts, STRESS_DEFERRED, 1);
	return rc;
}

/* End access now, the reference given back with it or after it; or leave the page out. */
static int
end_or_leave(struct stress_cpu *c, struct stress_page *p, grant_ref_t ref, bool after)
{
	struct gnttab *gt = &c->guest->gt;
	int rc = after ? gnttab_end_foreign_access_ref(gt, ref) :
			 gnttab_try_end_foreign_access(gt, ref);

	if (rc != 1)
		return rc;
	page_back(p);
	if (after)
		ARCH_ASSERT(gnttab_free_grant_reference(gt, ref) == 0);
	p->ref = 0;
	return 1;
}

/* Whether to leave what nobody has taken up out a while longer: often, so that somebody does. */
static bool
leave_out(struct stress_cpu *c)
{
	return stress_below(&c->seed, PATIENCE) != 0;
}

static void
end(struct stress_cpu *c, struct stress_page *p)
{
	unsigned int way = stress_below(&c->seed, 4);
	bool refused_before = p->refused;
	int rc;

	if (way == 0)
		rc = end_or_defer(c, p, p->ref);
	else
		rc = end_or_leave(c, p, p->ref, way == 1);
	ARCH_ASSERT(rc >= 0);
	stress_count(&c->counts, STRESS_ENDS, rc == 1);
	stress_count(&c->counts, STRESS_REFUSED, rc == 0 && !refused_before);
	/* A page that is deferred is ended by a tick, whatever is said of it here. */
	p->refused = rc == 0;
}

static void
end_if_used(struct stress_cpu *c, struct stress_page *p)
{
	int used = gnttab_query_foreign_access(&c->guest->gt, p->ref);

	ARCH_ASSERT((used & ~(GTF_reading | GTF_writing)) == 0);
	if (used != 0 || !leave_out(c))
		end(c, p);
}

static void
tick(struct stress_cpu *c)
{
	int n = gnttab_deferred_tick(&c->guest->gt);

	ARCH_ASSERT(n >= 0);
	stress_count(&c->counts, STRESS_TICKED, (unsigned int)n);
	stress_count(&c->counts, STRESS_ENDS, (unsigned int)n);
}

static void
page(struct stress_cpu *c)
{
	struct stress_page *p = &c->page[stress_below(&c->seed, STRESS_PAGES_EACH)];

	if (__atomic_load_n(&p->at, __ATOMIC_ACQUIRE) == STRESS_HERE)
		lend(c, p);
	else if (p->ref != 0)
		end_if_used(c, p);
	else
		tick(c);
}

/* ------------------------------------------------------------------ slots */

static void
accept(struct stress_cpu *c, grant_ref_t *slot)
{
	struct gnttab *gt = &c->guest->gt;
	uint32_t pfn = stress_below(&c->seed, 1000);

	if (stress_below(&c->seed, 4) == 0) {
		*slot = claimed(gt);
		ARCH_ASSERT(gnttab_grant_foreign_transfer_ref(gt, *slot, stress_domid(pfn),
							      pfn) == 0);
	} else {
		*slot = (grant_ref_t)gnttab_grant_foreign_transfer(gt, stress_domid(pfn), pfn);
	}
	ARCH_ASSERT(*slot >= 8);
	ARCH_ASSERT(*slot < 8 + STRESS_REFS);
	stress_count(&c->counts, STRESS_ACCEPTS, 1);
}

/* A frame has arrived: look at it, and give it back to the hypervisor. */
static void
take_gift(struct stress_cpu *c, int64_t frame)
{
	struct stress_gift *g;

	ARCH_ASSERT(frame >= STRESS_GIFT_FRAME);
	ARCH_ASSERT(frame < STRESS_GIFT_FRAME + STRESS_XENS * STRESS_GIFTS_EACH);
	g = &c->stress->gift[frame - STRESS_GIFT_FRAME];
	ARCH_ASSERT(g->content == frame);
	g->content = 0;
	ARCH_ASSERT(__atomic_exchange_n(&g->given, 0, __ATOMIC_RELEASE) == 1);
	stress_count(&c->counts, STRESS_TRANSFERS, 1);
}

static void
end_transfer(struct stress_cpu *c, grant_ref_t *slot)
{
	struct gnttab *gt = &c->guest->gt;
	bool after = stress_below(&c->seed, 2) == 0;
	int64_t frame;

	frame = after ? gnttab_end_foreign_transfer_ref(gt, *slot) :
			gnttab_end_foreign_transfer(gt, *slot);
	if (frame == -XEN_EAGAIN)
		return;			/* the hypervisor's thread is off its CPU */
	ARCH_ASSERT(frame >= 0);
	if (frame > 0)
		take_gift(c, frame);
	else
		stress_count(&c->counts, STRESS_WITHDRAWN, 1);
	if (after)
		ARCH_ASSERT(gnttab_free_grant_reference(gt, *slot) == 0);
	*slot = 0;
}

/* The slot that one of the hypervisor's threads sends a frame to, or has just sent; or NULL. */
static grant_ref_t *
aimed_at(struct stress_cpu *c)
{
	const struct stress_xen *x = &c->stress->xen[stress_below(&c->seed, STRESS_XENS)];
	const struct grant_entry_v1 *aim = __atomic_load_n(&x->aim, __ATOMIC_RELAXED);

	for (unsigned int i = 0; i < STRESS_SLOTS_EACH; i++)
		if (c->slot[i] != 0 && &c->guest->table[c->slot[i]] == aim)
			return &c->slot[i];
	return NULL;
}

/* End it, soon or later.  The look ahead only tells how likely the core is to go which way. */
static void
end_transfer_if_sent(struct stress_cpu *c, grant_ref_t *slot, bool at_once)
{
	uint16_t flags = __atomic_load_n(&c->guest->table[*slot].flags, __ATOMIC_RELAXED);

	if (!(flags & GTF_transfer_committed) && !at_once && leave_out(c))
		return;
	stress_count(&c->counts, STRESS_WAITED,
		     flags == (GTF_accept_transfer | GTF_transfer_committed));
	end_transfer(c, slot);
}

static void
slot(struct stress_cpu *c)
{
	grant_ref_t *slot = &c->slot[stress_below(&c->seed, STRESS_SLOTS_EACH)];
	/* Not always: who meets a transfer waits for it with the lock held, if need be for long. */
	grant_ref_t *aimed = stress_below(&c->seed, 4) == 0 ? aimed_at(c) : NULL;

	if (aimed != NULL)
		end_transfer_if_sent(c, aimed, true);
	if (*slot == 0)
		accept(c, slot);
	else
		end_transfer_if_sent(c, slot, false);
}

/* ------------------------------------------------------------------ references */

/* Take a few references, and give them back in another order. */
static void
chain(struct stress_cpu *c)
{
	struct gnttab *gt = &c->guest->gt;
	unsigned int n = 1 + stress_below(&c->seed, STRESS_CHAIN_MAX);
	grant_ref_t head, other = INVALID_GRANT_REF;
	int ref;

	ARCH_ASSERT(gnttab_alloc_grant_references(gt, (uint16_t)n, &head) == 0);
	ref = gnttab_claim_grant_reference(gt, &head);
	ARCH_ASSERT(ref >= 8);
	ARCH_ASSERT(gnttab_release_grant_reference(gt, &other, (grant_ref_t)ref) == 0);
	ARCH_ASSERT(gnttab_free_grant_references(gt, head) == 0);
	ARCH_ASSERT(gnttab_free_grant_references(gt, other) == 0);
	stress_count(&c->counts, STRESS_CHAINS, 1);
}

static void
called(void *arg)
{
	struct stress_cpu *c = arg;

	c->n_calls++;
}

/*
 * Ask to be called when some more references are free than now; whoever frees them calls.  After
 * the cancel n_calls is this thread's alone, and none may come any more.
 */
static void
callback(struct stress_cpu *c)
{
	struct gnttab *gt = &c->guest->gt;
	uint32_t n = gnttab_free_count(gt) + stress_below(&c->seed, 3);

	c->n_calls = 0;
	gnttab_request_free_callback(gt, &c->callback, called, c, (uint16_t)n);
	for (unsigned int i = stress_below(&c->seed, 3); i > 0; i--)
		chain(c);
	gnttab_cancel_free_callback(gt, &c->callback);
	ARCH_ASSERT(c->n_calls <= 1);
	stress_count(&c->counts, c->n_calls == 1 ? STRESS_CALLBACKS : STRESS_CANCELLED, 1);
}

/* ------------------------------------------------------------------ the thread */

void *
stress_guest_thread(void *cpu)
{
	struct stress_cpu *c = cpu;
	unsigned int left = 0;

	while (!stress_stopping(c->stress)) {
		unsigned int what = stress_below(&c->seed, 32);

		if (what < 24)
			page(c);
		else if (what < 30)
			slot(c);
		else if (what == 30)
			tick(c);
		else if (stress_below(&c->seed, 2) == 0)
			chain(c);
		else
			callback(c);
		if (stress_turn_is_over(&left, &c->seed, STEPS_A_TURN))
			sched_yield();
	}
	return NULL;
}

/* ------------------------------------------------------------------ set-up and end */

void
stress_guest_init(struct stress_guest *g, unsigned int number)
{
	cc_init(&g->arch);
	g->arch.ctx = g;
	g->arch.grant_table_op = stress_grant_table_op;
	g->arch.page_put = page_put;
	g->arch.table = g->table;
	g->arch.table_frames = STRESS_FRAMES;
	for (unsigned int i = 0; i < STRESS_PAGES; i++)
		g->page[i].frame = STRESS_PAGE_FRAME * (1 + number) + i;
	for (unsigned int i = 0; i < STRESS_REFS; i++)
		ARCH_ASSERT(pthread_mutex_init(&g->active[i].lock, NULL) == 0);
	ARCH_ASSERT(gnttab_init(&g->gt, &g->arch) == 0);
}

/* Ask back all that the thread left out; nobody has any of it. */
static void
cpu_settle(struct stress_cpu *c)
{
	for (unsigned int i = 0; i < STRESS_PAGES_EACH; i++)
		if (c->page[i].ref != 0)
			end(c, &c->page[i]);
	for (unsigned int i = 0; i < STRESS_SLOTS_EACH; i++)
		if (c->slot[i] != 0)
			end_transfer(c, &c->slot[i]);
}

static void
guest_settle(struct stress_guest *g)
{
	while (g->gt.deferred_count > 0)
		ARCH_ASSERT(gnttab_deferred_tick(&g->gt) > 0);
	for (unsigned int i = 0; i < STRESS_PAGES; i++)
		ARCH_ASSERT(g->page[i].at == STRESS_HERE);
	for (unsigned int i = 0; i < STRESS_REFS; i++)
		pthread_mutex_destroy(&g->active[i].lock);
	ARCH_ASSERT(gnttab_free_count(&g->gt) == GNTTAB_ENTRIES_PER_FRAME - 8);
	gnttab_fini(&g->gt);
	ARCH_ASSERT(g->arch.n_pages == 0);
	cc_fini(&g->arch);
}

void
stress_guests_settle(struct stress *s)
{
	for (unsigned int i = 0; i < STRESS_GUESTS * STRESS_CPUS; i++)
		cpu_settle(&s->cpu[i]);
	for (unsigned int i = 0; i < STRESS_GUESTS; i++)
		guest_settle(&s->guest[i]);
	for (unsigned int i = 0; i < STRESS_XENS * STRESS_GIFTS_EACH; i++)
		ARCH_ASSERT(s->gift[i].given == 0);
}
