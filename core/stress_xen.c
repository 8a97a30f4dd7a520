/*
 * stress_xen: a thread that stands in for the hypervisor, one of several.
 *
 * It pins an entry as a hypervisor does: under a lock that the entry has on its side, by one 32-bit
 * compare-and-exchange of flags and domid, then the frame; further pins go by what it knows, and
 * only the first writer looks at the entry again.  From pin to unpin it checks that nobody took the
 * page away, and that flags say what it does.
 *
 * Two users of a page take turns by the entry's lock, so that what ThreadSanitizer reports on
 * contents is between a user and the owner: that order is the core's to give.
 */
#define _POSIX_C_SOURCE 200809L

#include "core/stress.h"

#include <sched.h>

enum {
	TRIES = 5,			/* of an exchange, before the entry is called unstable */
	LOOKS = 8,			/* for an entry of use, before any will do */
	STEPS_A_TURN = 24,		/* about, before it yields its CPU */
};

/* ------------------------------------------------------------------ the hypercalls */

int
stress_grant_table_op(struct arch *a, unsigned int cmd, void *uop, unsigned int count)
{
	struct gnttab_query_size *q = uop;
	struct gnttab_setup_table *t = uop;

	(void)a;
	ARCH_ASSERT(count == 1);
	if (cmd == GNTTABOP_query_size) {
		q->max_nr_frames = STRESS_FRAMES;
		q->status = GNTST_okay;
		return 0;
	}
	ARCH_ASSERT(cmd == GNTTABOP_setup_table);
	for (uint32_t i = 0; i < t->nr_frames; i++)
		t->frame_list.p[i] = i + 1;
	t->status = GNTST_okay;
	return 0;
}

/* ------------------------------------------------------------------ entries */

/* The 32-bit word of flags and domid: the one that is exchanged. */
static uint32_t *
entry_word(struct grant_entry_v1 *e)
{
	return (uint32_t *)(void *)e;
}

static struct stress_active *
lock(struct stress_guest *g, grant_ref_t ref)
{
	struct stress_active *a = &g->active[ref - 8];

	ARCH_ASSERT(pthread_mutex_lock(&a->lock) == 0);
	return a;
}

static void
unlock(struct stress_active *a)
{
	ARCH_ASSERT(pthread_mutex_unlock(&a->lock) == 0);
}

/* Whether an entry with these flags, of which the hypervisor knows *a, may be ... */
typedef bool judge_fn(const struct stress_active *a, uint16_t flags);

static bool
may_be_read(const struct stress_active *a, uint16_t flags)
{
	(void)a;
	return (flags & GTF_type_mask) == GTF_permit_access;
}

static bool
may_be_written(const struct stress_active *a, uint16_t flags)
{
	return !(flags & GTF_readonly) && (a->readers > 0 || may_be_read(a, flags));
}

static bool
may_be_filled(const struct stress_active *a, uint16_t flags)
{
	(void)a;
	return flags == GTF_accept_transfer;
}

/*
 * Set `bits` by exchange of flags and domid, if the entry may be what `judge` says.
 * Returns whether it was done, with *word what was there.
 */
static bool
exchange(struct stress_xen *x, struct grant_entry_v1 *e, const struct stress_active *a,
	 judge_fn *judge, uint16_t bits, uint32_t *word)
{
	*word = __atomic_load_n(entry_word(e), __ATOMIC_RELAXED);
	for (unsigned int i = 0; i < TRIES; i++) {
		if (!judge(a, (uint16_t)*word))
			return false;
		if (__atomic_compare_exchange_n(entry_word(e), word, *word | bits, false,
						__ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
			return true;
		stress_count(&x->counts, STRESS_LOST, 1);
	}
	return false;
}

/* ------------------------------------------------------------------ pins */

/* Flags of an entry that is pinned: its guest may not have touched them. */
static void
check_flags(const struct stress_active *a, const struct grant_entry_v1 *e)
{
	uint16_t flags = __atomic_load_n(&e->flags, __ATOMIC_RELAXED);
	uint16_t want = GTF_reading | (a->writers > 0 ? GTF_writing : 0);

	ARCH_ASSERT((flags & GTF_type_mask) == GTF_permit_access);
	ARCH_ASSERT((flags & (GTF_reading | GTF_writing)) == want);
}

/* The page that is lent at an entry just pinned; flags and domid were *word. */
static struct stress_page *
lent_page(struct stress_guest *g, const struct grant_entry_v1 *e, uint32_t word)
{
	uint32_t frame = __atomic_load_n(&e->frame, __ATOMIC_RELAXED);

	ARCH_ASSERT(frame >= g->page[0].frame);
	ARCH_ASSERT(frame < g->page[0].frame + STRESS_PAGES);
	ARCH_ASSERT(word >> 16 == stress_domid(frame));
	return &g->page[frame - g->page[0].frame];
}

/* Have the entry's flags say what one more user does.  Returns whether it may. */
static bool
pin_entry(struct stress_xen *x, struct stress_guest *g, struct stress_active *a,
	  struct grant_entry_v1 *e, bool write)
{
	bool first = a->readers + a->writers == 0;
	uint16_t bits = GTF_reading | (write ? GTF_writing : 0);
	uint32_t word;

	if (!first)
		check_flags(a, e);
	if (!first && (!write || a->writers > 0))
		return true;
	if (!exchange(x, e, a, write ? may_be_written : may_be_read, bits, &word))
		return false;
	if (first)
		a->page = lent_page(g, e, word);
	stress_count(&x->counts, STRESS_UPGRADES, !first);
	return true;
}

/* Begin to use the page at ref.  Returns whether it is to be had. */
static bool
pin(struct stress_xen *x, struct stress_guest *g, grant_ref_t ref, bool write)
{
	struct stress_active *a = lock(g, ref);
	bool pinned = pin_entry(x, g, a, &g->table[ref], write);

	if (pinned) {
		*(write ? &a->writers : &a->readers) += 1;
		__atomic_fetch_add(&a->page->n_pins, 1, __ATOMIC_RELAXED);
		ARCH_ASSERT(__atomic_load_n(&a->page->at, __ATOMIC_RELAXED) == STRESS_LENT);
		ARCH_ASSERT(a->page->content == stress_content(a->page));
	}
	unlock(a);
	return pinned;
}

static void
use(struct stress_page *p, bool write)
{
	ARCH_ASSERT(__atomic_load_n(&p->at, __ATOMIC_RELAXED) == STRESS_LENT);
	ARCH_ASSERT(p->content == stress_content(p));
	if (write)
		p->content = p->frame + __atomic_add_fetch(&p->n_writes, 1, __ATOMIC_RELAXED);
}

/* Use the page at ref for the last time. */
static void
unpin(struct stress_guest *g, grant_ref_t ref, bool write)
{
	struct stress_active *a = lock(g, ref);
	uint16_t gone = 0;

	check_flags(a, &g->table[ref]);
	use(a->page, write);
	__atomic_fetch_sub(&a->page->n_pins, 1, __ATOMIC_RELAXED);
	*(write ? &a->writers : &a->readers) -= 1;
	if (a->writers == 0 && write)
		gone |= GTF_writing;
	if (a->readers + a->writers == 0)
		gone |= GTF_reading;
	if (gone != 0)
		__atomic_fetch_and(&g->table[ref].flags, (uint16_t)~gone, __ATOMIC_SEQ_CST);
	unlock(a);
}

/* ------------------------------------------------------------------ operations */

static void
map(struct stress_xen *x, struct stress_mapping *m, struct stress_guest *g, grant_ref_t ref)
{
	bool write = stress_below(&x->seed, 2) == 0;

	if (!pin(x, g, ref, write))
		return;
	*m = (struct stress_mapping){ g, ref, write };
	stress_count(&x->counts, STRESS_MAPS, 1);
}

static void
unmap(struct stress_mapping *m)
{
	unpin(m->guest, m->ref, m->write);
	m->guest = NULL;
}

static void
copy(struct stress_xen *x, struct stress_guest *g, grant_ref_t ref)
{
	bool write = stress_below(&x->seed, 2) == 0;

	if (!pin(x, g, ref, write))
		return;
	unpin(g, ref, write);
	stress_count(&x->counts, STRESS_COPIES, 1);
}

/* Say what is aimed at, and now and then let a guest come and take it away. */
static void
take_aim(struct stress_xen *x, const struct grant_entry_v1 *e)
{
	__atomic_store_n(&x->aim, e, __ATOMIC_RELAXED);
	if (stress_below(&x->seed, 16) == 0)
		for (unsigned int i = stress_below(&x->seed, 256); i > 0; i--)
			arch_relax();
}

/* Give a frame to whoever accepts one at ref. */
static void
transfer(struct stress_xen *x, struct stress_guest *g, grant_ref_t ref)
{
	struct stress_gift *gift = &x->gift[stress_below(&x->seed, STRESS_GIFTS_EACH)];
	uint32_t frame = STRESS_GIFT_FRAME + (uint32_t)(gift - x->stress->gift), word, pfn;
	struct grant_entry_v1 *e = &g->table[ref];
	struct stress_active *a;

	if (__atomic_load_n(&gift->given, __ATOMIC_ACQUIRE))
		return;			/* its guest has not looked at it yet */
	a = lock(g, ref);
	take_aim(x, e);
	if (exchange(x, e, a, may_be_filled, GTF_transfer_committed, &word)) {
		pfn = __atomic_load_n(&e->frame, __ATOMIC_RELAXED);
		ARCH_ASSERT(word >> 16 == stress_domid(pfn));
		gift->content = frame;
		__atomic_store_n(&gift->given, 1, __ATOMIC_RELAXED);
		if (stress_below(&x->seed, 256) == 0)
			sched_yield();	/* a guest may wait here: rarely, as its CPU spins */
		/* Nobody but the hypervisor writes an entry that is committed. */
		ARCH_ASSERT(__atomic_load_n(&e->flags, __ATOMIC_RELAXED) ==
			    (GTF_accept_transfer | GTF_transfer_committed));
		__atomic_store_n(&e->frame, frame, __ATOMIC_RELAXED);
		word |= GTF_transfer_committed | GTF_transfer_completed;
		__atomic_store_n(&e->flags, (uint16_t)word, __ATOMIC_RELEASE);
	}
	unlock(a);
}

/* ------------------------------------------------------------------ the thread */

/* A reference at which guest g has something of this kind to offer just now, or any. */
static grant_ref_t
find(struct stress_xen *x, const struct stress_guest *g, uint16_t type)
{
	grant_ref_t ref;

	for (unsigned int i = 0; i < LOOKS; i++) {
		ref = 8 + stress_below(&x->seed, STRESS_REFS);
		if ((__atomic_load_n(&g->table[ref].flags, __ATOMIC_RELAXED) & 0xf) == type)
			break;
	}
	return ref;
}

static void
step(struct stress_xen *x)
{
	struct stress_mapping *m = &x->held[stress_below(&x->seed, STRESS_HELD)];
	struct stress_guest *g = &x->stress->guest[stress_below(&x->seed, STRESS_GUESTS)];

	transfer(x, g, find(x, g, GTF_accept_transfer));
	if (m->guest != NULL)
		unmap(m);
	else if (stress_below(&x->seed, 4) == 0)
		copy(x, g, find(x, g, GTF_permit_access));
	else
		map(x, m, g, find(x, g, GTF_permit_access));
}

void *
stress_xen_thread(void *xen)
{
	struct stress_xen *x = xen;
	unsigned int left = 0;

	while (!stress_stopping(x->stress)) {
		step(x);
		if (stress_turn_is_over(&left, &x->seed, STEPS_A_TURN))
			sched_yield();	/* with what is mapped in hand */
	}
	for (unsigned int i = 0; i < STRESS_HELD; i++)
		if (x->held[i].guest != NULL)
			unmap(&x->held[i]);
	return NULL;
}
