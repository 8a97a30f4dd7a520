/*
 * table: the hooks that map the grant table, and the table as Xen sees it.
 *
 * Xen's tables are grown to their limit at boot.  A domain's table has one address in all domains,
 * and is there for good: its core maps and unmaps nothing, as each hypercall for it would cost more
 * than an operation, and the interpreter can look at a peer's entries.  That a core leaves alone
 * what it has unmapped is for the simulation to say.
 */
#include "arch/guest/hypercall.h"
#include "arch/x86/pv.h"

typedef uint8_t frame_bytes[XEN_PAGE_SIZE] __attribute__((aligned(XEN_PAGE_SIZE)));

/* What each domain's core accesses, and the others look at. */
static frame_bytes views[GUEST_DOMAINS_MAX][PV_TABLE_FRAMES];

/* Have our own table's view show `frame` at place i.  Returns 0 or -XEN_E*. */
static int
show_own(struct arch *a, unsigned int i, uint64_t frame)
{
	int rc = 0;

	if (a->table_mapped[i] != frame)
		rc = pv_set_mapping(views[a->index][i], frame, PTE_RW_FLAGS);
	if (rc == 0)
		a->table_mapped[i] = frame;
	return rc;
}

int
arch_gnttab_init(struct arch *a, uint32_t nr_frames_max)
{
	(void)a;
	return nr_frames_max <= PV_TABLE_FRAMES ? 0 : -XEN_ENOMEM;
}

int
arch_gnttab_map_shared(struct arch *a, const xen_pfn_t *frames, uint32_t nr_frames,
		       struct grant_entry_v1 **shared)
{
	ARCH_ASSERT(nr_frames <= PV_TABLE_FRAMES);
	for (uint32_t i = 0; i < nr_frames; i++)
		if (show_own(a, i, frames[i]) != 0)
			return -XEN_ENOMEM;
	*shared = (struct grant_entry_v1 *)views[a->index];
	return 0;
}

void
arch_gnttab_unmap(struct arch *a, struct grant_entry_v1 *shared, uint32_t nr_frames)
{
	ARCH_ASSERT((void *)shared == (void *)views[a->index]);
	ARCH_ASSERT(nr_frames <= PV_TABLE_FRAMES);
}

void
pv_table_init(struct arch *a)
{
	struct gnttab_query_size size = { .dom = DOMID_SELF };
	struct gnttab_setup_table setup = { .dom = DOMID_SELF };

	ARCH_ASSERT(hypercall_grant_table(GNTTABOP_query_size, &size, 1) == 0);
	ARCH_ASSERT(size.status == GNTST_okay);
	ARCH_ASSERT(size.max_nr_frames <= PV_TABLE_FRAMES);
	a->table_frames = size.max_nr_frames;
	setup.nr_frames = size.max_nr_frames;
	set_xen_guest_handle(setup.frame_list, a->table_frame);
	ARCH_ASSERT(hypercall_grant_table(GNTTABOP_setup_table, &setup, 1) == 0);
	ARCH_ASSERT(setup.status == GNTST_okay);
	pv_table_reset(a);
}

void
pv_table_reset(struct arch *a)
{
	for (unsigned int i = 0; i < a->table_frames; i++)
		ARCH_ASSERT(show_own(a, i, a->table_frame[i]) == 0);
	__builtin_memset(views[a->index], 0, (size_t)a->table_frames * XEN_PAGE_SIZE);
}

/* Show table frame i of domain `of` to domain `to`, which is another. */
static void
show(unsigned int of, unsigned int to, unsigned int i)
{
	uint64_t frame = pv_domain(of)->table_frame[i];
	int rc;

	if (to == 0)
		rc = pv_set_foreign_mapping(views[of][i], frame, PTE_RW_FLAGS, (domid_t)of);
	else
		rc = pv_set_pte_of(to, pv_built_pte(to, views[of][i]), frame, PTE_RW_FLAGS, of);
	ARCH_ASSERT(rc == 0);
}

void
pv_table_share(void)
{
	for (unsigned int of = 0; of < pv_domains(); of++)
		for (unsigned int to = 0; to < pv_domains(); to++)
			for (unsigned int i = 0; to != of && i < pv_domain(of)->table_frames; i++)
				show(of, to, i);
}
