/* start: how a guest comes up on Arm, what an exception says, and its gfns. */
#include "arch/arm/arm.h"
#include "arch/guest/hypercall.h"
#include "arch/guest/tail.h"

_Noreturn void arm_start(const void *fdt);
_Noreturn void arm_exception(uint64_t syndrome, uint64_t pc, uint64_t address, uint64_t vector);

enum { TABLE_FRAMES = 4 };	/* as XEN_SETUP_TABLE_FRAMES has it */

extern const char _start[];

/* A program's table is the last frames of a domain's, which is grown to its limit. */
static void
find_tail(domid_t domid)
{
	struct gnttab_query_size size = { .dom = domid };

	ARCH_ASSERT(hypercall_grant_table(GNTTABOP_query_size, &size, 1) == 0);
	ARCH_ASSERT(size.status == GNTST_okay);
	ARCH_ASSERT(size.max_nr_frames >= TABLE_FRAMES);
	tail_begin(domid, size.max_nr_frames - TABLE_FRAMES);
}

static struct arch guest[GUEST_DOMAINS_MAX];

_Noreturn void
arm_start(const void *fdt)
{
	arm_clock_init();
	arm_tree_read(fdt);
	if (arm_tree()->is_peer)
		peer_serve(arm_pages(0), arm_tree()->table_at);
	find_tail(0);
	guest->pages_gfn = arm_pages(0) >> XEN_PAGE_SHIFT;
	guest->pages = physmap_bytes(guest->pages_gfn);
	guest->table_gfn = arm_tree()->table_at >> XEN_PAGE_SHIFT;
	guest->table = physmap_bytes(guest->table_gfn);
	translated_start(guest);
}

static void
bring_up(struct arch *a)
{
	domid_t domid = a->translated.domid;
	uint64_t pages_at = a->peer->pages_at + (arm_pages(domid) - arm_pages(0));

	find_tail(domid);
	a->pages_gfn = pages_at >> XEN_PAGE_SHIFT;
	a->pages = peer_map(domid, pages_at, TRANSLATED_PAGES);
	a->table_gfn = a->peer->table_at >> XEN_PAGE_SHIFT;
	translated_init(a);
}

/* Domain d of a program is the machine's: Xen numbers those that it makes itself. */
void
translated_find_others(void)
{
	for (domid_t d = 1; d < GUEST_DOMAINS_MAX; d++) {
		guest[d].peer = peer_find(d);
		if (guest[d].peer == NULL)
			break;
		guest[d].translated.domid = d;
		bring_up(&guest[d]);
	}
}

void
translated_need(unsigned int domains)
{
	for (unsigned int d = 1; d < translated_domains(); d++)
		__atomic_store_n(&guest[d].peer->awake, d < domains, __ATOMIC_RELAXED);
}

/* While they are in place, the first time and none after: the page stays where we see it. */
void
translated_table_placed(struct arch *a)
{
	if (a->table == NULL)
		a->table = peer_map(a->translated.domid, a->table_gfn << XEN_PAGE_SHIFT,
				    TABLE_FRAMES);
	ARCH_ASSERT(a->table != NULL);
}

_Noreturn void
arm_exception(uint64_t syndrome, uint64_t pc, uint64_t address, uint64_t vector)
{
	translated_last_words();
	translated_say_number("exception 0x", vector);
	translated_say_number(" syndrome 0x", syndrome);
	translated_say_number(" at 0x", pc - (uintptr_t)_start);
	translated_say_number(" address 0x", address);
	translated_die();
}

/* Xen gives dom0 memory at the machine's own addresses. */
uint64_t
translated_machine_frame(const void *p)
{
	return (uintptr_t)p >> XEN_PAGE_SHIFT;
}

const uint8_t *
translated_module(size_t *bytes)
{
	const struct arm_tree *t = arm_tree();

	*bytes = (size_t)(t->module_end - t->module_at);
	return (const uint8_t *)(uintptr_t)t->module_at;
}

/* ------------------------------------------------------------------ gfns */

uint64_t
physmap_table(const struct arch *a)
{
	return a->table_gfn;
}

void *
physmap_table_bytes(const struct arch *a)
{
	return a->table;
}

uint8_t *
physmap_look(struct arch *a, uint64_t gfn)
{
	return a->peer == NULL ? physmap_bytes(gfn) : peer_look(a->peer, gfn << XEN_PAGE_SHIFT);
}

void
physmap_store(struct arch *a, uint64_t gfn, unsigned int off, const void *bytes, unsigned int len)
{
	if (a->peer == NULL)
		__builtin_memcpy((uint8_t *)physmap_bytes(gfn) + off, bytes, len);
	else
		peer_store(a->peer, (gfn << XEN_PAGE_SHIFT) + off, bytes, len);
}

/*
 * Whether it may be written is not to be had: a store that may not be makes Xen enter the guest
 * at that store again, for ever.
 */
enum physmap_sort
physmap_at(struct arch *a, uint64_t gfn)
{
	bool reads = a->peer == NULL ? arm_reads(physmap_bytes(gfn)) :
		     peer_look(a->peer, gfn << XEN_PAGE_SHIFT) != NULL;

	return reads ? PHYSMAP_THERE : PHYSMAP_HOLE;
}
