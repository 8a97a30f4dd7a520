/*
 * domains: all of them, and what dom0 does for the others.
 *
 * A domain that has the turn and needs dom0 leaves a request in shared memory and waits; dom0 waits
 * for its own turn and looks there.
 */
#include "arch/x86/domctl.h"
#include "arch/guest/domu.h"
#include "arch/guest/hypercall.h"
#include "arch/x86/pv_info.h"

enum {
	SERVES_PER_LOOK = 1 << 12,	/* calls of pv_serve from look to look at Xen's books */
	STARTS_MAX = 50 * 1000 * 1000,	/* looks at a domain that starts */
	BORROWED_MAX = 32,
};

static struct arch domain[GUEST_DOMAINS_MAX] PV_SHARED;

static struct {
	uint32_t n_domains;
	bool one_cpu;
	/* A domain, one at a time, asks for a frame to be shown at its stand-in address. */
	bool asking, asked;
	uint32_t who, flags;
	uint64_t frame;
} common PV_SHARED;

/* dom0's own. */
static const char *alone;
static uint64_t pages_at_rest[GUEST_DOMAINS_MAX];
static uint64_t pages_max[GUEST_DOMAINS_MAX];	/* as Xen was told; 0: it was not */
static uint64_t borrowed[BORROWED_MAX];		/* lost frames, got so that they can be unmapped */
static unsigned int n_borrowed;

unsigned int
pv_domains(void)
{
	return common.n_domains;
}

struct arch *
pv_domain(unsigned int index)
{
	ARCH_ASSERT(index < GUEST_DOMAINS_MAX);
	return &domain[index];
}

const char *
pv_alone(void)
{
	return alone;
}

bool
pv_one_cpu(void)
{
	return common.one_cpu;
}

/* ------------------------------------------------------------------ start */

/* Whether a word is in our command line. */
static bool
is_told(const char *word)
{
	for (const int8_t *p = pv_start_info()->cmd_line; *p != 0; p++) {
		unsigned int n = 0;

		while (word[n] != 0 && p[n] == word[n])
			n++;
		if (word[n] == 0)
			return true;
	}
	return false;
}

static void
wait_until_up(unsigned int index)
{
	for (unsigned int looks = 0; !__atomic_load_n(&domain[index].up, __ATOMIC_ACQUIRE);
	     looks++) {
		ARCH_ASSERT(looks < STARTS_MAX);
		pv_serve();
		pv_relax();
	}
}

void
pv_domains_init(void)
{
	common.n_domains = 1;
	common.one_cpu = is_told("one-cpu");
	if (domu_is())
		alone = "it is not dom0";
	else if (!domctl_init())
		alone = "this Xen's control interface is none that the guest knows";
	if (alone != NULL)
		return;
	for (unsigned int i = 1; i < GUEST_DOMAINS_MAX; i++) {
		pv_build(i);
		pv_bell_init(i);
		if (!pv_one_cpu())
			ARCH_ASSERT(domctl_pin((domid_t)i, i) == 0);
		ARCH_ASSERT(domctl_unpause((domid_t)i) == 0);
		common.n_domains = i + 1;
		wait_until_up(i);
	}
	pv_table_share();
}

/* ------------------------------------------------------------------ how much each may own */

static void
set_pages_max(unsigned int index, uint64_t pages)
{
	if (pages == pages_max[index])
		return;
	ARCH_ASSERT(domctl_max_pages((domid_t)index, pages) == 0);
	pages_max[index] = pages;
}

/* Between programs a domain always owns the same number of pages, but for its stock. */
void
pv_set_room(unsigned int index, unsigned int room)
{
	struct domctl_info info;

	if (pv_alone() != NULL)
		return;
	if (pages_at_rest[index] == 0) {
		ARCH_ASSERT(domctl_get_info((domid_t)index, &info) == 0);
		pages_at_rest[index] = info.pages - domain[index].n_stock;
	}
	set_pages_max(index, pages_at_rest[index] + domain[index].n_stock + room);
}

/* ------------------------------------------------------------------ stand-ins */

/* The frame is nobody's.  Whoever has it may map it: so it is dom0's for a while. */
static void
borrow(uint64_t frame)
{
	uint64_t max = pages_max[0];

	ARCH_ASSERT(n_borrowed < BORROWED_MAX);
	if (max != 0)
		set_pages_max(0, max + PV_SUPPLY_MAX);
	pv_supply_exactly(frame);
	if (max != 0)
		set_pages_max(0, max);
	borrowed[n_borrowed++] = frame;
}

void
pv_return_borrowed(void)
{
	if (n_borrowed > 0)
		pv_supply_return(borrowed, n_borrowed);
	n_borrowed = 0;
}

static void
stand_in(struct arch *a, uint64_t frame, unsigned int flags)
{
	for (unsigned int owner = 0; owner < pv_domains(); owner++)
		if (pv_set_pte_of(a->index, a->stand_in_pte, frame, flags, owner) == 0)
			return;
	borrow(frame);
	ARCH_ASSERT(pv_set_pte_of(a->index, a->stand_in_pte, frame, flags, 0) == 0);
}

void
pv_stand_in(struct arch *a, uint64_t frame, unsigned int flags)
{
	if (a->index == 0) {
		stand_in(a, frame, flags);
		return;
	}
	while (__atomic_exchange_n(&common.asking, true, __ATOMIC_ACQUIRE))
		pv_relax();
	common.who = a->index;
	common.frame = frame;
	common.flags = flags;
	__atomic_store_n(&common.asked, true, __ATOMIC_RELEASE);
	while (__atomic_load_n(&common.asked, __ATOMIC_ACQUIRE))
		pv_relax();
	__atomic_store_n(&common.asking, false, __ATOMIC_RELEASE);
}

/* ------------------------------------------------------------------ while dom0 waits */

static void
look_at_domains(void)
{
	for (unsigned int i = 1; i < pv_domains(); i++) {
		struct domctl_info info;

		if (domctl_get_info((domid_t)i, &info) != 0 || info.ended)
			pv_die_of(i);
	}
}

void
pv_serve(void)
{
	static unsigned int calls;

	pv_check_last_words();
	if (__atomic_load_n(&common.asked, __ATOMIC_ACQUIRE)) {
		stand_in(&domain[common.who], common.frame, common.flags);
		__atomic_store_n(&common.asked, false, __ATOMIC_RELEASE);
	}
	if (++calls % SERVES_PER_LOOK == 0)
		look_at_domains();
}
