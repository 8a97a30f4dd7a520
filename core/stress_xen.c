/*
 * stress_xen: a thread that stands in for the hypervisor.
 *
 * It pins an entry as a hypervisor does: one 32-bit compare-and-exchange of flags and domid, then
 * the frame; and it checks, from the pin to the unpin, that nobody took the page away meanwhile.
 */
#define _POSIX_C_SOURCE 200809L

#include "core/stress.h"

#include <sched.h>

/* ------------------------------------------------------------------ the hypervisor's hypercalls */

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

/* ------------------------------------------------------------------ the hypervisor's thread */

enum {
	PINS_HELD = 6,			/* at a time */
};

struct pin {
	uint16_t *flags;		/* NULL: not in use */
	struct stress_page *page;
	uint16_t bits;			/* to be cleared */
};

/* The 32-bit word of flags and domid: the one that is exchanged. */
static uint32_t *
entry_word(struct grant_entry_v1 *e)
{
	return (uint32_t *)(void *)e;
}

static void
pin(struct stress *s, struct pin *p, struct grant_entry_v1 *e, bool write)
{
	uint32_t word = __atomic_load_n(entry_word(e), __ATOMIC_RELAXED), frame;
	uint16_t flags = (uint16_t)word, bits = GTF_reading | (write ? GTF_writing : 0);

	if ((flags & GTF_type_mask) != GTF_permit_access || (flags & (GTF_reading | GTF_writing)))
		return;
	if (write && (flags & GTF_readonly))
		return;
	if (!__atomic_compare_exchange_n(entry_word(e), &word, word | bits, false, __ATOMIC_SEQ_CST,
					 __ATOMIC_RELAXED))
		return;
	frame = __atomic_load_n(&e->frame, __ATOMIC_RELAXED);
	ARCH_ASSERT(frame >= STRESS_PAGE_FRAME);
	ARCH_ASSERT(frame < STRESS_PAGE_FRAME + STRESS_PAGES);
	ARCH_ASSERT(word >> 16 == stress_domid(frame));
	*p = (struct pin){
		.flags = &e->flags, .page = &s->page[frame - STRESS_PAGE_FRAME], .bits = bits,
	};
	__atomic_fetch_add(&p->page->n_pins, 1, __ATOMIC_RELAXED);
	ARCH_ASSERT(__atomic_load_n(&p->page->at, __ATOMIC_RELAXED) == STRESS_LENT);
	ARCH_ASSERT(p->page->content == frame);
	stress_count(&s->maps);
}

static void
unpin(struct stress *s, struct pin *p)
{
	uint32_t frame = stress_frame(s, p->page);

	ARCH_ASSERT(__atomic_load_n(&p->page->at, __ATOMIC_RELAXED) == STRESS_LENT);
	if (p->bits & GTF_writing) {
		ARCH_ASSERT(p->page->content == frame);
		p->page->content = frame;
	}
	__atomic_fetch_sub(&p->page->n_pins, 1, __ATOMIC_RELAXED);
	__atomic_fetch_and(p->flags, (uint16_t)~p->bits, __ATOMIC_SEQ_CST);
	p->flags = NULL;
}

/* Give a frame to whoever accepts one at e. */
static void
transfer(struct stress *s, struct grant_entry_v1 *e, uint32_t *seed)
{
	uint32_t word = __atomic_load_n(entry_word(e), __ATOMIC_RELAXED);
	unsigned int n = stress_below(seed, STRESS_GIFTS);
	uint32_t pfn;

	if ((uint16_t)word != GTF_accept_transfer)
		return;
	if (__atomic_load_n(&s->gift[n].given, __ATOMIC_ACQUIRE))
		return;
	if (!__atomic_compare_exchange_n(entry_word(e), &word, word | GTF_transfer_committed, false,
					 __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
		return;
	pfn = __atomic_load_n(&e->frame, __ATOMIC_RELAXED);
	ARCH_ASSERT(word >> 16 == stress_domid(pfn));
	s->gift[n].content = STRESS_GIFT_FRAME + n;
	__atomic_store_n(&s->gift[n].given, 1, __ATOMIC_RELAXED);
	if (stress_below(seed, 4) == 0)
		sched_yield();		/* let the guest wait between committed and completed */
	__atomic_store_n(&e->frame, STRESS_GIFT_FRAME + n, __ATOMIC_RELAXED);
	word |= GTF_transfer_committed | GTF_transfer_completed;
	__atomic_store_n(&e->flags, (uint16_t)word, __ATOMIC_RELEASE);
	stress_count(&s->transfers);
}

void *
stress_hypervisor(void *stress)
{
	struct stress *s = stress;
	struct pin pins[PINS_HELD] = { { .flags = NULL } };
	uint32_t seed = 1234567;

	while (!stress_stopping(s)) {
		struct pin *p = &pins[stress_below(&seed, PINS_HELD)];
		/* References given back last are used next, so the low ones are used most. */
		unsigned int ref = 8 + stress_below(&seed, 1 + stress_below(&seed, STRESS_REFS));
		struct grant_entry_v1 *e = &s->table[ref];

		if (p->flags != NULL)
			unpin(s, p);
		else
			pin(s, p, e, stress_below(&seed, 2) == 0);
		/* Looked for more often, as an offer is withdrawn at once. */
		for (unsigned int i = 0; i < 8; i++)
			transfer(s, &s->table[8 + i], &seed);
		if (stress_below(&seed, 64) == 0)
			sched_yield();	/* with what is pinned in hand */
	}
	for (unsigned int i = 0; i < PINS_HELD; i++)
		if (pins[i].flags != NULL)
			unpin(s, &pins[i]);
	return NULL;
}
