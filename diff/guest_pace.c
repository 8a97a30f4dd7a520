#include "diff/guest_pace.h"

#include "arch/x86/pv.h"

enum {
	SHIFTS = 9,			/* a delay is shorter than 1 << SHIFTS - 1 looks */
	FOLLOW_LOOKS_MAX = 2000,	/* for the first to begin: its processor may stand still */
	TIMER_NS = 60 * 1000,		/* Xen fires none sooner, but one that is due at once */
	CUT_NS_LEAST = 40 * 1000,
	CUT_NS_MOST = 400 * 1000,
	CUT_NS_STEP = 1000,
	CUT_NS_SPREAD = 8 * 1000,
};

static uint32_t
draw(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

void
pace_start(struct pace *p, uint32_t seed, unsigned int n)
{
	uint64_t start = pv_now_ns();
	uint32_t cut_ns = p->cut_ns != 0 ? p->cut_ns : CUT_NS_LEAST;

	*p = (struct pace){ .seed = seed, .n = n, .cut_ns = cut_ns };
	seed *= 2654435761u;
	p->first = draw(&seed) % (n + 1);
	pv_timer_set(start + TIMER_NS);
	start += cut_ns - CUT_NS_SPREAD + draw(&seed) % (2 * CUT_NS_SPREAD);
	while (pv_now_ns() < start)
		pv_relax();
	p->fired_early = pv_timer_fired();
}

void
pace_learn(struct pace *p)
{
	if (p->fired_early && p->cut_ns > CUT_NS_LEAST)
		p->cut_ns -= CUT_NS_STEP;
	else if (!pv_timer_fired() && p->cut_ns < CUT_NS_MOST)
		p->cut_ns += CUT_NS_STEP;
}

void
pacer_init(struct pacer *p, struct pace *pace, unsigned int branch)
{
	*p = (struct pacer){ pace, (pace->seed + branch) * 2654435761u, branch };
}

static void
leave(struct pacer *p)
{
	__atomic_fetch_and(&p->pace->inside, ~(1u << p->branch), __ATOMIC_SEQ_CST);
}

static void
follow(const struct pace *p)
{
	for (unsigned int looks = 0; looks < FOLLOW_LOOKS_MAX; looks++) {
		if (__atomic_load_n(&p->begun, __ATOMIC_ACQUIRE) != 0)
			return;
		pv_relax();
	}
}

/* Mostly a short wait, as the accesses that race are near; with one that goes first often none. */
static void
delay(struct pacer *p)
{
	uint32_t n = draw(&p->seed) & ((1u << (p->seed >> 28) % SHIFTS) - 1);

	if (p->pace->first < p->pace->n && (draw(&p->seed) & 1) != 0)
		return;
	for (uint32_t i = 0; i < n; i++)
		pv_relax();
}

void
pacer_before(void *pacer)
{
	struct pacer *p = pacer;
	struct pace *pace = p->pace;
	bool begins = (pace->begun >> p->branch & 1) == 0;

	leave(p);
	if (begins && pace->first < pace->n && pace->first != p->branch)
		follow(pace);
	if (!begins || pace->first != p->branch)
		delay(p);
	__atomic_fetch_or(&pace->begun, 1u << p->branch, __ATOMIC_SEQ_CST);
	if (__atomic_fetch_or(&pace->inside, 1u << p->branch, __ATOMIC_SEQ_CST) != 0)
		pace->overlapped = true;
}

void
pacer_end(struct pacer *p)
{
	leave(p);
}
